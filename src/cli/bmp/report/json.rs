//! A BMP file as one JSON value.

use std::io;

use serde_json::{Value as Json, json};

use super::{JSON_COLORS, fields};
use crate::formats::bmp::{Bitmap, Palette, Report};
use crate::render::json::{Style, value};
use crate::tree::Node;

/// `file`, `size`, `fields`, `bitmaps`, `regions`, `problems`.
///
/// A field has `path`, `offset`, `size`, `value`, and `meaning` where there is more to say. A
/// bitmap has `width`, `height`, `bit_count`, `compression`, `dpi`, `pixel_bytes` (by the headers)
/// and `pixel_bytes_present`, and `palette`: the number of `entries`, and `colors` as `#rrggbb`,
/// at most [`JSON_COLORS`] of them.
///
/// # Errors
///
/// When the palette can't be read.
pub(in crate::cli::bmp) fn json(name: &str, report: &Report, tree: &Node) -> io::Result<Json> {
    let mut all = Vec::new();
    fields(tree, |path, node| {
        let mut field = json!({
            "path": path,
            "offset": node.range.offset,
            "size": node.range.size,
            "value": node.value.as_ref().map(|v| serde_json::to_value(value(v, Style::default())))
                .transpose()?,
        });
        if let (Some(field), Some(meaning)) = (field.as_object_mut(), &node.meaning) {
            field.insert("meaning".to_owned(), meaning.as_str().into());
        }
        all.push(field);
        Ok(())
    })?;
    let bitmaps: io::Result<Vec<Json>> = report
        .bitmaps()
        .iter()
        .filter(|bitmap| bitmap.dib.is_some())
        .map(|bitmap| self::bitmap(bitmap, report.size()))
        .collect();
    Ok(json!({
        "file": name,
        "size": report.size(),
        "fields": all,
        "bitmaps": bitmaps?,
        "regions": report.regions(),
        "problems": report.problems(),
    }))
}

fn bitmap(bitmap: &Bitmap, file_size: u64) -> io::Result<Json> {
    let Some(dib) = &bitmap.dib else {
        return Ok(Json::Null);
    };
    Ok(json!({
        "width": dib.width,
        "height": dib.height,
        "bit_count": dib.bit_count,
        "compression": dib.compression.to_string(),
        "dpi": dib.dpi(),
        "pixel_bytes": bitmap.pixel_bytes(),
        "pixel_bytes_present": bitmap.pixel_bytes_present(file_size),
        "palette": bitmap.palette.as_ref().map(palette).transpose()?,
    }))
}

fn palette(palette: &Palette) -> io::Result<Json> {
    let colors: io::Result<Vec<String>> = palette
        .colors()
        .take(JSON_COLORS)
        .map(|color| color.map(|color| color.to_string()))
        .collect();
    Ok(json!({ "entries": palette.len(), "colors": colors? }))
}
