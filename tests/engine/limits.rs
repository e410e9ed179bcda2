//! Each limit met exactly, and passed by one.

use bytewright::{Formats, Record, Struct, Value};

use super::{both_ways, compiled, list, not_packed, refusal, unpacked};

/// The message that refuses a format.
fn refused(format: &str) -> String {
    match Struct::new(format) {
        Ok(_) => panic!("{format} is accepted"),
        Err(e) => e.message().to_owned(),
    }
}

#[test]
fn a_struct_has_at_most_two_to_the_63_minus_1_bytes() {
    const MOST: u64 = i64::MAX as u64;
    for format in [
        format!("{MOST}s"),
        format!("<{}s B", MOST - 1),
        format!("{}(BB) B", MOST / 2),
        format!("@{}x I 3x", MOST - 7),
        format!("<{}s |16 15s", MOST - 20),
        format!("{MOST}(B):a"),
    ] {
        assert_eq!(compiled(&format).size(), Some(MOST), "{format}");
    }
    for format in [
        format!("<{MOST}s B"),
        format!("{}(BB) BB", MOST / 2),
        format!("{}(BB)", MOST / 2 + 1),
        format!("@{}x I 4x", MOST - 7),
        format!("@{}x Q", MOST - 6),
        format!("<{MOST}s |4"),
        format!("<{MOST}H"),
        format!("<2({MOST}s)"),
    ] {
        assert_eq!(refused(&format), "the size is too large", "{format}");
    }
    assert_eq!(refused(&format!("{}s", MOST + 1)), "the count is too large");
}

#[test]
fn groups_and_parentheses_nest_64_deep() {
    let groups = |n: usize| "(".repeat(n) + "B" + &")".repeat(n);
    assert_eq!(compiled(&groups(64)).size(), Some(1));
    assert!(refused(&groups(65)).contains("nested too deep"));
    let sum = |n: usize| format!("[{}1{}]B", "(".repeat(n), ")".repeat(n));
    assert!(Struct::new(&sum(64)).is_ok());
    assert_eq!(refused(&sum(65)), "parentheses are nested too deep");
    // With all references resolved.
    let formats = Formats::from_iter([("deep", groups(60)), ("one", "(B)".to_owned())]);
    let around = |n: usize| "(".repeat(n) + "%deep" + &")".repeat(n);
    assert!(Struct::with_formats(&around(3), &formats).is_ok());
    let error = Struct::with_formats(&around(4), &formats).unwrap_err();
    assert_eq!(error.message(), "groups are nested too deep");
    let error = Struct::with_formats(&(groups(64).replace('B', "%one")), &formats).unwrap_err();
    assert_eq!(error.message(), "groups are nested too deep");
}

#[test]
fn an_expression_has_256_parts() {
    let sum = |numbers: usize| format!("B:n [n{}]s", "+1".repeat(numbers));
    // One number or name more than operators, and a sign: 255 parts, 256, then 257.
    assert!(Struct::new(&sum(127)).is_ok());
    assert!(Struct::new(&sum(127).replace("[n", "[-n")).is_ok());
    assert_eq!(refused(&sum(128)), "the expression is too long");
}

#[test]
fn a_format_has_a_million_fields_with_all_references_resolved() {
    // Each reference is a field, and so are the 1,023 after it.
    let formats = Formats::from_iter([("k", "B ".repeat(1023))]);
    let all = "%k ".repeat(1024);
    let most = Struct::with_formats(&all, &formats).unwrap();
    assert_eq!(most.size(), Some(1024 * 1023));
    let error = Struct::with_formats(&(all + "B"), &formats).unwrap_err();
    assert_eq!(error.message(), "the format has too many fields");
}

