//! Headers that both decoders and trees use: those of zlib's streams, of zstd's frames, of the skippable frames that
//! lz4 has too, and of the blocks of legacy lz4.

use crate::schema::{Fact, Field, Header, names};
#[cfg(any(feature = "zstd", test))]
use crate::{Record, Value};

/// The header of a frame (RFC 8878, section 3.1.1.1): fields that the descriptor excludes are left out.
const FRAME: &str = "<I:magic \
    B{dictionary_code:2 checksum:1 reserved:1 unused:1 single_segment:1 size_code:2}:descriptor \
    {descriptor.single_segment == 0: B{mantissa:3 exponent:5}:window} \
    {descriptor.dictionary_code; 1: B:dictionary; 2: H:dictionary; 3: I:dictionary} \
    {descriptor.size_code; 1: H:content_size; 2: I:content_size; 3: Q:content_size; \
     0: {descriptor.single_segment: B:content_size}}";
const SKIPPABLE_FRAME: &str = "<I:magic I:size";
const LEGACY_BLOCK: &str = "<I:compressed_size";
const STREAM: &str = ">B{window:4 method:4}:compression B{level:2 dictionary:1 check:5}:flags";

/// Bytes of the longest header of a frame of zstd (section 3.1.1): with a window, a dictionary and a size.
#[cfg(any(feature = "zstd", test))]
pub(super) const LONGEST_ZSTD_FRAME_HEADER: usize = 18;

/// The formats that have the fields of [`field!`].
pub(crate) const FORMATS: [&str; 3] = [FRAME, SKIPPABLE_FRAME, LEGACY_BLOCK];

/// A field of a structure by its name; one that none has does not compile.
macro_rules! field {
    ($path:literal) => {
        const { $crate::schema::Field::of(&$crate::codecs::layout::FORMATS, $path) }
    };
}
pub(crate) use field;

/// The header of a frame of zstd.
pub(crate) static ZSTD_FRAME: Header = Header::new(
    "header",
    "The header of a frame of zstd",
    FRAME,
    &FORMATS,
    &[&[
        ("magic", Fact::Hex),
        (
            "descriptor.checksum",
            names![1 => "at the end of the frame"],
        ),
        (
            "descriptor.single_segment",
            names![1 => "the window is all of the content"],
        ),
    ]],
);

/// The header of a frame that holds nothing of the content (RFC 8878, section 3.1.2).
pub(crate) static SKIPPABLE: Header = Header::new(
    "header",
    "The header of a skippable frame",
    SKIPPABLE_FRAME,
    &FORMATS,
    &[&[("magic", Fact::Hex)]],
);

/// The header of a block of a legacy frame of lz4 (LZ4 Frame Format 1.6.4, section "Legacy frame").
pub(crate) static LZ4_LEGACY_BLOCK: Header = Header::new(
    "header",
    "The header of a block of a legacy frame",
    LEGACY_BLOCK,
    &FORMATS,
    &[],
);

/// The header of a stream of zlib (RFC 1950, section 2.2).
pub(crate) static ZLIB: Header = Header::new(
    "header",
    "The header of a stream",
    STREAM,
    &[STREAM],
    &[&[
        ("compression.method", names![8 => "deflate"]),
        ("compression.window", names![7 => "32 KiB"]),
        (
            "flags.level",
            names![0 => "fastest", 1 => "fast", 2 => "default", 3 => "smallest"],
        ),
    ]],
);

/// Whether these are the first bytes of a stream of zlib: deflate, a window of 32 KiB at most, no dictionary; both
/// bytes as one number are a multiple of 31 (RFC 1950, section 2.2).
pub(super) fn is_zlib(start: &[u8]) -> bool {
    const METHOD: Field = Field::of(&[STREAM], "compression.method");
    const WINDOW: Field = Field::of(&[STREAM], "compression.window");
    const DICTIONARY: Field = Field::of(&[STREAM], "flags.dictionary");
    let bits = |field| ZLIB.get::<u8>(start, field);
    let header = start.iter().take(2);
    let number = header.fold(0u32, |number, byte| (number << 8) | u32::from(*byte));
    bits(METHOD) == Some(8)
        && bits(WINDOW).is_some_and(|window| window <= 7)
        && bits(DICTIONARY) == Some(0)
        && number.is_multiple_of(31)
}

/// The size of the skippable frame that begins here, with its header; `None` where there is none, or its header is
/// truncated.
pub(crate) fn skippable_size(start: &[u8]) -> Option<u64> {
    if !is_skippable(start) {
        return None;
    }
    let size: u64 = SKIPPABLE.get(start, field!("size"))?;
    size.checked_add(SKIPPABLE.size())
}

/// Whether a frame begins here that zstd and lz4 skip.
pub(crate) fn is_skippable(start: &[u8]) -> bool {
    matches!(start, [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..])
}

