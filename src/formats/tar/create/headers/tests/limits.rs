//! What is at the limit of a field, and beyond it.

use super::*;

/// The largest number that octal digits hold, and the one after it: a record, base 256, or an error.
#[test]
fn a_number_too_large_for_its_field_is_written_otherwise_or_refused() {
    type Set = fn(&mut NewMember, u64) -> u64;
    let fields: [(usize, usize, &str, &str, Set); 4] = [
        (UID, 8, "uid", "the number of its owner", |m, n| {
            m.uid = n;
            0
        }),
        (GID, 8, "gid", "the number of its group", |m, n| {
            m.gid = n;
            0
        }),
        (SIZE, 12, "size", "its size", |_, n| n),
        (MTIME, 12, "mtime", "its time", |m, n| {
            m.mtime = Time::at(n.try_into().unwrap());
            0
        }),
    ];
    for (offset, width, keyword, what, set) in fields {
        let limit = 8u64.pow(u32::try_from(width).unwrap() - 1);
        for value in [0, limit - 1] {
            let mut member = member(b"n");
            let size = set(&mut member, value);
            let digits = format!("{value:00$o}\0", width - 1);
            for format in [Format::V7, Format::Ustar, Format::Gnu, Format::Pax] {
                let found = filled(&member, size, format).unwrap();
                assert_eq!(found.len(), 512, "{keyword} {format:?}");
                assert_eq!(
                    &found[offset..offset + width],
                    digits.as_bytes(),
                    "{keyword}"
                );
            }
        }
        for value in [limit, limit + 1, 1 << 40] {
            let mut member = member(b"n");
            let size = set(&mut member, value);
            for format in [Format::V7, Format::Ustar] {
                let error = filled(&member, size, format).unwrap_err();
                let said = format!("{what} doesn't fit into the {}", format.name());
                assert!(error.contains(&said), "{error}");
            }
            let mut base256 = vec![0; width];
            base256[width - 8..].copy_from_slice(&value.to_be_bytes());
            base256[0] = 0x80;
            let found = filled(&member, size, Format::Gnu).unwrap();
            assert_eq!(found[offset..offset + width], base256, "{keyword} {value}");
            assert_eq!(found.len(), 512);
            let found = filled(&member, size, Format::Pax).unwrap();
            let record = format!("{keyword}={value}\n");
            let record = format!("{} {record}", record.len() + 3);
            assert_eq!(found[..1024], extended_of(record.as_bytes()), "{record}");
            assert_eq!(found[1024 + offset..1024 + offset + width], vec![0; width]);
        }
    }
}

#[test]
fn a_number_beyond_63_bits_is_an_error_of_gnus_format_and_a_record_of_pax() {
    let mut member = member(b"n");
    member.uid = u64::MAX;
    let error = filled(&member, 0, Format::Gnu).unwrap_err();
    assert!(
        error.contains("a number doesn't fit into the gnu"),
        "{error}"
    );
    assert_eq!(records(&member, 0), "28 uid=18446744073709551615\n");
}

#[test]
fn a_device_too_large_for_octal_digits_is_in_base_256_or_refused() {
    let mut device = member(b"n");
    device.kind = Kind::CharDevice;
    device.device = (0o7_777_777, 0o1_234_567);
    for format in [Format::Ustar, Format::Gnu, Format::Pax] {
        let found = filled(&device, 0, format).unwrap();
        assert_eq!(&found[MAJOR..INTO], b"7777777\x001234567\0", "{format:?}");
    }
    for number in [(0o10_000_000, 1), (1, 0o10_000_000)] {
        device.device = number;
        for format in [Format::Gnu, Format::Pax] {
            let found = filled(&device, 0, format).unwrap();
            let large = b"\x80\0\0\0\0\x20\0\0";
            let expected = match number {
                (1, _) => [&b"0000001\0"[..], large],
                _ => [large, &b"0000001\0"[..]],
            };
            assert_eq!(found[MAJOR..INTO], expected.concat(), "{format:?}");
        }
        let error = filled(&device, 0, Format::Ustar).unwrap_err();
        assert!(error.contains("the number of its device"), "{error}");
    }
}

