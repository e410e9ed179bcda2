//! The header blocks of tar as named format strings: the only place in the program that knows
//! where a field of a tar header stands.

use std::sync::LazyLock;

use crate::Struct;
use crate::structs::{DataError, FieldHandle};

/// The size of a header block, and the unit to which data are padded, in bytes.
pub const BLOCK: usize = 512;

/// The size of a record in bytes, of which POSIX has an archive be a multiple: 20 blocks.
pub(crate) const RECORD: u64 = 20 * BLOCK as u64;

/// What all flavours share, up to the link's name.
macro_rules! front {
    () => {
        "100s:name 8s:mode 8s:uid 8s:gid 12s:size 12s:mtime 8s:chksum c:typeflag 100s:linkname "
    };
}

/// What the flavours since ustar share, up to where the prefix area begins.
macro_rules! owners {
    () => {
        "6s:magic 2s:version 32s:uname 32s:gname 8s:devmajor 8s:devminor "
    };
}

/// Unix version 7: nothing behind the link's name.
pub const V7: &str = concat!(front!(), "255x");

/// POSIX.1-1988 ustar, which pax shares.
pub const USTAR: &str = concat!(front!(), owners!(), "155s:prefix 12x");

/// GNU tar before pax: times and the map of a sparse file where ustar has the prefix.
pub const GNU: &str = concat!(
    front!(),
    owners!(),
    "12s:atime 12s:ctime 12s:offset 4s:longnames x 4(12s:offset 12s:numbytes):sparse ",
    "c:isextended 12s:realsize 17x"
);

/// Jörg Schilling's star: a shorter prefix, two times, and `tar` at the end.
pub const STAR: &str = concat!(
    front!(),
    owners!(),
    "131s:prefix 12s:atime 12s:ctime 8x 4s:trailer"
);

/// The blocks that continue the map of a GNU sparse file.
pub const GNU_SPARSE: &str = "21(12s:offset 12s:numbytes):sparse c:isextended 7x";

/// Which header this is: it decides where the fields stand, and what the prefix area means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Layout {
    /// [`V7`].
    V7,
    /// [`USTAR`].
    Ustar,
    /// [`GNU`].
    Gnu,
    /// [`STAR`].
    Star,
    /// [`GNU_SPARSE`].
    GnuSparse,
}

impl Layout {
    /// Every layout.
    pub const ALL: [Layout; 5] = [
        Layout::V7,
        Layout::Ustar,
        Layout::Gnu,
        Layout::Star,
        Layout::GnuSparse,
    ];

    /// The format string.
    pub const fn format(self) -> &'static str {
        match self {
            Layout::V7 => V7,
            Layout::Ustar => USTAR,
            Layout::Gnu => GNU,
            Layout::Star => STAR,
            Layout::GnuSparse => GNU_SPARSE,
        }
    }

    /// The compiled format.
    ///
    /// ```
    /// use bytewright::formats::tar::Layout;
    ///
    /// assert_eq!(Layout::Ustar.of_struct().size(), Some(512));
    /// ```
    pub fn of_struct(self) -> &'static Struct {
        &self.compiled().layout
    }

    fn compiled(self) -> &'static Compiled {
        static V7: LazyLock<Compiled> = LazyLock::new(|| Compiled::of(Layout::V7));
        static USTAR: LazyLock<Compiled> = LazyLock::new(|| Compiled::of(Layout::Ustar));
        static GNU: LazyLock<Compiled> = LazyLock::new(|| Compiled::of(Layout::Gnu));
        static STAR: LazyLock<Compiled> = LazyLock::new(|| Compiled::of(Layout::Star));
        static GNU_SPARSE: LazyLock<Compiled> = LazyLock::new(|| Compiled::of(Layout::GnuSparse));
        match self {
            Layout::V7 => &V7,
            Layout::Ustar => &USTAR,
            Layout::Gnu => &GNU,
            Layout::Star => &STAR,
            Layout::GnuSparse => &GNU_SPARSE,
        }
    }
}

/// A layout's format, and where its fields stand: looked up once, not for each of a million
/// headers.
struct Compiled {
    layout: Struct,
    fields: [Option<FieldHandle<&'static [u8]>>; Field::ALL.len()],
}

impl Compiled {
    fn of(layout: Layout) -> Compiled {
        #[expect(
            clippy::expect_used,
            reason = "constants; a test compiles each of them"
        )]
        let layout = Struct::new(layout.format()).expect("a layout is a valid format");
        let fields = Field::ALL.map(|field| layout.field(field.name()).ok());
        Compiled { layout, fields }
    }

    fn field(&self, field: Field) -> Option<FieldHandle<&'static [u8]>> {
        self.fields.get(field as usize).copied().flatten()
    }
}

