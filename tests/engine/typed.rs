//! Reading fields as Rust's types: handles, views and tuples.

use bytewright::{Struct, Value};

#[test]
fn tuples_of_every_kind_of_field() {
    let format = Struct::new(">bBhHiIqQ?fdce3s2H").unwrap();
    let bytes = format
        .pack(&[
            Value::from(-1),
            255.into(),
            (-2).into(),
            65535.into(),
            (-3).into(),
            4_000_000_000u32.into(),
            i64::MIN.into(),
            u64::MAX.into(),
            true.into(),
            0.1f32.into(),
            Value::from(1.5),
            "x".into(),
            Value::from(0.25),
            "abc".into(),
            7.into(),
            8.into(),
        ])
        .unwrap();
    // Sixteen values are more than a tuple takes; the halves are read one after the other.
    let front = Struct::new(">bBhHiIqQ?f").unwrap();
    let (head, tail) = bytes.split_at(usize::try_from(front.size().unwrap()).unwrap());
    let read: (i8, u8, i16, u16, i32, u32, i64, u64, bool, f32) = front.unpack_as(head).unwrap();
    assert_eq!(
        read,
        (
            -1,
            255,
            -2,
            65535,
            -3,
            4_000_000_000,
            i64::MIN,
            u64::MAX,
            true,
            0.1
        )
    );
    let back = Struct::new(">dce3s2H").unwrap();
    let read: (f64, u8, f32, &[u8], u16, u32) = back.unpack_as(tail).unwrap();
    assert_eq!(read, (1.5, b'x', 0.25, &b"abc"[..], 7, 8));
}

#[test]
fn a_wider_type_takes_a_narrower_field_and_not_the_other_way() {
    let format = Struct::new("<Hh").unwrap();
    assert_eq!(
        format
            .unpack_as::<(u64, i128)>(&[1, 0, 0xff, 0xff])
            .unwrap(),
        (1, -1)
    );
    let error = format.unpack_as::<(u8, i16)>(&[0, 1, 0, 0]).unwrap_err();
    assert_eq!(error.to_string(), "expected u8, found an integer");
    assert_eq!(error.offset(), Some(0));
    assert!(
        format.unpack_as::<(u16, u16)>(&[0, 0, 0xff, 0xff]).is_err(),
        "-1 is no u16"
    );
}

#[test]
fn named_formats_bit_fields_and_padding_are_read_in_order_too() {
    let format = Struct::new(">B{version:4 ihl:4} x H:length |4 I:id").unwrap();
    let bytes = [0x45, 0, 0, 20, 0, 0, 0, 9];
    let read: (u8, u8, u16, u32) = format.unpack_as(&bytes).unwrap();
    assert_eq!(read, (4, 5, 20, 9));
    let ihl = format.field::<u8>("ihl").unwrap();
    assert_eq!(format.view(&bytes).unwrap().read(ihl).unwrap(), 5);
}

#[test]
fn what_is_no_tuple_of_single_values_is_refused() {
    for (format, bytes) in [
        ("<BB", &[0u8, 0][..]),
        ("<2B:a", &[0, 0]),
        ("<z", &[0]),
        ("<B", &[0, 0]),
        ("<H", &[0]),
    ] {
        let format = Struct::new(format).unwrap();
        assert!(
            format.unpack_as::<(Value,)>(bytes).is_err(),
            "{}",
            format.format()
        );
    }
}

#[test]
fn views_one_after_another() {
    let format = Struct::new("<B:a H:b").unwrap();
    let b = format.field::<u16>("b").unwrap();
    let views = format.iter_view(&[1, 2, 0, 3, 4, 0]).unwrap();
    let read: Vec<u16> = views.map(|view| view.read(b).unwrap()).collect();
    assert_eq!(read, [2, 4]);
    assert!(format.iter_view(&[1, 2]).is_err());
    assert!(Struct::new("").unwrap().iter_view(&[]).is_err());
    assert!(Struct::new("z").unwrap().iter_view(&[0]).is_err());
}

#[test]
fn a_handle_of_a_longer_struct_does_not_read_beyond_the_data() {
    let long = Struct::new("<8x I:far").unwrap();
    let far = long.field::<u32>("far").unwrap();
    let short = Struct::new("<I").unwrap();
    let error = short.view(&[0; 4]).unwrap().read(far).unwrap_err();
    assert_eq!(
        error.to_string(),
        "needs 4 bytes at offset 0x8, the input ends at 0x4"
    );
}

