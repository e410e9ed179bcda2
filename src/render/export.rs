//! The layout of a format in other languages: a C struct, a Rust struct, a NumPy dtype, a
//! Python format string. All four describe the same bytes; comments say what a language can't
//! express.

mod c;
mod names;
mod numpy;
mod python;
mod rust;

pub use c::c;
pub use numpy::numpy;
pub use python::python;
pub use rust::rust;

use names::Names;

use crate::offset::Position;
use crate::structs::{Family, Member, MemberKind, ScalarKind, Shape};

/// A part of a struct as the writers see it: a member with its final name, or a gap.
enum Part<'a> {
    Member(String, &'a Member),
    /// Padding: a name for it, and how many bytes.
    Gap(String, u64),
}

/// The members of a shape in order, with the gaps between them and at the end.
fn parts<'a>(shape: &'a Shape, keywords: &[&str]) -> Vec<Part<'a>> {
    let mut names = Names::new(keywords);
    let mut parts = Vec::new();
    let mut end = 0u64;
    let gap = |from: u64, to: u64, names: &mut Names, parts: &mut Vec<Part<'a>>| {
        if to > from {
            parts.push(Part::Gap(names.padding(), to.since(from)));
        }
    };
    for (i, member) in shape.members.iter().enumerate() {
        gap(end, member.offset, &mut names, &mut parts);
        parts.push(Part::Member(names.of(member.name.as_deref(), i), member));
        end = member.offset.past(member.total());
    }
    gap(end, shape.size, &mut names, &mut parts);
    parts
}

/// The alignment of the struct, where a compiler lays out the same bytes without packing; `None` where it wouldn't.
fn natural_alignment(shape: &Shape) -> Option<u64> {
    let mut most = 1;
    for member in &shape.members {
        let alignment = match &member.kind {
            MemberKind::Scalar(scalar) | MemberKind::Bits(scalar, _) => {
                scalar_alignment(*scalar, member.size)
            }
            MemberKind::Bytes | MemberKind::Pascal => 1,
            MemberKind::Group(group) => natural_alignment(group)?,
        };
        if !member.offset.is_multiple_of(alignment) {
            return None;
        }
        most = most.max(alignment);
    }
    shape.size.is_multiple_of(most).then_some(most)
}

/// The alignment of the type that a scalar becomes; of what becomes bytes, 1.
fn scalar_alignment(scalar: ScalarKind, size: u64) -> u64 {
    match (scalar.family, size) {
        (Family::Complex, size) => size / 2,
        (Family::Integer | Family::Float, 2 | 4 | 8) => size,
        _ => 1,
    }
}

/// The byte order, where there is one to speak of.
fn order(scalar: ScalarKind, size: u64) -> &'static str {
    match (size, scalar.little_endian) {
        (0 | 1, _) => "",
        (_, true) => "little-endian",
        (_, false) => "big-endian",
    }
}

/// The comment of a member, which its declaration calls `name`.
fn note(name: &str, member: &Member, notes: &[&str]) -> String {
    let mut said: Vec<String> = vec![format!("{:#x}", member.offset)];
    if let Some(own) = member.name.as_deref().filter(|own| *own != name) {
        said.push(format!("{own} in the format"));
    }
    match &member.kind {
        MemberKind::Scalar(scalar) | MemberKind::Bits(scalar, _) => {
            said.push(order(*scalar, member.size).to_owned());
        }
        MemberKind::Pascal => said.push("a length byte, then bytes".into()),
        _ => {}
    }
    if let MemberKind::Bits(_, parts) = &member.kind {
        let parts = parts.iter().map(|(name, first, count)| {
            let name = name.as_deref().unwrap_or("reserved");
            match count {
                1 => format!("{name}: bit {first}"),
                _ => format!(
                    "{name}: bits {first} to {}",
                    first.saturating_add(*count).saturating_sub(1)
                ),
            }
        });
        said.push(parts.collect::<Vec<_>>().join(", "));
    }
    if let Some(constant) = &member.constant {
        said.push(format!("always {constant}"));
    }
    said.extend(notes.iter().map(|&note| note.to_owned()));
    said.retain(|note| !note.is_empty());
    said.join("; ")
}
