//! Rust: `#[repr(C)]` structs from the inside out, and assertions about every offset.

use std::fmt::Write;

use super::{Part, natural_alignment, note, parts};
use crate::structs::{Family, Member, MemberKind, Shape};

const KEYWORDS: &[&str] = &[
    "as", "async", "await", "break", "const", "continue", "crate", "dyn", "else", "enum", "extern",
    "false", "fn", "for", "if", "impl", "in", "let", "loop", "match", "mod", "move", "mut", "pub",
    "ref", "return", "self", "Self", "static", "struct", "super", "trait", "true", "type",
    "unsafe", "use", "where", "while", "abstract", "become", "box", "do", "final", "gen", "macro",
    "override", "priv", "try", "typeof", "unsized", "virtual", "yield", "union",
];

/// A `#[repr(C)]` struct of the same layout, packed where it has to be. Byte order is said in
/// comments: `from_be` and `from_le` undo it.
///
/// ```
/// let shape = bytewright::Struct::new(">H:id I:size")?.shape()?;
/// let text = bytewright::render::export::rust(&shape);
/// assert!(text.contains("#[repr(C, packed)]"));
/// assert!(text.contains("pub size: u32, // 0x2; big-endian"));
/// # Ok::<(), bytewright::Error>(())
/// ```
pub fn rust(shape: &Shape) -> String {
    let mut out = String::new();
    let packed = natural_alignment(shape).is_none();
    define("Record", shape, packed, &mut out);
    out
}

fn define(name: &str, shape: &Shape, packed: bool, out: &mut String) {
    let parts = parts(shape, KEYWORDS);
    for (i, part) in parts.iter().enumerate() {
        if let Part::Member(
            _,
            Member {
                kind: MemberKind::Group(group),
                ..
            },
        ) = part
        {
            define(&format!("{name}{i}"), group, packed, out);
        }
    }
    let mut body = String::new();
    let mut checks = String::new();
    for (i, part) in parts.iter().enumerate() {
        match part {
            Part::Gap(gap, size) => {
                let _ = writeln!(body, "    pub {gap}: [u8; {size}],");
            }
            Part::Member(field, member) => {
                let (ty, remark) = declaration(&format!("{name}{i}"), member);
                let ty = match member.count {
                    Some(n) => format!("[{ty}; {n}]"),
                    None => ty,
                };
                let note = note(field, member, &[remark]);
                let _ = writeln!(body, "    pub {field}: {ty}, // {note}");
                let offset = member.offset;
                let _ = writeln!(
                    checks,
                    "const _: () = assert!(::core::mem::offset_of!({name}, {field}) == {offset});"
                );
            }
        }
    }
    let repr = if packed { "C, packed" } else { "C" };
    let size = shape.size;
    let _ = write!(
        out,
        "{}#[repr({repr})]\n#[derive(Clone, Copy)]\npub struct {name} {{\n{body}}}\n\
         const _: () = assert!(::core::mem::size_of::<{name}>() == {size});\n{checks}",
        if out.is_empty() { "" } else { "\n" }
    );
}

fn declaration(group: &str, member: &Member) -> (String, &'static str) {
    let size = member.size;
    let (scalar, bits) = match &member.kind {
        MemberKind::Scalar(scalar) => (scalar, false),
        MemberKind::Bits(scalar, _) => (scalar, true),
        MemberKind::Bytes | MemberKind::Pascal => return (format!("[u8; {size}]"), ""),
        MemberKind::Group(_) => return (group.to_owned(), ""),
    };
    match (scalar.family, size) {
        (Family::Char, _) => ("u8".into(), ""),
        (Family::Bool, _) => ("u8".into(), "a truth value"),
        (Family::Float, 4) => ("f32".into(), ""),
        (Family::Float, 8) => ("f64".into(), ""),
        (Family::Float, _) => ("u16".into(), "a half-precision float"),
        (Family::Complex, 8) => ("[f32; 2]".into(), "real and imaginary part"),
        (Family::Complex, _) => ("[f64; 2]".into(), "real and imaginary part"),
        (Family::Integer, 1 | 2 | 4 | 8) => {
            let sign = if scalar.signed && !bits { 'i' } else { 'u' };
            (format!("{sign}{}", size.saturating_mul(8)), "")
        }
        // u128 would be aligned to 16, which no format is.
        (Family::Integer, 16) => ("[u8; 16]".into(), "an integer, from its bytes"),
        (Family::Integer, _) => (
            format!("[u8; {size}]"),
            "an integer that Rust has no type for",
        ),
    }
}
