use super::*;
use crate::formats::tar::Archive;
use crate::formats::tar::draft::Draft;
use crate::formats::tar::layout::{Layout, field};
use crate::formats::tar::pax::PaxRecords;

#[test]
fn an_encoding_has_the_standards_labels_and_pythons() {
    for (label, name) in [
        ("gbk", "GBK"),
        ("Shift-JIS", "Shift_JIS"),
        ("cp1252", "windows-1252"),
        ("latin-1", "windows-1252"),
        ("latin1", "windows-1252"),
        ("koi8-r", "KOI8-R"),
    ] {
        let encoding = Encoding::named(label).unwrap();
        assert_eq!(encoding.name(), name);
        assert_eq!(format!("{encoding:?}"), name);
    }
    for label in [
        "",
        "latin-2",
        "utf-16",
        "iso-2022-jp",
        "replacement",
        "nonsense",
    ] {
        assert_eq!(Encoding::named(label), None, "{label}");
    }
    let koi = Encoding::named("koi8-r").unwrap();
    assert_eq!(koi.decode(b"\xc6\xc1\xca\xcc").as_deref(), Some("файл"));
}

/// Bytes in a header, and others in a record that is said to hold bytes.
#[test]
fn names_are_converted_where_they_are_not_utf_8_and_not_said_to_be_bytes() {
    let koi = Encoding::named("koi8-r").unwrap();
    let member = |path: Option<&[u8]>| {
        let mut bytes = Vec::new();
        if let Some(path) = path {
            let mut records = PaxRecords::default();
            records.push("path", path);
            bytes.extend(crate::formats::tar::create::global(&records).unwrap());
            bytes[156] = b'x';
            bytes[148..156].fill(b' ');
            let sum: u32 = bytes[..512].iter().map(|&byte| u32::from(byte)).sum();
            bytes[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        }
        let mut draft = Draft::new(Layout::Ustar).unwrap();
        draft.put(field!("name"), b"\xc6\xc1").unwrap();
        draft.put(field!("linkname"), b"\xca\xcc").unwrap();
        draft.put(field!("uname"), "ä".as_bytes()).unwrap();
        draft.put(field!("gname"), b"\xc6").unwrap();
        draft.put(field!("typeflag"), b"2").unwrap();
        bytes.extend(draft.seal().unwrap());
        let mut archive = Archive::new(bytes.into()).unwrap();
        archive.next_member().unwrap().unwrap()
    };
    for binary in [false, true] {
        let mut plain = member(None);
        koi.convert(&mut plain, binary);
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        assert_eq!(
            [&plain.name, &plain.link, &plain.uname, &plain.gname].map(|b| text(b)),
            ["фа", "йл", "ä", "ф"]
        );
        assert_eq!(
            (plain.raw_name(), plain.raw_gname()),
            (&b"\xc6\xc1"[..], &b"\xc6"[..])
        );
        let mut recorded = member(Some(b"\xca"));
        koi.convert(&mut recorded, binary);
        let name = if binary { b"\xca" } else { "й".as_bytes() };
        assert_eq!((&*recorded.name, &*recorded.link), (name, "йл".as_bytes()));
    }
    let mut text = member(Some(b"text"));
    koi.convert(&mut text, true);
    assert_eq!((&*text.name, &*text.link), (&b"text"[..], "йл".as_bytes()));
}
