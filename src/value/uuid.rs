//! UUIDs and Microsoft's GUIDs (RFC 9562, section 4).

/// The bytes of a UUID as text, in groups of 4, 2, 2, 2 and 6 bytes.
pub(crate) fn text(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(36);
    for (i, byte) in bytes.iter().enumerate() {
        if matches!(i, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        for digit in [byte >> 4, byte & 15] {
            text.push(char::from_digit(u32::from(digit), 16).unwrap_or('0'));
        }
    }
    text
}

/// The bytes of a GUID in the order of a UUID, and the other way: the first three groups of a GUID have the least
/// significant byte first.
#[must_use]
pub(crate) fn swapped(bytes: [u8; 16]) -> [u8; 16] {
    let [a, b, c, d, e, f, g, h, rest @ ..] = bytes;
    let [i, j, k, l, m, n, o, p] = rest;
    [d, c, b, a, f, e, h, g, i, j, k, l, m, n, o, p]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 9562, section 4, and the bytes that Python's `uuid.UUID(…).bytes_le` has for it.
    #[test]
    fn a_guid_is_a_uuid_whose_first_groups_are_little_endian() {
        let uuid: [u8; 16] = *b"\xf8\x1d\x4f\xae\x7d\xec\x11\xd0\xa7\x65\x00\xa0\xc9\x1e\x6b\xf6";
        let guid: [u8; 16] = *b"\xae\x4f\x1d\xf8\xec\x7d\xd0\x11\xa7\x65\x00\xa0\xc9\x1e\x6b\xf6";
        assert_eq!(text(&uuid), "f81d4fae-7dec-11d0-a765-00a0c91e6bf6");
        assert_eq!((swapped(guid), swapped(uuid)), (uuid, guid));
    }
}
