//! The index in gzipped archives: that it leads to members, and that it can't lead astray.

use std::fs;
use std::io::{Read as _, Write as _};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};

use bytewright::codecs::gzip::note;
use bytewright::formats::tar::{Archive, Builder, Compression, Finding, Index, check};
use bytewright::source::ReadAt;
use bytewright::{Source, Struct};
use flate2::write::DeflateEncoder;

/// Twelve files of 700 kB that don't compress, in an archive with an index.
static WHOLE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    for file in 0..12 {
        fs::write(folder.path().join(format!("f{file:02}")), content(file)).unwrap();
    }
    let out = Compression::Gzip(1).writer(Vec::new());
    let mut builder = Builder::new(out).indexed(true);
    builder.add(folder.path(), "d", &mut |_| {}).unwrap();
    let (out, index) = builder.finish_with_index().unwrap();
    out.finish_with_index(index).unwrap()
});

fn content(file: u64) -> Vec<u8> {
    let mut seed = 0x9e37_79b9_7f4a_7c15 ^ (file + 1);
    let mut next = || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed.to_le_bytes()
    };
    (0..87_500).flat_map(|_| next()).collect()
}

/// Bytes that count what is read of them.
struct Counted(Vec<u8>, Arc<AtomicU64>);

impl ReadAt for Counted {
    fn read_at(&self, offset: u64, buf: &mut [u8]) -> std::io::Result<usize> {
        let read = self.0.read_at(offset, buf)?;
        self.1.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }

    fn size(&self) -> std::io::Result<u64> {
        Ok(self.0.len() as u64)
    }
}

/// A name and a content.
type Found = (Vec<u8>, Vec<u8>);

/// The members of these names with their content, the codes of problems, whether an index was
/// used to the end, and how many bytes were read.
fn find(bytes: &[u8], wanted: &[&[u8]]) -> (Vec<Found>, Vec<&'static str>, bool, u64) {
    let read = Arc::new(AtomicU64::new(0));
    let file = Source::new(Counted(bytes.to_vec(), Arc::clone(&read)));
    let mut archive = Archive::indexed(file, |name| wanted.contains(&name)).unwrap();
    let mut found = Vec::new();
    while let Some(member) = archive.next_member().unwrap() {
        if wanted.contains(&&*member.name) {
            let mut content = Vec::new();
            archive.data().read_to_end(&mut content).unwrap();
            found.push((member.name, content));
        }
    }
    let codes = archive.problems().iter().map(|p| p.code).collect();
    let read = read.load(Ordering::Relaxed);
    (found, codes, archive.is_indexed(), read)
}

#[test]
fn one_member_is_found_without_reading_the_others() {
    for file in [0, 5, 11] {
        let name = format!("d/f{file:02}").into_bytes();
        let (found, codes, indexed, read) = find(&WHOLE, &[&name]);
        assert_eq!((codes, indexed), (vec![], true));
        assert!(found == [(name, content(file))]);
        assert!(read < WHOLE.len() as u64 / 2, "{read} of {}", WHOLE.len());
    }
    assert_eq!(find(&WHOLE, &[b"d/none"]).0, []);
}

#[test]
fn who_wants_most_of_it_reads_all_of_it() {
    let names: Vec<Vec<u8>> = (0..12).map(|n| format!("d/f{n:02}").into_bytes()).collect();
    let names: Vec<&[u8]> = names.iter().map(Vec::as_slice).collect();
    let (found, codes, indexed, _) = find(&WHOLE, &names);
    assert_eq!((found.len(), codes, indexed), (12, vec![], false));
}

#[test]
fn without_an_index_or_with_a_broken_one_the_archive_is_read_as_ever() {
    let start = usize::try_from(note::find(&WHOLE.clone().into()).unwrap().unwrap().start).unwrap();
    let mut damaged = WHOLE.clone();
    damaged[start + 40] ^= 1;
    let longer = [&WHOLE[..], &[0; 10]].concat();
    for bytes in [&WHOLE[..start], &damaged, &longer] {
        let (found, codes, indexed, _) = find(bytes, &[b"d/f07"]);
        assert!(found == [(b"d/f07".to_vec(), content(7))]);
        assert_eq!((codes, indexed), (vec![], false));
    }
}

