//! One header block: its checksum, its flavour, its fields and their numbers.

use super::*;
use crate::formats::tar::header::checksum_field;
use crate::formats::tar::number::{self, NumberFault};
use crate::formats::tar::{ErrorKind, Header, Layout};

/// The checksum that is stored has to be one of two sums, whatever it is spelled in.
#[test]
fn a_checksum_is_right_as_the_sum_of_bytes_with_or_without_a_sign_and_no_other() {
    let octal = |sum: i64| format!("{sum:06o}\0 ").into_bytes();
    let bare = |sum: i64| format!("{sum:08o}").into_bytes();
    let base256 = |sum: i64| {
        let mut field = sum.to_be_bytes();
        field[0] |= 0x80;
        field.to_vec()
    };
    for name in [&b"plain"[..], b"\xff\xfe\x80"] {
        let block = Block::new(name, b'0', 0);
        let unsigned = i64::from(block.sum());
        // Each byte with its top bit counts for 256 less.
        let high = name.iter().filter(|&&byte| byte >= 0x80).count();
        let signed = unsigned - 256 * i64::try_from(high).unwrap();
        for spelled in [&octal as &dyn Fn(i64) -> Vec<u8>, &bare, &base256] {
            let parse = |sum| Header::parse(&block.clone().with(148, &spelled(sum)).0);
            for right in [unsigned, signed] {
                assert!(parse(right).is_ok());
                assert_eq!(parse(right).unwrap().name(), name);
            }
            for wrong in [unsigned - 1, unsigned + 1, signed - 1, signed - 256, 0] {
                let error = parse(wrong).unwrap_err();
                let ErrorKind::Checksum { stored, computed } = error.kind() else {
                    panic!("{error}");
                };
                assert_eq!(*stored, Some(wrong.into()));
                assert_eq!(i64::from(*computed), unsigned);
            }
        }
        let error = Header::parse(&block.with(148, b"x").0).unwrap_err();
        assert!(matches!(
            error.kind(),
            ErrorKind::Checksum { stored: None, .. }
        ));
    }
}

#[test]
fn the_checksum_of_a_block_is_spelled_as_six_digits_a_nul_and_a_space() {
    let block = Block::new(b"name\xff", b'0', 0);
    let sealed = block.clone().sealed();
    let sum = block.sum();
    let expected: [u8; 8] = sealed[148..156].try_into().unwrap();
    assert_eq!(checksum_field(&block.0), Some((expected, sum)));
    assert_eq!(checksum_field(&sealed), Some((expected, sum)));
    assert_eq!(checksum_field(&sealed[..511]), None);
    assert_eq!(checksum_field(&[&sealed[..], b"x"].concat()), None);
    let zeros = checksum_field(&[0; 512]);
    assert_eq!(zeros, Some((*b"000400\0 ", 256)));
    // The largest sum that there is: 504 bytes of 255, and eight spaces.
    let most = checksum_field(&[0xff; 512]);
    assert_eq!(most, Some((*b"373410\0 ", 504 * 255 + 256)));
}

/// As GNU tar tells them apart: the magic, and for star its mark, or times after a prefix that
/// ends with a NUL.
#[test]
fn the_flavour_of_a_header_is_told_by_its_magic_and_stars_by_its_shape() {
    let ustar = Block::new(b"name", b'0', 0).with(345, b"dir");
    let layout = |block: &Block| Header::parse(&block.clone().sealed()).unwrap().layout();
    for (magic, expected) in [
        (&b"ustar\x0000"[..], Layout::Ustar),
        (b"ustar\0\0\0", Layout::Ustar),
        (b"ustar\0 \0", Layout::Ustar),
        (b"ustar  \0", Layout::Gnu),
        (b"ustar 00", Layout::Gnu),
        (b"ustax\x0000", Layout::V7),
        (b"Ustar\x0000", Layout::V7),
        (b"\0\0\0\0\0\0\0\0", Layout::V7),
    ] {
        assert_eq!(
            layout(&ustar.clone().with(257, magic)),
            expected,
            "{magic:?}"
        );
    }
    assert_eq!(layout(&ustar.clone().with(508, b"tar\0")), Layout::Star);
    assert_eq!(layout(&ustar.clone().with(508, b"tar ")), Layout::Ustar);
    let times = b"14524567000 14524567001 ";
    let shaped = ustar.with(476, times);
    assert_eq!(layout(&shaped), Layout::Star);
    for (at, bytes) in [
        (475, b"p"),
        (476, b"x"),
        (487, b"0"),
        (488, b"\0"),
        (499, b"0"),
    ] {
        assert_eq!(
            layout(&shaped.clone().with(at, bytes)),
            Layout::Ustar,
            "{at}"
        );
    }
    // Nor do these make star of what isn't ustar.
    let old = shaped.clone().with(257, b"ustar  \0").with(508, b"tar\0");
    assert_eq!(layout(&old), Layout::Gnu);
}

