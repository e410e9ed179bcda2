//! Headers of each kind, at the borders of their sizes.

use super::*;

fn read(bytes: &[u8], os2: bool) -> Result<DibHeader, Error> {
    DibHeader::read(&Source::from(bytes), 0, os2).unwrap().1
}

fn header(size: u32, rest: &[u8]) -> Vec<u8> {
    let mut bytes = size.to_le_bytes().to_vec();
    bytes.extend(rest);
    bytes.resize(size as usize, 0);
    bytes
}

#[test]
fn the_size_tells_the_kind() {
    for (size, os2, kind) in [
        (12, false, DibKind::Core),
        (12, true, DibKind::Core),
        (16, false, DibKind::Os2),
        (42, false, DibKind::Os2),
        (64, false, DibKind::Os2),
        (40, false, DibKind::Info),
        (40, true, DibKind::Os2),
        (52, false, DibKind::V2),
        (56, false, DibKind::V3),
        (56, true, DibKind::Os2),
        (108, true, DibKind::V4),
        (124, false, DibKind::V5),
    ] {
        let found = read(&header(size, &[]), os2).unwrap();
        assert_eq!(found.kind, kind, "{size}, {os2}");
    }
    for size in [0, 4, 11, 13, 15, 17, 41, 66, 107, 125, u32::MAX] {
        let error = read(&size.to_le_bytes(), false).unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::HeaderSize { found: size });
    }
}

#[test]
fn only_os2_has_unsigned_dimensions() {
    let minus_two = [0xfe, 0xff, 0xff, 0xff].repeat(2);
    let windows = read(&header(40, &minus_two), false).unwrap();
    assert_eq!((windows.width, windows.height), (-2, -2));
    let os2 = read(&header(64, &minus_two), false).unwrap();
    assert_eq!((os2.width, os2.height), (0xffff_fffe, 0xffff_fffe));
}

#[test]
fn a_forty_byte_header_with_an_os2_compression_is_of_os2() {
    let huffman = b"\x08\0\0\0\x08\0\0\0\x01\0\x01\0\x03\0\0\0";
    let header = read(&header(40, huffman), false).unwrap();
    assert_eq!(
        (header.kind, header.compression),
        (DibKind::Os2, Compression::Huffman1D)
    );
    // OS/2's header has no such size, and 4 is another compression there.
    let of_24_bits = b"\x08\0\0\0\x08\0\0\0\x01\0\x18\0\x04\0\0\0";
    for (size, kind) in [(40, DibKind::Os2), (108, DibKind::V4), (124, DibKind::V5)] {
        let found = read(&self::header(size, of_24_bits), false).unwrap();
        assert_eq!(found.kind, kind, "{size}");
    }
}

#[test]
fn strides_are_whole_words_and_never_overflow() {
    let mut header = read(&header(40, b"\x03\0\0\0\x01\0\0\0\x01\0\x18\0"), false).unwrap();
    assert_eq!((header.width, header.stride()), (3, Some(12)));
    (header.width, header.bit_count) = (33, 1);
    assert_eq!(header.stride(), Some(8));
    (header.width, header.height, header.bit_count) = (i64::MAX, 1, 32);
    assert_eq!(header.stride(), None);
    header.width = 0;
    assert_eq!(header.stride(), None);
    (header.width, header.height) = (0xffff_ffff, i64::MIN);
    assert_eq!(header.rows_size(), None);
}
