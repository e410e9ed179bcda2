//! A header of a file format: a schema among the constants of the program, compiled when it is
//! first used.

use std::ops::Range as Bounds;
use std::sync::OnceLock;

use super::field::count;
use super::{Fact, Field, Meanings, Schema};
use crate::offset::Position;
use crate::structs::{DataError, FromField, Place, Struct};
use crate::tree::{Node, Range, Role, Space};
use crate::value::{Record, Value};

/// A structure of a file format, which its tree, its typed headers and its writer go by.
///
/// ```
/// use bytewright::schema::{Field, Header};
///
/// const FORMAT: &str = "<2s:magic H:x H:y";
/// static POINT: Header = Header::new("point", "A place.", FORMAT, &[FORMAT], &[]);
/// const Y: Field = Field::of(&[FORMAT], "y");
///
/// let bytes = POINT.pack(POINT.size(), &[(Y, 7.into())])?;
/// assert_eq!(POINT.get::<u16>(&bytes, Y), Some(7));
/// assert_eq!(POINT.get::<u16>(&bytes[..5], Y), None);
/// # Ok::<(), bytewright::DataError>(())
/// ```
#[derive(Debug)]
pub struct Header {
    name: &'static str,
    schema: Schema,
    /// The formats that share fields with it, itself among them.
    family: &'static [&'static str],
    layout: OnceLock<Struct>,
    meanings: OnceLock<Meanings>,
    /// Where each field of the family is in this header.
    places: OnceLock<Box<[OnceLock<Option<Place>>]>>,
    /// Where each field of the outermost level ends.
    ends: OnceLock<Vec<u64>>,
}

