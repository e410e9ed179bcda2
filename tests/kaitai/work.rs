//! What works on trees, on those of descriptions: setting fields, comparing.

use bytewright::Source;
use bytewright::formats::kaitai::Kaitai;
use bytewright::inspect::{Document, edit};

const TEXT: &str = "
meta: {id: work, endian: le, encoding: ASCII}
seq:
  - {id: n, type: u2}
  - {id: high, type: b4}
  - {id: low, type: b4}
  - {id: name, type: str, size: 6, pad-right: 0x20}
  - {id: z, type: strz}
  - {id: list, type: u2be, repeat: expr, repeat-expr: 2}
  - {id: body, size: 3}
  - {id: hidden, size: 2, process: xor(1)}
instances:
  twice: {value: n * 2}
";
const BYTES: &[u8] = b"\x05\0\xabbob   hi\0\0\x01\0\x02xyz@A";

fn document() -> Document {
    let kaitai = Kaitai::from_text("work.ksy", TEXT).unwrap();
    Document::open(Source::from(BYTES), kaitai).unwrap()
}

fn set(path: &str, value: &str) -> Result<Vec<u8>, String> {
    let set = [(path.parse().unwrap(), value.to_owned())];
    let edit = edit::plan(&document(), &set, true, &|_| None).map_err(|e| e.to_string())?;
    let mut bytes = BYTES.to_vec();
    for change in edit.changes {
        let at = usize::try_from(change.offset).unwrap();
        bytes[at..at + change.new.len()].copy_from_slice(&change.new);
    }
    Ok(bytes)
}

#[test]
fn fields_are_set_where_they_stand() {
    for (path, value, expected) in [
        ("n", "258", &b"\x02\x01\xabbob   hi\0\0\x01\0\x02xyz@A"[..]),
        ("high", "1", b"\x05\0\x1bbob   hi\0\0\x01\0\x02xyz@A"),
        ("low", "15", b"\x05\0\xafbob   hi\0\0\x01\0\x02xyz@A"),
        ("name", "alice", b"\x05\0\xabalice hi\0\0\x01\0\x02xyz@A"),
        ("z", "yo", b"\x05\0\xabbob   yo\0\0\x01\0\x02xyz@A"),
        ("list[1]", "7", b"\x05\0\xabbob   hi\0\0\x01\0\x07xyz@A"),
        ("body", "abc", b"\x05\0\xabbob   hi\0\0\x01\0\x02abc@A"),
        (
            "_raw_hidden",
            "zz",
            b"\x05\0\xabbob   hi\0\0\x01\0\x02xyzzz",
        ),
    ] {
        assert_eq!(set(path, value).as_deref(), Ok(expected), "{path}");
    }
}

#[test]
fn what_would_move_or_has_no_bytes_is_refused() {
    for (path, value) in [
        ("name", "longer than six"),
        ("name", "end "),
        ("z", "three"),
        ("z", "x"),
        ("body", "ab"),
        ("high", "16"),
        ("hidden", "zz"),
        ("twice", "4"),
    ] {
        assert!(set(path, value).is_err(), "{path}={value}");
    }
}

#[test]
fn processed_bytes_stand_in_a_space_of_their_own() {
    let document = document();
    let found = document.find(&"hidden".parse().unwrap()).unwrap();
    let node = &found[0].node;
    assert_eq!(node.value, Some(b"A@".into()));
    assert_eq!(node.range.space.stream_index(), Some(0));
    assert_eq!(document.bytes(node.range, 10).unwrap(), b"A@");
}
