//! Counts that come from fields read before, and counts to the end of the input.

use bytewright::{Struct, Value};

use super::{both_ways, refusal};

#[test]
fn a_computed_count_makes_one_array() {
    both_ways("<H:n [n]H:items", &[2, 0, 1, 0, 2, 0], "(2, [1, 2])");
    both_ways("<B:n [n]H", &[0], "(0, [])");
    both_ways(
        "<B:n [n](BH):rows B",
        &[2, 1, 2, 0, 3, 4, 0, 5],
        "(2, [(1, 2), (3, 4)], 5)",
    );
    both_ways("B:n [n]z", b"\x02a\0b\0", "(2, [b'a', b'b'])");
    both_ways("[3]B", &[1, 2, 3], "([1, 2, 3],)");
}

#[test]
fn for_strings_and_padding_it_is_the_length() {
    both_ways("B:len [len-1]s:text", b"\x04abc", "(4, b'abc')");
    both_ways("B:len [len]p B", b"\x03\x01a\0\x07", "(3, b'a', 7)");
    both_ways("B:n [n]x B", &[2, 0, 0, 7], "(2, 7)");
}

#[test]
fn arithmetic_binds_as_everywhere() {
    for (expression, n) in [
        ("a+b*2", 3 + 2 * 2),
        ("(a+b)*2", (3 + 2) * 2),
        ("a-b-1", 0),
        ("a/b", 1),
        ("8/2/2", 2),
        ("8/(2/2)", 8),
        ("2*a-b*b", 2),
        ("0x10-0b11*a", 7),
        ("1_0", 10),
        (" ( a ) + b ", 5),
    ] {
        let format =
            Struct::new(&format!("B:a B:b [{expression}]s:text")).unwrap_or_else(|e| panic!("{e}"));
        let mut data = vec![3, 2];
        data.resize(2 + n, b'x');
        assert!(format.unpack(&data).is_ok(), "{expression} is not {n}");
    }
}

#[test]
fn division_rounds_down() {
    // 7/2 is 3; (0-7)/2 is -4, so that 4 + it is 0; 7/(0-2) is -4 likewise.
    both_ways("B:n [n/2]s", b"\x07abc", "(7, b'abc')");
    both_ways("B:n [(0-n)/2+4]s", b"\x07", "(7, b'')");
    both_ways("B:n [n/(0-2)+4]s", b"\x07", "(7, b'')");
    both_ways("B:n [(0-n)/(0-2)]s", b"\x07abc", "(7, b'abc')");
    both_ways("b:n [n/2+4]s", b"\xf9", "(-7, b'')");
}

#[test]
fn paths_go_into_groups() {
    both_ways("(B:n B):head [head.n]B", &[2, 0, 5, 6], "((2, 0), [5, 6])");
    both_ways("((B:n):b):a [a.b.n]B", &[1, 5], "(((1,),), [5])");
    // From inside a group, the fields around it are visible; the inner name goes first.
    both_ways("B:n ([n]B)", &[1, 5], "(1, ([5],))");
    both_ways("B:n (B:n [n]B)", &[9, 1, 5], "(9, (1, [5]))");
    both_ways("B:n 2([n]B)", &[1, 5, 6], "(1, [([5],), ([6],)])");
}

#[test]
fn every_item_of_a_repeated_group_has_its_own_count() {
    both_ways(
        "2(B:n [n]B)",
        &[1, 5, 2, 6, 7],
        "([(1, [5]), (2, [6, 7])],)",
    );
    both_ways(
        "*(B:n [n]s)",
        b"\x01a\x00\x02bc",
        "([(1, b'a'), (0, b''), (2, b'bc')],)",
    );
}

#[test]
fn counts_come_from_every_integer_code() {
    for (code, data) in [
        ("b", &[2][..]),
        ("<H", &[2, 0]),
        (">q", &[0, 0, 0, 0, 0, 0, 0, 2]),
        ("V", &[2]),
        ("v", &[2]),
        (">J", &[0, 0, 2]),
        (">Y", &[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2]),
    ] {
        let data = [data, &[7, 8]].concat();
        both_ways(&format!("{code}:n [n]B"), &data, "(2, [7, 8])");
    }
}

