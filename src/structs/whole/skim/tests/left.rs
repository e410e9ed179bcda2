//! What is left to the reader, since it can't be passed over.

use super::*;

/// What is not known, or not in all cases: the reader is asked, and no other end is made up.
#[test]
fn what_is_not_known_is_left_to_the_reader() {
    for (format, data) in [
        // Numbers that no 64 bits with a sign hold.
        ("*(Q:n {n > 5: B:x}):items", &[0xff; 27][..]),
        ("*(M:n {n > 5: B:x}):items", &[0xff; 8]),
        // Two texts that are both longer than those that are kept.
        (
            "*(9s:a 9s:b {a == b: B:x}):items",
            b"abcdefghiabcdefghjabcdefghiabcdefghi.",
        ),
        // A text is compared with a range.
        ("*(1s:a {a ; \"a\"..\"c\": B:x}):items", b"ab.b.d"),
        ("*(1s:a {a ; 1..3: B:x}):items", b"abc"),
        // A text holds unless it is empty.
        ("*(2s:a {a: B:x}):items", b"ab.\0\0."),
        // Bytes that are no text of their encoding.
        ("*(2s~ascii:a {a == \"\\x80\": B:x}):items", b"\x80\0..ab"),
        ("*(2s~octal:a {a == 8: B:x}):items", b"9 .10x"),
        ("*(66s:a {a == \"\": B:x}):items", &[0; 134]),
        (
            "*(B:n [n]s~xor(n):d {d == \"a\": B:x}):items",
            b"\x01`x\x01`",
        ),
        ("*(B:n {n: .x=[n / (n - 1)]} B:m):items", &[2, 1, 1, 1]),
        // A value that is computed and coded: 'a' and 'b' are '`' and 'c' coded.
        (
            "*(2s:d .y~xor(1)=[d] {y == \"ab\": B:m}):items",
            b"`cXab`cX",
        ),
        ("*(B:n [n - 1]s:d):items", &[2, 1, 0, 1]),
        // Values in line are aligned, those of an array are not.
        (
            "*(B:n 2H {n: B:x} B:m):items",
            &[1, 0, 2, 3, 4, 5, 6, 7, 0, 9, 8, 8, 8, 8, 8],
        ),
        (
            "*(B:n 2H:a {n: B:x} B:m):items",
            &[1, 2, 3, 4, 5, 6, 7, 0, 9, 8, 8, 8, 8, 8],
        ),
        ("*(B:n 2H 3s {n: B:x} I):items", &[1; 60]),
        // Labels of several kinds.
        (
            "*(B:n {n ; 1..2, \"a\": B:x ; else: 2s:b} B:m):items",
            &[1, 5, 6, 2, 5, 6, 3, 1, 1, 6, 0, 1, 1, 6],
        ),
        // What ends by itself has no size.
        (
            "*(B:n [n & 1]z:t 2z:u B:m):items",
            &[98, 97, 97, 0, 97, 0, 5, 97, 98, 0, 0, 0, 7],
        ),
        (
            "*(B:n [n & 1]V:t 2v:u B:m):items",
            &[2, 0x81, 1, 3, 5, 1, 0x80, 0x80, 1, 7, 8, 9],
        ),
        // More bytes than a number is kept of.
        (
            "*(9U:n {n > 5: B:x}):items",
            &[0, 0, 0, 0, 0, 0, 0, 0, 9, 7, 9, 0],
        ),
        (
            "*(9U{a:8 b:64}:n {n.a > 5: B:x}):items",
            &[9, 0, 0, 0, 0, 0, 0, 0, 9, 7, 9, 0],
        ),
        ("*(B:n .x=[-n << 62] {x < 0: B:m}):items", &[1, 2, 3, 4]),
    ] {
        let format = format!("{{0: B:never}} {format}");
        let layout = compiled(&format, &[]);
        let (nodes, error) = layout.nodes_so_far(data, Space::FILE, 0);
        let items = nodes.iter().find(|node| node.name == "items");
        let mut ends: Vec<u64> = items
            .iter()
            .flat_map(|items| items.made())
            .map(|item| item.range.end())
            .collect();
        if let Some(error) = &error {
            ends.truncate(failed_item(&error.to_string()).unwrap());
        }
        let program = layout.whole.as_ref().unwrap();
        let (mut reader, item, order) = at_items(program, data).unwrap();
        let Some(mut skim) = Skim::new(program, item, order, &[]) else {
            continue;
        };
        for (i, end) in ends.iter().enumerate() {
            let start = reader.at;
            match reader.pass_over(&mut skim) {
                Some(_) => assert_eq!(reader.at, *end, "{format}: item {i}"),
                None => {
                    assert_eq!(reader.at, start, "{format}: item {i}");
                    reader.at = *end;
                }
            }
        }
        if error.is_some() {
            assert_eq!(reader.pass_over(&mut skim), None, "{format}");
        }
    }
}