#[test]
fn alignments_repeat_after_4096_items_or_are_refused() {
    // Nothing is aligned in fact, but where an item begins, modulo 4,097, repeats with the item
    // after 4,097 others.
    let items = |n: u64, multiple: u64| format!("<{n}(B 0(|{multiple}))");
    assert_eq!(compiled(&items(1 << 40, 4096)).size(), Some(1 << 40));
    assert_eq!(compiled(&items(4097, 4097)).size(), Some(4097));
    let why = "the alignments in this repetition don't repeat soon enough";
    assert_eq!(refused(&items(4098, 4097)), why);
    // All repetitions together look at 64 times as many.
    let group = "4096(B 0(|4097)) ";
    let all = format!("<{}", group.repeat(64));
    assert_eq!(compiled(&all).size(), Some(64 * 4096));
    assert_eq!(refused(&(all + "1(B |2)")), why);
}

#[test]
fn what_takes_no_bytes_is_backed_by_the_bytes_before_it() {
    let told = |most: u64| format!("more than {most} repeated items and fields without any bytes");
    let check = |format: &dyn Fn(u64) -> String, data: &[u8], most: u64, limit: u64| {
        let layout = compiled(&format(most));
        let values = layout.unpack(data).unwrap();
        assert_eq!(layout.pack(&values).unwrap(), data);
        assert_eq!(layout.serialize(&values).unwrap(), data);
        assert!(layout.nodes(data, bytewright::tree::Space::FILE, 0).is_ok());
        assert!(layout.deserialize::<Record>(data).is_ok());
        let layout = compiled(&format(most + 1));
        let message = layout.unpack(data).unwrap_err().to_string();
        assert!(message.contains(&told(limit)), "{message}");
        let nodes = layout.nodes(data, bytewright::tree::Space::FILE, 0);
        assert!(nodes.unwrap_err().to_string().contains(&told(limit)));
        assert!(layout.deserialize::<Record>(data).is_err());
    };
    // Without a byte before them 65,536; and 16 more for each byte.
    check(&|n| format!("{n}()"), &[], 1 << 16, 1 << 16);
    check(
        &|n| format!("B {n}()"),
        &[7],
        (1 << 16) + 16,
        (1 << 16) + 16,
    );
    // An item and its field are two.
    check(&|n| format!("{n}(0s)"), &[], 1 << 15, 1 << 16);
    // What has a byte backs 16 without.
    let fields = |n: usize| format!("*(B {})", "0s".repeat(n));
    let data = [1; 70_000];
    assert!(compiled(&fields(16)).unpack(&data[..4000]).is_ok());
    assert!(compiled(&fields(17)).unpack(&data).is_err());
    // Packing refuses what unpacking would.
    let empty = |n: usize| list(vec![Value::Record(Record::default()); n]);
    let full = |n: usize| list(vec![super::group(["".into()]); n]);
    let most = 1 << 15;
    let format = compiled("[32768](0s)");
    assert!(format.pack(&[full(most)]).unwrap().is_empty());
    let message = not_packed("[32769](0s)", &[full(most + 1)]);
    assert!(message.contains(&told(1 << 16)), "{message}");
    let message = not_packed("[65537]()", &[empty((1 << 16) + 1)]);
    assert!(message.contains(&told(1 << 16)), "{message}");
}

#[test]
fn packing_fills_a_gibibyte_of_zeros_in_all() {
    let most = 1u64 << 30;
    let message = not_packed(&format!("<{}x", most + 1), &[]);
    assert_eq!(
        message,
        "field 0: would fill 1073741825 bytes with zeros; 1073741824 is the limit"
    );
    // The limit is for all of a struct together, whatever asks for zeros.
    for (format, values) in [
        (format!("<1x {most}x"), 0),
        (format!("<c |{}", most + 2), 1),
        (format!("<2s:a {}s:b", most + 1), 2),
        (format!("<x {}p:b", most + 2), 1),
    ] {
        let values = vec![Value::from("a"); values];
        let message = not_packed(&format, &values);
        assert!(
            message.contains("1073741824 is the limit"),
            "{format}: {message}"
        );
    }
}