/// The window of the frame that begins here, in bytes; the size of its content where it states no window. `None` where
/// its header is truncated.
#[cfg(feature = "zstd")]
pub(super) fn zstd_window(start: &[u8]) -> Option<u64> {
    let header = zstd_header(start)?;
    match number(&header, field!("window.exponent")) {
        Some(_) => window_size(|field| number(&header, field)),
        None => content_size(|field| number(&header, field)),
    }
}

/// The values of the header of a frame of zstd.
#[cfg(any(feature = "zstd", test))]
fn zstd_header(start: &[u8]) -> Option<Record> {
    let (header, _) = ZSTD_FRAME.layout().unpack_prefix(start).ok()?;
    Some(header)
}

/// The window that a header states, in bytes; `field` reads the header's fields (section 3.1.1.1.2).
pub(crate) fn window_size(field: impl Fn(Field) -> Option<u64>) -> Option<u64> {
    let exponent = field(field!("window.exponent"))?.checked_add(10)?;
    let base = 1u64.checked_shl(u32::try_from(exponent).ok()?)?;
    let mantissa = field(field!("window.mantissa"))?;
    base.checked_add(base.checked_div(8)?.checked_mul(mantissa)?)
}

/// The size of a frame's content, where its header states it (section 3.1.1.1.4): 256 is added to a field of two bytes.
pub(crate) fn content_size(field: impl Fn(Field) -> Option<u64>) -> Option<u64> {
    let stated = field(field!("content_size"))?;
    match field(field!("descriptor.size_code"))? {
        1 => stated.checked_add(256),
        _ => Some(stated),
    }
}

#[cfg(any(feature = "zstd", test))]
fn number(header: &Record, field: Field) -> Option<u64> {
    let mut names = field.path().split('.');
    let first = header.get(names.next()?)?;
    let value = names.try_fold(first, |value, name| match value {
        Value::Record(group) => group.get(name),
        _ => None,
    })?;
    u64::try_from(value.as_int()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_descriptor_has_a_header_of_the_size_that_the_rfc_gives() {
        ZSTD_FRAME.assert_sound();
        SKIPPABLE.assert_sound();
        LZ4_LEGACY_BLOCK.assert_sound();
        ZLIB.assert_sound();
        let mut longest = 0;
        for descriptor in 0..=u8::MAX {
            let single = descriptor & 0x20 != 0;
            let dictionary = [0, 1, 2, 4][usize::from(descriptor & 3)];
            let content = match descriptor >> 6 {
                0 => usize::from(single),
                code => 1 << code,
            };
            let expected = 5 + usize::from(!single) + dictionary + content;
            let start = [&b"\x28\xb5\x2f\xfd"[..], &[descriptor], &[0; 20]].concat();
            let (_, size) = ZSTD_FRAME.layout().unpack_prefix(&start).unwrap();
            assert_eq!(size, expected, "{descriptor:#x}");
            longest = longest.max(size);
            assert!(zstd_header(&start[..expected]).is_some(), "{descriptor:#x}");
            assert!(
                zstd_header(&start[..expected - 1]).is_none(),
                "{descriptor:#x}"
            );
        }
        assert_eq!(longest, LONGEST_ZSTD_FRAME_HEADER);
    }

    #[test]
    fn a_skippable_frame_has_the_size_that_it_states() {
        assert_eq!(skippable_size(b"\x5a\x2a\x4d\x18\x03\0\0\0"), Some(11));
        assert_eq!(skippable_size(b"\x5a\x2a\x4d\x18\x03\0\0"), None);
        assert_eq!(skippable_size(b"\x28\xb5\x2f\xfd\x03\0\0\0"), None);
    }

    /// The lengths of windows in rows, the levels in columns (RFC 1950, section 2.2), without a dictionary.
    const HEADERS: [[u16; 4]; 8] = [
        [0x081d, 0x085b, 0x0899, 0x08d7],
        [0x1819, 0x1857, 0x1895, 0x18d3],
        [0x2815, 0x2853, 0x2891, 0x28cf],
        [0x3811, 0x384f, 0x388d, 0x38cb],
        [0x480d, 0x484b, 0x4889, 0x48c7],
        [0x5809, 0x5847, 0x5885, 0x58c3],
        [0x6805, 0x6843, 0x6881, 0x68de],
        [0x7801, 0x785e, 0x789c, 0x78da],
    ];

    #[test]
    fn headers_are_those_of_the_specification() {
        let found = (0..=u16::MAX).filter(|pair| is_zlib(&pair.to_be_bytes()));
        assert!(found.eq(HEADERS.into_iter().flatten()));
        assert!(!is_zlib(&[0x78]));
        assert!(!is_zlib(&[]));
    }
}
