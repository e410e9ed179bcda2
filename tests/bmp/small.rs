//! Small bitmaps as bytes, written out by the specification and not by the program under test.
//!
//! Pixels with a palette of four colors begin at byte 70.

/// Red, green, blue and white: the palette of every picture here that has one.
pub(crate) const RED: [u8; 4] = [255, 0, 0, 255];
pub(crate) const GREEN: [u8; 4] = [0, 255, 0, 255];
pub(crate) const BLUE: [u8; 4] = [0, 0, 255, 255];
pub(crate) const WHITE: [u8; 4] = [255, 255, 255, 255];
/// What no code defines, and what is lost.
pub(crate) const NONE: [u8; 4] = [0; 4];

/// A file with a 40-byte header.
pub(crate) struct Small {
    pub(crate) width: i32,
    pub(crate) height: i32,
    pub(crate) planes: u16,
    pub(crate) bits: u16,
    pub(crate) compression: u32,
    /// The size of the pixels, where the field says something else.
    pub(crate) image_size: Option<u32>,
    pub(crate) colors_used: u32,
    /// Palette entries: blue, green, red and a zero.
    pub(crate) palette: Vec<[u8; 4]>,
    pub(crate) pixels: Vec<u8>,
    /// The length of the file, where the field says something else.
    pub(crate) size: Option<u32>,
    pub(crate) pixel_offset: Option<u32>,
}

impl Small {
    pub(crate) fn file(&self) -> Vec<u8> {
        let offset = 54 + 4 * u32::try_from(self.palette.len()).unwrap();
        let pixels = u32::try_from(self.pixels.len()).unwrap();
        let mut file = b"BM".to_vec();
        file.extend(self.size.unwrap_or(offset + pixels).to_le_bytes());
        file.extend([0; 4]);
        file.extend(self.pixel_offset.unwrap_or(offset).to_le_bytes());
        file.extend(40_u32.to_le_bytes());
        file.extend(self.width.to_le_bytes());
        file.extend(self.height.to_le_bytes());
        file.extend(self.planes.to_le_bytes());
        file.extend(self.bits.to_le_bytes());
        file.extend(self.compression.to_le_bytes());
        file.extend(self.image_size.unwrap_or(pixels).to_le_bytes());
        file.extend([0; 8]);
        file.extend(self.colors_used.to_le_bytes());
        file.extend([0; 4]);
        file.extend(self.palette.concat());
        file.extend(&self.pixels);
        file
    }
}

/// Rows that are not compressed.
pub(crate) fn rows(width: i32, height: i32, bits: u16, pixels: &[u8]) -> Small {
    Small {
        width,
        height,
        planes: 1,
        bits,
        compression: 0,
        image_size: None,
        colors_used: 0,
        palette: Vec::new(),
        pixels: pixels.to_vec(),
        size: None,
        pixel_offset: None,
    }
}

/// Indices into red, green, blue and white.
pub(crate) fn indexed(
    width: i32,
    height: i32,
    bits: u16,
    compression: u32,
    pixels: &[u8],
) -> Small {
    Small {
        compression,
        colors_used: 4,
        palette: vec![
            [0, 0, 255, 0],
            [0, 255, 0, 0],
            [255, 0, 0, 0],
            [255, 255, 255, 0],
        ],
        ..rows(width, height, bits, pixels)
    }
}

/// Run lengths of bytes.
pub(crate) fn rle8(width: i32, height: i32, pixels: &[u8]) -> Small {
    indexed(width, height, 8, 1, pixels)
}

/// Run lengths of half bytes.
pub(crate) fn rle4(width: i32, height: i32, pixels: &[u8]) -> Small {
    indexed(width, height, 4, 2, pixels)
}

/// Run lengths of blue, green and red; pixels begin at 54.
pub(crate) fn rle24(width: i32, height: i32, pixels: &[u8]) -> Small {
    Small {
        compression: 4,
        ..rows(width, height, 24, pixels)
    }
}

/// Huffman codes; pixels begin at 62. White is index 0, black index 1.
pub(crate) fn huffman(width: i32, height: i32, pixels: &[u8]) -> Small {
    Small {
        compression: 3,
        palette: vec![[255, 255, 255, 0], [0, 0, 0, 0]],
        ..rows(width, height, 1, pixels)
    }
}

/// A file with other bytes at some of its places.
pub(crate) fn patched(mut file: Vec<u8>, writes: &[(usize, &[u8])]) -> Vec<u8> {
    for (at, bytes) in writes {
        file[*at..*at + bytes.len()].copy_from_slice(bytes);
    }
    file
}

/// A DIB header of any size, 1 by 1 pixel of 24 bits, with other 32-bit numbers at the given places
/// from its beginning.
pub(crate) fn dib(size: u32, fields: &[(usize, u32)]) -> Vec<u8> {
    let mut header = vec![0; size as usize];
    let plain = [(0, size), (4, 1), (8, 1), (12, 1 | 24 << 16)];
    for (at, value) in plain.iter().chain(fields) {
        header[*at..*at + 4].copy_from_slice(&value.to_le_bytes());
    }
    header
}

/// A file with such a header at 14, and what is after it, where the pixel offset leads.
pub(crate) fn headed(size: u32, fields: &[(usize, u32)], behind: &[u8]) -> Vec<u8> {
    let offset = 14 + size;
    let mut file = b"BM".to_vec();
    file.extend((offset + behind.len() as u32).to_le_bytes());
    file.extend([0; 4]);
    file.extend(offset.to_le_bytes());
    file.extend(dib(size, fields));
    file.extend(behind);
    file
}
