//! The enumerations of BMP headers: file types, DIB headers, compressions, color spaces, intents.

use std::collections::BTreeMap;
use std::fmt;

use crate::tree::{Enum, Key};

/// What the first two bytes of a file or of an array's entry say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FileType {
    /// `BM`: a bitmap.
    Bitmap,
    /// `BA`: an array of bitmaps of OS/2.
    Array,
    /// `CI`: a color icon of OS/2, a mask and a color bitmap.
    ColorIcon,
    /// `CP`: a color pointer of OS/2, a mask and a color bitmap.
    ColorPointer,
    /// `IC`: a monochrome icon of OS/2, of doubled height.
    Icon,
    /// `PT`: a monochrome pointer of OS/2, of doubled height.
    Pointer,
}

impl FileType {
    /// The type that two bytes stand for.
    pub fn from_signature(signature: &[u8]) -> Option<FileType> {
        Some(match signature {
            b"BM" => FileType::Bitmap,
            b"BA" => FileType::Array,
            b"CI" => FileType::ColorIcon,
            b"CP" => FileType::ColorPointer,
            b"IC" => FileType::Icon,
            b"PT" => FileType::Pointer,
            _ => return None,
        })
    }

    /// Whether the reserved fields are a hotspot.
    pub fn has_hotspot(self) -> bool {
        !matches!(self, FileType::Bitmap | FileType::Array)
    }

    /// Whether two bitmaps come one after the other: the mask, then the colors.
    pub fn is_pair(self) -> bool {
        matches!(self, FileType::ColorIcon | FileType::ColorPointer)
    }
}

/// Which DIB header describes a bitmap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum DibKind {
    /// BITMAPCOREHEADER, 12 bytes: OS/2 1.x, Windows 2.
    Core,
    /// BITMAPINFOHEADER2 of OS/2 2.x, 16 to 64 bytes.
    Os2,
    /// BITMAPINFOHEADER, 40 bytes.
    Info,
    /// BITMAPV2INFOHEADER, 52 bytes: with color masks.
    V2,
    /// BITMAPV3INFOHEADER, 56 bytes: with an alpha mask.
    V3,
    /// BITMAPV4HEADER, 108 bytes: with a color space.
    V4,
    /// BITMAPV5HEADER, 124 bytes: with an ICC profile.
    V5,
}

impl DibKind {
    /// The header's name in the documentation of its system.
    pub fn name(self) -> &'static str {
        match self {
            DibKind::Core => "BITMAPCOREHEADER",
            DibKind::Os2 => "BITMAPINFOHEADER2 of OS/2",
            DibKind::Info => "BITMAPINFOHEADER",
            DibKind::V2 => "BITMAPV2INFOHEADER",
            DibKind::V3 => "BITMAPV3INFOHEADER",
            DibKind::V4 => "BITMAPV4HEADER",
            DibKind::V5 => "BITMAPV5HEADER",
        }
    }
}

/// How the pixels are stored.
///
/// Values 3 and 4 mean one thing to Windows and another to OS/2, and there are files with a
/// Windows header that mean the latter; only the bit count tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Compression {
    /// 0: rows of pixels, palette indices or B, G, R.
    Rgb,
    /// 1: run lengths of bytes.
    Rle8,
    /// 2: run lengths of half bytes.
    Rle4,
    /// 3: rows of pixels whose channels the color masks give.
    BitFields,
    /// 3 with OS/2 or 1 bit: ITU-T T.4 modified Huffman.
    Huffman1D,
    /// 4: a JPEG file.
    Jpeg,
    /// 4 with OS/2 or 24 bits: run lengths of B, G, R.
    Rle24,
    /// 5: a PNG file.
    Png,
    /// 6: as 3, with an alpha mask.
    AlphaBitFields,
    /// 11: rows of CMYK pixels.
    Cmyk,
    /// 12: run lengths of bytes, CMYK palette.
    CmykRle8,
    /// 13: run lengths of half bytes, CMYK palette.
    CmykRle4,
    /// Any other value.
    Unknown(u32),
}

