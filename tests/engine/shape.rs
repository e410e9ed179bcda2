//! The shape of a struct, as a program in another language needs it.

use bytewright::Value;
use bytewright::structs::{Family, Member, MemberKind, ScalarKind, Shape};

use super::compiled;

fn shape(format: &str) -> Shape {
    compiled(format)
        .shape()
        .unwrap_or_else(|e| panic!("{format}: {e}"))
}

/// A member in one line: name, offset, size, count.
fn line(member: &Member) -> String {
    let name = member.name.as_deref().unwrap_or("-");
    let count = member.count.map_or(String::new(), |n| format!("[{n}]"));
    format!("{name} {}+{}{count}", member.offset, member.size)
}

fn scalar(format: &str) -> ScalarKind {
    match &shape(format).members[..] {
        [
            Member {
                kind: MemberKind::Scalar(scalar),
                ..
            },
        ] => *scalar,
        other => panic!("{format}: {other:?}"),
    }
}

#[test]
fn members_have_their_places() {
    let shape = shape("<B:a x 3H:list 2H 4s:text 3p (B:x |4 I:y):g 2(HB):pairs |8");
    let lines: Vec<String> = shape.members.iter().map(line).collect();
    assert_eq!(shape.size, 32);
    assert_eq!(
        lines,
        [
            "a 0+1",
            "list 2+2[3]",
            "- 8+2[2]",
            "text 12+4",
            "- 16+3",
            "g 19+5",
            "pairs 24+3[2]",
        ]
    );
    let kinds: Vec<&MemberKind> = shape.members.iter().map(|member| &member.kind).collect();
    assert!(matches!(kinds[3], MemberKind::Bytes));
    assert!(matches!(kinds[4], MemberKind::Pascal));
    let MemberKind::Group(group) = kinds[5] else {
        panic!("{:?}", kinds[5])
    };
    // Counted from the group, not from the struct: 19 is its start, 20 is a multiple of 4.
    assert_eq!(line(&group.members[1]), "y 1+4");
}

#[test]
fn scalars_have_order_sign_and_family() {
    for (format, expected) in [
        ("<h", ("h", true, true, Family::Integer)),
        (">H", ("H", false, false, Family::Integer)),
        (">Y", ("Y", false, false, Family::Integer)),
        ("<e", ("e", true, false, Family::Float)),
        (">d", ("d", false, false, Family::Float)),
        ("<Zf", ("Zf", true, false, Family::Complex)),
        ("<?", ("?", true, false, Family::Bool)),
        ("<c", ("c", true, false, Family::Char)),
    ] {
        let kind = scalar(format);
        let told = (kind.letters, kind.little_endian, kind.signed, kind.family);
        assert_eq!(told, expected, "{format}");
    }
}

#[test]
fn bit_fields_and_constants_are_told() {
    let told = shape(">H{a:1 _:3 b:12} 2b{x:3 y:5}:n B=7 2s:magic='BM'");
    let lines: Vec<String> = told.members.iter().map(line).collect();
    assert_eq!(lines, ["- 0+2", "n 2+1[2]", "- 4+1", "magic 5+2"]);
    let MemberKind::Bits(integer, bits) = &told.members[0].kind else {
        panic!()
    };
    assert_eq!((integer.letters, integer.little_endian), ("H", false));
    let name = |name: &str| Some(name.to_owned());
    assert_eq!(
        bits[..],
        [(name("a"), 15, 1), (None, 12, 3), (name("b"), 0, 12)]
    );
    let MemberKind::Bits(integer, bits) = &told.members[1].kind else {
        panic!()
    };
    assert!(integer.signed);
    assert_eq!(bits[..], [(name("x"), 5, 3), (name("y"), 0, 5)]);
    let constants: Vec<_> = told
        .members
        .iter()
        .map(|member| member.constant.clone())
        .collect();
    assert_eq!(
        constants,
        [None, None, Some(Value::from(7)), Some(Value::from("BM"))]
    );
}

#[test]
fn what_has_no_shape_is_named() {
    let refused = |format: &str| compiled(format).shape().unwrap_err().to_string();
    for (format, message) in [
        ("<B z:text", "text: only data can tell its size"),
        ("B:n [n]B:list", "list: only data can tell its size"),
        ("<B (B (V:n):in):out", "out: only data can tell its size"),
        (
            "<B 2(B |2):list",
            "list: alignment makes its items differ in size",
        ),
        (
            "<B (B 3(BB |4):in):out",
            "out.in: alignment makes its items differ in size",
        ),
    ] {
        assert_eq!(refused(format), message, "{format}");
    }
    // Items that begin alike are alike; one item has no other to differ from.
    assert_eq!(shape("<2(B |2):list").members[0].size, 2);
    assert_eq!(shape("<B 1(B |4):list").members[1].size, 3);
    assert_eq!(shape("<B 0(B |4):list").members[1].count, Some(0));
}
