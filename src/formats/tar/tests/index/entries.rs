//! What an index may say, and its entries, written and read.

use super::*;

#[test]
fn what_an_index_can_not_say_is_no_index() {
    let is_index = |change: fn(&mut Said)| {
        let mut said = truth();
        change(&mut said);
        Index::find(&Source::from(file_with(&said)))
            .unwrap()
            .is_some()
    };
    assert!(is_index(|_| {}));
    assert!(!is_index(|said| said.version = 2));
    assert!(!is_index(|said| said.version = 0));
    assert!(!is_index(|said| said.blocks -= 1));
    assert!(!is_index(|said| said.blocks += 1));
    assert!(
        !is_index(|said| said.sizes[17] -= 1),
        "the last ends before the note"
    );
    assert!(!is_index(|said| said.sizes[17] += 1));
    assert!(!is_index(|said| said.block = 0));
    assert!(!is_index(|said| said.members_size = 1 << 20));
    // As many members as that need more bytes than the file has.
    let stream = archive().1.concat().len() as u64;
    let mut said = truth();
    for (members, expected) in [(stream / 2, true), (stream / 2 + 1, false)] {
        said.members = members;
        let index = Index::find(&Source::from(file_with(&said))).unwrap();
        assert_eq!(index.is_some(), expected, "{members}");
    }
}

/// The entries of an index with this change, up to the one that can't be.
fn entries(change: impl Fn(&mut Vec<Entry>)) -> Vec<Option<(Vec<u8>, u64)>> {
    let mut said = truth();
    change(&mut said.entries);
    let index = Index::find(&Source::from(file_with(&said)))
        .unwrap()
        .unwrap();
    let pair = |entry: std::io::Result<tar::Entry>| {
        let entry = entry.ok()?;
        Some((entry.name, entry.offset))
    };
    index.members().map(pair).collect()
}

#[test]
fn an_entry_that_can_not_be_one_is_an_error() {
    let is_broken = |at: usize, change: fn(&mut Entry)| {
        let found = entries(|entries| change(&mut entries[at]));
        assert!(found[..at].iter().all(Option::is_some));
        found[at].is_none()
    };
    assert!(!is_broken(0, |_| {}));
    assert!(is_broken(0, |first| first.gap = 1), "it begins the archive");
    assert!(is_broken(0, |first| first.gap = 512));
    assert!(is_broken(1, |next| next.gap = 0));
    assert!(is_broken(1, |next| next.gap = 511));
    assert!(!is_broken(1, |next| next.gap = 512));
    assert!(is_broken(1, |next| next.gap = u64::MAX));
    assert!(
        is_broken(1, |next| next.shared = 4),
        "the name before has three bytes"
    );
    assert!(!is_broken(1, |next| next.shared = 3));
    assert!(is_broken(0, |first| first.shared = 1));
    // The last member has a header that ends where the archive does, at the latest.
    assert!(!is_broken(7, |entry| entry.gap = 18 * 512 - 6 * 1024 - 512));
    assert!(is_broken(7, |entry| entry.gap = 18 * 512 - 6 * 1024 - 511));
    // What is left of the stream is no entry.
    assert!(is_broken(7, |entry| entry.length += 1));
    let names = entries(|entries| entries[1].rest = b"x");
    assert_eq!(names[1], Some((b"m/x".to_vec(), 1024)));
    // One entry less than the head says is missing; what follows the last isn't read.
    let fewer = entries(|entries| entries.truncate(7));
    assert_eq!((fewer.len(), &fewer[7]), (8, &None));
    // After a broken one there is none.
    assert_eq!(entries(|entries| entries[3].gap = 0).len(), 4);
    let more = entries(|entries| entries.push(entries[7].clone()));
    assert_eq!(more.len(), 8);
}

#[test]
fn a_name_in_an_index_is_as_long_as_linux_takes_and_no_longer() {
    static LONG: [u8; 5000] = [b'n'; 5000];
    for (length, is_one) in [(4095, true), (4096, true), (4097, false)] {
        let found = entries(|entries| {
            entries[0].rest = &LONG[..length];
            entries[0].length = length as u64;
            entries[1].shared = 0;
        });
        assert_eq!(found[0].is_some(), is_one, "{length}");
        let mut writer = IndexWriter::default();
        writer.add(&LONG[..length], 0).unwrap();
        let (_, blocks) = archive();
        let sizes = blocks.iter().map(|block| block.len() as u64);
        let written = crate::codecs::gzip::Blocks::new(sizes, 512, 18 * 512).unwrap();
        let mut bytes = blocks.concat();
        writer.write(&mut bytes, &written).unwrap();
        let index = Index::find(&Source::from(bytes)).unwrap();
        assert_eq!(index.is_some(), is_one, "{length}");
    }
}

/// What is written is read: names that share their beginnings, or nothing; and nothing is written
/// where a part of it would be missing.
#[test]
fn an_index_that_is_written_holds_every_member_or_is_left_out() {
    let names: [&[u8]; 5] = [b"a/b", b"a/b/c", b"a", b"", b"x"];
    let (_, blocks) = archive();
    let write = |writer: IndexWriter| {
        let sizes = blocks.iter().map(|block| block.len() as u64);
        let written = crate::codecs::gzip::Blocks::new(sizes, 512, 18 * 512).unwrap();
        let mut bytes = blocks.concat();
        writer.write(&mut bytes, &written).unwrap();
        Index::find(&Source::from(bytes)).unwrap()
    };
    let filled = || {
        let mut writer = IndexWriter::default();
        for (offset, name) in (0..).step_by(1024).zip(names) {
            writer.add(name, offset).unwrap();
        }
        writer
    };
    let index = write(filled()).unwrap();
    let found = index.members().map(Result::unwrap);
    let expected = names.into_iter().zip((0..).step_by(1024));
    for (entry, (name, offset)) in found.zip(expected) {
        assert_eq!((&*entry.name, entry.offset), (name, offset));
    }
    assert_eq!(index.members().count(), 5);
    let mut void = filled();
    void.void();
    assert!(write(void).is_none());
}

/// A long index is read in pieces: entries that lie across their borders come out whole.
#[test]
fn entries_across_the_pieces_of_an_index_are_whole() {
    let mut writer = IndexWriter::default();
    let name = |n: u64| format!("{n:02}").repeat(2000).into_bytes();
    for n in 0..60 {
        writer.add(&name(n), n * 1024).unwrap();
    }
    let bytes = vec![7; 60 * 1024];
    let blocks: Vec<_> = bytes.chunks(4096).map(block).collect();
    let sizes = blocks.iter().map(|block| block.len() as u64);
    let written = crate::codecs::gzip::Blocks::new(sizes, 4096, 60 * 1024).unwrap();
    let mut file = blocks.concat();
    writer.write(&mut file, &written).unwrap();
    let index = Index::find(&Source::from(file)).unwrap().unwrap();
    let mut count = 0;
    for (n, entry) in (0..).zip(index.members()) {
        let entry = entry.unwrap();
        assert!(entry.name == name(n) && entry.offset == n * 1024, "{n}");
        count += 1;
    }
    assert_eq!(count, 60);
}
