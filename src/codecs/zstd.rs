//! zstd (RFC 8878).

use std::io::{self, Read, Write};

use ::zstd::stream::read::Decoder;
use ::zstd::stream::write::Encoder;

use super::compressed::Compressed;
use super::frames::{Frame, Frames};
use super::{Decode, Fault, Stream, begins_zstd, layout};

pub(super) fn open(stream: Stream<'_>) -> Box<dyn Decode + '_> {
    Box::new(Frames::<Zstd<'_>>::new(stream))
}

/// The output is the same with one worker or many; without any it would differ.
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

/// The largest window that the decoder supports, as a power of two.
const LARGEST_WINDOW_LOG: u32 = if cfg!(target_pointer_width = "64") {
    31
} else {
    30
};

struct Zstd<'a>(Decoder<'static, Compressed<'a>>);

impl<'a> Frame<'a> for Zstd<'a> {
    const START: usize = layout::LONGEST_ZSTD_FRAME_HEADER;
    const SKIPPABLE: bool = true;

    fn begins(start: &[u8]) -> bool {
        begins_zstd(start)
    }

    fn open(mut compressed: Compressed<'a>, max_window: u64) -> Result<Self, Fault> {
        if let Some(needed) = layout::zstd_window(compressed.ahead(Zstd::START)?)
            && needed > max_window
        {
            return Err(Fault::Window {
                needed: Some(needed),
            });
        }
        let mut decoder = Decoder::with_buffer(compressed)?.single_frame();
        decoder.window_log_max(LARGEST_WINDOW_LOG)?;
        Ok(Zstd(decoder))
    }

    fn into_inner(self) -> Compressed<'a> {
        self.0.finish()
    }

    fn decode(&mut self, buf: &mut [u8]) -> Result<usize, Fault> {
        Ok(self.0.read(buf)?)
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_window_is_what_the_header_says() {
        let window = |flags: u8, rest: &[u8]| {
            super::layout::zstd_window(
                &[b"\x28\xb5\x2f\xfd", &[flags][..], rest, &[0; 16]].concat(),
            )
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
        assert_eq!(super::layout::zstd_window(b"\x28\xb5\x2f\xfd"), None);
    }
}