impl Header {
    /// A header with the name that its node has. `family` holds the formats whose [fields](Field)
    /// it is asked for, its own among them.
    pub const fn new(
        name: &'static str,
        doc: &'static str,
        format: &'static str,
        family: &'static [&'static str],
        facts: &'static [&'static [(&'static str, Fact)]],
    ) -> Header {
        Header {
            name,
            schema: Schema::constant(name, doc, format, facts),
            family,
            layout: OnceLock::new(),
            meanings: OnceLock::new(),
            places: OnceLock::new(),
            ends: OnceLock::new(),
        }
    }

    /// What it states.
    pub const fn schema(&self) -> &Schema {
        &self.schema
    }

    /// The name of the structure in a tree.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The compiled format.
    #[expect(
        clippy::expect_used,
        reason = "a constant; a test of each format compiles its headers"
    )]
    pub fn layout(&self) -> &Struct {
        self.layout
            .get_or_init(|| Struct::new(&self.schema.format).expect("a header has a valid format"))
    }

    /// What its values mean.
    pub fn meanings(&self) -> &Meanings {
        self.meanings.get_or_init(|| Meanings::of(&self.schema))
    }

    /// The size of the whole structure in bytes; 0 where only data can tell.
    pub fn size(&self) -> u64 {
        self.layout().size().unwrap_or(0)
    }

    /// Whether the structure can be cut after `size` bytes: a field ends there.
    pub fn ends_at(&self, size: u64) -> bool {
        self.ends().contains(&size)
    }

    /// Where the last field ends that fits into `size` bytes; 0 where not even the first does.
    ///
    /// ```
    /// use bytewright::formats::bmp::layout::OS2_HEADER;
    ///
    /// assert_eq!(OS2_HEADER.cut(19), 16);
    /// ```
    pub fn cut(&self, size: u64) -> u64 {
        let ends = self.ends().iter();
        ends.copied()
            .take_while(|end| *end <= size)
            .last()
            .unwrap_or(0)
    }

    fn ends(&self) -> &[u64] {
        self.ends.get_or_init(|| {
            let entries = self.layout().layout().entries.into_iter();
            let own = entries.filter(|entry| entry.depth == 0 && !entry.path.is_empty());
            own.filter_map(|entry| entry.offset?.checked_add(entry.size?))
                .collect()
        })
    }

    /// The value of a field in the bytes of a header; `None` where the header has no such field, or
    /// the bytes end before it does.
    #[inline]
    pub fn get<'a, T: FromField<'a>>(&self, bytes: &'a [u8], field: Field) -> Option<T> {
        self.place(field)?.read(bytes).ok()
    }

    /// The bytes of a field in those of a header; `None` as for [`get`](Header::get).
    #[inline]
    pub fn bytes<'a>(&self, bytes: &'a [u8], field: Field) -> Option<&'a [u8]> {
        bytes.get(self.bounds(field)?)
    }

    /// The bytes from the begin of a field up to the end of another; `None` as for [`get`](Header::get).
    pub fn span<'a>(&self, bytes: &'a [u8], first: Field, last: Field) -> Option<&'a [u8]> {
        bytes.get(self.bounds(first)?.start..self.bounds(last)?.end)
    }

    /// The bytes of a field in a header that begins at `base`; `None` where the header has no such
    /// field.
    pub fn range(&self, field: Field, base: u64) -> Option<Range> {
        let bounds = self.bounds(field)?;
        let start = base.past(bounds.start as u64);
        Some(Range::file(start, bounds.len() as u64))
    }

    /// Writes bytes into a field, filled up with NULs; nothing where the header has no such field.
    ///
    /// # Errors
    ///
    /// When the bytes don't fit into the field, or `header` ends before it.
    pub fn put(&self, header: &mut [u8], field: Field, bytes: &[u8]) -> Result<(), DataError> {
        match self.place(field) {
            Some(place) => place.put(header, bytes),
            None => Ok(()),
        }
    }

    /// How many bytes a field has; 0 where the header has no such field.
    pub fn width(&self, field: Field) -> usize {
        self.bounds(field).map_or(0, |bounds| bounds.len())
    }

    fn bounds(&self, field: Field) -> Option<Bounds<usize>> {
        Some(self.place(field)?.range())
    }

    #[inline]
    fn place(&self, field: Field) -> Option<&Place> {
        let places = self.places.get_or_init(|| {
            let empty = std::iter::repeat_with(OnceLock::new);
            empty.take(count(self.family)).collect()
        });
        let place = places.get(field.index())?;
        let find = || {
            let found = self.layout().single(field.path());
            debug_assert!(found.is_ok() || self.family.len() > 1, "{found:?}");
            found.ok()
        };
        place.get_or_init(find).as_ref()
    }

    /// What a value of a field is called; `None` where it has no name.
    pub fn name_of(&self, field: Field, value: &Value) -> Option<&str> {
        let mut facts = self
            .schema
            .facts()
            .filter(|(path, _)| *path == field.path());
        facts.find_map(|(_, fact)| match fact {
            Fact::Names(names) => names.name(value),
            _ => None,
        })
    }

    /// The first `size` bytes of a header in which some fields are given and the others are zeros.
    /// What the header lacks is left out.
    ///
    /// # Errors
    ///
    /// When a value doesn't fit its field.
    pub fn pack(&self, size: u64, given: &[(Field, Value)]) -> Result<Vec<u8>, DataError> {
        let zeros = vec![0; usize::try_from(self.size()).unwrap_or(0)];
        let record = self.layout().unpack(&zeros)?;
        let fields = record.entries().map(|(name, zero)| {
            let value = given.iter().find(|(field, _)| *name == *field.path());
            let value = value.map_or(zero, |(_, value)| value);
            (name, value.clone())
        });
        let mut bytes = self.layout().pack(&fields.collect::<Record>())?;
        bytes.truncate(usize::try_from(size).unwrap_or(usize::MAX));
        Ok(bytes)
    }

    /// The fields of a header at `offset` of a space, as many as `bytes` hold, and a gap for what is
    /// left of a field that they cut.
    pub fn fields(&self, bytes: &[u8], space: Space, offset: u64) -> Vec<Node> {
        let (mut nodes, _) = self.layout().nodes_so_far(bytes, space, offset);
        let end = nodes.last().map_or(offset, |node| node.range.end());
        let all = offset.past(bytes.len() as u64);
        if all > end {
            let rest = Range::new(space, end, all.since(end));
            nodes.push(Node::new("cut", rest).role(Role::Gap));
        }
        nodes
    }

    /// The same with what their values mean.
    pub fn nodes(&self, bytes: &[u8], space: Space, offset: u64) -> Vec<Node> {
        let mut nodes = self.fields(bytes, space, offset);
        self.meanings().annotate(&mut nodes);
        nodes
    }

    /// Fails where the format is none, or states something of a field that it hasn't.
    #[cfg(test)]
    pub(crate) fn assert_sound(&self) {
        let layout = self.layout();
        let checked = match layout.is_whole() {
            true => self.schema.check_paths(|path| layout.has_path(path)),
            false => self.schema.check(&layout.layout()),
        };
        let fault = checked.err();
        assert_eq!(fault, None, "{}", self.schema.format);
        assert!(
            self.family.contains(&&*self.schema.format),
            "{}",
            self.name()
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::names;

    const FIRST: &str = "<2s:id H:x 2(B:a):list I:z";
    const SECOND: &str = "<H:x Q:z B:last";
    const FAMILY: [&str; 2] = [FIRST, SECOND];
    static A: Header = Header::new("a", "", FIRST, &FAMILY, &[&[("x", names![1 => "one"])]]);
    static B: Header = Header::new("b", "", SECOND, &FAMILY, &[]);

    const X: Field = Field::of(&FAMILY, "x");
    const Z: Field = Field::of(&FAMILY, "z");
    const LAST: Field = Field::of(&FAMILY, "last");

    #[test]
    fn a_field_is_found_in_each_header_where_it_is() {
        let bytes: Vec<u8> = (0..11).collect();
        assert_eq!(A.get::<u16>(&bytes, X), Some(0x0302));
        assert_eq!(B.get::<u16>(&bytes, X), Some(0x0100));
        assert_eq!(A.bytes(&bytes, Z), Some(&bytes[6..10]));
        assert_eq!(B.range(Z, 100), Some(Range::file(102, 8)));
        assert_eq!(A.get::<u8>(&bytes, LAST), None);
        assert_eq!(B.get::<u8>(&bytes[..10], LAST), None);
        assert_eq!(B.get::<u8>(&bytes, LAST), Some(10));
    }

    #[test]
    fn a_header_is_cut_after_any_field_of_its_outermost_level() {
        let cuts: Vec<u64> = (0..=11).map(|size| A.cut(size)).collect();
        assert_eq!(cuts, [0, 0, 2, 2, 4, 4, 6, 6, 6, 6, 10, 10]);
        assert!(A.ends_at(6) && !A.ends_at(5));
        assert_eq!(
            A.pack(4, &[(X, 1.into()), (LAST, 9.into())]).unwrap(),
            [0, 0, 1, 0]
        );
        let nodes = A.nodes(&[0, 0, 1, 0, 5, 6, 7], Space::FILE, 10);
        let shown: Vec<(&str, u64, Option<&str>)> = nodes
            .iter()
            .map(|node| (&*node.name, node.range.offset, node.meaning.as_deref()))
            .collect();
        let expected = [
            ("id", 10, None),
            ("x", 12, Some("one")),
            ("list", 14, None),
            ("cut", 16, None),
        ];
        assert_eq!(shown, expected);
    }

    #[test]
    fn facts_are_held_against_the_fields() {
        A.assert_sound();
        static WRONG: Header = Header::new(
            "w",
            "",
            SECOND,
            &FAMILY,
            &[&[("x", Fact::Hex)], &[("y", Fact::Hex)]],
        );
        let misfit = WRONG.schema.check(&WRONG.layout().layout()).unwrap_err();
        assert_eq!(misfit.index, 1);
        assert!(
            misfit.message.starts_with("there is no field \"y\""),
            "{}",
            misfit.message
        );
    }
}
