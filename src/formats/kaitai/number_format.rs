//! Numbers of whole bytes, and their formats.

use super::spec::{Field, Kind, KindOf, Shape};

/// Numbers that are one leaf together.
#[derive(Clone, Copy)]
pub(super) struct NumberFormat {
    pub(super) letter: char,
    pub(super) width: u8,
    pub(super) little: Option<bool>,
}

impl NumberFormat {
    pub(super) fn of(kind: &Kind) -> Option<NumberFormat> {
        let (letter, width, little) = match kind {
            Kind::Integer {
                signed,
                width,
                little,
            } => {
                let letter = match width {
                    1 => 'b',
                    2 => 'h',
                    4 => 'i',
                    _ => 'q',
                };
                let letter = if *signed {
                    letter
                } else {
                    letter.to_ascii_uppercase()
                };
                (letter, *width, *little)
            }
            Kind::Float { width, little } => (if *width == 4 { 'f' } else { 'd' }, *width, *little),
            _ => return None,
        };
        Some(NumberFormat {
            letter,
            width,
            little,
        })
    }

    pub(super) fn format(self, little: bool) -> &'static str {
        match (self.letter, little) {
            ('b', true) => "<b",
            ('b', false) => ">b",
            ('B', true) => "<B",
            ('B', false) => ">B",
            ('h', true) => "<h",
            ('h', false) => ">h",
            ('H', true) => "<H",
            ('H', false) => ">H",
            ('i', true) => "<i",
            ('i', false) => ">i",
            ('I', true) => "<I",
            ('I', false) => ">I",
            ('q', true) => "<q",
            ('q', false) => ">q",
            ('Q', true) => "<Q",
            ('Q', false) => ">Q",
            ('f', true) => "<f",
            ('f', false) => ">f",
            (_, true) => "<d",
            (_, false) => ">d",
        }
    }

    /// Those of a list that is one leaf: none of an enum, whose members are told one by one.
    pub(super) fn of_items(field: &Field, shape: &Shape) -> Option<NumberFormat> {
        match &shape.kind {
            KindOf::One(kind) if field.enumeration.is_none() => NumberFormat::of(kind),
            _ => None,
        }
    }
}
