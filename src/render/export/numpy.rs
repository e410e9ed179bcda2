//! NumPy: a dtype with names, formats and offsets.

use std::fmt::Write;

use super::{Part, note, parts};
use crate::offset::Position;
use crate::structs::{Family, Member, MemberKind, ScalarKind, Shape};

/// A NumPy dtype of the same layout.
///
/// ```
/// let shape = bytewright::Struct::new(">H:id 2f:xy")?.shape()?;
/// let text = bytewright::render::export::numpy(&shape);
/// assert!(text.contains("('>f4', (2,)),"));
/// # Ok::<(), bytewright::Error>(())
/// ```
pub fn numpy(shape: &Shape) -> String {
    let mut out = String::from("import numpy as np\n\nrecord = ");
    dtype(shape, 0, &mut out);
    out.push('\n');
    out
}

fn dtype(shape: &Shape, depth: usize, out: &mut String) {
    let indent = "    ".repeat(depth);
    let parts = parts(shape, &[]);
    let members: Vec<(&String, &Member)> = parts
        .iter()
        .filter_map(|part| match part {
            Part::Member(name, member) => Some((name, *member)),
            Part::Gap(..) => None,
        })
        .collect();
    out.push_str("np.dtype({\n");
    let names: Vec<String> = members
        .iter()
        .map(|(name, _)| format!("'{name}'"))
        .collect();
    let _ = writeln!(out, "{indent}    'names': [{}],", names.join(", "));
    let _ = writeln!(out, "{indent}    'formats': [");
    for (name, member) in &members {
        out.push_str(&indent);
        out.push_str("        ");
        if member.count.is_some() {
            out.push('(');
        }
        let mut remark = "";
        if let MemberKind::Group(group) = &member.kind {
            dtype(group, depth.past(2), out);
        } else if let Some((text, said)) = format(member) {
            out.push_str(&text);
            remark = said;
        }
        if let Some(n) = member.count {
            let _ = write!(out, ", ({n},))");
        }
        let _ = writeln!(out, ",  # {}", note(name, member, &[remark]));
    }
    let _ = writeln!(out, "{indent}    ],");
    let offsets: Vec<String> = members.iter().map(|(_, m)| m.offset.to_string()).collect();
    let _ = writeln!(out, "{indent}    'offsets': [{}],", offsets.join(", "));
    let _ = write!(out, "{indent}    'itemsize': {},\n{indent}}})", shape.size);
}

/// The format of an item and what to say about it; `None` for a group.
fn format(member: &Member) -> Option<(String, &'static str)> {
    let size = member.size;
    let (scalar, bits): (&ScalarKind, bool) = match &member.kind {
        MemberKind::Scalar(scalar) => (scalar, false),
        MemberKind::Bits(scalar, _) => (scalar, true),
        // `S` would drop zeros at the end.
        MemberKind::Bytes | MemberKind::Pascal => return Some((format!("'V{size}'"), "")),
        MemberKind::Group(_) => return None,
    };
    let order = match (size, scalar.little_endian) {
        (1, _) => '|',
        (_, true) => '<',
        (_, false) => '>',
    };
    Some(match (scalar.family, size) {
        (Family::Char, _) => ("'V1'".into(), ""),
        (Family::Bool, _) => ("'|u1'".into(), "a truth value"),
        (Family::Float, _) => (format!("'{order}f{size}'"), ""),
        (Family::Complex, _) => (format!("'{order}c{size}'"), ""),
        (Family::Integer, 1 | 2 | 4 | 8) => {
            let sign = if scalar.signed && !bits { 'i' } else { 'u' };
            (format!("'{order}{sign}{size}'"), "")
        }
        (Family::Integer, _) => (
            format!("'V{size}'"),
            "an integer that NumPy has no type for",
        ),
    })
}