/// 31 bytes and a NUL are the field. A part of a name could be another's.
#[test]
fn the_name_of_an_owner_is_whole_or_an_error_or_a_record() {
    type Set = fn(&mut NewMember, Vec<u8>);
    let fields: [(usize, &str, &str, Set); 2] = [
        (UNAME, "uname", "the name of its owner", |m, name| {
            m.uname = name;
        }),
        (GNAME, "gname", "the name of its group", |m, name| {
            m.gname = name;
        }),
    ];
    for (offset, keyword, what, set) in fields {
        let mut member = member(b"n");
        set(&mut member, vec![b'o'; 31]);
        for format in [Format::Ustar, Format::Gnu, Format::Pax] {
            let found = filled(&member, 0, format).unwrap();
            assert_eq!(found.len(), 512);
            assert_eq!(found[offset..offset + 31], [b'o'; 31]);
        }
        for size in [32, 33] {
            set(&mut member, vec![b'o'; size]);
            for format in [Format::Ustar, Format::Gnu] {
                let error = filled(&member, 0, format).unwrap_err();
                assert!(error.contains(what), "{error}");
            }
            let name = "o".repeat(size);
            assert_eq!(
                records(&member, 0),
                format!("{} {keyword}={name}\n", size + 10)
            );
            let found = filled(&member, 0, Format::Pax).unwrap();
            assert_eq!(
                found[1024 + offset..1024 + offset + 32],
                *format!("{}\0", &name[..31]).as_bytes()
            );
            assert!(
                filled(&member, 0, Format::V7).is_ok(),
                "it has no place for names"
            );
        }
        set(&mut member, "ö".into());
        assert_eq!(records(&member, 0), format!("12 {keyword}=ö\n"));
    }
}

#[test]
fn a_link_of_100_bytes_fits_and_a_longer_one_is_a_record_or_a_long_link() {
    let mut link = member(b"n");
    link.kind = Kind::Symlink;
    link.link = vec![b'l'; 100];
    for format in [Format::V7, Format::Ustar, Format::Gnu, Format::Pax] {
        let found = filled(&link, 0, format).unwrap();
        assert_eq!((found.len(), &found[LINK..MAGIC]), (512, &[b'l'; 100][..]));
    }
    link.link = vec![b'l'; 101];
    for format in [Format::V7, Format::Ustar] {
        let error = filled(&link, 0, format).unwrap_err();
        assert!(error.contains("the target of its link"), "{error}");
    }
    let record = format!("115 linkpath={}\n", "l".repeat(101));
    assert_eq!(records(&link, 0), record);
    let found = filled(&link, 0, Format::Pax).unwrap();
    assert_eq!(found[1024 + LINK..1024 + MAGIC], [b'l'; 100]);
    link.link = "ü".into();
    assert_eq!(records(&link, 0), "15 linkpath=ü\n");
    link.link = b"\xfc".to_vec();
    assert_eq!(records(&link, 0), "");
}

/// As GNU's manual has it: a member of type `L` or `K` whose data are the name and a NUL.
#[test]
fn gnus_long_names_stand_before_the_header() {
    let long = |flag: &[u8], text: &[u8]| {
        let size = format!("{:011o}\0", text.len() + 1);
        let header = block(&[
            (NAMED, b"././@LongLink"),
            (MODE, b"0000644\0"),
            (UID, b"0000000\0"),
            (GID, b"0000000\0"),
            (SIZE, size.as_bytes()),
            (MTIME, b"00000000000\0"),
            (FLAG, flag),
            (MAGIC, b"ustar  \0"),
        ]);
        [header, whole(&[text, b"\0"].concat())].concat()
    };
    let (name, link) = (vec![b'n'; 101], vec![b'l'; 512]);
    let mut member = member(&name);
    let found = filled(&member, 0, Format::Gnu).unwrap();
    assert_eq!(found[..1024], long(b"L", &name));
    assert_eq!((found.len(), &found[1024..1124]), (1536, &name[..100]));
    member.kind = Kind::Symlink;
    member.link.clone_from(&link);
    let found = filled(&member, 0, Format::Gnu).unwrap();
    // The link of 512 bytes and its NUL take two blocks.
    let before = [long(b"K", &link), long(b"L", &name)].concat();
    assert_eq!(found[..before.len()], before);
    assert_eq!(
        found[before.len() + LINK..before.len() + MAGIC],
        link[..100]
    );
    member = self::member(&name[..100]);
    let found = filled(&member, 0, Format::Gnu).unwrap();
    assert_eq!(
        (found.len(), &found[..101]),
        (512, &[&name[..100], b"0"].concat()[..])
    );
}

