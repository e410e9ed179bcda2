//! Formats of whole files, case by case: bytes and values worked out by hand.

mod borders;
mod checks;
mod coded;
mod demand;
mod demand_arrays;
mod demand_coded;
mod demand_kept;
mod expressions;
#[cfg(feature = "records")]
mod fixed;
mod hostile;
mod join;
mod kind_borders;
mod kinds;
mod layout;
mod native;
mod packing;
mod packing_errors;
mod parameters;
pub(super) mod random;
mod references;
mod regions;
mod spelled;
mod told;
mod tried;
mod types;
mod uses;

use crate::structs::{Formats, Struct};
use crate::tree::{Node, Range, Role, Space};
use crate::value::{Record, Value};

fn unpacked(format: &str, data: &[u8]) -> String {
    unpacked_with(format, &[], data)
}

pub(super) fn compiled(format: &str, formats: &[(&str, &str)]) -> Struct {
    let formats: Formats = formats.iter().copied().collect();
    Struct::with_formats(format, &formats).unwrap_or_else(|e| panic!("{e}"))
}

/// The values as `name value` pairs, or the error.
fn unpacked_with(format: &str, formats: &[(&str, &str)], data: &[u8]) -> String {
    match compiled(format, formats).unpack_prefix(data) {
        Ok((record, _)) => shown(&record),
        Err(e) => format!("error: {e}"),
    }
}

fn shown(record: &Record) -> String {
    let entries = record.entries().map(|(key, value)| match value {
        Value::Record(inner) => format!("{key} ({})", shown(inner)),
        Value::List(items) => {
            let items: Vec<String> = items
                .iter()
                .map(|item| match item {
                    Value::Record(inner) => format!("({})", shown(inner)),
                    value => value.to_string(),
                })
                .collect();
            format!("{key} [{}]", items.join(", "))
        }
        value => format!("{key} {value}"),
    });
    entries.collect::<Vec<_>>().join(" ")
}

fn record<const N: usize>(entries: [(&str, Value); N]) -> Record {
    entries.into_iter().collect()
}

#[test]
fn one_case_is_taken() {
    let by_value = "B:n {n ; 1: B:one ; 2, 4..6: H:some ; 0x10: ; else: 2s:other}";
    for (data, expected) in [
        (&b"\x01\x07zz"[..], "n 1 one 7"),
        (b"\x02\x01\0", "n 2 some 1"),
        (b"\x03ab", "n 3 other b'ab'"),
        (b"\x04\x01\0", "n 4 some 1"),
        (b"\x06\x01\0", "n 6 some 1"),
        (b"\x07ab", "n 7 other b'ab'"),
        (b"\x10ab", "n 16"),
    ] {
        assert_eq!(unpacked(&format!("<{by_value}"), data), expected);
    }
    let by_text = "4s:tag {tag ; \"IHDR\": B:a ; \"ab\": B:b}";
    assert_eq!(unpacked(by_text, b"IHDR\x01"), "tag b'IHDR' a 1");
    assert_eq!(unpacked(by_text, b"ab\0\0\x02"), "tag b'ab\\x00\\x00' b 2");
    assert_eq!(unpacked(by_text, b"abc\0\x02"), "tag b'abc\\x00'");
    let conditions = "B:n {n > 9: B:big ; n & 1: B:odd ; else: H:even}";
    assert_eq!(unpacked(conditions, &[11, 1]), "n 11 big 1");
    assert_eq!(unpacked(conditions, &[3, 1]), "n 3 odd 1");
    assert_eq!(
        unpacked(&format!("<{conditions}"), &[2, 1, 0]),
        "n 2 even 1"
    );
    assert_eq!(
        unpacked("B:n {n ; 1: B:a ; else: \"neither this nor that\"}", &[2]),
        "error: neither this nor that at offset 0x1"
    );
}

