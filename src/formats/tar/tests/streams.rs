//! Reading from front to back: where each member is, what of it can be read, and where reading
//! ends.

use std::io::Read as _;

use super::*;
use crate::formats::tar::ErrorKind;
use crate::tree::Space;

fn gzip(data: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

fn stream(bytes: &[u8]) -> Archive<'static> {
    Archive::stream(std::io::Cursor::new(bytes.to_vec())).unwrap()
}

/// The same bytes at positions, in something that seeks, in a stream, and gzipped.
fn ways(bytes: &[u8]) -> [Archive<'static>; 5] {
    [
        Archive::new(bytes.into()).unwrap(),
        Archive::seekable(std::io::Cursor::new(bytes.to_vec())).unwrap(),
        stream(bytes),
        Archive::new(gzip(bytes).into()).unwrap(),
        stream(&gzip(bytes)),
    ]
}

#[test]
fn a_member_knows_where_its_parts_stand() {
    let data = [1; 600];
    let bytes = [
        pax(&[("path", b"long")]),
        file("a", &data),
        file("b", b""),
        END.to_vec(),
    ];
    for archive in ways(&bytes.concat()) {
        let (members, error) = members(archive);
        assert!(error.is_none());
        let places = members.iter().map(|m| {
            let start = (m.offset, m.header_offset, m.data_offset);
            (start, m.data_end(), m.end())
        });
        let expected = [
            ((0, 1024, 1536), 2136, 2560),
            ((2560, 2560, 3072), 3072, 3072),
        ];
        assert_eq!(places.collect::<Vec<_>>(), expected);
        let names = members.iter().map(|m| (&*m.name, m.raw_name()));
        let expected: [(&[u8], &[u8]); 2] = [(b"long", b"long"), (b"b", b"b")];
        assert_eq!(names.collect::<Vec<_>>(), expected);
    }
}

#[test]
fn owners_and_links_are_those_of_their_records_or_else_of_the_header() {
    let header = Block::new(b"c", b'2', 0)
        .with(157, b"target")
        .with(265, b"user")
        .with(297, b"group");
    let plain = only(&header.clone().and(b""));
    let texts = |m: &Member| [&m.link, &m.uname, &m.gname].map(|text| text.clone());
    let raw = |m: &Member| [m.raw_link(), m.raw_uname(), m.raw_gname()].map(<[u8]>::to_vec);
    let expected = [&b"target"[..], b"user", b"group"].map(<[u8]>::to_vec);
    assert_eq!(texts(&plain), expected);
    assert_eq!(raw(&plain), expected);
    assert_eq!((plain.uid, plain.gid, plain.mtime.seconds), (1, 2, 3));
    let records: [(&str, &[u8]); 6] = [
        ("linkpath", b"t"),
        ("uname", b"u"),
        ("gname", b"g"),
        ("uid", b"7"),
        ("gid", b"8"),
        ("mtime", b"9.5"),
    ];
    let told = only(&[pax(&records), header.clone().and(b"")].concat());
    assert_eq!(texts(&told), [b"t", b"u", b"g"].map(|text| text.to_vec()));
    assert_eq!(
        (told.uid, told.gid, told.mtime.to_string()),
        (7, 8, "9.5".to_owned())
    );
    // Global records hold until others do; what a member says itself counts.
    let globally = [global("uname", b"all"), header.clone().and(b"")].concat();
    assert_eq!(only(&globally).uname, b"all");
    let both = [global("uname", b"all"), pax(&records), header.and(b"")].concat();
    assert_eq!(only(&both).uname, b"u");
    // Numbers of a device belong to devices.
    let device = |flag| {
        let numbers = Block::new(b"d", flag, 0)
            .with(329, b"0000005\0")
            .with(337, b"0000007\0");
        only(&numbers.and(b"")).device
    };
    assert_eq!(
        [b'3', b'4', b'0', b'6'].map(device),
        [(5, 7), (5, 7), (0, 0), (0, 0)]
    );
}