#[test]
fn a_long_name_is_split_between_prefix_and_name_or_a_record() {
    let (folder, own) = ("d".repeat(155), "n".repeat(100));
    let fits = member(format!("{folder}/{own}").as_bytes());
    for format in [Format::Ustar, Format::Pax] {
        let found = filled(&fits, 0, format).unwrap();
        assert_eq!(found.len(), 512, "{format:?}");
        assert_eq!(&found[..100], own.as_bytes());
        assert_eq!(&found[INTO..500], folder.as_bytes());
    }
    for name in [
        format!("{folder}/{own}"),
        "n".repeat(101),
        format!("d/{own}"),
    ] {
        let error = filled(&member(name.as_bytes()), 0, Format::V7).unwrap_err();
        assert!(error.contains("its name"), "{error}");
    }
    // Nothing but the root could be meant by an empty prefix.
    let rooted = format!("/{own}");
    assert_eq!(split(rooted.as_bytes()), None);
    assert_eq!(
        records(&member(rooted.as_bytes()), 0),
        format!("111 path={rooted}\n")
    );
    // The first slash after which there is room is taken.
    let parts = format!("{}/{}/{}", "a".repeat(60), "b".repeat(60), "c".repeat(39));
    let (prefix, rest) = split(parts.as_bytes()).unwrap();
    assert_eq!((prefix.len(), rest.len()), (60, 100));
    // Text that isn't ASCII is a record, even where it fits the fields; bytes are not.
    let umlaut = format!("ä{}/{}", "d".repeat(50), "n".repeat(60));
    let found = filled(&member(umlaut.as_bytes()), 0, Format::Pax).unwrap();
    assert_eq!(found.len(), 1536);
    assert_eq!(&found[1024..1084], &[b'n'; 60]);
    assert_eq!(
        &found[1024 + INTO..1024 + INTO + 52],
        &umlaut.as_bytes()[..52]
    );
    assert_eq!(records(&member(b"a\xe9b"), 0), "");
}

#[test]
fn a_time_has_a_record_where_seconds_are_not_all_of_it() {
    let time = |seconds, nanoseconds| {
        let mut member = member(b"n");
        member.mtime = Time {
            seconds,
            nanoseconds,
        };
        let found = filled(&member, 0, Format::Pax).unwrap();
        let field = found[found.len() - 512 + MTIME..][..12].to_vec();
        (records(&member, 0), String::from_utf8(field).unwrap())
    };
    let nothing = "\0".repeat(12);
    assert_eq!(time(5, 0), ("".into(), "00000000005\0".into()));
    assert_eq!(
        time(5, 1),
        ("21 mtime=5.000000001\n".into(), "00000000005\0".into())
    );
    assert_eq!(time(-5, 0), ("12 mtime=-5\n".into(), nothing.clone()));
    assert_eq!(
        time(-5, 5),
        ("22 mtime=-4.999999995\n".into(), nothing.clone())
    );
    assert_eq!(time(1 << 33, 0), ("20 mtime=8589934592\n".into(), nothing));
    let mut member = member(b"n");
    member.mtime = Time::at(-2);
    let found = filled(&member, 0, Format::Gnu).unwrap();
    let minus_two = [&[0xff; 11][..], &[0xfe]].concat();
    assert_eq!(found[MTIME..148], minus_two);
}
