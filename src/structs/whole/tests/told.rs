//! What is reported beside values: references, lines of a layout, texts that `set` takes, and problems once each.

use std::sync::Arc;

use super::{compiled, record, unpacked};
use crate::Source;
use crate::structs::layout::EntryKind;
use crate::structs::whole::kinds::Kind;
use crate::tree::{Space, Spelling};
use crate::value::Value;
use crate::value::encoding::Encoding;

#[test]
fn a_node_says_which_stored_format_it_is() {
    let formats = [("f", "B:a B:b")];
    for (format, path, expected) in [
        ("%f:x {0: z}", &["x"][..], Some("f")),
        ("2%f:x {0: z}", &["x", "0"], Some("f")),
        ("2s:x=%f", &["x"], Some("f")),
        ("2s:x=?%f", &["x"], Some("f")),
        ("2s~xor(1):x=%f", &["x"], Some("f")),
        ("2&[@index]2s:x=%f", &["x", "1"], Some("f")),
        ("(B:a B:b):x {0: z}", &["x"], None),
        ("2s:x=(B:a B:b)", &["x"], None),
    ] {
        let nodes = compiled(format, &formats).nodes_so_far(b"abcd", Space::FILE, 0);
        let mut node = nodes.0.iter().find(|node| node.name == path[0]).unwrap();
        for name in &path[1..] {
            node = node.child(name).unwrap();
        }
        assert_eq!(node.reference.as_deref(), expected, "{format}");
    }
}

#[test]
fn a_line_of_a_layout_says_what_it_is() {
    let kinds = |format: &str, formats: &[(&str, &str)]| {
        let layout = compiled(format, formats).layout();
        let kinds = layout.entries.iter().map(|entry| match entry.kind {
            EntryKind::Field => 'f',
            EntryKind::Bits => 'b',
            EntryKind::Group => 'g',
            EntryKind::Padding => 'p',
        });
        kinds.collect::<String>()
    };
    for (format, expected) in [
        ("<B{x:3 _:5} {0: z}", "fbpgf"),
        ("<3U{x:20 y:4}:w {0: z}", "fbbgf"),
        ("<2x B:a |4 (B:b):g {0: B:c}", "pfpgfgf"),
        ("<B:a .sum=[a + 1] %f:h", "ffgf"),
        ("<B:n [n]s:x=(B:a)", "ffgf"),
    ] {
        let found = kinds(format, &[("f", "B:in")]);
        // The line of a region is that of its bytes, or of what is inside.
        let found = match format.contains("s:x=") {
            true => {
                assert_eq!(found.len(), 3, "{format}: {found}");
                continue;
            }
            false => found,
        };
        assert_eq!(found, expected, "{format}");
    }
    let layout = compiled("<B{x:3 _:5} H{a:4 b:12}:y {0: z}", &[]);
    let layout = layout.layout();
    let bits: Vec<_> = layout
        .entries
        .iter()
        .filter_map(|entry| {
            entry
                .bits
                .map(|bits| (entry.offset, bits.first, bits.count))
        })
        .collect();
    assert_eq!(bits[..2], [(Some(0), 0, 3), (Some(0), 3, 5)]);
}

