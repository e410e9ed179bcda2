//! Headers that both undo a compression and are shown: those of zstd's frames.

use crate::Struct;

/// The header of a frame of zstd by its descriptor, the byte after the magic number (RFC 8878, section
/// 3.1.1.1): what isn't there has no field.
pub(crate) fn zstd_header(descriptor: u8) -> Struct {
    let window = match descriptor & 0x20 {
        0 => " B{mantissa:3 exponent:5}:window",
        _ => "",
    };
    let dictionary = match descriptor & 3 {
        0 => "",
        1 => " B:dictionary",
        2 => " H:dictionary",
        _ => " I:dictionary",
    };
    let content_size = match (descriptor >> 6, descriptor & 0x20) {
        (0, 0) => "",
        (0, _) => " B:content_size",
        (1, _) => " H:content_size",
        (2, _) => " I:content_size",
        _ => " Q:content_size",
    };
    compiled(&format!(
        "<I:magic B{{dictionary_code:2 checksum:1 reserved:1 unused:1 single_segment:1 \
         size_code:2}}:descriptor{window}{dictionary}{content_size}"
    ))
}

/// How far back a frame that begins so refers, in bytes: as far as its content reaches, where it has no
/// window. `None` where its header is cut.
pub(crate) fn zstd_window(start: &[u8]) -> Option<u64> {
    let layout = zstd_header(*start.get(4)?);
    let header = layout.view(start).ok()?;
    let Ok(exponent) = header.get::<u32>("window.exponent") else {
        return zstd_content_size(start);
    };
    let base = 1u64.checked_shl(exponent.checked_add(10)?)?;
    let mantissa: u64 = header.get("window.mantissa").ok()?;
    base.checked_add(base.checked_div(8)?.checked_mul(mantissa)?)
}

/// How many bytes a frame that begins so holds, where it says so: two bytes count from where one byte
/// ends.
pub(crate) fn zstd_content_size(start: &[u8]) -> Option<u64> {
    let layout = zstd_header(*start.get(4)?);
    let header = layout.view(start).ok()?;
    let stated: u64 = header.get("content_size").ok()?;
    Some(match header.get("descriptor.size_code") {
        Ok(1) => stated.saturating_add(256),
        _ => stated,
    })
}

#[expect(
    clippy::expect_used,
    reason = "built of constants; a test compiles every one"
)]
fn compiled(format: &str) -> Struct {
    Struct::new(format).expect("the header is a valid format")
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_descriptor_has_a_header_of_the_size_that_the_rfc_gives() {
        for descriptor in 0..=u8::MAX {
            let single = descriptor & 0x20 != 0;
            let dictionary = [0, 1, 2, 4][usize::from(descriptor & 3)];
            let content = match descriptor >> 6 {
                0 => u64::from(single),
                code => 1 << code,
            };
            let expected = 5 + u64::from(!single) + dictionary + content;
            let size = super::zstd_header(descriptor).size();
            assert_eq!(size, Some(expected), "{descriptor:#x}");
        }
    }
}
