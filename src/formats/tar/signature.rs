//! What a file is that is given as an archive and is none: archives and compressions of other kinds,
//! by their first bytes.

/// First bytes, what begins with them, and the program that opens it.
const SIGNATURES: &[(&[u8], &str, &str)] = &[
    (b"PK\x03\x04", "a ZIP archive", "unzip"),
    (b"PK\x05\x06", "a ZIP archive without members", "unzip"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", "7z x"),
    (b"Rar!\x1a\x07", "a RAR archive", "unrar x"),
    (b"070701", "a cpio archive", "cpio -i"),
    (b"070702", "a cpio archive", "cpio -i"),
    (b"070707", "a cpio archive", "cpio -i"),
    (b"\xc7\x71", "a cpio archive", "cpio -i"),
    (b"\x71\xc7", "a cpio archive", "cpio -i"),
    (
        b"!<arch>\n",
        "an ar archive, such as a library or a Debian package",
        "ar x",
    ),
    (b"\xed\xab\xee\xdb", "an RPM package", "rpm2cpio"),
    (b"LZIP", "compressed with lzip", "lzip -d"),
    (b"\x5d\x00\x00", "compressed with lzma", "unlzma"),
    (b"\x1f\x9d", "compressed with compress", "uncompress"),
    (b"\x89LZO\x00", "compressed with lzop", "lzop -d"),
    (b"hsqs", "a SquashFS image", "unsquashfs"),
    (b"MSCF", "a cabinet file", "cabextract"),
    (b"xar!", "a xar archive", "xar -x"),
];

/// What these bytes begin, where that is known, and the program that opens it.
pub(super) fn of(first: &[u8]) -> Option<(&'static str, &'static str)> {
    let found = SIGNATURES
        .iter()
        .find(|(signature, ..)| first.starts_with(signature));
    found.map(|(_, what, program)| (*what, *program))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn archives_of_other_kinds_are_told_by_their_first_bytes() {
        assert_eq!(of(b"PK\x03\x04\x14\0").unwrap().1, "unzip");
        assert_eq!(of(b"070701000A").unwrap().0, "a cpio archive");
        assert_eq!(of(b"LZIP\x01\x0c").unwrap().1, "lzip -d");
        assert_eq!(of(b"file.txt\0\0"), None);
        assert_eq!(of(b""), None);
    }
}