#[test]
fn a_text_is_written_into_a_field_of_a_kind_as_it_fits() {
    for (kind, text, width, expected) in [
        (Kind::Octal, "7", 4, Ok(&b"007\0"[..])),
        (Kind::Octal, "0o7777", 4, Ok(b"7777")),
        (
            Kind::Octal,
            "0o10000",
            4,
            Err("needs 5 bytes, the field has 4"),
        ),
        (Kind::Decimal, "9999", 4, Ok(b"9999")),
        (
            Kind::Decimal,
            "10000",
            4,
            Err("needs 5 bytes, the field has 4"),
        ),
        (Kind::HexDigits, "0xab", 4, Ok(b"00AB")),
        (Kind::Bcd, "123", 2, Ok(&[0x01, 0x23])),
        (Kind::Bcd, "12345", 2, Err("needs 3 bytes, the field has 2")),
        (Kind::Octal, "x", 4, Err("not an integer")),
        (Kind::Ipv4, "1.2.3.4", 4, Ok(&[1, 2, 3, 4])),
        (Kind::Ipv4, "1.2.3", 4, Err("IPv4")),
        (
            Kind::Float80,
            "1",
            10,
            Ok(&[0, 0, 0, 0, 0, 0, 0, 0x80, 0xff, 0x3f]),
        ),
        (Kind::Text(Encoding::Latin1), "\u{e9}", 2, Ok(&[0xe9, 0])),
        (
            Kind::Text(Encoding::Latin1),
            "\u{e9}a",
            2,
            Ok(&[0xe9, b'a']),
        ),
        (
            Kind::Text(Encoding::Latin1),
            "abc",
            2,
            Err("needs 3 bytes, the field has 2"),
        ),
    ] {
        let written = kind.write(text, width).map_err(|e| e.to_string());
        match (&written, expected) {
            (Ok(found), Ok(bytes)) => assert_eq!(found, bytes, "{kind:?} {text}"),
            (Err(error), Err(words)) => {
                assert!(error.contains(words), "{kind:?} {text}: {error}");
            }
            _ => panic!("{kind:?} {text}: {written:?}"),
        }
        if let Ok(bytes) = &written {
            let value = kind.read(bytes).unwrap();
            let again = kind.write(
                &value.to_string().replace("b'", "").replace('\'', ""),
                width,
            );
            if !kind.is_text() {
                assert_eq!(&again.unwrap(), bytes, "{kind:?} {text}");
            }
        }
        assert_eq!(kind.is_text(), matches!(kind, Kind::Text(_)), "{kind:?}");
    }
    assert_eq!(Kind::Octal.read(b"8"), None);
    assert_eq!(Kind::Octal.read(b"17"), Some(15.into()));
}

#[test]
fn a_path_is_known_that_bits_have() {
    let known = |format: &str, path: &str| compiled(format, &[("f", "B:inner")]).has_path(path);
    for (format, outer) in [
        ("B{a:4 b:4} {0: z}", ""),
        ("B{a:4 b:4}:x {0: z}", "x."),
        ("3U{a:4 b:20}:x", "x."),
        ("B:n {n: B:a}", ""),
        ("(B:a):g {0: z}", "g."),
        ("2s:x=(B:a B:b)", "x."),
        ("B:n {n ; 1: ; else: B:a}", ""),
    ] {
        assert_eq!(known(format, &format!("{outer}a")), Ok(()), "{format}");
        assert_eq!(known(format, &format!("{outer}c")), Err(None), "{format}");
        assert_eq!(known(format, &format!("y.{outer}a")), Err(None), "{format}");
        let meant = Err(Some(format!("{outer}a")));
        assert_eq!(known(format, &format!("{outer}a[]")), meant, "{format}");
    }
    assert_eq!(known("%f:x {0: z}", "x.inner"), Ok(()));
    assert_eq!(known("%f:x {0: z}", "inner"), Err(None));
}

#[test]
fn values_of_another_shape_are_refused() {
    let hex = |more: bool| {
        let mut entries = vec![("hex".to_owned(), Value::from("6162"))];
        entries.extend(more.then(|| ("more".to_owned(), 1.into())));
        Value::Record(entries.into_iter().collect())
    };
    let layout = compiled("2s:x {0: z}", &[]);
    assert_eq!(layout.pack(&record([("x", hex(false))])).unwrap(), b"ab");
    assert!(layout.pack(&record([("x", hex(true))])).is_err());
    let items = |n: i32| {
        Value::List(
            (0..n)
                .map(|i| Value::Record(record([("a", i.into())])))
                .collect(),
        )
    };
    let numbers = |n: i32| Value::List((0..n).map(Value::from).collect());
    for (format, value, fits) in [
        ("2(B:a):x {0: z}", items(2), true),
        ("2(B:a):x {0: z}", items(1), false),
        ("2(B:a):x {0: z}", items(3), false),
        ("2B:x {0: z}", numbers(2), true),
        ("2B:x {0: z}", numbers(3), false),
        ("2B:x {0: z}", numbers(1), false),
        ("B:n=2 [n]B:x {0: z}", numbers(2), true),
        ("B:n=2 [n]B:x {0: z}", numbers(3), false),
        ("2B:x {0: z}", 1.into(), false),
    ] {
        let packed = compiled(format, &[]).pack(&record([("x", value)]));
        assert_eq!(packed.is_ok(), fits, "{format}");
    }
}

