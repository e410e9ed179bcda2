//! Bytes that are coded, and what codings yield.

use super::{compiled, record, shown, unpacked};
use crate::structs::Struct;
use crate::value::Value;

#[test]
fn keys_and_rotations_are_undone() {
    for (format, data, expected) in [
        ("3s~xor(x\"5a\"):x", &b"\x1b\x18\x19"[..], "x b'ABC'"),
        ("B:key 2s~xor(key):x", b"\x0f\x4e\x4d", "key 15 x b'AB'"),
        (
            "2s:key 4s~xor(key):x",
            b"\x01\x02@@@F",
            "key b'\\x01\\x02' x b'ABAD'",
        ),
        // 'A' is 0x41: 0x82 rotated to the left by 7, or to the right by 1.
        ("1s~rotate(7):x", b"\x82", "x b'A'"),
        ("1s~rotate(-1):x", b"\x82", "x b'A'"),
        ("2s~xor(1)~latin1:x", b"@\xe8", "x b'A\\xc3\\xa9'"),
        (
            "4s~xor(255):x=(>H:a B:b) B:y",
            b"\xfe\xfd\xfc\xfb\x07",
            "x (a 258 b 3) y 7",
        ),
        ("2s~xor(255)=(B:a B:b) B:c", b"\xfe\xfd\x07", "a 1 b 2 c 7"),
        (
            "4s~xor(255):x=(B:n [n]s~rotate(4):y=(B:a *s:b))",
            b"\xfd\xdf\xef\xff",
            "x (n 2 y (a 2 b b'\\x01'))",
        ),
        (
            "B:at 4s~xor(255):x=(B:off &[off]B:far B{<h:4 l:4} B:s=[@size]) B:y",
            b"\x09\xfd\xed\xfb\xff\x05",
            "at 9 x (off 2 far 4 h 2 l 1 s 4) y 5",
        ),
    ] {
        assert_eq!(unpacked(format, data), expected, "{format}");
    }
}

#[test]
fn coded_bytes_are_written_as_they_are_read() {
    for (format, data) in [
        ("3s~xor(x\"5a\"):x", &b"\x1b\x18\x19"[..]),
        ("B:key 2s~xor(key):x", b"\x0f\x4e\x4d"),
        ("2s:key 4s~xor(key):x", b"\x01\x02@@@F"),
        ("1s~rotate(7):x", b"\x82"),
        ("2s~xor(1)~latin1:x", b"@\xe8"),
        (
            "B:n [n]s~xor(255):x=(>H:a B:b) B:y",
            b"\x03\xfe\xfd\xfc\x07",
        ),
        ("2s~xor(255)=(B:a B:b) B:c", b"\xfe\xfd\x07"),
        ("2s~xor(255)=(B B) B B:c", b"\xfe\xfd\x07\x08"),
        (
            "4s~xor(255):x=(B:n [n]s~rotate(4):y=(B:a *s:b) B:z)",
            b"\xfd\xdf\xef\xff",
        ),
        ("3s~xor(255):x=(B:off &[off]B:far)", b"\xfd\xed\xfb"),
        (
            "*(B:n [n]s~xor(n):d=(B:a *s:t)):list",
            b"\x02\x03\x04\x01\x09",
        ),
        (
            "*[a == 0](B:n [n]s~xor(n)=(B:a *s:t)):list B:e",
            b"\x02\x03\x04\x01\x01\x07",
        ),
        (
            "2s~xor(255):x=(B:a B:s=sum(a)) B:t=sum(x) B:u=sum(x.content)",
            b"\xfe\xfe\xfc\x02",
        ),
        (
            "2s~xor(255):x B:t=sum(x) B:u=sum(x.content) B:v=[len(x.content)]",
            b"\xfe\xfe\xfc\x02\x02",
        ),
        (
            "2s~xor(255):x=(B:a B:b) B:v=[x.a + x.b] B:w=[x.content[1]]",
            b"\xfe\xfd\x03\x02",
        ),
    ] {
        let layout = compiled(&("{0: x} ".to_owned() + format), &[]);
        let values = layout
            .unpack(data)
            .unwrap_or_else(|e| panic!("{format}: {e}"));
        let packed = layout
            .pack(&values)
            .unwrap_or_else(|e| panic!("{format}: {e}"));
        let onto = layout.pack_onto(data, &values);
        assert_eq!(onto.unwrap(), data, "{format}");
        // What nothing describes inside is left to a base.
        match format.contains("&[off]") {
            true => assert_eq!(packed, b"\xfd\xff\xfb"),
            false => assert_eq!(packed, data, "{format}"),
        }
    }
}