#[test]
fn a_byte_order_follows_from_a_field() {
    let format = "2s:order {order ; \"II\": <%body:b ; \"MM\": >%body:b}";
    let formats = [("body", "H:n (>H:m):big")];
    assert_eq!(
        unpacked_with(format, &formats, b"II\x01\x02\x03\x04"),
        "order b'II' b (n 513 big (m 772))"
    );
    assert_eq!(
        unpacked_with(format, &formats, b"MM\x01\x02\x03\x04"),
        "order b'MM' b (n 258 big (m 772))"
    );
}

#[test]
fn a_region_bounds_what_is_in_it() {
    let format = "B:n [n]s:data=(*H:items) B:after";
    assert_eq!(
        unpacked(&format!("<{format}"), &[4, 1, 0, 2, 0, 9]),
        "n 4 data (items [1, 2]) after 9"
    );
    // Without a name its fields are those of the level around it, and can be referred to.
    assert_eq!(
        unpacked("<B:n [n]s=(B:k H:m) .x=[m + 1]", &[3, 1, 2, 0]),
        "n 3 k 1 m 2 x 3"
    );
    assert!(unpacked("<3s:data=(I:n)", &[1, 2, 3, 4]).contains("data.n: needs 4 bytes"));
    assert!(unpacked("<B:n [n]s:data=(B:a)", &[5, 1]).contains("data: needs 5 bytes"));
    let layout = compiled("3s:data=(B:a) B:b", &[]);
    let nodes = layout.nodes(&[1, 2, 3, 4], Space::FILE, 0).unwrap();
    let rest = nodes[0].child("rest").unwrap();
    assert_eq!(
        (rest.role, rest.range.offset, rest.range.size),
        (Role::Gap, 1, 2)
    );
    assert_eq!(rest.problems[0].code, "S005");
    assert_eq!(nodes[1].value, Some(4.into()));
}

/// A format that places its parts reaches what it doesn't read one after another.
#[test]
fn what_is_placed_in_a_region_is_no_rest_of_it() {
    let format = compiled("[4]s:data=(B:at &[at]2s:text) B:end", &[]);
    let nodes = format.nodes(b"\x02.xy\x09", Space::FILE, 0).unwrap();
    let problems = |node: &Node| node.made().iter().map(|n| n.problems.len()).sum::<usize>();
    assert_eq!(problems(&nodes[0]), 0);
}

/// Nothing lies between two fields that follow each other, and what has no bytes is seen by nobody else.
#[test]
fn gaps_have_bytes_and_views_too() {
    let format = compiled("B:a (&[0]B:x):g &[3]B:b {0: B}", &[]);
    let mut nodes = format.nodes(b"\x01\x02\x03\x04", Space::FILE, 0).unwrap();
    let gaps = super::settle(&mut nodes, Space::FILE, 0, 4);
    assert_eq!(gaps, [Range::new(Space::FILE, 1, 2)]);
    let all = super::settle(&mut nodes, Space::FILE, 3, 4);
    assert_eq!(all, []);
    let g = nodes.iter().find(|node| node.name == "g").unwrap();
    assert_eq!((g.range.size, g.role), (0, Role::Field));
    assert_eq!(g.made()[0].role, Role::View);
}

/// The second look at a group of fields is a view, as those of its fields are.
#[test]
fn a_group_that_others_own_is_a_view() {
    let format = compiled("&[0](B:a B:b):one &[0](B:a B:b):two", &[]);
    let mut nodes = format.nodes(b"\x01\x02", Space::FILE, 0).unwrap();
    super::settle(&mut nodes, Space::FILE, 0, 2);
    assert_eq!((nodes[0].role, nodes[1].role), (Role::Field, Role::View));
}