#[test]
fn leb128_numbers_have_128_bits() {
    // Of the nineteenth group two bits are the number's; the others repeat the sign.
    for last in 0..0x80u8 {
        let mut data = [0x80; 19];
        data[18] = last;
        let unsigned = Struct::new("V").unwrap().unpack(&data);
        assert_eq!(unsigned.is_ok(), last < 4, "V {last:#x}");
        if let Ok(values) = unsigned {
            assert_eq!(
                values[0],
                Value::from(u128::from(last) << 126),
                "V {last:#x}"
            );
        }
        let expected = match last {
            0x00 => Some(0),
            0x01 => Some(1i128 << 126),
            0x7e => Some(i128::MIN),
            0x7f => Some(-(1i128 << 126)),
            _ => None,
        };
        match (Struct::new("v").unwrap().unpack(&data), expected) {
            (Ok(values), Some(n)) => assert_eq!(values[0], Value::from(n), "v {last:#x}"),
            (Err(e), None) => assert_eq!(
                e.to_string(),
                "field 0: a LEB128 number has more than 128 bits at offset 0x0"
            ),
            other => panic!("v {last:#x}: {other:?}"),
        }
        // A twentieth group is too many, whatever it holds.
        data[18] |= 0x80;
        let longer = [&data[..], &[0]].concat();
        assert!(Struct::new("V").unwrap().unpack(&longer).is_err());
        assert!(Struct::new("v").unwrap().unpack(&longer).is_err());
    }
    // The input may end after any group but the last.
    assert_eq!(
        refusal("V", &[0x80; 18]),
        "field 0: needs 19 bytes at offset 0x0, the input ends at 0x12"
    );
    assert!(refusal("V", &[0x80; 19]).contains("more than 128 bits"));
    // Between the limits each bit length is written in as few groups as hold it.
    for bit in 0..128u32 {
        let groups = |bits: u32| bits.div_ceil(7).max(1) as usize;
        let bytes = compiled("V").pack(&[Value::from(1u128 << bit)]).unwrap();
        assert_eq!(bytes.len(), groups(bit + 1), "2^{bit}");
        both_ways("V", &bytes, &format!("({},)", 1u128 << bit));
        if bit < 127 {
            for (n, bits) in [
                (1i128 << bit, bit + 2),
                (-(1i128 << bit), bit + 1),
                ((1 << bit) - 1, bit + 1),
            ] {
                let bytes = compiled("v").pack(&[Value::from(n)]).unwrap();
                assert_eq!(bytes.len(), groups(bits), "{n}");
                both_ways("v", &bytes, &format!("({n},)"));
            }
        }
    }
}

#[test]
fn integers_of_every_width_end_at_their_powers_of_two() {
    let codes = [
        ("b", "B", 8),
        ("<h", "<H", 16),
        (">j", ">J", 24),
        ("<i", "<I", 32),
        (">k", ">K", 48),
        ("<q", ">Q", 64),
    ];
    for (signed, unsigned, width) in codes {
        let top = 1i128 << (width - 1);
        for n in [-top, -1, 0, top - 1] {
            let bytes = compiled(signed).pack(&[Value::from(n)]).unwrap();
            assert_eq!(unpacked(signed, &bytes)[0], Value::from(n), "{signed} {n}");
        }
        let letter = signed.trim_start_matches(['<', '>']);
        for n in [-top - 1, top] {
            assert_eq!(
                not_packed(signed, &[Value::from(n)]),
                format!(
                    "field 0: {n} is out of range: {letter} holds {} to {}",
                    -top,
                    top - 1
                )
            );
        }
        let letter = unsigned.trim_start_matches(['<', '>']);
        for n in [0, top, 2 * top - 1] {
            let bytes = compiled(unsigned).pack(&[Value::from(n)]).unwrap();
            assert_eq!(
                unpacked(unsigned, &bytes)[0],
                Value::from(n),
                "{unsigned} {n}"
            );
        }
        for n in [-1, 2 * top] {
            assert_eq!(
                not_packed(unsigned, &[Value::from(n)]),
                format!(
                    "field 0: {n} is out of range: {letter} holds 0 to {}",
                    2 * top - 1
                )
            );
        }
    }
    assert!(compiled("<y").pack(&[Value::from(u128::MAX)]).is_err());
    assert!(compiled("<y").pack(&[Value::from(1u128 << 127)]).is_err());
    assert!(compiled("<Y").pack(&[Value::from(-1)]).is_err());
    // An address is packed from a negative number too, as Python does it.
    let width = size_of::<usize>();
    let bytes = compiled("P").pack(&[Value::from(-2)]).unwrap();
    assert_eq!(bytes, (-2isize).to_ne_bytes());
    let smallest = -(1i128 << (width * 8 - 1));
    assert!(compiled("P").pack(&[Value::from(smallest)]).is_ok());
    assert!(compiled("P").pack(&[Value::from(smallest - 1)]).is_err());
    assert!(
        compiled("P")
            .pack(&[Value::from(usize::MAX as u128)])
            .is_ok()
    );
    assert!(
        compiled("P")
            .pack(&[Value::from(usize::MAX as u128 + 1)])
            .is_err()
    );
}