#[test]
fn rows_are_what_views_read() {
    let format = Struct::new("<H:a 3s:b (>I:x (<h:y):n B:z):g ?:t B{p:4 q:4} x d:f").unwrap();
    let size = usize::try_from(format.size().unwrap()).unwrap();
    let data: Vec<u8> = (0..size * 50)
        .map(|i| u8::try_from((i * 7 + i / 11) % 251).unwrap())
        .collect();
    type Row = (i16, u32, u16, [u8; 3], u8, bool, f64);
    let paths = ["g.n.y", "g.x", "a", "b", "g.z", "t", "f"];
    let rows: Vec<Row> = format.rows(&paths, &data).unwrap().collect();
    let mut folded = Vec::new();
    let all = format.rows::<Row>(&paths, &data).unwrap();
    assert_eq!(all.len(), 50);
    all.for_each(|row| folded.push(row));
    assert_eq!(rows, folded);
    for (view, row) in format.iter_view(&data).unwrap().zip(&rows) {
        let read = (
            view.get(paths[0]).unwrap(),
            view.get(paths[1]).unwrap(),
            view.get(paths[2]).unwrap(),
            view.get(paths[3]).unwrap(),
            view.get(paths[4]).unwrap(),
            view.get(paths[5]).unwrap(),
            view.get(paths[6]).unwrap(),
        );
        assert_eq!(read, *row);
    }
    // Of one order each, the other one than the machine's included.
    let little: Vec<_> = rows.iter().map(|row| (row.0, row.2)).collect();
    let big: Vec<_> = rows.iter().map(|row| (row.1, row.4)).collect();
    assert!(
        format
            .rows::<(i16, u16)>(&["g.n.y", "a"], &data)
            .unwrap()
            .eq(little)
    );
    assert!(
        format
            .rows::<(u32, u8)>(&["g.x", "g.z"], &data)
            .unwrap()
            .eq(big)
    );
}

#[test]
fn rows_refuse_what_they_would_have_to_look_at_row_by_row() {
    let format = Struct::new("<I:size 2s:tag H{a:8 b:8} 3H:list").unwrap();
    let refused = |paths: &[&str]| {
        let error = format.rows::<(u16,)>(paths, &[0; 28]).unwrap_err();
        error.to_string()
    };
    assert!(refused(&["size"]).contains("size: lies there as u32, not as u16"));
    assert!(refused(&["tag"]).contains("tag: lies there as [u8; 2], not as u16"));
    assert!(refused(&["a"]).contains("a: lies there as no type of Rust"));
    assert!(refused(&["list"]).contains("list: is an array"));
    assert!(refused(&["sise"]).contains("sise: there is no such field"));
    assert!(refused(&["size", "tag"]).contains("1 path"));
    let number = |format: &str, data: &[u8]| {
        let format = Struct::new(format).unwrap();
        format.rows::<(u16,)>(&["n"], data).unwrap_err().to_string()
    };
    assert!(number("<H:n [n]s", b"").contains("only data can tell"));
    assert!(number("<H:n", b"123").contains('3'), "no multiple of 2");
    let group = Struct::new("0(H):n").unwrap();
    assert!(group.rows::<(u16,)>(&["n"], b"").is_err());
}

#[test]
fn every_row_is_read_in_either_order() {
    let format = Struct::new("<H:a (>H:b):g c:c").unwrap();
    let data = [1, 2, 1, 2, b'x', 3, 4, 3, 4, b'y'];
    let rows = |paths: &[&str]| format.rows::<(u16, u16)>(paths, &data).unwrap();
    let expected = [(0x0201, 0x0102), (0x0403, 0x0304)];
    assert_eq!(rows(&["a", "g.b"]).collect::<Vec<_>>(), expected);
    assert_eq!(
        rows(&["a", "g.b"]).fold(0, |n, row| n + usize::from(row.0)),
        0x0604
    );
    assert_eq!(rows(&["a", "a"]).map(|row| row.1).max(), Some(0x0403));
    let floats = Struct::new("<f:f d:d ?:t 2s:s").unwrap();
    let bytes = floats.pack(&(0.5, -2.0, true, "ab")).unwrap();
    type Row = (f32, f64, bool, [u8; 2], [u8; 4]);
    let mut rows_of_floats = floats
        .rows::<Row>(&["f", "d", "t", "s", "f"], &bytes)
        .unwrap();
    assert_eq!(
        rows_of_floats.next(),
        Some((0.5, -2.0, true, *b"ab", [0, 0, 0, 0x3f]))
    );
    assert_eq!(rows(&["g.b", "g.b"]).map(|row| row.1).max(), Some(0x0304));
}

#[test]
fn values_of_a_count_are_fields_of_their_own() {
    let format = Struct::new("B 3H 2(B):g 3p:text b{<x:4 y:4}:n h{<u:4 v:12}").unwrap();
    let [one, two, three] = [1u16, 2, 3].map(u16::to_ne_bytes);
    let bits = (-16i16).to_ne_bytes();
    let bytes = [
        &[9, 0][..],
        &one,
        &two,
        &three,
        &[5, 6, 1, b'a', 0, 0xf1],
        &bits,
    ]
    .concat();
    let view = format.view(&bytes).unwrap();
    for (path, value) in [("1", 1), ("2", 2), ("3", 3)] {
        assert_eq!(view.get::<u16>(path).unwrap(), value, "{path}");
    }
    let bytes_of = Struct::new("3B").unwrap();
    let last = bytes_of.field::<u8>("2").unwrap();
    assert_eq!(bytes_of.view(&[7, 8, 9]).unwrap().read(last).unwrap(), 9);
    assert!(bytes_of.field::<u8>("3").is_err());
    assert_eq!(view.get::<Value>("text").unwrap(), Value::from("a"));
    // The integer that bit fields make up, and bit fields that are signed.
    assert_eq!(view.get::<i8>("n").unwrap(), -15);
    assert_eq!(view.get::<i8>("n.y").unwrap(), -1);
    assert_eq!(view.get::<i16>("u").unwrap(), 0);
    assert_eq!(view.get::<i16>("v").unwrap(), -1);
    for path in ["g", "g.0", "text.0", "4", "5"] {
        assert!(format.field::<Value>(path).is_err(), "{path}");
    }
    // A path leads into a group that stands once only.
    assert!(Struct::new("2(B:x):g").unwrap().field::<u8>("g.x").is_err());
}

