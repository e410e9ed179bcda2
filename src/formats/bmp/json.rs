//! A report as JSON.

use serde::ser::{Error as _, Serialize, SerializeMap, SerializeSeq, Serializer};

use super::bitmap::Bitmap;
use super::palette::Palette;
use super::report::Report;

/// Colors of a palette that are listed, at most: as many as an index of eight bits reaches.
const MOST_COLORS: usize = 256;

/// The keys are `size`, `bitmaps`, `regions` and `problems`.
///
/// Each of `bitmaps`, which are those whose DIB header can be read, has `width`, `height`, `bit_count`, `compression`,
/// `dpi`, `pixel_bytes` by the headers, `pixel_bytes_present` in the file, and `palette`.
///
/// # Errors
///
/// When the colors of a palette can't be read.
///
/// ```
/// use bytewright::Source;
/// use bytewright::formats::bmp;
///
/// let report = bmp::inspect(&Source::from(&b"BM\x36\0\0\0"[..]))?;
/// let json = serde_json::to_value(&report)?;
/// assert_eq!(json["size"], 6);
/// assert_eq!(json["problems"][0]["code"], "B002");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
impl Serialize for Report {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let file_size = self.size();
        let bitmaps = Bitmaps {
            bitmaps: self.bitmaps(),
            file_size,
        };
        let mut report = serializer.serialize_map(Some(4))?;
        report.serialize_entry("size", &file_size)?;
        report.serialize_entry("bitmaps", &bitmaps)?;
        report.serialize_entry("regions", self.regions())?;
        report.serialize_entry("problems", self.problems())?;
        report.end()
    }
}

struct Bitmaps<'a> {
    bitmaps: &'a [Bitmap],
    file_size: u64,
}

impl Serialize for Bitmaps<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let file_size = self.file_size;
        let readable = self.bitmaps.iter().filter(|bitmap| bitmap.dib.is_some());
        serializer.collect_seq(readable.map(|bitmap| InFile { bitmap, file_size }))
    }
}

/// A bitmap of a file of that many bytes.
struct InFile<'a> {
    bitmap: &'a Bitmap,
    file_size: u64,
}

impl Serialize for InFile<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let InFile { bitmap, file_size } = *self;
        let mut fields = serializer.serialize_map(None)?;
        if let Some(dib) = &bitmap.dib {
            fields.serialize_entry("width", &dib.width)?;
            fields.serialize_entry("height", &dib.height)?;
            fields.serialize_entry("bit_count", &dib.bit_count)?;
            fields.serialize_entry("compression", &dib.compression.to_string())?;
            fields.serialize_entry("dpi", &dib.dpi())?;
        }
        fields.serialize_entry("pixel_bytes", &bitmap.pixel_bytes())?;
        fields.serialize_entry(
            "pixel_bytes_present",
            &bitmap.pixel_bytes_present(file_size),
        )?;
        fields.serialize_entry("palette", &bitmap.palette)?;
        fields.end()
    }
}

/// The keys are `entries`, their number, and `colors`, the first 256 of them as `#rrggbb`.
///
/// # Errors
///
/// When the colors can't be read.
impl Serialize for Palette {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_map(Some(2))?;
        fields.serialize_entry("entries", &self.len())?;
        fields.serialize_entry("colors", &Colors(self))?;
        fields.end()
    }
}

struct Colors<'a>(&'a Palette);

impl Serialize for Colors<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut colors = serializer.serialize_seq(None)?;
        for color in self.0.colors().take(MOST_COLORS) {
            let color = color.map_err(S::Error::custom)?;
            colors.serialize_element(&color.to_string())?;
        }
        colors.end()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::formats::bmp;
    use crate::source::Source;

    /// Two pixels of one bit, with a palette of two colors; the last two bytes of their row are missing.
    #[test]
    fn a_report_says_what_its_bitmaps_are_and_what_the_file_holds_of_them() {
        let mut file = b"BM\x42\0\0\0\0\0\0\0\x3e\0\0\0".to_vec();
        file.extend(40_u32.to_le_bytes());
        file.extend([2, 0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, 0, 0, 0]);
        file.extend([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        file.extend([1, 2, 3, 0, 0xff, 0xfe, 0xfd, 0, 0x40, 0]);
        let report = bmp::inspect(&Source::from(file)).unwrap();
        let json = serde_json::to_value(&report).unwrap();
        let keys: Vec<_> = json.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["size", "bitmaps", "regions", "problems"]);
        assert_eq!(json["size"], 64);
        let bitmap = json!({
            "width": 2,
            "height": 1,
            "bit_count": 1,
            "compression": "BI_RGB",
            "dpi": null,
            "pixel_bytes": 4,
            "pixel_bytes_present": 2,
            "palette": { "entries": 2, "colors": ["#030201", "#fdfeff"] },
        });
        assert_eq!(json["bitmaps"], json!([bitmap]));
        assert_eq!(json["regions"][0]["part"], "file_header");
    }

    #[test]
    fn a_palette_of_more_colors_lists_the_first_256() {
        let mut file = b"BM\0\0\0\0\0\0\0\0\x7e\x04\0\0".to_vec();
        file.extend(40_u32.to_le_bytes());
        file.extend([1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 8, 0, 0, 0, 0, 0, 4, 0, 0, 0]);
        file.extend([0, 0, 0, 0, 0, 0, 0, 0, 0x12, 1, 0, 0, 0, 0, 0, 0]);
        file.extend((0..0x112_u32).flat_map(u32::to_le_bytes));
        file.extend([0; 4]);
        let report = bmp::inspect(&Source::from(file)).unwrap();
        let json = serde_json::to_value(report.bitmaps()[0].palette.as_ref()).unwrap();
        assert_eq!(json["entries"], 0x112);
        let colors = json["colors"].as_array().unwrap();
        assert_eq!(colors.len(), 256);
        assert_eq!(colors[255], "#0000ff");
    }

    #[test]
    fn a_repair_has_its_code_and_its_words_and_not_its_bytes() {
        let repair = bmp::Repair {
            code: "B003",
            message: "the size is 70".to_owned(),
            writes: vec![(2, vec![70, 0, 0, 0])],
        };
        let json = serde_json::to_value(repair).unwrap();
        assert_eq!(json, json!({ "code": "B003", "message": "the size is 70" }));
    }
}