/// The archive with an index that another one of the same kind has.
fn with_lies(lie: impl Fn(usize, &mut Vec<u8>)) -> Vec<u8> {
    // Twelve files too, but what the lie makes of them.
    let folder = tempfile::tempdir().unwrap();
    for file in 0..12 {
        let mut bytes = content(u64::try_from(file).unwrap());
        lie(file, &mut bytes);
        if !bytes.is_empty() {
            fs::write(folder.path().join(format!("f{file:02}")), bytes).unwrap();
        }
    }
    let out = Compression::Gzip(1).writer(Vec::new());
    let mut builder = Builder::new(out).indexed(true);
    builder.add(folder.path(), "d", &mut |_| {}).unwrap();
    let (out, index) = builder.finish_with_index().unwrap();
    let other = out.finish_with_index(index).unwrap();
    let index = note::find(&other.clone().into()).unwrap().unwrap();
    let truth = note::find(&WHOLE.clone().into()).unwrap().unwrap();
    // The blocks are those of the truth, the members those of the lie.
    let data = splice(&truth.data, &index.data);
    let start = usize::try_from(truth.start).unwrap();
    let mut bytes = WHOLE[..start].to_vec();
    note::write(&mut bytes, truth.start, &data).unwrap();
    assert!(Index::find(&bytes.clone().into()).unwrap().is_some());
    bytes
}

/// The members of `lie` with the blocks of `truth`.
fn splice(truth: &[u8], lie: &[u8]) -> Vec<u8> {
    let head = Struct::new("V:version V:block V:size V:blocks V:members V:members_size");
    let head = head.unwrap();
    let part = |data: &[u8]| {
        let (record, read) = head.unpack_prefix(data).unwrap();
        let number = |name: &str| record.get(name).unwrap().as_u64().unwrap();
        let (members, size) = (number("members"), number("members_size"));
        let middle = read + usize::try_from(size).unwrap();
        let parts = (data[read..middle].to_vec(), data[middle..].to_vec());
        (record, members, parts)
    };
    let (record, _, (_, blocks)) = part(truth);
    let (_, members, (entries, _)) = part(lie);
    let entries_size = entries.len() as u64;
    let record = bytewright::Record::from_iter(record.entries().map(|(name, value)| {
        let value = match &*name {
            "members" => members.into(),
            "members_size" => entries_size.into(),
            _ => value.clone(),
        };
        (name, value)
    }));
    [head.pack(&record).unwrap(), entries, blocks].concat()
}

/// Names that are elsewhere, offsets within a member, lengths that are others: the member that is
/// found is always the one that is there, once.
#[test]
fn an_index_that_lies_is_caught() {
    let shifted =
        with_lies(|file, bytes| bytes.truncate(if file == 3 { 600_000 } else { 700_000 }));
    let missing = with_lies(|file, bytes| bytes.truncate(if file == 2 { 0 } else { 700_000 }));
    for (lying, told) in [(&shifted, "d/f07"), (&missing, "d/f05")] {
        let wanted = [&b"d/f01"[..], told.as_bytes(), b"d/f09"];
        let (found, codes, indexed, _) = find(lying, &wanted);
        let names: Vec<_> = found.iter().map(|(name, _)| &**name).collect();
        assert_eq!(names, wanted);
        for (name, bytes) in &found {
            let file: u64 = std::str::from_utf8(&name[3..]).unwrap().parse().unwrap();
            assert!(*bytes == content(file), "{file}");
        }
        assert_eq!((codes, indexed), (vec!["T016"], false));
        assert_eq!(checked(lying), ["T016"]);
    }
    assert_eq!(checked(&WHOLE), [""; 0]);
}

/// What a check tells, which reads everything and compares the index with it.
fn checked(bytes: &[u8]) -> Vec<&'static str> {
    let mut archive = Archive::new(bytes.to_vec().into()).unwrap();
    let mut codes = Vec::new();
    let mut tell = |finding: &Finding| {
        codes.push(finding.problem.code);
        Ok(())
    };
    check(&mut archive, &mut tell).unwrap();
    codes
}

/// An archive with an index that says just this.
fn forged(archive: &[u8], entries: &[(&[u8], u64)]) -> Vec<u8> {
    forged_of(archive, entries, (1 << 20, archive.len() as u64))
}