#[test]
fn letters_of_an_array_are_joined() {
    for (format, data, expected) in [
        ("3c:x .all=[join(x)] {0: z}", &b"abc"[..], "b'abc'"),
        ("3c:x .all=[join(x, \"-\")] {0: z}", b"abc", "b'a-b-c'"),
        (
            "B:n [n]z:x .all=[join(x, \",\")]",
            b"\x02a\0bc\0",
            "b'a,bc'",
        ),
        ("2s:x .all=[join(x, \"-\")] {0: z}", b"ab", "b'ab'"),
    ] {
        let found = unpacked(format, data);
        assert!(
            found.ends_with(&format!("all {expected}")),
            "{format}: {found}"
        );
    }
}

#[test]
fn an_array_of_which_no_item_is_there_is_no_node() {
    let (nodes, error) = compiled("B:at 2&[at]B:x", &[]).nodes_so_far(&[9], Space::FILE, 0);
    assert!(error.is_some());
    let names: Vec<&str> = nodes.iter().map(|node| &*node.name).collect();
    assert_eq!(names, ["at"]);
}

/// Values of up to a mebibyte are in their nodes; longer ones are read where they are asked for.
#[test]
fn a_node_has_a_value_of_up_to_a_mebibyte() {
    for (size, has_value) in [
        ((1 << 20) - 1, true),
        (1 << 20, true),
        ((1 << 20) + 1, false),
    ] {
        for format in [
            format!("{size}s:x {{0: z}}"),
            "*s:x {0: z}"
                .replace(" {0: z}", "")
                .replacen("*s", "{0: z} *s", 1),
            format!("{{0: z}} {size}B:x"),
        ] {
            let layout = Arc::new(compiled(&format, &[]));
            let source = Source::from(vec![7u8; size]);
            let (nodes, error) = layout.nodes_at(&source, Space::FILE, 0).unwrap();
            assert!(error.is_none(), "{format}: {error:?}");
            let node = nodes.iter().find(|node| node.name == "x").unwrap();
            // Of numbers the value is one for each: they have a bound of their own.
            if !format.contains("B:x") {
                assert_eq!(node.value.is_some(), has_value, "{format}");
            }
            assert_eq!(node.range.size, size as u64);
        }
    }
}

#[cfg(feature = "gzip")]
#[test]
fn a_broken_stream_is_told_once_also_where_a_sum_is_of_it() {
    use crate::coding::{Compression, Step, encode};

    let whole = encode(&[Step::Compression(Compression::Zlib)], b"123456789").unwrap();
    let cut = &whole[..whole.len() - 6];
    let data = [&[u8::try_from(cut.len()).unwrap()][..], cut, &[0; 4]].concat();
    for format in [
        "B:n [n]s~zlib:x I:crc=crc32(x.content)",
        "B:n [n]s~zlib:x I:crc=crc32(x.content) .first=[x[0] ?? 0]",
        "B:n [n]s~zlib:x=(*s:all) I:crc=crc32(x.content)",
    ] {
        let layout = compiled(format, &[]);
        let codes = |node: &crate::tree::Node| {
            let codes: Vec<_> = node.problems.iter().map(|problem| problem.code).collect();
            codes
        };
        let (nodes, _) = layout.nodes_so_far(&data, Space::FILE, 0);
        assert_eq!(codes(&nodes[1]), ["S006"], "{format}");
        // As an edit reads a file, with all checks.
        let (root, ..) = super::demand::read(&layout, &data, u64::MAX);
        assert_eq!(codes(&root.made()[1]), ["S006"], "{format}");
    }
}

