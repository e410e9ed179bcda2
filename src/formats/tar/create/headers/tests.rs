use super::*;
use crate::formats::tar::{Archive, Time};

fn member(name: &[u8]) -> NewMember {
    NewMember {
        name: name.to_vec(),
        ..NewMember::default()
    }
}

fn records(member: &NewMember, size: u64) -> String {
    let mut headers = Headers::default();
    headers.fill(member, size, None, Format::Pax, None).unwrap();
    let mut archive = Archive::new(headers.blocks.into()).unwrap();
    let found = archive.next_member().unwrap().unwrap();
    String::from_utf8_lossy(&found.pax.to_bytes()).into_owned()
}

#[test]
fn a_name_is_split_where_both_parts_fit() {
    let (a, b) = ("a".repeat(155), "b".repeat(100));
    let whole = format!("{a}/{b}").into_bytes();
    let (prefix, name) = split(&whole).unwrap();
    assert_eq!((prefix.len(), name.len()), (155, 100));
    assert_eq!(split(format!("{a}x/{b}").as_bytes()), None);
    assert_eq!(split(format!("{a}/{b}x").as_bytes()), None);
    assert_eq!(split("c".repeat(101).as_bytes()), None);
    assert_eq!(split("c".repeat(100).as_bytes()).unwrap().0, b"");
    let only_slash = format!("{}/", "c".repeat(100));
    assert_eq!(split(only_slash.as_bytes()), None, "a name can't be empty");
}

#[test]
fn what_ustar_holds_needs_no_record() {
    let mut member = member(b"a/b");
    member.uid = 0o7777777;
    member.mtime = Time::at(1_700_000_000);
    assert_eq!(records(&member, 0o77777777777), "");
}

#[test]
fn what_ustar_cannot_hold_becomes_a_record() {
    let mut member = member("ä".as_bytes());
    member.uid = 0o10000000;
    member.mtime = Time {
        seconds: 1,
        nanoseconds: 500_000_000,
    };
    assert_eq!(
        records(&member, 0o100000000000),
        "11 path=ä\n15 uid=2097152\n19 size=8589934592\n13 mtime=1.5\n"
    );
    member.mtime = Time::at(-1);
    assert!(records(&member, 0).ends_with("12 mtime=-1\n"));
}

#[test]
fn bytes_that_are_no_text_are_announced() {
    let mut name = b"\xff".to_vec();
    assert_eq!(records(&member(&name), 0), "", "the field holds any bytes");
    name.extend([b'x'; 300]);
    assert!(records(&member(&name), 0).starts_with("21 hdrcharset=BINARY\n311 path="));
}

#[test]
fn what_a_strict_format_cannot_hold_is_an_error_that_names_the_member() {
    let long = "c".repeat(101);
    type Change = fn(&mut NewMember);
    let cases: [(&str, Change); 4] = [
        ("its name", |m| m.name = b"c".repeat(101)),
        ("its time", |m| m.mtime = Time::at(-1)),
        ("its owner", |m| m.uid = 1 << 40),
        ("its link", |m| m.link = b"l".repeat(101)),
    ];
    for format in [Format::Ustar, Format::V7] {
        for (what, change) in cases {
            let mut member = member(b"short");
            change(&mut member);
            let filled = Headers::default().fill(&member, 0, None, format, None);
            let error = filled.unwrap_err();
            let message = error.to_string();
            assert!(message.contains(what), "{message}");
            assert!(
                message.contains("short") || message.contains(&long),
                "{message}"
            );
        }
    }
}