/// The same, of so many bytes in blocks of so many.
fn forged_of(archive: &[u8], entries: &[(&[u8], u64)], (block, size): (u64, u64)) -> Vec<u8> {
    let mut out = Compression::Gzip(1).writer(Vec::new());
    out.write_all(archive).unwrap();
    let bytes = out.finish().unwrap();
    let stream = bytes.len() as u64;
    let member = Struct::new("V:gap V:shared V:length [length]s:rest").unwrap();
    let mut members = DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
    let mut last = 0;
    for &(name, offset) in entries {
        let gap = offset.wrapping_sub(last);
        last = offset;
        let record = member.pack(&(gap, 0u64, name.len() as u64, name));
        members.write_all(&record.unwrap()).unwrap();
    }
    let members = members.finish().unwrap();
    let mut sizes = DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
    let header = Struct::new("<16x I:size").unwrap();
    let (mut at, mut blocks) = (0, 0u64);
    while at < bytes.len() {
        let size: u32 = header.view(&bytes[at..]).unwrap().get("size").unwrap();
        let packed = Struct::new("V").unwrap().pack(&(u64::from(size),));
        sizes.write_all(&packed.unwrap()).unwrap();
        at += usize::try_from(size).unwrap();
        blocks += 1;
    }
    let head = Struct::new("V V V V V V").unwrap();
    let (count, members_size) = (entries.len() as u64, members.len() as u64);
    let head = head.pack(&(1u64, block, size, blocks, count, members_size));
    let note = [head.unwrap(), members, sizes.finish().unwrap()].concat();
    let mut bytes = bytes;
    note::write(&mut bytes, stream, &note).unwrap();
    bytes
}

/// A member of ours, with its padding, as it stands in an archive.
fn member(name: &str, data: &[u8]) -> Vec<u8> {
    entry(name, tar::EntryType::Regular, data)
}

fn entry(name: &str, kind: tar::EntryType, data: &[u8]) -> Vec<u8> {
    let mut header = tar::Header::new_ustar();
    header.set_path(name).unwrap();
    header.set_entry_type(kind);
    header.set_size(data.len() as u64);
    header.set_cksum();
    let mut blocks = [&header.as_bytes()[..], data].concat();
    blocks.resize(blocks.len().next_multiple_of(512), 0);
    blocks
}