type NamedNumbers = (Compression, u32, &'static str, &'static str, &'static [u16]);

/// The compressions: number, name in the documentation of its system, what is stored, and the bits
/// a pixel that go with it. Of those with one number, the other header's or bit count's comes last.
static COMPRESSIONS: [NamedNumbers; 12] = {
    use Compression::*;
    [
        (
            Rgb,
            0,
            "BI_RGB",
            "not compressed",
            &[1, 2, 4, 8, 16, 24, 32, 64],
        ),
        (Rle8, 1, "BI_RLE8", "run lengths, 8 bits", &[8]),
        (Rle4, 2, "BI_RLE4", "run lengths, 4 bits", &[4]),
        (
            BitFields,
            3,
            "BI_BITFIELDS",
            "not compressed, color masks",
            &[16, 32],
        ),
        (Jpeg, 4, "BI_JPEG", "a JPEG file", &[0]),
        (Png, 5, "BI_PNG", "a PNG file", &[0]),
        (
            AlphaBitFields,
            6,
            "BI_ALPHABITFIELDS",
            "not compressed, alpha mask",
            &[16, 32],
        ),
        (Cmyk, 11, "BI_CMYK", "CMYK, not compressed", &[32]),
        (
            CmykRle8,
            12,
            "BI_CMYKRLE8",
            "CMYK, run lengths, 8 bits",
            &[8],
        ),
        (
            CmykRle4,
            13,
            "BI_CMYKRLE4",
            "CMYK, run lengths, 4 bits",
            &[4],
        ),
        (
            Huffman1D,
            3,
            "Huffman 1D",
            "ITU-T T.4 modified Huffman",
            &[1],
        ),
        (Rle24, 4, "RLE24", "run lengths, 24 bits", &[24]),
    ]
};

impl Compression {
    /// The compression of a header's field, which depends on the kind of header and the bit count.
    ///
    /// ```
    /// use bytewright::formats::bmp::{Compression, DibKind};
    ///
    /// assert_eq!(Compression::new(3, DibKind::Info, 16), Compression::BitFields);
    /// assert_eq!(Compression::new(3, DibKind::Os2, 1), Compression::Huffman1D);
    /// ```
    pub fn new(value: u32, kind: DibKind, bit_count: u16) -> Compression {
        let os2 = kind == DibKind::Os2;
        match value {
            3 if os2 || bit_count == 1 => Compression::Huffman1D,
            4 if os2 || bit_count == 24 => Compression::Rle24,
            _ => {
                let mut known = COMPRESSIONS.iter();
                let found = known.find(|(_, number, ..)| *number == value);
                found.map_or(Compression::Unknown(value), |found| found.0)
            }
        }
    }

    /// The names of the numbers that a header of this kind may have.
    pub(super) fn names(kind: DibKind) -> Enum {
        let is_os2 = kind == DibKind::Os2;
        let of_kind = |(compression, number, ..): &&NamedNumbers| match number {
            0..=2 => true,
            3 | 4 => {
                let is_of_os2 = matches!(compression, Compression::Huffman1D | Compression::Rle24);
                is_of_os2 == is_os2
            }
            _ => !is_os2,
        };
        let known = COMPRESSIONS.iter().filter(of_kind);
        let names = known.map(|row| (Key::Number(row.1.into()), row.2.to_owned()));
        Enum::from(names.collect::<BTreeMap<_, _>>())
    }

    /// Its number in the header.
    pub(super) fn value(self) -> u32 {
        match self {
            Compression::Unknown(value) => value,
            _ => self.row().map_or(0, |row| row.1),
        }
    }

    fn row(self) -> Option<&'static NamedNumbers> {
        COMPRESSIONS.iter().find(|row| row.0 == self)
    }

    /// The bits a pixel that go with it; 0 where the embedded file says it.
    pub fn bit_counts(self) -> &'static [u16] {
        self.row().map_or(&[], |row| row.4)
    }

    /// Whether pixels of this many bits are read: those of [`bit_counts`](Self::bit_counts), and masks
    /// with 24 bits, which some programs write.
    pub fn reads(self, bits: u16) -> bool {
        self.bit_counts().contains(&bits) || (self.has_masks() && bits == 24)
    }

    /// Whether the pixels are rows of equal length.
    pub fn is_rows(self) -> bool {
        matches!(
            self,
            Compression::Rgb
                | Compression::BitFields
                | Compression::AlphaBitFields
                | Compression::Cmyk
        )
    }

    /// Whether color masks tell where the channels are.
    pub fn has_masks(self) -> bool {
        matches!(self, Compression::BitFields | Compression::AlphaBitFields)
    }

    /// What is stored, in words.
    pub fn meaning(self) -> &'static str {
        self.row().map_or("unknown", |row| row.3)
    }
}

/// The name in the documentation of its system.
impl fmt::Display for Compression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.row().map_or("unknown", |row| row.2))
    }
}

/// The color space of a V4 or V5 header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ColorSpace {
    /// 0: the end points and gammas of the header.
    Calibrated,
    /// `sRGB`.
    Srgb,
    /// `Win `: the system's default, which is sRGB.
    Windows,
    /// `LINK`: the profile's place in the file holds a path, never opened here.
    Linked,
    /// `MBED`: an ICC profile in the file.
    Embedded,
    /// Any other value.
    Unknown(u32),
}

impl ColorSpace {
    /// What `cs_type` stands for: four characters, the first in the highest byte.
    pub fn new(cs_type: u32) -> ColorSpace {
        match &cs_type.to_be_bytes() {
            [0, 0, 0, 0] => ColorSpace::Calibrated,
            b"sRGB" => ColorSpace::Srgb,
            b"Win " => ColorSpace::Windows,
            b"LINK" => ColorSpace::Linked,
            b"MBED" => ColorSpace::Embedded,
            _ => ColorSpace::Unknown(cs_type),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// OS/2 gave two numbers of Windows another meaning, and has none of the later ones.
    #[test]
    fn a_compression_is_named_as_its_kind_of_header_has_it() {
        let names = |kind| {
            let names = Compression::names(kind);
            let pairs: Vec<_> = names
                .iter()
                .map(|(key, name)| match key {
                    Key::Number(number) => (*number, name.to_owned()),
                    key => panic!("{key:?}"),
                })
                .collect();
            pairs
        };
        let named = |pairs: &[(i128, &str)]| -> Vec<_> {
            pairs
                .iter()
                .map(|(n, name)| (*n, (*name).to_owned()))
                .collect()
        };
        let both = [(0, "BI_RGB"), (1, "BI_RLE8"), (2, "BI_RLE4")];
        let of_os2 = [(3, "Huffman 1D"), (4, "RLE24")];
        assert_eq!(names(DibKind::Os2), named(&[&both[..], &of_os2].concat()));
        let of_windows = [
            (3, "BI_BITFIELDS"),
            (4, "BI_JPEG"),
            (5, "BI_PNG"),
            (6, "BI_ALPHABITFIELDS"),
            (11, "BI_CMYK"),
            (12, "BI_CMYKRLE8"),
            (13, "BI_CMYKRLE4"),
        ];
        let expected = named(&[&both[..], &of_windows].concat());
        assert_eq!(names(DibKind::Info), expected);
        assert_eq!(names(DibKind::V5), expected);
        assert_eq!(Compression::Unknown(77).value(), 77);
        assert_eq!(Compression::CmykRle8.value(), 12);
    }
}
