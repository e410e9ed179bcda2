//! C11: structs from the inside out, and assertions about every offset.

use std::fmt::Write;

use super::{Part, natural_alignment, note, parts};
use crate::structs::{Family, Member, MemberKind, Shape};

const KEYWORDS: &[&str] = &[
    "auto",
    "bool",
    "break",
    "case",
    "char",
    "const",
    "continue",
    "default",
    "do",
    "double",
    "else",
    "enum",
    "extern",
    "false",
    "float",
    "for",
    "goto",
    "if",
    "inline",
    "int",
    "long",
    "register",
    "restrict",
    "return",
    "short",
    "signed",
    "sizeof",
    "static",
    "struct",
    "switch",
    "true",
    "typedef",
    "union",
    "unsigned",
    "void",
    "volatile",
    "while",
    "asm",
    "typeof",
    "alignas",
    "alignof",
    "nullptr",
    "constexpr",
    "thread_local",
    "static_assert",
    "class",
    "new",
    "delete",
    "this",
    "template",
    "public",
    "private",
    "protected",
    "operator",
    "namespace",
    "linux",
    "unix",
];

/// A C struct of the same layout. Byte order is said in comments: C's types have none.
///
/// ```
/// let shape = bytewright::Struct::new("<H:id I:size")?.shape()?;
/// let text = bytewright::render::export::c(&shape);
/// assert!(text.contains("uint32_t size; /* 0x2; little-endian */"));
/// # Ok::<(), bytewright::Error>(())
/// ```
pub fn c(shape: &Shape) -> String {
    let mut out = String::from("#include <assert.h>\n#include <stddef.h>\n#include <stdint.h>\n");
    let packed = natural_alignment(shape).is_none();
    if packed {
        out += "\n#pragma pack(push, 1)";
    }
    define("record", shape, &mut out);
    if packed {
        out += "#pragma pack(pop)\n";
    }
    out
}

fn define(name: &str, shape: &Shape, out: &mut String) {
    let parts = parts(shape, KEYWORDS);
    for part in &parts {
        if let Part::Member(
            field,
            Member {
                kind: MemberKind::Group(group),
                ..
            },
        ) = part
        {
            define(&format!("{name}_{field}"), group, out);
        }
    }
    let mut body = String::new();
    let mut checks = String::new();
    for part in &parts {
        match part {
            Part::Gap(gap, size) => {
                let _ = writeln!(body, "    uint8_t {gap}[{size}];");
            }
            // C has no arrays and no structs without any bytes.
            Part::Member(field, member) if member.total() == 0 => {
                let _ = writeln!(body, "    /* {field} has no bytes */");
            }
            Part::Member(field, member) => {
                let (ty, inner, remark) = declaration(name, field, member);
                let count = member.count.map_or_else(String::new, |n| format!("[{n}]"));
                let comment = comment(&note(field, member, &[remark]));
                let _ = writeln!(body, "    {ty} {field}{count}{inner}; /* {comment} */");
                let offset = member.offset;
                let _ = writeln!(
                    checks,
                    "static_assert(offsetof(struct {name}, {field}) == {offset}, \"{field}\");"
                );
            }
        }
    }
    if shape.size == 0 {
        let _ = writeln!(out, "\n/* struct {name} has no bytes */");
        return;
    }
    let size = shape.size;
    let _ = write!(
        out,
        "\nstruct {name} {{\n{body}}};\n\
         static_assert(sizeof(struct {name}) == {size}, \"{name}\");\n{checks}"
    );
}

/// The type, what follows the name, and what to say about it.
fn declaration(name: &str, field: &str, member: &Member) -> (String, String, &'static str) {
    let size = member.size;
    let plain = |ty: &str| (ty.to_owned(), String::new(), "");
    let (scalar, bits) = match &member.kind {
        MemberKind::Scalar(scalar) => (scalar, false),
        MemberKind::Bits(scalar, _) => (scalar, true),
        MemberKind::Bytes => return ("char".into(), format!("[{size}]"), ""),
        MemberKind::Pascal => return ("uint8_t".into(), format!("[{size}]"), ""),
        MemberKind::Group(_) => return plain(&format!("struct {name}_{field}")),
    };
    match (scalar.family, size) {
        (Family::Char, _) => plain("char"),
        (Family::Bool, _) => ("uint8_t".into(), String::new(), "a truth value"),
        (Family::Float, 4) => plain("float"),
        (Family::Float, 8) => plain("double"),
        (Family::Float, _) => ("uint16_t".into(), String::new(), "a half-precision float"),
        (Family::Complex, 8) => ("float".into(), "[2]".into(), "real and imaginary part"),
        (Family::Complex, _) => ("double".into(), "[2]".into(), "real and imaginary part"),
        (Family::Integer, 1 | 2 | 4 | 8) => {
            let u = if scalar.signed && !bits { "" } else { "u" };
            plain(&format!("{u}int{}_t", size.saturating_mul(8)))
        }
        (Family::Integer, _) => (
            "uint8_t".into(),
            format!("[{size}]"),
            "an integer that C has no type for",
        ),
    }
}

fn comment(text: &str) -> String {
    text.replace("*/", "* /")
}