#[test]
fn a_prefix_is_put_before_the_name_in_ustar_and_star_alone() {
    let block = Block::new(b"name", b'0', 0).with(345, b"dir");
    let name = |block: Block| {
        let header = Header::parse(&block.sealed()).unwrap();
        String::from_utf8(header.name()).unwrap()
    };
    assert_eq!(name(block.clone()), "dir/name");
    assert_eq!(name(block.clone().with(508, b"tar\0")), "dir/name");
    assert_eq!(name(block.clone().gnu()), "name");
    assert_eq!(name(block.clone().with(257, b"\0\0\0\0\0")), "name");
    assert_eq!(name(block.clone().with(345, b"\0ir")), "name");
    // Fields that are full have no NUL; ustar's prefix is longer than star's.
    let full = block.with(0, &[b'n'; 100]).with(345, &[b'p'; 155]);
    let (prefix, rest) = ("p".repeat(155), "n".repeat(100));
    assert_eq!(name(full.clone()), format!("{prefix}/{rest}"));
    let star = full.with(508, b"tar\0").with(476, &[0; 24]);
    assert_eq!(name(star), format!("{}/{rest}", &prefix[..131]));
}

#[test]
fn fields_are_read_by_their_names_where_the_flavour_has_them() {
    let block = Block::new(b"name", b'7', 5).with(265, b"owner");
    let sealed = block.sealed();
    let header = Header::parse(&sealed).unwrap();
    assert_eq!(header.as_bytes(), &sealed);
    assert_eq!(header.typeflag(), b'7');
    assert_eq!(header.field("uid").unwrap(), b"0000001\0");
    assert_eq!(header.field("size").unwrap(), b"00000000005\0");
    assert_eq!(&header.field("uname").unwrap()[..6], b"owner\0");
    for none in ["realsize", "trailer", "nothing", ""] {
        assert!(header.field(none).is_err(), "{none}");
    }
}

/// As in C: what follows the first NUL belongs to no text, of whatever flavour.
#[test]
fn junk_behind_a_nul_is_no_part_of_a_text() {
    let block = Block::new(b"abc\0junk", b'2', 0)
        .with(157, b"target\0junk")
        .with(265, b"user\0junk")
        .with(297, b"\0junk")
        .with(345, b"dir\0junk");
    let member = only(&block.and(b""));
    let texts = [&member.name, &member.link, &member.uname, &member.gname];
    let expected: [&[u8]; 4] = [b"dir/abc", b"target", b"user", b""];
    assert_eq!(texts.map(|text| &**text), expected);
}

/// As Python's `tarfile.nti` reads them where the first byte is a digit, a space, 0x80 or 0xff. Of
/// other first bytes, bit 6 is the sign, as libarchive has it.
#[test]
fn numbers_are_read_in_octal_and_in_base_256_with_a_sign() {
    let wide: i128 = 8_i128.pow(24) - 1;
    for (field, expected) in [
        (&b"0100644\0"[..], 0o100_644),
        (b"0000755 ", 0o755),
        (b"7654321\0", 0o7_654_321),
        (b"  7654 \0", 0o7654),
        (b" 76543210123", 0o76_543_210_123),
        (b"77777777777\0", 8_i128.pow(11) - 1),
        (b"777777777777", 8_i128.pow(12) - 1),
        (b"777777777777777777777777\0", wide),
        (b"777777777777777777777777", wide),
        (b"77777777777777777777\0", 8_i128.pow(20) - 1),
        (b"777777777777777777777\0", 8_i128.pow(21) - 1),
        (b"\x80\0\0\x01\0\0\0\0", 1 << 32),
        (b"\x81\0", 256),
        (b"\xbf\xff", 0x3fff),
        (b"\xc0\0", -0x4000),
        (b"\xff\xff\xff\xff\xff\xff\xff\xfe", -2),
        (b"\xff\xff\xff\xff\xff\xff\xff\0", -256),
        (b"\xfe\0", -512),
        (b"\xff", -1),
        (b"\x85", 5),
    ] {
        assert_eq!(number::parse(field), Ok(expected), "{field:?}");
    }
    for (field, byte) in [
        (&b"0000648\0"[..], b'8'),
        (b"000064/\0", b'/'),
        (b"-000644\0", b'-'),
        (b"0o00644\0", b'o'),
        (b"\x08000644\0", 8),
        (b"  x\0", b'x'),
    ] {
        assert_eq!(number::parse(field), Err(NumberFault::NotOctal(byte)));
    }
    // The widest that a number of 128 bits holds, and one digit, or byte, more.
    let digits = |count| vec![b'7'; count];
    assert_eq!(number::parse(&digits(42)), Ok((1 << 126) - 1));
    assert_eq!(number::parse(&[b"1", &*digits(42)].concat()), Ok(i128::MAX));
    let more = [b"2", &*digits(42)].concat();
    assert_eq!(number::parse(&more), Err(NumberFault::TooLarge));
    let bytes = |first, count| [&[first][..], &vec![0xff; count]].concat();
    assert_eq!(number::parse(&bytes(0x80, 15)), Ok((1 << 120) - 1));
    assert_eq!(number::parse(&bytes(0x80, 16)), Err(NumberFault::TooLarge));
}