#[test]
fn items_stand_where_their_offset_says() {
    assert_eq!(
        unpacked("<B:at B:n &[at][n]s:text B:after", b"\x04\x02\x07.xy"),
        "at 4 n 2 text b'xy' after 7"
    );
    // Each with a place of its own, and several one after another at one.
    assert_eq!(
        unpacked("2B:at [2]&[at[@index]]B:each", &[3, 2, 8, 9]),
        "at [3, 2] each [9, 8]"
    );
    assert_eq!(
        unpacked("B:at &[at]2B:pair", &[2, 0, 8, 9]),
        "at 2 pair [8, 9]"
    );
    // Offsets count from the file; in a region that is a whole format, from its beginning.
    assert_eq!(
        unpacked_with(
            "B:n [3]s:part=(B:a &[0]B:first) [3]s:whole=%inner",
            &[("inner", "B:a &[2]B:third .size=[@size]")],
            &[1, 2, 3, 4, 5, 6, 7]
        ),
        "n 1 part (a 2 first 1) whole (a 5 third 7 size 3)"
    );
    assert_eq!(
        unpacked("B:at &[at]B:x", &[9]),
        "error: x: stands at offset 0x9, the file ends at 0x1 at offset 0x1"
    );
}

#[test]
fn a_repetition_ends_with_the_item_for_which_the_condition_holds() {
    assert_eq!(
        unpacked("*[n == 0](B:n B:m):items B:after", &[1, 2, 0, 3, 9]),
        "items [(n 1 m 2), (n 0 m 3)] after 9"
    );
    assert_eq!(
        unpacked("*[@item > 7]B:bytes B:after", &[1, 8, 2]),
        "bytes [1, 8] after 2"
    );
    assert_eq!(
        unpacked("*[@item > 7]B:bytes 2(B:a):after", &[1, 8, 2, 3]),
        "bytes [1, 8] after [(a 2), (a 3)]"
    );
    assert_eq!(
        unpacked("*[@at == @end]B:bytes", &[1, 8, 2]),
        "bytes [1, 8, 2]"
    );
    assert_eq!(
        unpacked("*[@index == 1](B:n):items", &[1, 8, 2]),
        "items [(n 1), (n 8)]"
    );
    let early = unpacked("*[n == 0](B:n):items", &[1, 2]);
    assert!(
        early.contains("items[2].n: needs 1 byte at offset 0x2"),
        "{early}"
    );
    // An item may look at those before it.
    assert_eq!(
        unpacked(
            "*[@index == 2](B:n .sum=[n + (@index ? items[@index - 1].sum : 0)]):items",
            &[1, 2, 3]
        ),
        "items [(n 1 sum 1), (n 2 sum 3), (n 3 sum 6)]"
    );
}

#[test]
fn items_are_found_by_key_index_and_condition() {
    let format = "*[tag == \"z\"](1s:tag B:n):items[tag] \
                  .k=[items[\"b\"].n] .i=[items[0].n] .c=[items[n > 5].tag] .none=[items[\"q\"].n]";
    let found = unpacked(format, b"a\x01b\x02c\x09z\x00");
    assert!(found.ends_with("k 2 i 1 c b'c'"), "{found}");
    let nodes = compiled(format, &[])
        .nodes(b"a\x01z\x00", Space::FILE, 0)
        .unwrap();
    let keys: Vec<_> = nodes[0]
        .made()
        .iter()
        .map(|node| node.key.clone().unwrap())
        .collect();
    let expected: [crate::value::Bytes; 2] = [b"a"[..].into(), b"z"[..].into()];
    assert_eq!(keys, expected);
}

#[test]
fn a_format_takes_parameters_and_contains_itself() {
    assert_eq!(
        unpacked_with(
            "B:wide %pair{wide: wide, twice: wide * 2}:p",
            &[("pair", "<{wide: H:a ; else: B:a} .t=[twice]")],
            &[1, 2, 0]
        ),
        "wide 1 p (a 2 t 2)"
    );
    let tree = [("tree", "B:n B:value [n]%tree:children")];
    assert_eq!(
        unpacked_with("{@size: %tree:root}", &tree, &[2, 1, 0, 2, 1, 3, 0, 4]),
        "root (n 2 value 1 children [(n 0 value 2 children []), \
         (n 1 value 3 children [(n 0 value 4 children [])])])"
    );
}

