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