/// A field that makes out a member, in whatever layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    Name,
    Mode,
    Uid,
    Gid,
    Size,
    Mtime,
    Chksum,
    Typeflag,
    Linkname,
    Magic,
    Version,
    Uname,
    Gname,
    Devmajor,
    Devminor,
    Prefix,
    Atime,
    Ctime,
    Isextended,
    Realsize,
    Trailer,
}

impl Field {
    /// As they are numbered.
    const ALL: [Field; 21] = [
        Field::Name,
        Field::Mode,
        Field::Uid,
        Field::Gid,
        Field::Size,
        Field::Mtime,
        Field::Chksum,
        Field::Typeflag,
        Field::Linkname,
        Field::Magic,
        Field::Version,
        Field::Uname,
        Field::Gname,
        Field::Devmajor,
        Field::Devminor,
        Field::Prefix,
        Field::Atime,
        Field::Ctime,
        Field::Isextended,
        Field::Realsize,
        Field::Trailer,
    ];

    /// The name in the format string.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Field::Name => "name",
            Field::Mode => "mode",
            Field::Uid => "uid",
            Field::Gid => "gid",
            Field::Size => "size",
            Field::Mtime => "mtime",
            Field::Chksum => "chksum",
            Field::Typeflag => "typeflag",
            Field::Linkname => "linkname",
            Field::Magic => "magic",
            Field::Version => "version",
            Field::Uname => "uname",
            Field::Gname => "gname",
            Field::Devmajor => "devmajor",
            Field::Devminor => "devminor",
            Field::Prefix => "prefix",
            Field::Atime => "atime",
            Field::Ctime => "ctime",
            Field::Isextended => "isextended",
            Field::Realsize => "realsize",
            Field::Trailer => "trailer",
        }
    }
}

impl Layout {
    /// The bytes of a field in a block; none where the layout has no such field.
    pub(crate) fn read(self, block: &[u8; BLOCK], field: Field) -> &[u8] {
        let compiled = self.compiled();
        match (compiled.field(field), compiled.layout.view(block)) {
            (Some(handle), Ok(view)) => view.read(handle).unwrap_or_default(),
            _ => b"",
        }
    }

    /// Writes a field into a block, filled up with NULs; nothing where the layout has no such
    /// field.
    pub(crate) fn put(
        self,
        block: &mut [u8; BLOCK],
        field: Field,
        value: &[u8],
    ) -> Result<(), DataError> {
        let compiled = self.compiled();
        match compiled.field(field) {
            Some(handle) => compiled.layout.view_mut(block)?.put(handle, value),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_layout_fills_a_block() {
        for layout in Layout::ALL {
            assert_eq!(layout.of_struct().size(), Some(BLOCK as u64), "{layout:?}");
        }
    }

    #[test]
    fn layouts_and_fields_are_numbered_as_they_are_listed() {
        for (i, layout) in Layout::ALL.into_iter().enumerate() {
            assert_eq!(layout as usize, i);
        }
        for (i, field) in Field::ALL.into_iter().enumerate() {
            assert_eq!(field as usize, i);
            let has = |layout: Layout| !layout.read(&[b'x'; BLOCK], field).is_empty();
            assert!(Layout::ALL.into_iter().any(has), "{field:?}");
        }
        let block: [u8; BLOCK] = std::array::from_fn(|i| u8::try_from(i / 2).unwrap());
        assert_eq!(Layout::Ustar.read(&block, Field::Uid), &block[108..116]);
        assert_eq!(Layout::Gnu.read(&block, Field::Realsize), &block[483..495]);
        assert_eq!(Layout::Gnu.read(&block, Field::Prefix), b"");
    }

    /// The offsets that POSIX.1-2017, pax, "ustar Interchange Format" prints in its table.
    #[test]
    fn the_fields_stand_where_posix_puts_them() {
        let block: Vec<u8> = (0..BLOCK).map(|i| u8::try_from(i / 2).unwrap()).collect();
        let view = Layout::Ustar.of_struct().view(&block).unwrap();
        for (field, offset, size) in [
            ("name", 0, 100),
            ("mode", 100, 8),
            ("uid", 108, 8),
            ("gid", 116, 8),
            ("size", 124, 12),
            ("mtime", 136, 12),
            ("chksum", 148, 8),
            ("typeflag", 156, 1),
            ("linkname", 157, 100),
            ("magic", 257, 6),
            ("version", 263, 2),
            ("uname", 265, 32),
            ("gname", 297, 32),
            ("devmajor", 329, 8),
            ("devminor", 337, 8),
            ("prefix", 345, 155),
        ] {
            let found: &[u8] = view.get(field).unwrap();
            assert_eq!(found, &block[offset..offset + size], "{field}");
        }
    }
}