#[test]
fn constants_have_a_mebibyte_and_pascal_strings_255_bytes() {
    let wide = |n: u32| format!("{n}s='a'");
    assert_eq!(compiled(&wide(1 << 20)).size(), Some(1 << 20));
    assert_eq!(
        refused(&wide((1 << 20) + 1)),
        "a constant has at most 1048576 bytes"
    );
    assert!(refused(&format!("{}p='a'", (1 << 20) + 1)).contains("at most 1048576"));
    let pascal = |n: usize| format!("300p='{}'", "a".repeat(n));
    assert_eq!(compiled(&pascal(255)).size(), Some(300));
    assert_eq!(refused(&pascal(256)), "a p holds at most 255 bytes");
    assert!(Struct::new("3p='ab'").is_ok());
    assert_eq!(
        refused("2p='ab'"),
        "the constant needs 3 bytes, the field has 2"
    );
}

#[test]
fn only_names_of_64_characters_or_less_are_compared() {
    let told = |length: usize| {
        let known = format!("{}x", "a".repeat(length - 1));
        let format = compiled(&format!("B:{known}"));
        let values = Record::from_iter([("a".repeat(length), 1)]);
        format.pack(&values).unwrap_err().to_string()
    };
    assert!(told(64).contains("did you mean"), "{}", told(64));
    assert!(told(65).contains("the fields are"), "{}", told(65));
}

#[test]
fn twenty_names_are_listed() {
    let told = |n: usize| {
        let names: Vec<String> = (0..n).map(|i| format!("q{i}")).collect();
        let format: Vec<String> = names.iter().map(|name| format!("B:{name}")).collect();
        let values = names
            .iter()
            .map(|name| (name.as_str(), 1))
            .chain([("zebra", 1)]);
        let error = compiled(&format.join(" ")).pack(&Record::from_iter(values));
        (error.unwrap_err().to_string(), names.join(", "))
    };
    let (message, names) = told(20);
    assert_eq!(
        message,
        format!("there is no field zebra; the fields are {names}")
    );
    let (message, names) = told(21);
    let shown = names.strip_suffix(", q20").unwrap();
    assert_eq!(
        message,
        format!("there is no field zebra; the fields are {shown}, …")
    );
}

#[test]
fn seventy_two_characters_of_a_format_are_shown_around_the_caret() {
    let shown = |format: &str| {
        let error = Struct::new(format).unwrap_err().to_string();
        let lines: Vec<&str> = error.lines().collect();
        let caret = lines[2].find('^').unwrap();
        (lines[1][2..].to_owned(), caret - 2)
    };
    // All of it where it has 72.
    let exact = format!("${}", "B".repeat(71));
    assert_eq!(shown(&exact), (exact.clone(), 0));
    assert_eq!(shown(&format!("{exact}B")), (format!("{exact}…"), 0));
    // Nothing is left out before the caret for three characters or less.
    let near = format!("{}$", "B".repeat(39));
    assert_eq!(shown(&near), (near.clone(), 39));
    let far = format!("{}$", "B".repeat(40));
    assert_eq!(shown(&far), (format!("…{}$", "B".repeat(36)), 37));
}