/// `hdrcharset` of POSIX.1-2017 says so; it speaks of records, not of the header.
#[test]
#[cfg(feature = "encodings")]
fn names_are_converted_unless_their_record_is_said_to_be_mere_bytes() {
    let latin = tar::Encoding::named("latin1").unwrap();
    let (bytes, text) = (b"caf\xe9", "caf\u{e9}".as_bytes());
    let header = Block::new(bytes, b'2', 0)
        .with(157, bytes)
        .with(265, bytes)
        .with(297, bytes)
        .and(b"");
    let path = |charset: &[u8]| pax(&[("hdrcharset", charset), ("path", bytes)]);
    for (before, name) in [
        (vec![], text),
        (pax(&[("path", bytes)]), text),
        (path(b"BINARY"), bytes),
        (path(b"ISO-IR 10646 2000 UTF-8"), text),
        (
            [global("hdrcharset", b"BINARY"), pax(&[("path", bytes)])].concat(),
            bytes,
        ),
        (
            [global("hdrcharset", b"BINARY"), path(b"other")].concat(),
            text,
        ),
    ] {
        let bytes_of = [&before[..], &header, END].concat();
        let archive = Archive::new(bytes_of.into()).unwrap().encoding(latin);
        let member = members(archive).0.remove(0);
        assert_eq!(member.name, name);
        for converted in [&member.link, &member.uname, &member.gname] {
            assert_eq!(converted, text);
        }
        let raw = [
            member.raw_name(),
            member.raw_link(),
            member.raw_uname(),
            member.raw_gname(),
        ];
        assert_eq!(raw, [bytes; 4]);
    }
}

#[test]
fn the_format_of_a_member_is_told_by_its_header_and_what_stands_before_it() {
    use crate::formats::tar::Format::*;
    let block = || Block::new(b"c", b'0', 0);
    let format = |bytes: &[u8]| only(bytes).format;
    assert_eq!(format(&block().and(b"")), Ustar);
    assert_eq!(format(&block().gnu().and(b"")), Gnu);
    assert_eq!(format(&block().with(257, &[0; 8]).and(b"")), V7);
    assert_eq!(format(&block().with(508, b"tar\0").and(b"")), Star);
    let c = block().and(b"");
    assert_eq!(format(&[pax(&[("uid", b"1")]), c.clone()].concat()), Pax);
    assert_eq!(
        format(&[member("x", b'L', b"c\0"), c.clone()].concat()),
        Gnu
    );
    assert_eq!(
        format(&[member("x", b'K', b"c\0"), c.clone()].concat()),
        Gnu
    );
    assert_eq!(format(&[member("x", b'x', b""), c].concat()), Ustar);
}

#[test]
fn data_are_read_as_far_as_they_go_and_no_further() {
    let bytes = [file("a", b"12345"), file("b", b"67"), END.to_vec()].concat();
    for mut archive in ways(&bytes) {
        assert_eq!(archive.data().remaining(), 0, "there is no member yet");
        archive.next_member().unwrap();
        assert_eq!(archive.data().remaining(), 5);
        let mut few = [0; 3];
        assert_eq!(archive.data().read(&mut []).unwrap(), 0);
        archive.data().read_exact(&mut few).unwrap();
        assert_eq!((&few, archive.data().remaining()), (b"123", 2));
        assert_eq!(archive.data().read(&mut [0; 9]).unwrap(), 2);
        assert_eq!(archive.data().remaining(), 0);
        assert_eq!(archive.data().read(&mut few).unwrap(), 0);
        // The rest of data that are not read is passed over.
        archive.next_member().unwrap();
        archive.data().read_exact(&mut few[..1]).unwrap();
        assert_eq!((few[0], archive.data().remaining()), (b'6', 1));
        assert!(archive.next_member().unwrap().is_none());
        assert_eq!(archive.data().remaining(), 0);
        assert!(archive.next_member().unwrap().is_none());
    }
}