#[test]
fn checks_are_over_the_bytes_of_fields() {
    let format = ">2s:type [2]s:data I:crc=crc32(type..data)";
    let mut data = b"abcd\xed\x82\xcd\x11".to_vec();
    assert_eq!(
        unpacked(format, &data),
        "type b'ab' data b'cd' crc 3984772369"
    );
    data[0] = b'x';
    assert!(unpacked(format, &data).contains("crc: expected"));
    let nodes = compiled(format, &[]).nodes(&data, Space::FILE, 0).unwrap();
    assert_eq!(nodes[2].problems[0].code, "S004");
    // The field's own bytes count as the byte stated, and a sum is as wide as its field.
    let own = "B:a B:sum=sum(a..b, self=0x20) B:b";
    assert_eq!(unpacked(own, &[1, 0x23, 2]), "a 1 sum 35 b 2");
    assert!(unpacked(own, &[1, 3, 2]).contains("sum: expected"));
    assert_eq!(
        unpacked("B:sum=sum(a..b) B:a B:b", &[0x2c, 200, 100]),
        "sum 44 a 200 b 100"
    );
}

#[test]
fn values_that_follow_from_others_are_checked() {
    let format = "<H:length=[len(body) + 2] [3]s:body";
    assert_eq!(unpacked(format, b"\x05\0abc"), "length 5 body b'abc'");
    let wrong = unpacked(format, b"\x04\0abc");
    assert!(
        wrong.contains("expected 5, the value that follows from the other fields; found 4"),
        "{wrong}"
    );
}

#[test]
fn each_byte_has_one_owner() {
    fn owners(nodes: &[Node], counts: &mut [u32]) {
        for node in nodes {
            if node.owns_bytes() {
                for at in node.range.offset..node.range.end() {
                    counts[usize::try_from(at).unwrap()] += 1;
                }
            } else if node.role != Role::View {
                owners(node.made(), counts);
            }
        }
    }
    for (format, data) in [
        (
            "B:at &[at]H:x &[at]B:again 2B:two",
            &[4u8, 1, 2, 3, 4, 5, 6][..],
        ),
        ("&[@at]B:ahead 3B:all", &[1, 2, 3]),
        ("4x &[1]B:in_padding", &[1, 2, 3, 4, 5]),
        ("&[2]B:late &[0]B:early", &[1, 2, 3, 4]),
    ] {
        let mut nodes = compiled(format, &[]).nodes(data, Space::FILE, 0).unwrap();
        let gaps = super::settle(&mut nodes, Space::FILE, 0, data.len() as u64);
        let mut counts = vec![0; data.len()];
        owners(&nodes, &mut counts);
        for gap in gaps {
            for at in gap.offset..gap.end() {
                counts[usize::try_from(at).unwrap()] += 1;
            }
        }
        // Only padding that a field reaches into is owned by neither where the field ends.
        assert!(counts.iter().all(|n| *n <= 1), "{format}: {counts:?}");
        if !format.contains('x') {
            assert!(counts.iter().all(|n| *n == 1), "{format}: {counts:?}");
        }
    }
}

#[test]
fn hostile_formats_and_data_end() {
    for (format, formats, expected) in [
        (
            "{@size: &[0]%a:x}",
            vec![("a", "&[0]%a:x")],
            "contains itself",
        ),
        ("{@size: %a:x}", vec![("a", "B:n %a:x")], "needs 1 byte"),
        ("[1 << 62]{0: B:x}", vec![], "items without any bytes"),
        ("[1 << 62](.x=[1]):items", vec![], "items without any bytes"),
        ("[1 << 40]&[0]B:x", vec![], "fields of the file"),
        (
            "*[n == 300](.n=[1]):items",
            vec![],
            "items without any bytes",
        ),
        ("*[none == 0]():items", vec![], "items without any bytes"),
        ("{1: *(.n=[1]):items}", vec![], "takes no bytes"),
        (
            "[1 << 62]s:data=(B:a)",
            vec![],
            "needs 4611686018427387904 bytes",
        ),
        ("&[1 << 63]B:x", vec![], "the file ends at"),
    ] {
        let found = unpacked_with(format, &formats, &[0; 64]);
        assert!(
            found.starts_with("error:") && found.contains(expected),
            "{format}: {found}"
        );
    }
    let deep = vec![1u8; 10_000];
    let found = unpacked_with("{@size: %a:x}", &[("a", "B:n [n]%a:x")], &deep);
    assert!(found.contains("levels lie in one another"), "{found}");
}