/// Each archive is large enough that its index would be used.
#[test]
fn members_that_are_none_and_members_that_are_hidden_are_caught() {
    let noise = content(0);
    let filler = [&noise[..], &noise, &noise, &noise, &noise, &noise].concat();
    let inner = [member("install.sh", b"evil"), member("more", b"")].concat();
    let carrier = member("data.bin", &[&[7; 512][..], &inner].concat());
    let good = member("install.sh", b"good");
    let big = member("big", &filler);
    let archive = [&carrier[..], &good, &big, &[0; 1024]].concat();
    let (fake, real) = (1024, carrier.len() as u64);
    let (at_big, end) = (real + good.len() as u64, (archive.len() - 1024) as u64);
    let ghost = [&archive[..], &member("ghost", b"boo"), &[0; 1024]].concat();
    type Entries<'a> = &'a [(&'a [u8], u64)];
    type Case<'a> = (&'a str, &'a [u8], Entries<'a>, &'a [u8], &'a [u8]);
    let cases: [Case<'_>; 4] = [
        (
            "a header within the data of another member",
            &archive,
            &[(b"data.bin", 0), (b"install.sh", fake), (b"big", at_big)],
            b"install.sh",
            b"good",
        ),
        (
            "the same, with the member that hides it left out",
            &archive,
            &[(b"install.sh", fake), (b"big", at_big)],
            b"install.sh",
            b"good",
        ),
        (
            "a member left out before",
            &archive,
            &[(b"data.bin", 0), (b"big", at_big)],
            b"data.bin",
            &carrier[512..512 + 512 + inner.len()],
        ),
        (
            "a member after the end",
            &ghost,
            &[
                (b"data.bin", 0),
                (b"install.sh", real),
                (b"big", at_big),
                (b"ghost", end + 1024),
            ],
            b"ghost",
            b"",
        ),
    ];
    for (what, archive, entries, wanted, expected) in cases {
        let bytes = forged(archive, entries);
        let (found, _, indexed, _) = find(&bytes, &[wanted]);
        assert!(!indexed, "{what}");
        let contents: Vec<_> = found.iter().map(|(_, content)| &**content).collect();
        match expected {
            b"" => assert!(contents.is_empty(), "{what}"),
            expected => assert!(contents == [expected], "{what}"),
        }
        assert!(checked(&bytes).contains(&"T016"), "{what}");
    }
    let all: &[(&[u8], u64)] = &[(b"data.bin", 0), (b"install.sh", real), (b"big", at_big)];
    let (found, codes, indexed, _) = find(&forged(&archive, all), &[b"install.sh"]);
    assert_eq!((found.len(), codes, indexed), (1, vec![], true));
}

/// What would take long, or much, is no index.
#[test]
fn indexes_that_make_work_are_not_used() {
    let noise = content(0);
    let archive = [
        &member("big", &[&noise[..], &noise, &noise].concat())[..],
        &[0; 1024],
    ]
    .concat();
    let long = vec![b'x'; 5000];
    let many: Vec<(&[u8], u64)> = vec![(b"big", 0); 100_000];
    for entries in [
        &[(&*long, 0)][..],
        &many,
        &[(b"big", 1 << 40)],
        &[(b"big", 512)],
    ] {
        let (found, codes, indexed, _) = find(&forged(&archive, entries), &[b"big", &long]);
        assert_eq!((found.len(), codes, indexed), (1, vec![], false));
    }
}

/// Where a member stands, and whether there is another one after it, depend on how long the
/// blocks are that nobody reads.
#[test]
fn an_index_that_lies_about_the_length_of_blocks_is_none() {
    let noise = content(0);
    let front = member("front", &[&noise[..], &noise, &noise].concat());
    let (before, back) = (member("before", b""), member("back", b"content"));
    let archive = [&front[..], &before, &back, &[0; 1024]].concat();
    let (block, size, there) = (1 << 20, archive.len() as u64, front.len() as u64 + 512);
    let entries = |back| [(&b"front"[..], 0), (b"before", back - 512), (b"back", back)];
    let true_one = forged(&archive, &entries(there));
    assert!(find(&true_one, &[b"back"]).2, "it would be used");
    let at = |bytes: &[u8]| {
        let mut archive = Archive::indexed(bytes.into(), |name| name == b"back").unwrap();
        let mut members = archive.members().map(Result::unwrap);
        members
            .find(|member| member.name == b"back")
            .unwrap()
            .offset
    };
    assert_eq!(at(&true_one), there);
    // Everything is shifted by two blocks that are longer, or by none.
    for (longer, larger) in [(512, 1024), (0, 512), (0, 100_000)] {
        let lie = (block + longer, size + larger);
        let lying = forged_of(&archive, &entries(there + 2 * longer), lie);
        let (found, codes, indexed, _) = find(&lying, &[b"back"]);
        assert_eq!((codes, indexed), (vec![], false), "{lie:?}");
        assert!(
            found == [(b"back".to_vec(), b"content".to_vec())],
            "{lie:?}"
        );
        assert_eq!(at(&lying), there, "{lie:?}");
    }
}

/// What an index leads to within the data of another member says nothing about real ones.
#[test]
fn a_global_header_that_an_index_leads_to_is_none() {
    let noise = content(0);
    let global = entry("g", tar::EntryType::XGlobalHeader, b"14 uname=evil\n");
    let inner = [&global[..], &member("fake", b"")].concat();
    let carrier = member("data.bin", &[&noise[..], &[0; 416], &inner].concat());
    let fake = (carrier.len() - inner.len()) as u64;
    let real = carrier.len() as u64;
    let big = member("big", &[&noise[..], &noise].concat());
    let archive = [&carrier[..], &member("real", b"good"), &big, &[0; 1024]].concat();
    let at_big = real + 1024;
    let entries: [(&[u8], u64); 4] = [
        (b"data.bin", 0),
        (b"fake", fake),
        (b"real", real),
        (b"big", at_big),
    ];
    let lying = forged(&archive, &entries);
    let mut archive = Archive::indexed(lying.into(), |name| name == b"real").unwrap();
    assert!(archive.is_indexed());
    let members = archive.members().map(Result::unwrap);
    let found: Vec<_> = members.filter(|member| member.name == b"real").collect();
    assert_eq!((found.len(), &*found[0].uname), (1, &b""[..]));
    assert!(!archive.is_indexed());
}

/// Of several members of one name, the last one counts: it is the last that comes.
#[test]
fn members_of_one_name_keep_their_order_when_an_index_is_refused() {
    let noise = content(0);
    let filler = member(
        "big",
        &[&noise[..], &noise, &noise, &noise, &noise].concat(),
    );
    let parts = [member("twice", b"old"), filler, member("twice", b"new")];
    let end = parts.concat().len() as u64;
    let archive = [&parts.concat()[..], &member("last", b""), &[0; 1024]].concat();
    let (big, new) = (parts[0].len() as u64, end - parts[2].len() as u64);
    // The first is hidden; that the last one is called otherwise comes out when that is asked for.
    let entries: [(&[u8], u64); 4] = [(b"x", 0), (b"big", big), (b"twice", new), (b"lost", end)];
    let (found, codes, ..) = find(&forged(&archive, &entries), &[b"twice", b"lost"]);
    let contents: Vec<_> = found.iter().map(|(_, content)| &**content).collect();
    assert_eq!(contents, [&b"new"[..], b"old", b"new"]);
    assert_eq!(codes, ["T016"]);
}

/// The end that an index leads to within an archive is not the archive's.
#[test]
fn problems_at_places_that_an_index_makes_up_are_not_told() {
    let noise = content(0);
    let stray = entry("x", tar::EntryType::XHeader, b"16 comment=evil\n");
    let inner = [&stray[..], &[0; 1024]].concat();
    let carrier = member("data.bin", &[&noise[..], &[0; 416], &inner].concat());
    let fake = (carrier.len() - inner.len()) as u64;
    let big = member("big", &[&noise[..], &noise].concat());
    let archive = [&carrier[..], &big, &[0; 1024]].concat();
    let entries: [(&[u8], u64); 3] = [
        (b"data.bin", 0),
        (b"fake", fake),
        (b"big", carrier.len() as u64),
    ];
    let (_, codes, ..) = find(&forged(&archive, &entries), &[b"fake"]);
    assert_eq!(codes, ["T016"]);
}

/// Names and offsets, as an index has them.
type Entries = Vec<(&'static [u8], u64)>;

/// A check looks at every entry: its name, its offset, that it is there, that none is left over.
#[test]
fn a_check_tells_every_way_in_which_an_index_lies() {
    let names: [&'static [u8]; 3] = [b"a", b"b", b"c"];
    let archive = [
        member("a", b"1"),
        member("b", b"2"),
        member("c", b"3"),
        vec![0; 1024],
    ]
    .concat();
    let truth: Entries = names.into_iter().zip([0, 1024, 2048]).collect();
    assert_eq!(checked(&forged(&archive, &truth)), [""; 0]);
    let mut lies: Vec<(String, Entries)> = Vec::new();
    for at in 0..truth.len() {
        let mut lie = |what: &str, change: &dyn Fn(&mut Entries)| {
            let mut entries = truth.clone();
            change(&mut entries);
            lies.push((format!("{what} {at}"), entries));
        };
        lie("the name of", &|entries| entries[at].0 = b"x");
        lie("a longer name of", &|entries| entries[at].0 = b"./a/b/c");
        lie("the offset of", &|entries| entries[at].1 += 512);
        lie("without", &|entries| {
            entries.remove(at);
        });
        lie("twice", &|entries| entries.insert(at, entries[at]));
        lie("one more before", &|entries| {
            entries.insert(at, (b"x", entries[at].1));
        });
        lie("swapped with the next", &|entries| {
            let next = (at + 1) % entries.len();
            let (here, there) = (entries[at].0, entries[next].0);
            entries[at].0 = there;
            entries[next].0 = here;
        });
    }
    lies.push(("none".to_owned(), Vec::new()));
    for (what, offset) in [("the end", 3072), ("the last", 2048), ("beyond", 1 << 40)] {
        let mut entries = truth.clone();
        entries.push((b"x", offset));
        lies.push((format!("one more at {what}"), entries));
    }
    for (what, entries) in lies {
        assert_eq!(checked(&forged(&archive, &entries)), ["T016"], "{what}");
    }
}