#[test]
fn an_archive_that_ends_early_says_in_what_where_and_how_many_bytes_are_missing() {
    let (a, b) = (file("a", &[1; 600]), pax(&[("path", b"b")]));
    for (bytes, what, offset, missing) in [
        (&a[..700], "the data of \"a\"", 700, 412),
        (&a[..512], "the data of \"a\"", 512, 600),
        (&[&a[..], &a[..100]].concat(), "a header", 1636, 412),
        (&[&a[..], &a[..511]].concat(), "a header", 2047, 1),
        (&[&a[..], &b[..512]].concat(), "an extended header", 2048, 9),
        (&[&a[..], &b[..515]].concat(), "an extended header", 2051, 6),
        (
            &[&a[..], &b[..522]].concat(),
            "an extended header",
            2058,
            502,
        ),
        (
            &[&a[..], &b[..1023]].concat(),
            "an extended header",
            2559,
            1,
        ),
    ] {
        for archive in ways(bytes) {
            let (_, error) = members(archive);
            let error = error.unwrap();
            let ErrorKind::Truncated {
                what: found,
                missing: of,
            } = error.kind()
            else {
                panic!("{error}");
            };
            let found = (&**found, error.offset(), *of);
            assert_eq!(found, (what, Some(offset), missing));
        }
    }
    // Who reads the data sees it, and nothing comes after.
    for mut archive in ways(&a[..700]) {
        archive.next_member().unwrap();
        let error = archive.data().read_to_end(&mut Vec::new()).unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::UnexpectedEof);
        let error = Error::from(error);
        assert_eq!(error.offset(), Some(700));
        assert!(matches!(
            error.kind(),
            ErrorKind::Truncated { missing: 412, .. }
        ));
        assert!(archive.next_member().unwrap().is_none());
        assert_eq!(archive.data().remaining(), 0);
    }
}

#[test]
fn what_begins_with_no_header_is_no_archive_and_later_a_header_is_wrong() {
    let junk = [7; 512];
    for (bytes, offset, is_none) in [
        (&junk[..], 0, true),
        (&[&junk[..], END].concat(), 0, true),
        (&junk[..100], 0, true),
        (&[0; 1], 0, true),
        (&[0; 511], 0, true),
        (&[&[0; 512][..], &junk].concat(), 512, true),
        (&[&file("a", b"")[..], &junk].concat(), 512, false),
        (&[&file("a", b"1")[..], &junk, END].concat(), 1024, false),
        (&[&pax(&[("uid", b"1")])[..], &junk].concat(), 1024, false),
    ] {
        for archive in ways(bytes) {
            let (_, error) = members(archive);
            let error = error.unwrap();
            assert_eq!(error.offset(), Some(offset), "{error}");
            match is_none {
                true => assert!(matches!(error.kind(), ErrorKind::NotTar), "{error}"),
                false => assert!(
                    matches!(error.kind(), ErrorKind::Checksum { .. }),
                    "{error}"
                ),
            }
        }
    }
}

/// One block of zeros is an end where no header follows, as GNU tar has it, and not where one does.
#[test]
fn one_block_of_zeros_ends_an_archive_unless_a_header_follows() {
    let (a, b, zeros) = (file("a", b""), file("b", b""), [0; 512]);
    for (bytes, count, codes) in [
        (&[&a[..], &zeros, &[7; 512]].concat(), 1, &["T002"][..]),
        (&[&a[..], &zeros, &b, END].concat(), 2, &[]),
        (&[&a[..], &zeros].concat(), 1, &["T002"]),
        (&[&a[..], &zeros, &zeros, &b].concat(), 1, &[]),
    ] {
        for archive in ways(bytes) {
            let mut archive = archive;
            let found = archive.members().map(Result::unwrap).count();
            let told = archive.problems().iter().map(|problem| problem.code);
            let told: Vec<_> = told
                .filter(|code| *code != "T012" && *code != "T030")
                .collect();
            assert_eq!((found, &*told), (count, codes));
        }
    }
}

