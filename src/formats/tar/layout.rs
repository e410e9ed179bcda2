//! The header blocks of tar as named format strings with what their fields mean: the only place in
//! the program that knows where a field of a tar header is.

use std::borrow::Cow;

use super::number::Number;
use super::time::Time;
use crate::Struct;
use crate::schema::{Fact, Field, Header, names, octal};
use crate::structs::DataError;
use crate::value::Value;

/// The size of a header block, and the unit to which data are padded, in bytes.
pub const BLOCK: usize = 512;

/// The size of a record in bytes, of which POSIX has an archive be a multiple: 20 blocks.
pub(crate) const RECORD: u64 = 20 * BLOCK as u64;

/// What the magic of ustar and of GNU tar begins with.
pub(super) const MAGIC: &[u8] = b"ustar";

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

/// Unix version 7: nothing after the link's name.
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

pub(crate) const FORMATS: [&str; 5] = [V7, USTAR, GNU, STAR, GNU_SPARSE];

/// A field of a header block by its name; one that no layout has does not compile.
macro_rules! field {
    ($name:literal) => {
        const { $crate::schema::Field::of(&$crate::formats::tar::layout::FORMATS, $name) }
    };
}
pub(crate) use field;

/// What is known of some fields.
type Facts = &'static [(&'static str, Fact)];

const FRONT: Facts = &[
    ("name", Fact::Text),
    ("mode", Fact::Spelled(&Number)),
    ("mode", Fact::Shown(octal)),
    ("uid", Fact::Spelled(&Number)),
    ("gid", Fact::Spelled(&Number)),
    ("size", Fact::Spelled(&Number)),
    ("size", Fact::Unit("bytes")),
    ("mtime", Fact::Spelled(&Number)),
    ("mtime", Fact::Shown(time)),
    ("chksum", Fact::Spelled(&Number)),
    ("chksum", Fact::Shown(checksum)),
    (
        "typeflag",
        names![
            bytes
            b"" => "regular file",
            b"0" => "regular file",
            b"1" => "hard link",
            b"2" => "symbolic link",
            b"3" => "character device",
            b"4" => "block device",
            b"5" => "directory",
            b"6" => "named pipe",
            b"7" => "contiguous file",
            b"K" => "long link",
            b"L" => "long name",
            b"S" => "sparse file",
            b"X" => "extended header",
            b"g" => "global extended header",
            b"x" => "extended header",
        ],
    ),
    ("typeflag", Fact::Note(Cow::Borrowed("unknown"))),
    ("linkname", Fact::Text),
];

const OWNERS: Facts = &[
    ("magic", Fact::Text),
    ("version", Fact::Text),
    ("uname", Fact::Text),
    ("gname", Fact::Text),
    ("devmajor", Fact::Spelled(&Number)),
    ("devminor", Fact::Spelled(&Number)),
];

const PREFIX: Facts = &[("prefix", Fact::Text)];

const TIMES: Facts = &[
    ("atime", Fact::Spelled(&Number)),
    ("atime", Fact::Shown(time)),
    ("ctime", Fact::Spelled(&Number)),
    ("ctime", Fact::Shown(time)),
];

const MAP: Facts = &[
    ("sparse[].offset", Fact::Spelled(&Number)),
    ("sparse[].numbytes", Fact::Spelled(&Number)),
];

static V7_HEADER: Header = Header::new("v7", "Unix version 7", V7, &FORMATS, &[FRONT]);

static USTAR_HEADER: Header = Header::new(
    "ustar",
    "POSIX.1-1988 ustar, and pax",
    USTAR,
    &FORMATS,
    &[FRONT, OWNERS, PREFIX],
);

static GNU_HEADER: Header = Header::new(
    "gnu",
    "GNU tar before pax",
    GNU,
    &FORMATS,
    &[
        FRONT,
        OWNERS,
        TIMES,
        MAP,
        &[
            ("offset", Fact::Spelled(&Number)),
            ("longnames", Fact::Text),
            ("realsize", Fact::Spelled(&Number)),
            ("realsize", Fact::Unit("bytes")),
        ],
    ],
);

