//! The headers of the bitmaps in a folder as CSV: one row a bitmap, one column a field.
//!
//! ```sh
//! cargo run --example bmp_headers_csv -- ~/Pictures > headers.csv
//! ```
//!
//! Without a folder it takes the bitmaps of this repository, `fixtures/bmp`.

use std::error::Error;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use bytewright::Source;
use bytewright::formats::bmp::{self, Bitmap, Report};

const COLUMNS: &str = "file,file_size,header,width,height,bit_count,compression,pixel_offset,\
    colors_used,dpi,problems";

/// The bitmaps of a folder, by name. Folders in it are not gone into.
fn bitmaps_of(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let suffix = path.extension().and_then(|suffix| suffix.to_str());
        if suffix.is_some_and(|s| s.eq_ignore_ascii_case("bmp") || s.eq_ignore_ascii_case("dib")) {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

/// A text as CSV has it (RFC 4180): in quotes where it holds a comma, a quote or the end of a line.
fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\r', '\n']) {
        return format!("\"{}\"", text.replace('"', "\"\""));
    }
    text.to_owned()
}

/// What the headers of one bitmap say. What a damaged file doesn't say is an empty cell.
fn row(name: &str, report: &Report, bitmap: Option<&Bitmap>) -> String {
    let file = bitmap.and_then(|bitmap| bitmap.file.as_ref());
    let dib = bitmap.and_then(|bitmap| bitmap.dib.as_ref());
    let of_dib = |cell: fn(&bmp::DibHeader) -> String| dib.map(cell).unwrap_or_default();
    let codes = report.problems().iter().map(|problem| problem.code);
    [
        quoted(name),
        report.size().to_string(),
        of_dib(|dib| dib.kind.name().to_owned()),
        of_dib(|dib| dib.width.to_string()),
        of_dib(|dib| dib.height.to_string()),
        of_dib(|dib| dib.bit_count.to_string()),
        of_dib(|dib| dib.compression.to_string()),
        file.map(|file| file.pixel_offset.to_string())
            .unwrap_or_default(),
        of_dib(|dib| dib.colors_used.to_string()),
        of_dib(|dib| match dib.dpi() {
            Some([across, down]) => format!("{across:.0} x {down:.0}"),
            None => String::new(),
        }),
        codes.collect::<Vec<_>>().join(" "),
    ]
    .join(",")
}

/// Writes the table to `out`, and files that can't be read to `log`; says how many those are.
///
/// # Errors
///
/// When the folder can't be read, or `out` not be written. A damaged bitmap is a row with problems.
pub fn run(
    folder: &Path,
    out: &mut impl Write,
    log: &mut impl Write,
) -> Result<usize, Box<dyn Error>> {
    let paths = bitmaps_of(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let mut unread = 0_usize;
    writeln!(out, "{COLUMNS}")?;
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        // The headers and the palette are read, and never the pixels.
        let report = match Source::open(&path).and_then(|source| bmp::inspect(&source)) {
            Ok(report) => report,
            Err(e) => {
                writeln!(log, "{}: {e}", path.display())?;
                unread = unread.saturating_add(1);
                continue;
            }
        };
        for bitmap in report.bitmaps() {
            writeln!(out, "{}", row(&name, &report, Some(bitmap)))?;
        }
        if report.bitmaps().is_empty() {
            writeln!(out, "{}", row(&name, &report, None))?;
        }
    }
    Ok(unread)
}

fn main() -> ExitCode {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/bmp");
    let folder = std::env::args_os().nth(1).map_or(fixtures, PathBuf::from);
    match run(&folder, &mut io::stdout().lock(), &mut io::stderr()) {
        Ok(unread) => ExitCode::from(u8::from(unread > 0)),
        // As for head, which has what it wants.
        Err(e) if is_broken_pipe(&*e) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("{e}");
            ExitCode::from(2)
        }
    }
}

fn is_broken_pipe(error: &(dyn Error + 'static)) -> bool {
    let error = error.downcast_ref::<io::Error>();
    error.is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe)
}