/// Headers count with their data, padded; all of one member together.
#[test]
fn extended_headers_may_take_as_much_as_the_limit_and_no_more() {
    let (record, name) = (pax(&[("path", b"b")]), member("x", b'L', b"n\0"));
    let end = [&file("a", b"")[..], END].concat();
    let few = global("uid", b"1");
    for (parts, size) in [
        (&[&record[..]][..], 1024),
        (&[&record, &name], 2048),
        (&[&member("x", b'x', b"")], 512),
        (&[&pax(&[("comment", &[b'c'; 600])])], 1536),
        (&[&few], 1024),
        (&[&few, &record], 2048),
    ] {
        let bytes = [&parts.concat()[..], &end].concat();
        for archive in ways(&bytes) {
            assert!(members(archive.limit(size)).1.is_none(), "{size}");
        }
        for archive in ways(&bytes) {
            let error = members(archive.limit(size - 1)).1.unwrap();
            let ErrorKind::Limit { size: found, limit } = error.kind() else {
                panic!("{error}");
            };
            assert_eq!((*found, *limit), (size, size - 1));
            // The header that is too much.
            let last = bytes.len() - end.len() - parts.last().unwrap().len();
            assert_eq!(error.offset(), Some(last as u64));
        }
    }
    // Each member has its own.
    let twice = [&record[..], &file("a", b""), &record, &end].concat();
    assert!(
        members(Archive::new(twice.into()).unwrap().limit(1024))
            .1
            .is_none()
    );
    // Unless something else is said, it is 1 MiB.
    let with = |size: usize| {
        let header = member("x", b'L', &vec![b'n'; size]);
        members(Archive::new([&header[..], &end].concat().into()).unwrap()).1
    };
    assert_eq!(tar::DEFAULT_LIMIT, 1 << 20);
    assert!(with((1 << 20) - 512).is_none() && with((1 << 20) - 511).is_some());
}

/// The sum of what global headers keep, which no one of them passes.
#[test]
fn global_headers_together_may_take_as_much_as_the_limit() {
    let value = [b'v'; 1000];
    let parts = [
        global("first", &value),
        file("a", b""),
        global("other", &value),
        file("b", b""),
        END.to_vec(),
    ];
    let bytes = parts.concat();
    let read = |limit| members(Archive::new(bytes.clone().into()).unwrap().limit(limit));
    assert!(read(2010).1.is_none());
    let (found, error) = read(2009);
    let error = error.unwrap();
    assert_eq!((found.len(), error.offset()), (1, Some(512 + 1024 + 512)));
    assert!(matches!(
        error.kind(),
        ErrorKind::Limit {
            size: 2010,
            limit: 2009
        }
    ));
}

#[test]
fn an_extended_header_whose_size_is_no_number_of_bytes_ends_the_reading() {
    for field in [&[0xff; 12][..], b"x"] {
        let header = Block::new(b"x", b'x', 0).with(124, field).and(b"");
        let bytes = [&file("a", b"")[..], &header, END].concat();
        let (members, error) = read(&bytes);
        assert_eq!((members.len(), error.unwrap().offset()), (1, Some(512)));
    }
}

#[test]
fn a_size_is_as_large_as_a_signed_number_of_64_bits_and_no_larger() {
    let with = |size: u128| {
        let mut field = [0; 12];
        field.copy_from_slice(&size.to_be_bytes()[4..]);
        field[0] |= 0x80;
        read(&Block::new(b"c", b'0', 0).with(124, &field).sealed())
    };
    let largest = i64::MAX.unsigned_abs();
    assert_eq!(with(largest.into()).0[0].size, largest);
    for size in [u128::from(largest) + 1, 1 << 64, 1 << 80] {
        let error = with(size).1.unwrap();
        let fault = tar::NumberFault::TooLarge;
        assert!(
            matches!(error.kind(), ErrorKind::Number { field: "size", fault: f, .. } if *f == fault)
        );
    }
    let negative = read(&Block::new(b"c", b'0', 0).with(124, &[0xff; 12]).sealed());
    let fault = tar::NumberFault::Negative;
    let error = negative.1.unwrap();
    assert!(
        matches!(error.kind(), ErrorKind::Number { field: "size", fault: f, .. } if *f == fault)
    );
    // The same of a record.
    for (value, is_size) in [(largest, true), (largest + 1, false)] {
        let text = value.to_string();
        let header = Block::new(b"c", b'0', 0).sealed();
        let (members, error) = read(&[&pax(&[("size", text.as_bytes())])[..], &header].concat());
        assert_eq!(members.first().map(|m| m.size), is_size.then_some(value));
        let record = matches!(error.unwrap().kind(), ErrorKind::Record { .. });
        assert_eq!(record, !is_size);
    }
}

