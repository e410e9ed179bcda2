//! Pixels as other programs decode them.
//!
//! A program that isn't there is reported as skipped; with `BYTEWRIGHT_REQUIRE_PEERS=1` it is a
//! failure.
#![cfg(feature = "pictures")]
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    missing_docs,
    reason = "a test may fail"
)]

use std::path::{Path, PathBuf};
use std::process::Command;

use bytewright::Source;
use bytewright::formats::bmp::{self, Options, Picture};

fn required() -> bool {
    std::env::var_os("BYTEWRIGHT_REQUIRE_PEERS").is_some_and(|value| value == "1")
}

/// The pixels as `ImageMagick` has them; `None` where it can't read the file.
fn imagemagick(path: &Path) -> Option<Vec<u8>> {
    let from = format!("bmp:{}", path.display());
    let output = Command::new("convert")
        .args([&from, "-depth", "8", "rgba:-"])
        .output();
    match output {
        Ok(output) => (!output.stdout.is_empty()).then_some(output.stdout),
        Err(e) => {
            assert!(!required(), "convert is required: {e}");
            None
        }
    }
}

/// The same for Pillow.
fn pillow(path: &Path) -> Option<Vec<u8>> {
    let program = "import sys; from PIL import Image; \
        sys.stdout.buffer.write(Image.open(sys.argv[1]).convert('RGBA').tobytes())";
    let output = Command::new("python3")
        .args(["-c", program, path.to_str().unwrap()])
        .output();
    match output {
        Ok(output) => {
            let errors = String::from_utf8_lossy(&output.stderr);
            let missing = errors.contains("No module named 'PIL'");
            assert!(!(missing && required()), "Pillow is required");
            output.status.success().then_some(output.stdout)
        }
        Err(e) => {
            assert!(!required(), "python3 is required: {e}");
            None
        }
    }
}

fn fixtures() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/bmp");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|suffix| suffix == "bmp"))
        .collect();
    files.sort();
    files
}

/// How far a channel may be off where a program shifts bits instead of scaling them.
fn bound(name: &str) -> u8 {
    match name {
        "info-16.bmp" | "info-bitfields-565.bmp" | "v2-565.bmp" => 1,
        // Of 4 bits, ImageMagick leaves the lower 4 of a channel zero.
        "v3-4444.bmp" => 15,
        _ => 0,
    }
}

fn compare(name: &str, program: &str, ours: &[u8], theirs: Option<Vec<u8>>, alpha: bool) -> bool {
    let Some(theirs) = theirs else { return false };
    assert_eq!(ours.len(), theirs.len(), "{name}: {program}");
    let channels = if alpha { 4 } else { 3 };
    for (at, (a, b)) in ours.chunks(4).zip(theirs.chunks(4)).enumerate() {
        let near = a[..channels]
            .iter()
            .zip(b)
            .all(|(a, b)| a.abs_diff(*b) <= bound(name));
        assert!(near, "{name}: {program}: pixel {at}: {a:?}, theirs {b:?}");
    }
    true
}

#[test]
fn the_fixtures_have_the_pixels_that_other_programs_see() {
    let mut compared = [0, 0];
    for path in fixtures() {
        let name = path.file_name().unwrap().to_str().unwrap();
        if name.starts_with("broken") {
            continue;
        }
        let source = Source::open(&path).unwrap();
        let Ok(picture) = Picture::decode(&source, &Options::default()) else {
            assert_eq!(
                name, "info-png.bmp",
                "its PNG file is only the beginning of one"
            );
            continue;
        };
        let ours = &picture.rgba;
        assert_eq!(picture.rows, picture.height, "{name}");
        // Of an icon, ImageMagick makes one picture of both. It takes OS/2's padded palette of 4
        // bits for one without padding, and the fourth byte of 32 bits for alpha, or a channel
        // without a mask for transparent.
        let not_magick = ["color-icon.bmp", "os2-64.bmp"];
        if !not_magick.contains(&name) {
            let alpha = !["info-32.bmp", "v2-565.bmp", "info-rle8.bmp"].contains(&name);
            // It takes what run lengths leave out for palette index 0.
            let theirs = imagemagick(&path).filter(|_| name != "info-rle8.bmp");
            compared[0] += usize::from(compare(name, "ImageMagick", ours, theirs, alpha));
        }
        let theirs = pillow(&path).filter(|_| name != "info-rle8.bmp");
        compared[1] += usize::from(compare(name, "Pillow", ours, theirs, true));
    }
    println!("compared with ImageMagick and Pillow: {compared:?}");
    if required() {
        assert!(compared[0] >= 18 && compared[1] >= 16, "{compared:?}");
    }
}

/// Whatever the bytes are, a look at them ends soon.
fn survives(bytes: Vec<u8>, what: &str) {
    let started = std::time::Instant::now();
    let source = Source::from(bytes);
    let report = bmp::check(&source).unwrap();
    for index in 0..report.bitmaps().len().min(3) {
        let mut options = Options::default();
        options.bitmap = Some(index);
        options.max_pixels = 1 << 20;
        if let Ok(picture) = Picture::decode(&source, &options) {
            let size = picture.width as usize * picture.height as usize * 4;
            assert_eq!(picture.rgba.len(), size, "{what}");
        }
    }
    let took = started.elapsed().as_secs();
    assert!(took < 5, "{what}: {took} s");
}

#[test]
fn any_fixture_cut_anywhere_has_an_answer() {
    for path in fixtures() {
        let bytes = std::fs::read(&path).unwrap();
        let step = (bytes.len() / 400).max(1);
        for end in (0..bytes.len()).filter(|end| *end < 300 || end % step == 0) {
            survives(
                bytes[..end].to_vec(),
                &format!("{} cut at {end}", path.display()),
            );
        }
    }
}

#[test]
fn any_fixture_with_any_byte_changed_has_an_answer() {
    for path in fixtures() {
        let bytes = std::fs::read(&path).unwrap();
        if bytes.len() > 10_000 {
            continue;
        }
        for at in 0..bytes.len().min(200) {
            for value in [0, 1, 0x7f, 0x80, 0xff, !bytes[at]] {
                let mut bytes = bytes.clone();
                bytes[at] = value;
                survives(bytes, &format!("{}: {value:#x} at {at}", path.display()));
            }
        }
    }
}
