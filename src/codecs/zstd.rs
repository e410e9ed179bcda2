//! zstd (RFC 8878).

use std::io::{self, Read, Write};

use ::zstd::stream::read::Decoder;
use ::zstd::stream::write::Encoder;

use super::compressed::Compressed;
use super::frames::{Frame, Frames};
use super::{Decode, Stream, Window, begins_zstd};
use crate::schema::{Field, Header};

pub(super) fn open(stream: Stream<'_>) -> Box<dyn Decode + '_> {
    Box::new(Frames::<Zstd<'_>>::new(stream))
}

/// With one worker or many, the output is the same; without any, it would be another.
pub(super) fn encoder<W: Write>(
    out: W,
    level: u32,
    threads: u32,
) -> io::Result<Encoder<'static, W>> {
    let level = i32::try_from(level.clamp(1, 19)).unwrap_or(0);
    let mut encoder = Encoder::new(out, level)?;
    encoder.include_checksum(true)?;
    encoder.multithread(threads.max(1))?;
    Ok(encoder)
}

/// The start of a frame's header (section 3.1.1.1), and the byte behind it that says how far back
/// the frame refers, where it isn't all of its content.
const FRAME: &str = "<4s:magic B{dictionary:2 checksum:1 _:2 single_segment:1 size_code:2}:flags \
    B{mantissa:3 exponent:5}:window";

static HEADER: Header = Header::new("frame", "The header of a frame", FRAME, &[FRAME], &[]);

macro_rules! field {
    ($path:literal) => {
        const { Field::of(&[FRAME], $path) }
    };
}

/// The most that the decoder is built for.
const LARGEST_WINDOW_LOG: u32 = if cfg!(target_pointer_width = "64") {
    31
} else {
    30
};

struct Zstd<'a>(Decoder<'static, Compressed<'a>>);

impl<'a> Frame<'a> for Zstd<'a> {
    const START: usize = 18;
    const SKIPPABLE: bool = true;

    fn begins(start: &[u8]) -> bool {
        begins_zstd(start)
    }

    fn open(mut compressed: Compressed<'a>, max_window: u64) -> io::Result<Self> {
        if let Some(needed) = window(compressed.ahead(Zstd::START)?)
            && needed > max_window
        {
            return Err(io::Error::other(Window {
                needed: Some(needed),
            }));
        }
        let mut decoder = Decoder::with_buffer(compressed)?.single_frame();
        decoder.window_log_max(LARGEST_WINDOW_LOG)?;
        Ok(Zstd(decoder))
    }

    fn into_inner(self) -> Compressed<'a> {
        self.0.finish()
    }
}

impl Read for Zstd<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.0.read(buf)
    }
}

/// How far back a frame refers, in bytes; `None` where its header is cut.
fn window(start: &[u8]) -> Option<u64> {
    let number = |field| HEADER.get::<u64>(start, field);
    let exponent = number(field!("window.exponent"))?;
    if number(field!("flags.single_segment"))? == 0 {
        let exponent = u32::try_from(exponent).ok()?;
        let base = 1u64.checked_shl(exponent.checked_add(10)?)?;
        let mantissa = number(field!("window.mantissa"))?;
        return base.checked_add(base.checked_div(8)?.checked_mul(mantissa)?);
    }
    // The size of the content stands behind the number of the dictionary, where one is meant.
    let [dictionary, width] = [[0usize, 1, 2, 4], [1, 2, 4, 8]];
    let dictionary = dictionary.get(HEADER.get::<usize>(start, field!("flags.dictionary"))?)?;
    let code: usize = HEADER.get(start, field!("flags.size_code"))?;
    let width = *width.get(code)?;
    // The byte about the window isn't there.
    let before = HEADER.range(field!("window.mantissa"), 0)?.offset;
    let at = dictionary.checked_add(usize::try_from(before).ok()?)?;
    let size = start.get(at..at.checked_add(width)?)?;
    let mut bytes = [0; 8];
    bytes.get_mut(..width)?.copy_from_slice(size);
    let size = u64::from_le_bytes(bytes);
    // Two bytes count from where one byte ends.
    Some(if code == 1 {
        size.saturating_add(256)
    } else {
        size
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_header_is_sound() {
        super::HEADER.assert_sound();
    }

    #[test]
    fn the_window_is_what_the_header_says() {
        let window = |flags: u8, rest: &[u8]| {
            super::window(&[b"\x28\xb5\x2f\xfd", &[flags][..], rest, &[0; 16]].concat())
        };
        assert_eq!(window(0, &[0]), Some(1 << 10));
        assert_eq!(window(0, &[17 << 3]), Some(128 << 20));
        assert_eq!(window(0, &[(10 << 3) | 4]), Some((1 << 20) + (1 << 19)));
        assert_eq!(window(0b0010_0000, &[7]), Some(7));
        assert_eq!(window(0b0110_0000, &[1, 1]), Some(256 + 257));
        assert_eq!(
            window(0b1110_0001, &[9, 0, 0, 0, 0, 0, 0, 0, 1]),
            Some(1 << 56)
        );
        assert_eq!(super::window(b"\x28\xb5\x2f\xfd"), None);
    }
}