#[test]
fn a_coding_says_what_is_wrong_with_it() {
    for (format, at, expected) in [
        ("4s~xor:x", 3, "~xor has a key"),
        ("4s~xor(\"\"):x", 3, "the key is empty"),
        ("4s~rotate(8):x", 3, "no number of bits"),
        ("4s~rotate:x", 3, "~rotate has a number of bits"),
        ("I~xor(1):x", 2, "only bytes are coded"),
        (
            "4s~latin1~xor(1):x",
            10,
            "stands after what takes its bytes",
        ),
        ("4s~xor(k):x", 8, "k is not a field"),
        ("4s~xor(1):x=\"abc\"", 1, "no constant"),
        ("4s~xor(1):x=sum(x)", 1, "no constant"),
        ("4s~zlob:x", 3, "~zlob is no kind"),
    ] {
        let error = Struct::new(format).unwrap_err();
        assert!(error.to_string().contains(expected), "{format}: {error}");
        assert_eq!(error.span().start + 1, at, "{format}: {error}");
    }
    let error = Struct::new("4s~zlob:x").unwrap_err().to_string();
    assert!(error.contains("did you mean ~zlib?"), "{error}");
    for (format, data, expected) in [
        ("<H:k 1s~xor(k):x", &b"\x00\x01a"[..], "neither a byte nor"),
        (
            "B:n [n]s:k 1s~xor(k):x",
            b"\x00a",
            "the key of ~xor is empty",
        ),
        (
            "<B:n 3s~xor(255):x=(B:a I:b)",
            b"\x00\xfe\xff\xff",
            "x.b: needs 4 bytes at offset 0x1, the input ends at 0x3, in the content of what is coded at offset 0x1",
        ),
    ] {
        let found = unpacked(format, data);
        assert!(found.contains(expected), "{format}: {found}");
    }
}

#[test]
fn a_field_follows_from_what_is_coded() {
    let layout = compiled(
        ">H:n [n]s~xor(255):x=(B:m [m]s:t I:sum=sum(t)) B:all=sum(x.content)",
        &[],
    );
    let inner = Value::Record(record([("t", "ab".into())]));
    let packed = layout.pack(&record([("x", inner)])).unwrap();
    // 2, 'a', 'b', and 195 in four bytes: 7 bytes, whose sum is 392.
    assert_eq!(packed, [0, 7, !2, !b'a', !b'b', 255, 255, 255, !195, 136]);
    assert_eq!(
        shown(&layout.unpack(&packed).unwrap()),
        "n 7 x (m 2 t b'ab' sum 195) all 136"
    );
}

/// Bytes of Python's zlib.
#[cfg(feature = "gzip")]
mod compressed {
    use super::super::{compiled, record, shown, unpacked};
    use crate::coding::{Compression, Step, encode};
    use crate::structs::nodes::Window;
    use crate::structs::whole::ReadMode;
    use crate::tree::{Role, Space};
    use crate::value::{Record, Value};
    use std::sync::Arc;

    /// `zlib.compress(b"\x01\x02hello hello hello")`
    const ZLIB: &[u8] = b"x\x9ccd\xcaH\xcd\xc9\xc9W@\x22\x01:g\x06\x80";

    fn byte(n: usize) -> u8 {
        u8::try_from(n).unwrap()
    }

    fn zlib(content: &[u8]) -> Vec<u8> {
        encode(&[Step::Compression(Compression::Zlib)], content).unwrap()
    }

    #[test]
    fn fields_stand_in_what_a_stream_holds() {
        let data = [&[byte(ZLIB.len())][..], ZLIB, b"\x07"].concat();
        for (format, expected) in [
            (
                "B:n [n]s~zlib:x=(B:a B:b *s:t) B:y",
                "n 17 x (a 1 b 2 t b'hello hello hello') y 7",
            ),
            (
                "B:n [n]s~zlib:x B:y",
                "n 17 x b'\\x01\\x02hello hello hello' y 7",
            ),
            (
                "B:n [n]s~zlib~latin1:x B:y",
                "n 17 x b'\\x01\\x02hello hello hello' y 7",
            ),
            ("B:n [n]s~zlib=(B:a 6x) B:y .z=[a + y]", "n 17 a 1 y 7 z 8"),
            ("B:n [n]s~zlib=%f B:y", "n 17 a 258 s 19 y 7"),
        ] {
            let layout = compiled(format, &[("f", ">H:a .s=[@size]")]);
            let values = layout
                .unpack(&data)
                .unwrap_or_else(|e| panic!("{format}: {e}"));
            assert_eq!(shown(&values), expected, "{format}");
            assert_eq!(layout.pack_onto(&data, &values).unwrap(), data, "{format}");
        }
    }

