//! Dimensions and depth as other programs see them: Pillow and `convert` make bitmaps, `file`,
//! `identify` and Pillow say what is in them.
//!
//! A program that isn't there is reported as skipped; with `BYTEWRIGHT_REQUIRE_PEERS=1` it is a
//! failure.

use std::path::Path;
use std::process::Command;

use bytewright::Source;
use bytewright::formats::bmp;
use bytewright::tree::Severity;

use crate::common::{run_peer, skip};

/// Standard output of a program; `None` where it is missing and may be.
fn peer(program: &str, arguments: &[&str]) -> Option<String> {
    let output = run_peer(Command::new(program).args(arguments))?;
    let errors = String::from_utf8_lossy(&output.stderr);
    if program == "python3" && errors.contains("No module named 'PIL'") {
        skip("Pillow", "Python has no such module");
        return None;
    }
    assert!(output.status.success(), "{program} {arguments:?}: {errors}");
    Some(String::from_utf8(output.stdout).unwrap())
}

fn header(path: &Path) -> bmp::DibHeader {
    let report = bmp::inspect(&Source::open(path).unwrap()).unwrap();
    let worst: Vec<_> = report
        .problems()
        .iter()
        .filter(|problem| problem.severity > Severity::Note)
        .collect();
    assert!(worst.is_empty(), "{}: {worst:?}", path.display());
    report.bitmaps()[0].dib.clone().unwrap()
}

/// Width, height (negative where rows run top down) and bit count, as `file` prints them.
fn as_file_says(path: &Path) -> Option<(i64, i64, u16)> {
    let text = peer("file", &["-b", path.to_str().unwrap()])?;
    let dimensions = text
        .split(", ")
        .find(|part| part.contains(" x "))
        .unwrap_or_else(|| panic!("{}: {text}", path.display()));
    let mut numbers = dimensions.trim().split(" x ");
    let mut next = || numbers.next().unwrap().to_owned();
    Some((
        next().parse().unwrap(),
        next().parse().unwrap(),
        next().parse().unwrap(),
    ))
}

fn compare_with_file(path: &Path) {
    let dib = header(path);
    if let Some(said) = as_file_says(path) {
        let ours = (dib.width, dib.height, dib.bit_count);
        assert_eq!(ours, said, "{}", path.display());
    }
}

#[test]
fn what_pillow_writes_is_read_as_pillow_and_file_read_it() {
    const SCRIPT: &str = "
import sys
from PIL import Image
folder = sys.argv[1]
for mode in ['1', 'L', 'P', 'RGB', 'RGBA']:
    for width, height in [(1, 1), (7, 5), (640, 360)]:
        name = f'{folder}/{mode}-{width}.bmp'
        Image.linear_gradient('L').resize((width, height)).convert(mode).save(name)
        image = Image.open(name)
        print(name, *image.size, sep='\\t')
";
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["-c", SCRIPT, folder.path().to_str().unwrap()];
    let Some(said) = peer("python3", &arguments) else {
        return;
    };
    assert_eq!(said.lines().count(), 15);
    for line in said.lines() {
        let parts: Vec<&str> = line.split('\t').collect();
        let path = Path::new(parts[0]);
        let dib = header(path);
        let size = (dib.width.to_string(), dib.height.to_string());
        assert_eq!(
            (size.0.as_str(), size.1.as_str()),
            (parts[1], parts[2]),
            "{line}"
        );
        let mode = path
            .file_name()
            .unwrap()
            .to_str()
            .unwrap()
            .split('-')
            .next()
            .unwrap();
        let bits = match mode {
            "1" => 1,
            "L" | "P" => 8,
            "RGB" => 24,
            _ => 32,
        };
        assert_eq!(dib.bit_count, bits, "{line}");
        compare_with_file(path);
    }
}

#[test]
fn what_imagemagick_writes_is_read_as_imagemagick_and_file_read_it() {
    let folder = tempfile::tempdir().unwrap();
    for (kind, header_size) in [("BMP2", 12), ("BMP3", 40), ("BMP", 124)] {
        for (name, options) in [
            ("color", &[][..]),
            ("gray", &["-colorspace", "Gray", "-type", "Grayscale"]),
            ("two", &["-monochrome", "-type", "Bilevel"]),
            (
                "alpha",
                &["-alpha", "set", "-channel", "A", "-evaluate", "set", "50%"],
            ),
        ] {
            let path = folder.path().join(format!("{name}-{kind}.bmp"));
            let target = format!("{kind}:{}", path.display());
            let mut arguments = vec!["-size", "33x17", "gradient:red-blue"];
            arguments.extend(options);
            arguments.push(&target);
            if peer("convert", &arguments).is_none() {
                return;
            }
            let dib = header(&path);
            assert_eq!((dib.width, dib.height), (33, 17), "{target}");
            if name == "color" && kind != "BMP" {
                assert_eq!(dib.header_size, header_size, "{target}");
            }
            let said = peer("identify", &["-format", "%w %h", path.to_str().unwrap()]);
            if let Some(said) = said {
                assert_eq!(
                    format!("{} {}", dib.width, dib.height),
                    said.trim(),
                    "{target}"
                );
            }
            compare_with_file(&path);
        }
    }
}

#[test]
fn fixtures_have_the_dimensions_that_other_programs_see() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/bmp");
    for name in [
        "rgb24-640x360",
        "core-24",
        "core-4",
        "info-1",
        "info-4",
        "info-8",
        "info-16",
        "info-24",
        "info-32",
        "info-24-top-down",
        "info-bitfields-565",
        "info-rle8",
        "info-rle4",
        "os2-64",
        "v4-calibrated",
        "v5-profile",
    ] {
        let path = folder.join(name).with_extension("bmp");
        let dib = header(&path);
        let Some(said) = peer("identify", &["-format", "%w %h", path.to_str().unwrap()]) else {
            return;
        };
        assert_eq!(
            format!("{} {}", dib.width, dib.rows()),
            said.trim(),
            "{name}"
        );
        compare_with_file(&path);
    }
}