#[test]
fn a_number_is_written_in_octal_where_it_fits_and_else_in_base_256() {
    let octal = |value: i128, width| match number::field(value, width) {
        Some(field) => field[0] & 0x80 == 0,
        None => panic!("{value}"),
    };
    assert!(octal(8_i128.pow(7) - 1, 8) && !octal(8_i128.pow(7), 8) && !octal(-1, 8));
    assert!(octal(8_i128.pow(11) - 1, 12) && !octal(8_i128.pow(11), 12));
    let expected = [0x80, 0, 0, 0, 0, 0x20, 0, 0];
    assert_eq!(number::field(8_i128.pow(7), 8).unwrap(), expected);
    // One bit says that it is no text, one is the sign: 62 are left of eight bytes.
    for (width, most) in [(8, (1_i128 << 62) - 1), (12, (1 << 94) - 1)] {
        for value in [most, -most - 1, -1, 8_i128.pow(11)] {
            let field = number::field(value, width).unwrap();
            assert_eq!(field.len(), width);
            assert_eq!(number::parse(&field), Ok(value));
        }
        assert_eq!(number::field(most + 1, width), None);
        assert_eq!(number::field(-most - 2, width), None);
    }
    // Wider than the number itself.
    let wide = number::field(-2, 20).unwrap();
    assert_eq!((wide.len(), number::parse(&wide)), (20, Ok(-2)));
    assert_eq!(number::field(1, 0), None);
    assert_eq!(number::octal_field(0, 1).unwrap(), b"\0");
    assert_eq!(number::octal_field(1, 1), None);
    assert_eq!(number::octal_field(0o1234567, 8).unwrap(), b"1234567\0");
    assert_eq!(number::octal_field(8, 3).unwrap(), b"10\0");
    assert_eq!(number::octal_field(8 * 8, 3), None);
    assert_eq!(number::octal_field(0, 13), None, "no field is so wide");
}

/// The bits above the low twelve say what the file is, which the header says elsewhere.
#[test]
fn a_mode_of_0100644_is_0644() {
    for (field, expected) in [
        (&b"0100644\0"[..], 0o644),
        (b"0104755\0", 0o4755),
        (b"0007777\0", 0o7777),
        (b"0010000\0", 0),
        (b"\x80\0\0\0\xff\xff\xff\xff", 0o7777),
    ] {
        let member = only(&Block::new(b"c", b'0', 0).with(100, field).and(b""));
        assert_eq!((member.mode, codes_of(&member)), (expected, vec![]));
    }
}

/// What POSIX names in a ustar header, and not the twelve bytes after it.
#[test]
fn a_header_as_json_has_each_field_by_its_name_and_no_padding() {
    let bytes = Block::new(b"a", b'0', 5).with(265, b"user").and(b"12345");
    let header = Header::parse(bytes.first_chunk().unwrap()).unwrap();
    let json = serde_json::to_value(header).unwrap();
    let mut names: Vec<_> = json
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    names.sort_unstable();
    let mut expected = [
        "name", "mode", "uid", "gid", "size", "mtime", "chksum", "typeflag", "linkname", "magic",
        "version", "uname", "gname", "devmajor", "devminor", "prefix",
    ];
    expected.sort_unstable();
    assert_eq!(names, expected);
    assert_eq!((&json["uname"], &json["size"]), (&"user".into(), &5.into()));
}

#[test]
fn a_member_as_json_has_problems_where_there_are_some() {
    for (flag, code) in [(b'0', None), (b'~', Some("T006"))] {
        let bytes = [&member("a", flag, b"")[..], END].concat();
        let mut archive = Archive::new(bytes.into()).unwrap();
        let member = archive.next_member().unwrap().unwrap();
        let json = serde_json::to_value(&member).unwrap();
        let problems = json.get("problems").map(|problems| &problems[0]["code"]);
        assert_eq!(problems, code.map(serde_json::Value::from).as_ref());
    }
}