static STAR_HEADER: Header = Header::new(
    "star",
    "Jörg Schilling's star",
    STAR,
    &FORMATS,
    &[FRONT, OWNERS, PREFIX, TIMES, &[("trailer", Fact::Text)]],
);

static GNU_SPARSE_HEADER: Header = Header::new(
    "gnusparse",
    "More of the map of a GNU sparse file",
    GNU_SPARSE,
    &FORMATS,
    &[MAP],
);

/// To the minute.
fn time(seconds: &Value) -> Option<String> {
    let seconds = i64::try_from(seconds.as_int()?).ok()?;
    Some(format!("{} UTC", Time::at(seconds).to_utc()))
}

fn checksum(sum: &Value) -> Option<String> {
    Some(format!("{}, as the bytes add up to", octal(sum)?))
}

/// Which header this is: it decides where the fields are, and what the prefix area means.
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

    /// The format string with what its fields mean.
    ///
    /// ```
    /// use bytewright::formats::tar::Layout;
    ///
    /// assert_eq!(Layout::Ustar.header().size(), 512);
    /// ```
    #[inline]
    pub fn header(self) -> &'static Header {
        match self {
            Layout::V7 => &V7_HEADER,
            Layout::Ustar => &USTAR_HEADER,
            Layout::Gnu => &GNU_HEADER,
            Layout::Star => &STAR_HEADER,
            Layout::GnuSparse => &GNU_SPARSE_HEADER,
        }
    }

    /// The format string.
    pub fn format(self) -> &'static str {
        match self {
            Layout::V7 => V7,
            Layout::Ustar => USTAR,
            Layout::Gnu => GNU,
            Layout::Star => STAR,
            Layout::GnuSparse => GNU_SPARSE,
        }
    }

    /// The compiled format.
    pub fn of_struct(self) -> &'static Struct {
        self.header().layout()
    }

    /// The bytes of a field in a block; none where the layout has no such field.
    #[inline]
    pub(crate) fn read(self, block: &[u8; BLOCK], field: Field) -> &[u8] {
        let bytes = self.header().bytes(block, field);
        bytes.unwrap_or_default()
    }

    /// Writes a field into a block, filled up with NULs; nothing where the layout has no such
    /// field.
    pub(crate) fn put(
        self,
        block: &mut [u8; BLOCK],
        field: Field,
        value: &[u8],
    ) -> Result<(), DataError> {
        self.header().put(block, field, value)
    }

    /// How many bytes a field has; 0 where the layout has no such field.
    pub(crate) fn width(self, field: Field) -> usize {
        self.header().width(field)
    }

    /// How many entries of a sparse file's map a block has, and how many bytes a number of them.
    pub(crate) fn map_room(self) -> Option<(usize, usize)> {
        let block = self.of_struct().unpack(&[0; BLOCK]).ok()?;
        let entries = block.get(field!("sparse").name())?.as_list()?;
        let offset = entries.first()?.as_record()?.get(field!("offset").name())?;
        Some((entries.len(), offset.as_bytes()?.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_layout_is_sound_and_fills_a_block() {
        for layout in Layout::ALL {
            layout.header().assert_sound();
            assert_eq!(layout.header().size(), BLOCK as u64, "{layout:?}");
            assert_eq!(layout.header().schema().format, layout.format());
        }
    }

    #[test]
    fn a_map_has_four_entries_in_a_header_and_21_in_each_block_after_it() {
        assert_eq!(Layout::Gnu.map_room(), Some((4, 12)));
        assert_eq!(Layout::GnuSparse.map_room(), Some((21, 12)));
        assert_eq!(Layout::Ustar.map_room(), None);
    }

    #[test]
    fn a_field_is_read_where_its_layout_has_it() {
        let block: [u8; BLOCK] = std::array::from_fn(|i| u8::try_from(i / 2).unwrap());
        assert_eq!(Layout::Ustar.read(&block, field!("uid")), &block[108..116]);
        assert_eq!(
            Layout::Gnu.read(&block, field!("realsize")),
            &block[483..495]
        );
        assert_eq!(Layout::Gnu.read(&block, field!("prefix")), b"");
        assert_eq!(Layout::Star.width(field!("prefix")), 131);
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