/// A value that a field is compared with need not be known where it can't end the reading: each of these ends it.
#[test]
fn a_value_that_may_fail_is_left_to_the_reader() {
    for (fields, data) in [
        ("e:f B:c=[f & 1]", &[0, 0x3c, 0][..]),
        ("e:f B:c=[~f]", &[0, 0x3c, 0]),
        ("e:f B:c=[!(f | 1)]", &[0, 0x3c, 0]),
        ("e:f B:c=[1 == (f ^ 1)]", &[0, 0x3c, 0]),
        ("e:f B:c=[(f & 1) && 0]", &[0, 0x3c, 0]),
        ("e:f B:c=[0 || (f & 1)]", &[0, 0x3c, 0]),
        ("e:f B:c=[f == 0 ? 1 : f & 1]", &[0, 0x3c, 0]),
        ("e:f B:c=[(f & 1) ?? 1]", &[0, 0x3c, 0]),
        ("e:f B:c=[(1 & f) < 1]", &[0, 0x3c, 0]),
        ("e:f (B:f):g B:c=[f & 1]", &[0, 0x3c, 0, 0]),
        ("2s:t B:c=[t & 1]", b"ab\0"),
        ("2s:t B:c=[t < 1]", b"ab\0"),
        ("2s:t B:c=[1 >= t]", b"ab\0"),
        ("c:t B:c=[t >> 1]", b"ab"),
        ("2B:t B:c=[t & 1]", &[1, 2, 0]),
        ("B~ipv4:t B:c=[t & 1]", &[1, 0]),
        ("Y:n B:c=[n & 1]", &[0xff; 17]),
        ("16U:n B:c=[n & 1]", &[0xff; 17]),
        ("16U{a:128}:n B:c=[n.a & 1]", &[0xff; 17]),
        ("B:n B:c=[1 << n]", &[127, 0]),
        ("B:n B:c=[1 >> n]", &[128, 0]),
        ("B:n B:c=[1 >> 128]", &[0, 0]),
        ("B:n B:c=[1 / n]", &[0, 0]),
        ("B:n B:c=[1 % n]", &[0, 0]),
        ("B:n B:c=[1 + (1 << 126) + (n << 126)]", &[1, 0]),
        ("B:n B:c=[-(n - 1 - (1 << 126) - (1 << 126))]", &[1, 0]),
        ("e:f B:c=sum(f..c, self=0) B:d=[f & 1]", &[0, 0x3c, 0x3c, 0]),
        ("e:f %p{t: f}:g", &[0, 0x3c, 0]),
        ("B:n %p{t: \"a\"}:g", &[0, 0]),
    ] {
        let format = format!("{{0: B:never}} *({fields}):items");
        let layout = compiled(&format, &[("p", "B:c=[t & 1]")]);
        let (_, error) = layout.nodes_so_far(data, Space::FILE, 0);
        let error = error
            .unwrap_or_else(|| panic!("{format}: is read"))
            .to_string();
        assert_eq!(failed_item(&error), Some(0), "{format}: {error}");
        let program = layout.whole.as_ref().unwrap();
        let (mut reader, item, order) = at_items(program, data).unwrap();
        let Some(mut skim) = Skim::new(program, item, order, &[]) else {
            continue;
        };
        assert_eq!(reader.pass_over(&mut skim), None, "{format}");
        assert_eq!(reader.at, 0, "{format}");
    }
}