#[test]
fn a_type_takes_what_it_can_hold_and_nothing_else() {
    fn read<'a, T: bytewright::structs::FromFields<'a>>(
        format: &str,
        data: &'a [u8],
    ) -> Result<T, String> {
        let format = Struct::new(format).unwrap();
        format.unpack_as(data).map_err(|e| e.to_string())
    }
    assert_eq!(read::<(u16,)>("<H", &[1, 2]), Ok((0x0201,)));
    assert_eq!(read::<(u16,)>(">H", &[1, 2]), Ok((0x0102,)));
    assert_eq!(read::<(bool, bool)>("??", &[0, 2]), Ok((false, true)));
    assert_eq!(
        read::<(f64, f32)>("<ff", &[0, 0, 0xc0, 0x3f, 0, 0, 0xc0, 0xbf]),
        Ok((1.5, -1.5))
    );
    assert_eq!(read::<(f64,)>("<e", &[0, 0x3c]), Ok((1.0,)));
    assert_eq!(read::<(f32,)>("<d", &1.5f64.to_le_bytes()), Ok((1.5,)));
    assert!(
        read::<(f32,)>("<d", &0.1f64.to_le_bytes()).is_err(),
        "that is not exact"
    );
    assert_eq!(
        read::<(u8, u16)>("<xB3xH", &[0, 1, 0, 0, 0, 2, 0]),
        Ok((1, 2))
    );
    assert_eq!(
        read::<(u128, &[u8])>("<H15s", b"\x01\x02abcdefghijklmno"),
        Ok((0x0201, &b"abcdefghijklmno"[..]))
    );
    let complex = [0x3f, 0x80, 0, 0, 0, 0, 0, 1];
    assert_eq!(read::<([u8; 8],)>(">F", &complex), Ok((complex,)));
    assert_eq!(read::<(Value,)>("<H", &[1, 0]), Ok((Value::from(1),)));
    // Arrays of bytes are the bytes as they lie there, and all of them.
    assert_eq!(read::<([u8; 2],)>(">H", &[1, 2]), Ok(([1, 2],)));
    assert_eq!(
        read::<([u8; 2], [u8; 1])>("2sc", b"abc"),
        Ok((*b"ab", *b"c"))
    );
    assert_eq!(read::<([u8; 0],)>("0s", b""), Ok(([],)));
    let wrong = |e: Result<(), String>, found: &str| {
        let message = e.unwrap_err();
        assert!(
            message.starts_with("expected ") && message.ends_with(found),
            "{message}"
        );
    };
    wrong(
        read::<(bool,)>("B", &[1]).map(drop),
        "expected bool, found an integer",
    );
    wrong(
        read::<(f64,)>("<Q", &[0; 8]).map(drop),
        "expected f64, found an integer",
    );
    wrong(
        read::<(f32,)>("<I", &[0; 4]).map(drop),
        "expected f32, found an integer",
    );
    wrong(read::<(u8,)>("?", &[1]).map(drop), "found a truth value");
    wrong(read::<(u32,)>("<f", &[0; 4]).map(drop), "found a float");
    wrong(read::<([u8; 0],)>("2s", b"ab").map(drop), "found bytes");
    wrong(
        read::<([u8; 3], u8)>("2sB", b"abc").map(drop),
        "found bytes",
    );
    wrong(
        read::<([u8; 3], u8)>("<HB", b"abc").map(drop),
        "found an integer",
    );
    // Too long, too short, and of another number.
    assert_eq!(
        read::<(u16,)>("<H", &[0; 3]).unwrap_err(),
        "the format takes 2 bytes, the input has 3: 1 byte left over from offset 0x2"
    );
    assert_eq!(
        read::<(u16,)>("<H", &[0]).unwrap_err(),
        "needs 2 bytes at offset 0x0, the input ends at 0x1"
    );
    assert_eq!(
        read::<(u8,)>("2B", &[0; 2]).unwrap_err(),
        "expected a tuple of 2 values, found 1"
    );
    assert_eq!(
        read::<(u8,)>("z", &[0]).unwrap_err(),
        "only data can tell the size of this format"
    );
}