/// A format that the interpreter reads names the place of an error as the one without it does.
#[test]
fn errors_have_the_paths_that_they_have_in_plain_formats() {
    for format in [
        "B:a I:b",
        "B I",
        "2(B:x I:y)",
        "2(B:x I:y):g",
        "2(B I)",
        "(B:x I)",
        "2(2(H:a):b B:c)",
        "3H",
        "B{a:4 b:4}:x I",
        "3s:t I:n",
        "z:t I:n",
    ] {
        let plain = compiled(&format!("<{format}"), &[]);
        let interpreted = compiled(&format!("<{format} .one=[1]"), &[]);
        assert!(interpreted.is_whole() && !plain.is_whole());
        let data = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0, 12];
        for size in 0..data.len() {
            let found = interpreted.unpack_prefix(&data[..size]);
            let expected = plain.unpack_prefix(&data[..size]);
            let words = |e: crate::DataError| e.to_string();
            assert_eq!(
                found.map(|(_, taken)| taken).map_err(words),
                expected.map(|(_, taken)| taken).map_err(words),
                "{format} of {size}"
            );
        }
    }
}

#[test]
fn fields_without_names_are_called_by_their_index() {
    for (format, data, expected) in [
        ("<B{a:4 b:4} B {0: z}", &[0x21, 7][..], "a 1 b 2 2 7"),
        ("<B{a:4 _:4} B {0: z}", &[0x21, 7], "a 1 1 7"),
        (
            "<B B{a:4 b:4}:x B {0: z}",
            &[5, 0x21, 7],
            "0 5 x (a 1 b 2) 2 7",
        ),
        ("<B x B 2x B {0: z}", &[1, 0, 2, 0, 0, 3], "0 1 1 2 2 3"),
        ("<2B B {0: z}", &[1, 2, 3], "0 1 1 2 2 3"),
        ("<B {1: B B} B", &[1, 2, 3, 4], "0 1 1 2 2 3 3 4"),
    ] {
        assert_eq!(unpacked(format, data), expected, "{format}");
        // Reserved bits have no value.
        if !format.contains('_') {
            let layout = compiled(format, &[]);
            let values = layout.unpack(data).unwrap();
            assert_eq!(layout.pack(&values).unwrap(), data, "{format}");
        }
    }
}

#[test]
fn what_follows_from_others_may_be_left_out_of_values_in_order() {
    let layout = compiled("<B:a .x=[a + 1] B:b B:c=7", &[]);
    let pack = |values: &[i32]| {
        let values: Vec<Value> = values.iter().map(|n| Value::from(*n)).collect();
        layout.pack(&values)
    };
    assert_eq!(pack(&[1, 2, 9, 7]).unwrap(), [1, 9, 7]);
    assert_eq!(pack(&[1, 9]).unwrap(), [1, 9, 7]);
    assert!(pack(&[1]).is_err());
    assert!(pack(&[1, 2, 9, 7, 7]).is_err());
}

#[test]
fn each_kind_has_its_own_spelling() {
    for (kind, bytes, expected) in [
        (Kind::Octal, &b"17 "[..], Value::from(15)),
        (Kind::Decimal, b"17 ", 17.into()),
        (Kind::HexDigits, b"17 ", 23.into()),
        (Kind::Bcd, &[0x17], 17.into()),
        (Kind::Text(Encoding::Latin1), &[0xe9], "\u{e9}".into()),
    ] {
        assert_eq!(
            kind.spelling().unwrap().read(bytes),
            Some(expected),
            "{kind:?}"
        );
    }
}

/// The same errors with the same paths where items are made on demand, and only those that are asked for.
#[test]
fn errors_have_the_same_paths_on_demand() {
    let deep = [("a", "B:n {n: %a:x}")];
    let mut too_deep = vec![1u8; 250];
    too_deep.extend([0; 10]);
    for (format, data) in [
        ("*(B B I {0: z}):items", vec![1; 26]),
        ("*(B B{a:4 b:4} I {0: z}):items", vec![1; 26]),
        ("*(B:n [n]s I {0: z}):items", vec![1; 26]),
        ("*(2B 2x z I {0: z}):items", b"12345\x006789ab\0".repeat(3)),
        ("*%a:items", too_deep.clone()),
        ("B:head *%a:items", too_deep),
    ] {
        let layout = compiled(format, &deep);
        for size in [data.len(), data.len() - 1, data.len() - 3] {
            let data = &data[..size];
            let (_, expected, end) = super::demand::read(&layout, data, u64::MAX);
            for many in [0, 1] {
                let how = crate::structs::whole::ReadMode {
                    many,
                    ..crate::structs::whole::ReadMode::at(Space::FILE, 0)
                };
                let (_, found, found_end) = super::demand::read_as(&layout, data, &how);
                assert_eq!(
                    (found, found_end),
                    (expected.clone(), end),
                    "{format} of {size}"
                );
            }
        }
    }
}