    /// Bit fields without a name are values of the level, and no coded bytes of it.
    #[test]
    fn coded_bytes_without_a_name_keep_their_coding() {
        // Level 0, which no writer here makes: zlib.compress(b"stored", 0).
        let stored = b"x\x01\x01\x06\x00\xf9\xffstored\x09<\x02\x92";
        let data = [b"\x12", &stored[..]].concat();
        let layout = compiled("B{a:4 b:4} *s~zlib=(6s:x)", &[]);
        let mut values = layout.unpack(&data).unwrap();
        assert_eq!(shown(&values), "a 2 b 1 x b'stored'");
        assert_eq!(layout.pack_onto(&data, &values).unwrap(), data);
        values.insert("x", "turned");
        let changed = layout.pack_onto(&data, &values).unwrap();
        assert_eq!(layout.unpack(&changed).unwrap(), values);
    }

    #[test]
    fn a_document_has_what_a_stream_holds() {
        let program = compiled("17s~zlib:x=(B:a *s:rest)", &[]).whole.unwrap();
        let mut window = Window::new(&crate::Source::from(ZLIB.to_vec())).unwrap();
        let made = program.read_on_demand(&mut window, &ReadMode::at(Space::FILE, 0));
        let (content, fault) = &made.streams[0];
        assert_eq!(content.read(0, 100).unwrap(), b"\x01\x02hello hello hello");
        assert_eq!(*fault, None);
    }

    #[test]
    fn every_compression_goes_both_ways() {
        for compression in Compression::ALL.into_iter().filter(|c| c.is_built()) {
            let name = compression.name();
            let layout = compiled(
                &format!("<I:n [n]s~{name}:x=(B:m [m]s:t) I:crc=crc32(x.content)"),
                &[],
            );
            let text = "to be or not to be, ".repeat(9);
            let inner = Value::Record(record([("t", text.as_str().into())]));
            let packed = layout.pack(&record([("x", inner.clone())])).unwrap();
            let values = layout
                .unpack(&packed)
                .unwrap_or_else(|e| panic!("{name}: {e}"));
            let Value::Record(x) = &values["x"] else {
                panic!("{values}");
            };
            assert_eq!(x["t"], Value::from(text.as_str()), "{name}");
            assert!(packed.len() < 120, "{name}: {}", packed.len());
            assert_eq!(layout.pack(&values).unwrap(), packed, "{name}");
        }
    }

    #[test]
    fn a_broken_stream_is_a_problem_of_its_bytes() {
        let cut = &ZLIB[..ZLIB.len() - 6];
        let data = [&[byte(cut.len())][..], cut, b"\x07"].concat();
        let layout = compiled("B:n [n]s~zlib:x=(B:a *s:t) B:y", &[]);
        let nodes = layout.nodes(&data, Space::FILE, 0).unwrap();
        assert_eq!(nodes[1].problems[0].code, "S006");
        assert!(
            nodes[1].problems[0]
                .message
                .contains("the zlib stream is cut")
        );
        assert_eq!(nodes[2].value, Some(7.into()));
        let error = layout.unpack(&data).unwrap_err().to_string();
        assert!(error.contains("x: the zlib stream is cut"), "{error}");
        assert!(unpacked("3s~zlib:x", b"abc").contains("the zlib stream is broken"));
    }

    #[test]
    fn a_bomb_is_a_problem_and_not_memory() {
        let bomb = zlib(&vec![0; 300 << 20]);
        let source = crate::Source::from(bomb);
        let layout = Arc::new(compiled("*s~zlib:x=(B:a)", &[]));
        let (nodes, error) = layout.nodes_at(&source, Space::FILE, 0).unwrap();
        assert_eq!(error, None);
        assert!(
            nodes[0]
                .problems
                .iter()
                .any(|p| p.code == "S006" && p.message.contains("268435456"))
        );
    }

    #[test]
    fn a_content_is_a_space_of_its_own() {
        let data = [ZLIB, b"\x07"].concat();
        let source = crate::Source::from(data);
        let layout = Arc::new(compiled("17s~zlib:x=(B:a B:b *s:t) B:y", &[]));
        let (nodes, _) = layout.nodes_at(&source, Space::FILE, 0).unwrap();
        let x = &nodes[0];
        assert_eq!((x.range.offset, x.range.size, x.role), (0, 17, Role::Data));
        assert!(x.owns_bytes());
        let content = x.child("content").unwrap();
        assert_eq!(
            (content.range.space, content.range.size),
            (Space::stream(0), 19)
        );
        let t = content.child("t").unwrap();
        assert_eq!(
            (t.range.space, t.range.offset, t.range.size),
            (Space::stream(0), 2, 17)
        );
        // Without fields it is read when it is looked at.
        let layout = Arc::new(compiled("17s~zlib:x B:y", &[]));
        let (nodes, _) = layout.nodes_at(&source, Space::FILE, 0).unwrap();
        assert!(nodes[0].is_on_demand() && nodes[0].owns_bytes());
        let children: Vec<_> = nodes[0].children().map(Result::unwrap).collect();
        assert_eq!(children[0].range.size, 19);
    }

