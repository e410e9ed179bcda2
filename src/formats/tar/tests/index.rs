//! Every way in which an index can lie: each of its numbers wrong by one, too large for the file, or
//! too large for anything. Blocks of 512 bytes keep the archives small.

mod entries;

use std::io::Write as _;

use flate2::Compression;
use flate2::write::DeflateEncoder;

use super::*;
use crate::Source;
use crate::codecs::BlockIndex as _;
use crate::codecs::gzip::note;
use crate::formats::tar::index::{Index, IndexWriter};

const BLOCK: u64 = 512;

fn deflated(data: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

/// A gzip member that states its own size, as `gzip::BLOCK_HEADER` says.
fn block(data: &[u8]) -> Vec<u8> {
    let deflated = deflated(data);
    let size = u32::try_from(20 + deflated.len() + 8).unwrap();
    let mut crc = flate2::Crc::new();
    crc.update(data);
    [
        &b"\x1f\x8b\x08\x04\0\0\0\0\0\xff\x08\0BW\x04\0"[..],
        &size.to_le_bytes(),
        &deflated,
        &crc.sum().to_le_bytes(),
        &crc.amount().to_le_bytes(),
    ]
    .concat()
}

/// A number as LEB128.
fn number(mut number: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number >= 0x80 {
        bytes.push(0x80 | (number & 0x7f) as u8);
        number >>= 7;
    }
    bytes.push(number as u8);
    bytes
}

/// An entry: how far after the one before, how much of its name, and the rest of the name.
#[derive(Clone, Debug)]
struct Entry {
    gap: u64,
    shared: u64,
    length: u64,
    rest: &'static [u8],
}

/// All that an index says.
#[derive(Clone, Debug)]
struct Said {
    version: u64,
    block: u64,
    size: u64,
    blocks: u64,
    members: u64,
    /// What is added to the true number.
    members_size: i64,
    entries: Vec<Entry>,
    sizes: Vec<u64>,
}

/// An archive of members `m/0` to `m/7` of 1,024 bytes, and its blocks.
fn archive() -> (Vec<u8>, Vec<Vec<u8>>) {
    let members = (0..8).map(|n: u8| file(&format!("m/{n}"), &[b'0' + n]));
    let bytes = [members.collect::<Vec<_>>().concat(), END.to_vec()].concat();
    let blocks = bytes.chunks(512).map(block).collect();
    (bytes, blocks)
}

/// The truth about it.
fn truth() -> Said {
    let (bytes, blocks) = archive();
    let names: [&[u8]; 8] = [b"m/0", b"1", b"2", b"3", b"4", b"5", b"6", b"7"];
    let entry = |(at, rest): (usize, &&'static [u8])| Entry {
        gap: if at == 0 { 0 } else { 1024 },
        shared: if at == 0 { 0 } else { 2 },
        length: rest.len() as u64,
        rest,
    };
    Said {
        version: 1,
        block: BLOCK,
        size: bytes.len() as u64,
        blocks: blocks.len() as u64,
        members: 8,
        members_size: 0,
        entries: names.iter().enumerate().map(entry).collect(),
        sizes: blocks.iter().map(|block| block.len() as u64).collect(),
    }
}

/// The archive with an index that says this.
fn file_with(said: &Said) -> Vec<u8> {
    let mut bytes = archive().1.concat();
    let members = said.entries.iter().flat_map(|entry| {
        let numbers = [entry.gap, entry.shared, entry.length].map(number);
        [&numbers.concat()[..], entry.rest].concat()
    });
    let members = deflated(&members.collect::<Vec<u8>>());
    let sizes = said.sizes.iter().flat_map(|size| number(*size));
    let sizes = deflated(&sizes.collect::<Vec<u8>>());
    let members_size = (members.len() as u64).saturating_add_signed(said.members_size);
    let head = [
        said.version,
        said.block,
        said.size,
        said.blocks,
        said.members,
        members_size,
    ];
    let data = [&head.map(number).concat()[..], &members, &sizes].concat();
    let end = bytes.len() as u64;
    note::write(&mut bytes, end, &data).unwrap();
    bytes
}

/// A name, an offset and a content.
type Found = (Vec<u8>, u64, Vec<u8>);

/// What is found of the members with these names: names, offsets and contents, the codes of
/// problems, and whether an index was used to the end.
fn find(bytes: &[u8], wanted: &[&[u8]]) -> (Vec<Found>, Vec<&'static str>, bool) {
    use std::io::Read as _;
    let mut archive = Archive::indexed(bytes.into(), |name| wanted.contains(&name)).unwrap();
    let mut found = Vec::new();
    while let Some(member) = archive.next_member().unwrap() {
        if wanted.contains(&&*member.name) {
            let mut content = Vec::new();
            archive.data().read_to_end(&mut content).unwrap();
            found.push((member.name, member.offset, content));
        }
    }
    let codes = archive.problems().iter().map(|problem| problem.code);
    (found, codes.collect(), archive.is_indexed())
}

fn expected(numbers: &[u8]) -> Vec<Found> {
    let member = |n: &u8| {
        (
            format!("m/{n}").into_bytes(),
            u64::from(*n) * 1024,
            vec![b'0' + n],
        )
    };
    numbers.iter().map(member).collect()
}

#[test]
fn a_true_index_leads_to_each_member_and_to_all_that_are_wanted() {
    let bytes = file_with(&truth());
    for n in 0..8u8 {
        let name = format!("m/{n}").into_bytes();
        assert_eq!(
            find(&bytes, &[&name]),
            (expected(&[n]), vec![], true),
            "{n}"
        );
    }
    let some = find(&bytes, &[b"m/1", b"m/2", b"m/5"]);
    assert_eq!(some, (expected(&[1, 2, 5]), vec![], true));
    assert_eq!(check(&bytes).0, []);
    // Nobody is led to what isn't there: who looks for it reads all.
    assert_eq!(find(&bytes, &[b"m/8"]), (vec![], vec![], false));
    let index = Index::find(&Source::from(bytes)).unwrap().unwrap();
    assert_eq!(index.blocks(), (18, 512));
    let offsets = index.members().map(|entry| entry.unwrap().offset);
    assert_eq!(
        offsets.collect::<Vec<_>>(),
        [0, 1024, 2048, 3072, 4096, 5120, 6144, 7168]
    );
}

/// Of 18 blocks, nine are few enough; a member in a block that another needs costs nothing.
#[test]
fn an_index_is_used_for_as_many_members_as_half_of_the_blocks_hold() {
    let mut bytes = Vec::new();
    let names: Vec<String> = (0..18).map(|n| format!("m{n}")).collect();
    for name in &names {
        bytes.extend(file(name, b""));
    }
    bytes.extend(END);
    let blocks: Vec<_> = bytes.chunks(512).map(block).collect();
    let mut writer = IndexWriter::default();
    for (offset, name) in (0..).step_by(512).zip(&names) {
        writer.add(name.as_bytes(), offset).unwrap();
    }
    let sizes = blocks.iter().map(|block| block.len() as u64);
    let written = crate::codecs::gzip::Blocks::new(sizes, 512, bytes.len() as u64).unwrap();
    let mut file = blocks.concat();
    writer.write(&mut file, &written).unwrap();
    for (count, is_indexed) in [(1, true), (9, true), (10, true), (11, false)] {
        let wanted: Vec<&[u8]> = names[..count].iter().map(String::as_bytes).collect();
        let (found, codes, indexed) = find(&file, &wanted);
        assert_eq!(
            (found.len(), codes, indexed),
            (count, vec![], is_indexed),
            "{count}"
        );
    }
}

/// What is found is what is there, once, in order; and a check tells the lie, where it isn't such
/// that there is no index at all.
#[test]
fn each_number_of_an_index_wrong_by_one_or_beyond_the_file_is_noticed() {
    let changes = |value: u64| {
        [
            value.wrapping_sub(1),
            value + 1,
            value + 512,
            1 << 20,
            1 << 40,
            u64::MAX,
        ]
    };
    type Field = (&'static str, fn(&mut Said) -> &mut u64);
    let fields: [Field; 5] = [
        ("version", |said| &mut said.version),
        ("block", |said| &mut said.block),
        ("size", |said| &mut said.size),
        ("blocks", |said| &mut said.blocks),
        ("members", |said| &mut said.members),
    ];
    let mut lies: Vec<(String, Said)> = Vec::new();
    for (name, field) in fields {
        for change in changes(*field(&mut truth())) {
            let mut said = truth();
            *field(&mut said) = change;
            lies.push((format!("{name} {change}"), said));
        }
    }
    for change in [-1, 1, 100, i64::MAX] {
        let mut said = truth();
        said.members_size = change;
        lies.push((format!("members_size {change}"), said));
    }
    for at in [0, 1, 4, 7] {
        type Field = (&'static str, fn(&mut Entry) -> &mut u64);
        let fields: [Field; 3] = [
            ("gap", |entry| &mut entry.gap),
            ("shared", |entry| &mut entry.shared),
            ("length", |entry| &mut entry.length),
        ];
        for (name, field) in fields {
            for change in changes(*field(&mut truth().entries[at])) {
                let mut said = truth();
                *field(&mut said.entries[at]) = change;
                lies.push((format!("{name} {change} of member {at}"), said));
            }
        }
    }
    for at in [0, 1, 9, 16, 17] {
        for change in changes(truth().sizes[at]) {
            let mut said = truth();
            said.sizes[at] = change;
            lies.push((format!("size {change} of block {at}"), said));
            // What one has more, another has less: the sum is right.
            let mut said = truth();
            said.sizes[at] += 1;
            said.sizes[(at + 1) % 18] -= 1;
            lies.push((format!("border of block {at}"), said));
        }
    }
    for (what, said) in &lies {
        let bytes = file_with(said);
        for n in [3, 7] {
            let name = format!("m/{n}").into_bytes();
            let (found, codes, indexed) = find(&bytes, &[&name]);
            assert_eq!(found, expected(&[n]), "{what}");
            // Used to the end, or not used; it is only a hint.
            assert!(codes.is_empty() || codes == ["T016"] && !indexed, "{what}");
        }
        let is_index = Index::find(&Source::from(bytes.clone())).unwrap().is_some();
        let told = codes(&bytes);
        // The blocks of a lie that adds up are seen to be others when they are asked for.
        let is_true = what.starts_with("version") || what.starts_with("border");
        match is_index && !is_true && !what.starts_with("block ") && !what.starts_with("size ") {
            true => assert_eq!(told, ["T016"], "{what}"),
            false => assert_eq!(told, [""; 0], "{what}"),
        }
    }
}

/// An index that turns out to be wrong only after members that it led to by right.
#[test]
fn what_was_found_before_an_index_turned_out_to_be_wrong_comes_once() {
    let mut said = truth();
    said.entries[5].gap = 512;
    said.entries[6].gap = 1536;
    let bytes = file_with(&said);
    let found = find(&bytes, &[b"m/1", b"m/3", b"m/5", b"m/6"]);
    assert_eq!(found, (expected(&[1, 3, 5, 6]), vec!["T016"], false));
}

/// What was asked of the archive holds also for the one that is begun anew.
#[test]
fn an_archive_that_is_read_from_its_start_after_all_keeps_its_settings() {
    let mut said = truth();
    said.entries[7].rest = b"x";
    let bytes = file_with(&said);
    let mut archive = Archive::indexed(bytes.clone().into(), |name| name == b"m/x").unwrap();
    assert!(archive.is_indexed());
    assert_eq!(archive.members().map(Result::unwrap).count(), 8);
    assert!(!archive.is_indexed());
    let problems: Vec<_> = archive
        .problems()
        .iter()
        .map(|p| (p.code, p.range.offset))
        .collect();
    assert_eq!(problems, [("T016", 7168)]);
    // Extended headers are refused from the first byte on.
    let refuse = Archive::indexed(pax_archive().into(), |name| name == b"none").unwrap();
    assert!(refuse.is_indexed());
    let (found, error) = members(refuse.limit(1023));
    assert_eq!(found.len(), 0);
    assert!(matches!(
        error.unwrap().kind(),
        tar::ErrorKind::Limit {
            size: 1024,
            limit: 1023
        }
    ));
    let (found, error) = members(
        Archive::indexed(pax_archive().into(), |name| name == b"none")
            .unwrap()
            .limit(1024),
    );
    assert!(error.is_none());
    assert_eq!(found.len(), 4);
    // A second archive after the first is read by who asked for it.
    let twice = |yes| {
        let archive = Archive::indexed(pax_archive().into(), |name| name == b"none").unwrap();
        members(archive.ignore_zeros(yes)).0.len()
    };
    assert_eq!((twice(false), twice(true)), (4, 5));
    #[cfg(feature = "encodings")]
    {
        let archive = Archive::indexed(pax_archive().into(), |name| name == b"none").unwrap();
        let latin = tar::Encoding::named("latin1").unwrap();
        let (found, _) = members(archive.encoding(latin));
        assert_eq!(found[3].uname, "caf\u{e9}".as_bytes());
    }
}

/// A member with an extended header, three more, the end, and another archive; the index has a name
/// that isn't there.
fn pax_archive() -> Vec<u8> {
    let first = [pax(&[("path", b"m/0")]), file("x", b"")].concat();
    let owned = Block::new(b"m/3", b'0', 1).with(265, b"caf\xe9").and(b"3");
    let rest = [file("m/1", b"1"), file("m/2", b"2"), owned].concat();
    let bytes = [&first[..], &rest, END, &file("second", b""), END].concat();
    let entries: [(&[u8], u64); 4] = [(b"m/0", 0), (b"m/1", 1536), (b"m/2", 2560), (b"none", 3584)];
    with_index(&bytes, &entries)
}

/// An archive with an index that has these names and offsets.
fn with_index(bytes: &[u8], entries: &[(&[u8], u64)]) -> Vec<u8> {
    let blocks: Vec<_> = bytes.chunks(512).map(block).collect();
    let mut writer = IndexWriter::default();
    for (name, offset) in entries {
        writer.add(name, *offset).unwrap();
    }
    let sizes = blocks.iter().map(|block| block.len() as u64);
    let written = crate::codecs::gzip::Blocks::new(sizes, 512, bytes.len() as u64).unwrap();
    let mut file = blocks.concat();
    writer.write(&mut file, &written).unwrap();
    file
}

/// The real one begins where the member before it ends, and ends where the next one begins.
#[test]
fn a_header_within_the_data_of_another_member_is_not_taken_for_one() {
    let fake = file("x", b"fake");
    let carrier = file("data", &fake);
    let rest = [file("x", b"real"), file("z", &[1; 2048])].concat();
    let bytes = [&carrier[..], &rest, END].concat();
    let real = (b"x".to_vec(), 1536, b"real".to_vec());
    for (what, entries) in [
        (
            "inside",
            &[(&b"data"[..], 0), (b"x", 512), (b"z", 1536)][..],
        ),
        ("hidden", &[(b"x", 512), (b"z", 1536)]),
        (
            "too short",
            &[(b"data", 0), (b"x", 1536), (b"y", 2048), (b"z", 2560)],
        ),
        ("too long", &[(b"data", 0), (b"x", 1536), (b"y", 3072)]),
    ] {
        let (found, codes, indexed) = find(&with_index(&bytes, entries), &[b"x"]);
        assert_eq!(found, std::slice::from_ref(&real), "{what}");
        assert!(!indexed, "{what}");
        // The first entry of an index begins the archive; where it doesn't there is none.
        let told = if what == "hidden" {
            vec![]
        } else {
            vec!["T016"]
        };
        assert_eq!(codes, told, "{what}");
    }
    let truth = [(&b"data"[..], 0), (b"x", 1536), (b"z", 2560)];
    let found = find(&with_index(&bytes, &truth), &[b"x"]);
    assert_eq!(found, (vec![real], vec![], true));
}

/// A member that was found says where the next one begins, and no one further on; and the last one
/// of an index is the last of the archive.
#[test]
fn each_member_that_an_index_leads_to_is_compared_with_its_neighbors() {
    let (a, fake) = (file("a", b""), file("x", b"fake"));
    let rest = [file("x", b"real"), file("z", &[1; 4096])].concat();
    let bytes = [&a[..], &file("data", &fake), &rest, END].concat();
    for entries in [
        &[(&b"a"[..], 0), (b"data", 512), (b"x", 1024), (b"z", 2048)][..],
        &[(b"a", 0), (b"data", 512), (b"x", 2048)],
    ] {
        let (found, codes, _) = find(&with_index(&bytes, entries), &[b"a", b"x"]);
        let contents: Vec<_> = found.iter().map(|(_, _, content)| &**content).collect();
        assert_eq!((contents, codes), (vec![&b""[..], b"real"], vec!["T016"]));
    }
}

/// Of several members of one name the last counts, so that it has to come last.
#[test]
fn members_of_one_name_come_once_or_in_their_order_when_an_index_is_refused() {
    let names = ["t", "b", "t", "c"];
    let members = names.iter().zip(b'0'..).map(|(name, n)| file(name, &[n]));
    let filler = file("f", &[1; 4096]);
    let bytes = [&members.collect::<Vec<_>>().concat()[..], &filler, END].concat();
    let contents = |first: &'static [u8]| {
        let offsets = (0..).step_by(1024);
        let names = [first, b"b", b"t", b"c", b"lost"];
        let entries: Vec<(&[u8], u64)> = names.into_iter().zip(offsets).collect();
        let (found, codes, _) = find(&with_index(&bytes, &entries), &[b"t", b"lost"]);
        assert_eq!(codes, ["T016"]);
        found
            .into_iter()
            .flat_map(|(_, _, content)| content)
            .collect::<Vec<_>>()
    };
    assert_eq!(contents(b"t"), b"02");
    // The first is hidden: it comes late, and so the last comes again.
    assert_eq!(contents(b"h"), b"202");
}