#[test]
fn parts_of_a_value_are_found_by_their_index() {
    for (format, data, expected) in [
        ("<B{a:4 b:4}:x .y=[x[1]]", &[0x21][..], "y 2"),
        ("<2(B:a):x .y=[x[1].a]", &[5, 6], "y 6"),
        ("<2B:x .y=[x[1]]", &[5, 6], "y 6"),
        ("2s:x .y=[x[1]]", b"ab", "y 98"),
        ("2s~xor(1):x .y=[x[1]]", b"ab", "y 99"),
        (
            "2s~xor(1):x=(B:a B:b) .y=[x.content[1] ?? 7]",
            b"ab",
            "y 99",
        ),
        ("<2B:x .y=[x[2] ?? 9]", &[5, 6], "y 9"),
        ("<2(B:a):x .y=[x[2].a ?? 9]", &[5, 6], "y 9"),
    ] {
        let found = unpacked(format, data);
        assert!(found.ends_with(expected), "{format}: {found}");
    }
}

#[test]
fn what_a_field_may_be_is_bounded_when_it_is_compiled() {
    for (format, is_fine) in [
        ("B:n [n]U{a:64 b:64}:x", true),
        ("B:n [n]U{a:64 b:65}:x", false),
    ] {
        let made = crate::Struct::new(format);
        assert_eq!(made.is_ok(), is_fine, "{format}");
        if let Err(error) = made {
            assert!(error.to_string().contains("more than 128 bits"), "{error}");
        }
    }
    for (items, is_fine) in [(65_536, true), (65_537, false)] {
        // The computed value is one of them.
        let format = "B ".repeat(items - 1) + ".q=[1]";
        assert_eq!(crate::Struct::new(&format).is_ok(), is_fine, "{items}");
    }
    // Bit fields with a count and without a name are as many groups, and an item together.
    for (count, is_fine) in [(65_534, true), (65_535, false)] {
        let format = format!(".q=[1] {count}B{{a:4 b:4}}");
        assert_eq!(crate::Struct::new(&format).is_ok(), is_fine, "{count}");
    }
    let layout = compiled("B:n &[n]I:x {0: z}", &[]).layout();
    let entry = layout
        .entries
        .iter()
        .find(|entry| entry.path == "x")
        .unwrap();
    assert_eq!((entry.alignment, entry.offset), (1, None));
}

#[test]
fn a_value_is_given_that_may_not_be_there() {
    // The computed value is there in a case that is not taken.
    for format in [
        "2s:x=(B:a {a == 9: .t=[a]} B:b) {0: z}",
        "(B:a {a == 9: .t=[a]} B:b):x {0: z}",
    ] {
        let layout = compiled(format, &[]);
        let inner = |entries| Value::Record(record(entries));
        let with = inner([("a", 1.into()), ("b", 2.into()), ("t", 5.into())]);
        assert_eq!(
            layout.pack(&record([("x", with)])).unwrap(),
            [1, 2],
            "{format}"
        );
        let other = inner([("a", 1.into()), ("b", 2.into()), ("u", 5.into())]);
        let error = layout.pack(&record([("x", other)])).unwrap_err();
        assert!(error.to_string().contains("there is no field u"), "{error}");
    }
}

#[cfg(feature = "gzip")]
#[test]
fn a_content_on_demand_is_one_child() {
    use crate::coding::{Compression, Step, encode};

    let coded = encode(&[Step::Compression(Compression::Zlib)], b"text").unwrap();
    let layout = Arc::new(compiled("*s~zlib:x", &[]));
    let (nodes, _) = layout
        .nodes_at(&Source::from(coded), Space::FILE, 0)
        .unwrap();
    assert!(nodes[0].is_on_demand());
    assert_eq!(
        (nodes[0].count(), nodes[0].children().count()),
        (Some(1), 1)
    );
}