#[test]
fn errors_in_new_constructs_point_into_the_format() {
    for (format, at, message) in [
        ("B:n {n ; 1: B:a", 4, "a choice is not closed"),
        ("B:n {n ; 1 B:a}", 11, "a case has no colon"),
        ("B:n {n ; 1:B}", 11, "not set off"),
        ("B:n [n + ]s:a", 9, "malformed"),
        ("B:n [m & 1]s:a", 5, "m is not a field"),
        ("B:n [n & @here]s:a", 9, "no position"),
        ("B:n [size(n)]s:a", 5, "size is no function"),
        ("I~unx:t", 1, "~unx is no kind"),
        ("I~:t", 2, "a tilde is followed by no kind"),
        ("&4B:a", 1, "a place has no offset"),
        ("B:a .=[1]", 5, "a dot is followed by no name"),
        ("B:a .b", 6, "a computed value has no expression"),
        ("B:a=crc33(a)", 4, "crc33 is no check"),
        ("B:a=crc32(a", 11, "a check is not closed"),
        ("*[1]B:a", 2, "the condition never changes"),
        ("*B:a B:b {1: B}", 0, "takes the rest"),
        ("B:n [n]I:a=(B:x)", 4, "only bytes hold something inside"),
        ("*(B:x):a[1]", 9, "that is no key"),
        ("B:n[n] B:m", 0, "a key belongs to no array of groups"),
        ("2B:n[n] B:m", 0, "a key belongs to no array of groups"),
        ("B:n {n ; 1: B \"no\"}", 14, "a text belongs to no field"),
        ("B:n } B", 4, "a brace closes nothing"),
        ("B:n {n: %nothing}", 8, "%nothing is not known"),
        (
            "{0: B} B{a:3 b:4}",
            7,
            "the bit fields have 7 bits, B has 8",
        ),
        ("B:a=sum(b..b, self=256) {0: B} B:b", 19, "self is a byte"),
    ] {
        let error = Struct::new(format).unwrap_err();
        assert!(
            error.message().contains(message),
            "{format}: {}",
            error.message()
        );
        assert_eq!(error.span().start, at, "{format}: {error}");
    }
}

/// The item that is read isn't there yet at its beginning.
#[test]
fn the_item_is_the_last_that_was_read() {
    assert_eq!(
        unpacked("3(B:n .last=[@item.n ?? 9]):items", &[1, 2, 3]),
        "items [(n 1 last 9), (n 2 last 1), (n 3 last 2)]"
    );
}

#[test]
fn numbers_to_the_end_are_whole() {
    assert_eq!(
        unpacked("<B:n {0: B} *H:x", &[1, 2, 0, 3, 0]),
        "n 1 x [2, 3]"
    );
    let cut = unpacked("<B:n {0: B} *H:x", &[1, 2, 0, 3]);
    assert!(cut.contains("x: 1 bytes are left over"), "{cut}");
}

#[test]
fn a_truth_is_a_constant() {
    for (format, data) in [("?:b=true {0: B}", 1u8), ("?:b=false {0: B}", 0)] {
        assert!(!unpacked(format, &[data]).contains("error"), "{format}");
        assert!(unpacked(format, &[1 - data]).contains("error"), "{format}");
        assert_eq!(compiled(format, &[]).pack(&record([])).unwrap(), [data]);
    }
}
