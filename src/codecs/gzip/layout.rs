//! The structures of gzip (RFC 1952), and of the members that [`Writer`](super::Writer) and
//! [`note`](super::note) make: the only offsets of their fields.

use std::borrow::Cow;

use crate::schema::{Fact, Header, names, unix_time};
use crate::value::Value;

const MEMBER: &str = "<2s:magic=x'1f8b' B:method \
    B{text:1 header_crc:1 extra:1 name:1 comment:1 _:3}:flags I:mtime B:extra_flags B:os";
const EXTRA_FIELD: &str = "<H:size [size]s:data";
const STRING: &str = "z:text";
const CRC16: &str = "<H:crc16";
const ENDING: &str = "<I:crc32 I:size";
const BLOCK: &str = "<2s:magic=x'1f8b' B:method=8 B:flags=4 I:mtime=0 B:extra_flags=0 \
    B:os=255 H:extra_size=8 2s:id='BW' H:id_size=4 I:size";
const PIECE: &str = "<2s:magic=x'1f8b' B:method=8 B:flags=4 I:mtime=0 B:extra_flags=0 B:os=255 \
    H:extra_size 2s:id='BN' H:size [size]s:data 2s:deflate=x'0300' I:crc32=0 I:length=0";
const END: &str = "<2s:magic=x'1f8b' B:method=8 B:flags=4 I:mtime=0 B:extra_flags=0 B:os=255 \
    H:extra_size=32 2s:id='BE' H:id_size=28 Q:start Q:size Q:file_size I:checksum \
    2s:deflate=x'0300' I:crc32=0 I:length=0";

/// The formats that have the fields of [`field!`].
pub(crate) const FORMATS: [&str; 8] = [
    MEMBER,
    EXTRA_FIELD,
    STRING,
    CRC16,
    ENDING,
    BLOCK,
    PIECE,
    END,
];

/// A field of a structure by its name; one that none has does not compile.
macro_rules! field {
    ($path:literal) => {
        const { $crate::schema::Field::of(&$crate::codecs::gzip::layout::FORMATS, $path) }
    };
}
pub(crate) use field;

/// The header of a member (section 2.3.1).
pub static HEADER: Header = Header::new(
    "header",
    "The header of a member",
    MEMBER,
    &FORMATS,
    &[&[
        ("method", names![8 => "deflate"]),
        ("mtime", names![0 => "not stated"]),
        ("mtime", Fact::Shown(unix_time)),
        (
            "extra_flags",
            names![2 => "slowest, smallest", 4 => "fastest"],
        ),
        (
            "os",
            names![
                0 => "FAT",
                3 => "Unix",
                7 => "Macintosh",
                10 => "TOPS-20",
                11 => "NTFS",
                255 => "unknown",
            ],
        ),
    ]],
);

/// The extra field: a length, and that many bytes.
pub static EXTRA: Header = Header::new("extra", "The extra field", EXTRA_FIELD, &FORMATS, &[]);

/// The name of the compressed file, or a comment.
pub static TEXT: Header = Header::new("text", "A name or a comment", STRING, &FORMATS, &[]);

/// The lower half of the CRC-32 of the header before it.
pub static HEADER_CRC: Header = Header::new(
    "header_crc",
    "The checksum of a header",
    CRC16,
    &FORMATS,
    &[],
);

/// The trailer of a member (section 2.3.1).
pub static TRAILER: Header = Header::new(
    "trailer",
    "What ends a member",
    ENDING,
    &FORMATS,
    &[&[
        ("crc32", Fact::Shown(crc)),
        (
            "size",
            Fact::Note(Cow::Borrowed("of the content, modulo 2^32")),
        ),
    ]],
);

/// The header of the members that [`Writer`](super::Writer) makes: neither time nor name, and an
/// extra field with the size of the whole member in bytes.
pub static BLOCK_HEADER: Header = Header::new(
    "block",
    "The header of a member of known size",
    BLOCK,
    &FORMATS,
    &[],
);

/// A member with a piece of a [note](super::note).
pub static NOTE_PIECE: Header = Header::new("piece", "A piece of a note", PIECE, &FORMATS, &[]);

/// The member that ends a [note](super::note).
pub static NOTE_END: Header = Header::new("end", "The end of a note", END, &FORMATS, &[]);

fn crc(value: &Value) -> Option<String> {
    Some(format!("{:#010x}", value.as_int()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_structure_is_sound_and_has_the_size_of_its_specification() {
        let sizes = [
            (&HEADER, 10),
            (&EXTRA, 0),
            (&TEXT, 0),
            (&HEADER_CRC, 2),
            (&TRAILER, 8),
            (&BLOCK_HEADER, 20),
            (&NOTE_PIECE, 0),
            (&NOTE_END, 54),
        ];
        for (header, size) in sizes {
            header.assert_sound();
            assert_eq!(header.size(), size, "{}", header.name());
        }
    }
}