    /// Streams that are not looked at aren't undone, so their checksums are looked at with them.
    #[test]
    fn a_checksum_is_looked_at_with_the_content_that_it_is_of() {
        let stream = zlib(b"123456789");
        let size = stream.len();
        let read = |sum: u32| {
            let data = [&stream[..], &sum.to_be_bytes()].concat();
            let format = format!(">{size}s~zlib:x I:sum=crc32(x.content)");
            let layout = compiled(&format, &[]);
            let strict = layout.unpack(&data).map_err(|error| error.to_string());
            let source = crate::Source::from(data);
            let (nodes, _) = Arc::new(layout).nodes_at(&source, Space::FILE, 0).unwrap();
            assert!(nodes.iter().all(|node| node.problems.is_empty()));
            let content = nodes[0].children().next().unwrap().unwrap();
            assert_eq!(content.range.size, 9);
            (strict, content.problems.clone())
        };
        // The check value of CRC-32 in the catalogue of parametrised CRC algorithms.
        let (strict, problems) = read(0xcbf4_3926);
        assert!(strict.is_ok() && problems.is_empty());
        let (strict, problems) = read(7);
        assert!(strict.unwrap_err().contains("the checksum of the bytes"));
        assert_eq!(problems[0].code, "S004");
        let said = &problems[0].message;
        assert!(
            said.contains("0xcbf43926") && said.contains("found 7"),
            "{said}"
        );
    }

    #[test]
    fn a_changed_content_is_coded_anew_and_others_keep_their_bytes() {
        let other = encode(&[Step::Compression(Compression::Zlib)], b"other").unwrap();
        // Level 0, which no writer here makes: zlib.compress(b"stored", 0).
        let stored = b"x\x01\x01\x06\x00\xf9\xffstored\x09<\x02\x92";
        let data = [
            &[byte(stored.len())][..],
            stored,
            &[byte(other.len())],
            &other,
        ]
        .concat();
        let layout = compiled("2(B:n [n]s~zlib:x):list {0: x}", &[]);
        let values = layout.unpack(&data).unwrap();
        assert_eq!(
            shown(&values),
            "list [(n 17 x b'stored'), (n 13 x b'other')]"
        );
        assert_eq!(layout.pack_onto(&data, &values).unwrap(), data);
        let item = |text: &str| Value::Record(record([("x", text.into())]));
        let list = Value::List(vec![item("stored"), item("changed text")]);
        let packed = layout
            .pack_onto(&data, &Record::from_iter([("list", list)]))
            .unwrap();
        assert_eq!(packed[..18], data[..18]);
        assert_eq!(
            shown(&layout.unpack(&packed).unwrap()),
            format!(
                "list [(n 17 x b'stored'), (n {} x b'changed text')]",
                packed[18]
            )
        );
    }

    #[test]
    fn objects_of_git_and_streams_in_pieces_are_read() {
        let object = zlib(b"blob 3\0abc");
        let format = "*s~zlib:object=(z\" \"~ascii:type z~decimal:size [size]s:content)";
        assert_eq!(
            unpacked(format, &object),
            "object (type b'blob' size 3 content b'abc')"
        );
        let (one, other) = object.split_at(5);
        let data = [&[5][..], one, &[byte(other.len())], other].concat();
        let format = "2(B:n [n]s:d):list .all~zlib=[join(list.d)] .size=[len(all.content)]";
        assert!(unpacked(format, &data).ends_with("all b'blob 3\\x00abc' size 10"));
        // In a tree it is a stream that is read when it is looked at.
        let source = crate::Source::from(data);
        let layout = Arc::new(compiled(format, &[]));
        let (nodes, _) = layout.nodes_at(&source, Space::FILE, 0).unwrap();
        let content = nodes[1].children().next().unwrap().unwrap();
        assert_eq!((&*content.name, content.range.size), ("content", 10));
        assert_eq!(nodes[2].value, Some(10.into()));
    }

    #[test]
    fn a_stream_that_is_broken_shows_what_is_read_of_it() {
        let coded = zlib(&(0..=255).collect::<Vec<u8>>());
        let source = crate::Source::from(&coded[..coded.len() - 10]);
        let layout = Arc::new(compiled("*s~zlib:x", &[]));
        let (nodes, _) = layout.nodes_at(&source, Space::FILE, 0).unwrap();
        let content = nodes[0].children().next().unwrap().unwrap();
        assert!((200..256).contains(&content.range.size), "{content:?}");
        assert_eq!(content.problems[0].code, "S006");
    }
}