#[test]
fn a_count_out_of_bounds_is_refused() {
    assert_eq!(
        refusal("b:n [n]s:text", &[0xff]),
        "text: the count is negative: -1 at offset 0x1"
    );
    assert_eq!(
        refusal("B:n [1/n]s:text", &[0]),
        "text: the count divides by zero at offset 0x1"
    );
    assert_eq!(
        refusal(">Q:n [n*n*n]s:text", &[0xff; 8]),
        "text: the count overflows 128 bits at offset 0x8"
    );
    assert_eq!(
        refusal(">Q:n [n*2]s:text", &[0xff; 8]),
        "text: the count is too large: 36893488147419103230 at offset 0x8"
    );
    let message = refusal(">Y:n [n]s:text", &[0xff; 16]);
    assert_eq!(message, "n: a count has more than 127 bits at offset 0x0");
}

#[test]
fn the_smallest_number_divided_by_minus_one_overflows() {
    let mut smallest = vec![0; 17];
    smallest[0] = 0x80;
    smallest[16] = 0xff;
    let message = refusal(">y:n b:m [n/m]s", &smallest);
    assert_eq!(
        message,
        "field 2: the count overflows 128 bits at offset 0x11"
    );
}

#[test]
fn a_star_takes_the_rest() {
    both_ways("B *s:payload", b"\x07abc", "(7, b'abc')");
    both_ways("B *s", b"\x07", "(7, b'')");
    both_ways(">*H:all", &[0, 1, 0, 2], "([1, 2],)");
    both_ways(">*H", &[0, 1, 0, 2], "([1, 2],)");
    both_ways("*z", b"a\0b\0", "([b'a', b'b'],)");
    both_ways("*(BB):pairs", &[1, 2, 3, 4], "([(1, 2), (3, 4)],)");
    both_ways("B (B (*s:rest))", b"\x01\x02abc", "(1, (2, (b'abc',)))");
    both_ways("*p", b"\x02ab", "(b'ab',)");
    assert_eq!(super::unpacked("B *x", &[1, 2, 3]).to_string(), "(1,)");
}

#[test]
fn a_remainder_is_an_error() {
    assert_eq!(
        refusal(">B *H:all", &[9, 0, 1, 0]),
        "all: the rest of the input is 1 times 2 bytes and 1 more at offset 0x3"
    );
    assert_eq!(
        refusal("*(B:n [n]s:text)", b"\x01a\x02b"),
        "field 0[1].text: needs 2 bytes at offset 0x3, the input ends at 0x4"
    );
}

#[test]
fn a_star_stands_last_in_groups_that_do() {
    for format in [
        "*sB",
        "*s*s",
        "(*s)B",
        "2(*s)",
        "*(*s)",
        "*B |4",
        "*s x",
        "B:n [n](*s)",
    ] {
        let error = Struct::new(format).unwrap_err();
        assert_eq!(
            error.message(),
            "a field that takes the rest of the input is not the last one",
            "{format}"
        );
    }
    assert!(Struct::new("(B(B*s))").is_ok());
    assert!(Struct::new("*s # a comment is no field\n").is_ok());
}

#[test]
fn what_counts_can_refer_to() {
    for (format, message) in [
        ("[n]B:x B:n", "n is not a field that was read before"),
        ("B:n [m]B", "m is not a field that was read before"),
        ("[n]B:n", "n is not a field that was read before"),
        ("f:n [n]B", "n is not an integer"),
        ("2s:n [n]B", "n is not an integer"),
        ("?:n [n]B", "n is not an integer"),
        ("2B:n [n]B", "n is an array"),
        ("(B:a):n [n]B", "n is a group"),
        ("(B:a):n [n.b]B", "n has no field b"),
        ("B:n [n.a]B", "n is an integer and has no fields"),
        ("2(B:a):n [n.a]B", "n is repeated"),
        ("2B{a:4 b:4}:n [n.a]B", "n is an array"),
        ("(B:a) [a]B", "a is not a field that was read before"),
        ("x:n [n]B", "n is not an integer"),
    ] {
        let error = Struct::new(format).unwrap_err();
        assert_eq!(error.message(), message, "{format}");
    }
}

#[test]
fn a_computed_count_has_no_size() {
    let format = Struct::new("B:n [n]B").unwrap();
    assert_eq!(format.size(), None);
    assert_eq!(format.layout().min_size, 1);
    let values: Vec<Value> = format.unpack(&[1, 5]).unwrap().to_vec();
    assert_eq!(values, [Value::from(1), Value::List(vec![5.into()])]);
}
