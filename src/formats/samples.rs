//! Shared by picture formats: pixels in memory, at their stored depth, and the signature of PNG
//! files.

/// The first bytes of every PNG file (PNG specification, section 5.2).
pub(super) const PNG_SIGNATURE: [u8; 8] = *b"\x89PNG\r\n\x1a\n";

/// Red, green, blue and alpha of each pixel, from the top.
#[cfg_attr(
    not(feature = "pictures"),
    allow(
        dead_code,
        unreachable_pub,
        reason = "made by what decodes other formats"
    )
)]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Samples {
    /// 8 bits a channel.
    Eight(Vec<u8>),
    /// 16 bits a channel.
    Sixteen(Vec<u16>),
}

/// `round(v / 257)`.
pub(super) fn narrow(sample: u16) -> u8 {
    let rounded = (u32::from(sample) + 128) / 257;
    u8::try_from(rounded).unwrap_or(u8::MAX)
}