/// Of a second archive, only its own global headers speak.
#[test]
fn what_a_global_header_says_ends_with_its_archive() {
    let bytes = [
        global("uname", b"first"),
        file("a", b""),
        END.to_vec(),
        vec![0; 512],
        file("b", b""),
        END.to_vec(),
    ]
    .concat();
    for archive in ways(&bytes) {
        let (members, error) = members(archive.ignore_zeros(true));
        assert!(error.is_none());
        // However many zeros lie between the two, they are no lone ones.
        assert_eq!(codes_of(&members[1]), [""; 0]);
        let owners: Vec<_> = members.iter().map(|m| (&*m.name, &*m.uname)).collect();
        let expected: [(&[u8], &[u8]); 2] = [(b"a", b"first"), (b"b", b"")];
        assert_eq!(owners, expected);
    }
}

#[test]
fn what_is_undone_on_the_way_is_named_and_its_bytes_are_counted() {
    let bytes = [file("a", &[7; 5000]), END.to_vec()].concat();
    let packed = gzip(&bytes);
    for (mut archive, is_packed) in [
        (Archive::new(bytes.clone().into()).unwrap(), false),
        (stream(&bytes), false),
        (Archive::new(packed.clone().into()).unwrap(), true),
        (stream(&packed), true),
    ] {
        assert_eq!(archive.compression(), is_packed.then_some("gzip"));
        let space = if is_packed {
            Space::stream(0)
        } else {
            Space::FILE
        };
        assert_eq!(archive.space(), space);
        assert!(!archive.is_indexed());
        assert_eq!(archive.members().count(), 1);
        let all = is_packed.then_some(packed.len() as u64);
        assert_eq!(archive.compressed_position(), all);
        assert_eq!(archive.position(), bytes.len() as u64);
        assert!(archive.problems().is_empty());
    }
    let mut archive = Archive::new([&packed[..], b"junk"].concat().into()).unwrap();
    assert_eq!(archive.members().count(), 1);
    let told: Vec<_> = archive
        .problems()
        .iter()
        .map(|p| (p.code, p.range.offset))
        .collect();
    assert_eq!(told, [("T013", bytes.len() as u64)]);
    assert!(archive.problems()[0].message.contains("isn't gzip"));
}

#[test]
fn a_check_goes_on_behind_what_the_bytes_are_to_blame_for_and_no_further() {
    let bytes = [file("a", b"1"), vec![7; 512], file("b", b"2"), END.to_vec()].concat();
    assert_eq!(codes(&bytes), ["T015", "T031"]);
    // A broken stream has nothing to read after it.
    let packed = gzip(&bytes);
    let mut archive = Archive::new(packed[..packed.len() - 4].into()).unwrap();
    let mut told = Vec::new();
    let summary = tar::check(&mut archive, &mut |finding| {
        told.push(finding.problem.code);
        Ok(())
    });
    assert_eq!(
        (told, summary.unwrap().members),
        (vec!["T015", "T031", "T015"], 2)
    );
    // Nothing but junk is no archive to check.
    for junk in [&[7; 512][..], &[7; 5000], b"x"] {
        let mut archive = Archive::new(junk.into()).unwrap();
        let error = tar::check(&mut archive, &mut |_| Ok(())).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::NotTar));
    }
    let first = [&[7; 512][..], &file("a", b"1"), END].concat();
    assert_eq!(
        check(&first).0,
        [
            ("T015", Severity::Error, 0, 0),
            ("T031", Severity::Error, 0, 512),
        ]
    );
}
