//! The shape of a struct of fixed size: what a program in another language needs to know to lay
//! out the same bytes.

use super::Struct;
use super::code::Kind;
use super::error::DataError;
use super::plan::{Body, Count, Element, Field, Measure, Repeat, Scalar};
use crate::offset::Position;
use crate::value::Value;

/// A struct or a group: its size in bytes and what lies in it, in order and without overlaps.
/// Bytes that no member covers are padding.
///
/// ```
/// use bytewright::Struct;
/// use bytewright::structs::MemberKind;
///
/// let shape = Struct::new("<H:id x 2(B:x B:y):points")?.shape()?;
/// assert_eq!(shape.size, 7);
/// let points = &shape.members[1];
/// assert_eq!((points.offset, points.count), (3, Some(2)));
/// let MemberKind::Group(point) = &points.kind else { panic!("a group") };
/// assert_eq!(point.members[1].offset, 1);
/// # Ok::<(), bytewright::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Shape {
    /// The size in bytes.
    pub size: u64,
    /// The fields that have a value.
    pub members: Vec<Member>,
}

/// A field of a [`Shape`].
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Member {
    /// Its name, where it has one.
    pub name: Option<String>,
    /// From the start of the struct or of the group around it, in bytes.
    pub offset: u64,
    /// The size of one item, in bytes.
    pub size: u64,
    /// How many items, where it is an array.
    pub count: Option<u64>,
    /// What each item is.
    pub kind: MemberKind,
    /// The value that the format states.
    pub constant: Option<Value>,
}

impl Member {
    /// The size of all items, in bytes.
    pub(crate) fn total(&self) -> u64 {
        self.size.saturating_mul(self.count.unwrap_or(1))
    }
}

/// What an item of a [`Member`] is.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum MemberKind {
    /// A number, a truth value, a byte or an address.
    Scalar(ScalarKind),
    /// Bytes: `s`.
    Bytes,
    /// A length byte and bytes: `p`.
    Pascal,
    /// The bit fields of an integer: name, lowest bit, how many.
    Bits(ScalarKind, Vec<(Option<String>, u8, u8)>),
    /// A group.
    Group(Shape),
}

/// A code of fixed size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ScalarKind {
    /// The code: `I`.
    pub letters: &'static str,
    /// Whether it is little-endian.
    pub little_endian: bool,
    /// Whether it is a signed integer.
    pub signed: bool,
    /// What family of codes it is of.
    pub family: Family,
}

/// A family of codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Family {
    /// Integers of 1 to 16 bytes, addresses included.
    Integer,
    /// Floats of 2, 4 and 8 bytes.
    Float,
    /// Two floats.
    Complex,
    /// `?`.
    Bool,
    /// `c`.
    Char,
}

impl Struct {
    /// The shape of a struct of fixed size.
    ///
    /// # Errors
    ///
    /// When only data can tell the size of some field, or when alignment makes the items of an
    /// array differ in size; the error names the field.
    pub fn shape(&self) -> Result<Shape, DataError> {
        let (shape, _) = level(&self.plan.body, 0, &mut Measure::default())?;
        Ok(shape)
    }
}

impl Struct {
    /// The kind of the first field, whatever its size; the format of a node has only one.
    #[cfg(feature = "inspect")]
    pub(crate) fn first_kind(&self) -> Option<MemberKind> {
        match self.plan.body.fields.first()?.element {
            Element::Bytes(_) => Some(MemberKind::Bytes),
            Element::Pascal(_) => Some(MemberKind::Pascal),
            _ => {
                let members = self.shape().ok()?.members;
                members.into_iter().next().map(|member| member.kind)
            }
        }
    }
}

/// The shape of a level that begins at `start`, counted from the outermost struct, and where it
/// ends.
fn level(body: &Body, start: u64, measure: &mut Measure) -> Result<(Shape, u64), DataError> {
    let mut members = Vec::new();
    let mut at = start;
    for field in &body.fields {
        let within = |e: DataError| e.within(field.segment(0));
        if field.is_dynamic() {
            return Err(within(DataError::other("only data can tell its size")));
        }
        let too_large = |_| within(DataError::other("the size is too large"));
        let (begin, end) = measure.field(field, at).map_err(too_large)?;
        at = end;
        let Some((size, kind)) = item(field, begin, measure).map_err(within)? else {
            continue;
        };
        members.push(Member {
            name: field.name.as_deref().map(str::to_owned),
            offset: begin.since(start),
            size,
            count: match &field.repeat {
                Repeat::One => None,
                _ => field.repetitions(),
            },
            kind,
            constant: field
                .constant
                .as_ref()
                .map(|constant| constant.value.clone()),
        });
    }
    let size = at.since(start);
    Ok((Shape { size, members }, at))
}

/// The size of an item and what it is; `None` for padding.
fn item(
    field: &Field,
    begin: u64,
    measure: &mut Measure,
) -> Result<Option<(u64, MemberKind)>, DataError> {
    Ok(Some(match &field.element {
        Element::Scalar(scalar) => (
            u64::from(scalar.size),
            MemberKind::Scalar(scalar_kind(*scalar)),
        ),
        Element::Bytes(Count::Fixed(n)) => (*n, MemberKind::Bytes),
        Element::Pascal(Count::Fixed(n)) => (*n, MemberKind::Pascal),
        Element::Bits(bits) => {
            let parts = bits.fields.iter().map(|bit| {
                let name = bit.name.as_deref().map(str::to_owned);
                (name, bit.first, bit.width)
            });
            let kind = MemberKind::Bits(scalar_kind(bits.integer), parts.collect());
            (u64::from(bits.integer.size), kind)
        }
        Element::Group(group) => {
            let (shape, end) = level(group, begin, measure)?;
            // The second item has the layout of the first if it begins at the same multiple of the alignment.
            let again = |at: u64| at.checked_rem(group.alignment).unwrap_or(0);
            if field.repetitions() > Some(1) && again(begin) != again(end) {
                return Err(DataError::other("alignment makes its items differ in size"));
            }
            match shape.members.as_slice() {
                [bits] if group.is_bits => (bits.size, bits.kind.clone()),
                _ => (shape.size, MemberKind::Group(shape)),
            }
        }
        _ => return Ok(None),
    }))
}

fn scalar_kind(scalar: Scalar) -> ScalarKind {
    ScalarKind {
        letters: scalar.letters,
        little_endian: scalar.little,
        signed: scalar.kind == Kind::Int { signed: true },
        family: match scalar.kind {
            Kind::Float => Family::Float,
            Kind::Complex => Family::Complex,
            Kind::Bool => Family::Bool,
            Kind::Char => Family::Char,
            _ => Family::Integer,
        },
    }
}
