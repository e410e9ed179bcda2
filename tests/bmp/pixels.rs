//! Pixels as other programs decode them.
//!
//! A program that isn't there is reported as skipped; with `BYTEWRIGHT_REQUIRE_PEERS=1` it is a
//! failure.
#![cfg(feature = "pictures")]

use std::path::{Path, PathBuf};
use std::process::Command;

use bytewright::Source;
use bytewright::formats::bmp::{self, Compression, Encoder, Options, Picture, Pixels};
use bytewright::tree::Severity;

use crate::common::{peers_required, within_processor_seconds};

/// The pixels as `ImageMagick` has them; `None` where it can't read the file.
fn imagemagick(path: &Path) -> Option<Vec<u8>> {
    let from = format!("bmp:{}", path.display());
    let output = Command::new("convert")
        .args([&from, "-depth", "8", "rgba:-"])
        .output();
    match output {
        Ok(output) => (!output.stdout.is_empty()).then_some(output.stdout),
        Err(e) => {
            assert!(!peers_required(), "convert is required: {e}");
            None
        }
    }
}

const PILLOW: &str = "
import struct, sys
from PIL import Image
for path in sys.argv[1:]:
    try:
        pixels = Image.open(path).convert('RGBA').tobytes()
    except Exception:
        pixels = b''
    sys.stdout.buffer.write(struct.pack('<Q', len(pixels)) + pixels)
";

/// The same of many files for Pillow.
fn pillow(paths: &[PathBuf]) -> Vec<Option<Vec<u8>>> {
    let output = Command::new("python3")
        .args(["-c", PILLOW])
        .args(paths)
        .output();
    let Ok(output) = output.map_err(|e| assert!(!peers_required(), "python3 is required: {e}"))
    else {
        return vec![None; paths.len()];
    };
    if !output.status.success() {
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(!peers_required(), "Pillow is required: {errors}");
        return vec![None; paths.len()];
    }
    let mut rest = &output.stdout[..];
    let mut all = Vec::new();
    while let Some((size, behind)) = rest.split_first_chunk::<8>() {
        let (pixels, behind) = behind.split_at(u64::from_le_bytes(*size) as usize);
        all.push((!pixels.is_empty()).then(|| pixels.to_vec()));
        rest = behind;
    }
    assert_eq!(all.len(), paths.len());
    all
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
        "info-16.bmp"
        | "info-bitfields-565.bmp"
        | "v2-565.bmp"
        | "corner-bitfields-1010102.bmp" => 1,
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
    let files = fixtures();
    for (path, theirs) in files.iter().zip(pillow(&files)) {
        let name = path.file_name().unwrap().to_str().unwrap();
        if name.starts_with("broken") {
            continue;
        }
        let source = Source::open(path).unwrap();
        let Ok(picture) = Picture::decode(&source, &Options::default()) else {
            assert_eq!(
                name, "info-png.bmp",
                "its PNG file is only the beginning of one"
            );
            continue;
        };
        let ours = &picture.rgba;
        assert_eq!(picture.lost_rows, 0, "{name}");
        // Of an icon, ImageMagick makes one picture of both. It takes OS/2's padded palette of 4
        // bits for one without padding, and the fourth byte of 32 bits for alpha, or a channel
        // without a mask for transparent. It leaves the lower bits of short channels zero.
        let undefined = ["info-rle8.bmp", "corner-rle8-early-end.bmp"];
        let not_magick = ["color-icon.bmp", "os2-64.bmp", "corner-bitfields-121.bmp"];
        if !not_magick.contains(&name) {
            let alpha = !["info-32.bmp", "v2-565.bmp", "info-rle8.bmp"].contains(&name);
            // It takes what run lengths leave out for palette index 0.
            let theirs = imagemagick(path).filter(|_| !undefined.contains(&name));
            compared[0] += usize::from(compare(name, "ImageMagick", ours, theirs, alpha));
        }
        let theirs = theirs.filter(|_| !undefined.contains(&name));
        compared[1] += usize::from(compare(name, "Pillow", ours, theirs, true));
    }
    println!("compared with ImageMagick and Pillow: {compared:?}");
    if peers_required() {
        assert!(compared[0] >= 18 && compared[1] >= 16, "{compared:?}");
    }
}

/// Whatever the bytes are, a look at them ends soon.
fn survives(bytes: Vec<u8>, what: &str) {
    within_processor_seconds(15, what, || look_at(bytes, what));
}

fn look_at(bytes: Vec<u8>, what: &str) {
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

/// A picture of few colors, or of many.
fn sample(width: u32, height: u32, colors: u32, alpha: bool) -> Vec<u8> {
    let mut random = 88_172_645_463_325_252_u64;
    let mut next = || {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        (random >> 24) as u32
    };
    let palette: Vec<[u8; 3]> = (0..colors)
        .map(|_| [next() as u8, next() as u8, next() as u8])
        .collect();
    let mut rgba = Vec::new();
    let mut last = palette[0];
    for _ in 0..width * height {
        if next() % 3 > 0 {
            last = palette[(next() % colors) as usize];
        }
        rgba.extend(last);
        rgba.push(if alpha { next() as u8 } else { 255 });
    }
    rgba
}

/// Every combination that there is: header, bits, compression, direction, and whether a picture
/// with an alpha channel fits.
fn combinations() -> Vec<(bmp::DibKind, u16, Compression, bool)> {
    use bmp::DibKind::{Core, Info, Os2, V2, V3, V4, V5};
    let mut all = Vec::new();
    for kind in [Core, Os2, Info, V2, V3, V4, V5] {
        for compression in [
            Compression::Rgb,
            Compression::Rle8,
            Compression::Rle4,
            Compression::Rle24,
            Compression::BitFields,
            Compression::AlphaBitFields,
            Compression::Huffman1D,
            Compression::Cmyk,
            Compression::CmykRle8,
            Compression::CmykRle4,
            Compression::Png,
        ] {
            for bits in [0, 1, 2, 4, 8, 16, 24, 32, 64] {
                for top_down in [false, true] {
                    all.push((kind, bits, compression, top_down));
                }
            }
        }
    }
    all
}

#[test]
fn every_kind_of_bitmap_gives_back_the_pixels_it_was_made_of() {
    let mut written = 0;
    for (width, height) in [(1, 1), (7, 5), (33, 4), (300, 3)] {
        for (kind, bits, compression, top_down) in combinations() {
            let colors = if matches!(bits, 1..=8) {
                1 << bits
            } else {
                1000
            };
            let has_alpha = matches!(bits, 0 | 64)
                || compression == Compression::AlphaBitFields
                || compression == Compression::BitFields && kind >= bmp::DibKind::V3 && bits == 32;
            let mut rgba = sample(width, height, colors, has_alpha);
            if bits == 16 {
                // Colors that 4 bits have, and those of 5 and 6 that are the same.
                rgba.iter_mut()
                    .for_each(|v| *v = if *v & 1 == 0 { 0 } else { 255 });
            }
            let pixels = Pixels::new(width, height, &rgba).unwrap();
            let what = format!("{kind:?} {bits} {compression} {top_down} {width}×{height}");
            let mut file = Vec::new();
            let encoder = Encoder::new()
                .kind(kind)
                .bit_count(bits)
                .compression(compression)
                .top_down(top_down)
                .pixels_per_meter([2835, 2835]);
            match encoder.encode(&pixels, &mut file) {
                Ok(()) => {}
                Err(bmp::EncodeError::NoSuchBitmap { .. }) => {
                    assert!(file.is_empty());
                    continue;
                }
                Err(e) => panic!("{what}: {e}"),
            }
            written += 1;
            let source = Source::from(file);
            let report = bmp::check(&source).unwrap();
            let worst: Vec<_> = report
                .problems()
                .iter()
                .filter(|problem| problem.severity > Severity::Note && problem.code != "B044")
                .collect();
            assert!(worst.is_empty(), "{what}: {worst:?}");
            let dib = report.bitmaps()[0].dib.clone().unwrap();
            assert_eq!(
                (dib.kind, dib.bit_count, dib.compression),
                (kind, bits, compression)
            );
            assert_eq!(dib.is_top_down(), top_down);
            let picture = Picture::decode(&source, &Options::default()).unwrap();
            assert_eq!(picture.rgba, rgba, "{what}");
        }
    }
    // 4 with the core header, 8 of OS/2, 27 with each of Windows' five, 4 with an alpha mask
    // after 40 bytes.
    assert_eq!(written, 4 * (4 + 8 + 5 * 27 + 4));
}

#[test]
fn other_programs_read_what_the_encoder_writes() {
    let folder = tempfile::tempdir().unwrap();
    let mut files = Vec::new();
    let mut compared = [0, 0];
    for (kind, bits, compression, top_down) in combinations() {
        let rgba: Vec<u8> = sample(
            21,
            6,
            if matches!(bits, 1..=8) {
                1 << bits
            } else {
                500
            },
            false,
        )
        .chunks(4)
        .flat_map(|pixel| {
            // All depths have these.
            let full = |v: u8| if v & 1 == 0 && bits == 16 { 0 } else { 255 };
            match bits {
                16 => [full(pixel[0]), full(pixel[1]), full(pixel[2]), 255],
                _ => [pixel[0], pixel[1], pixel[2], 255],
            }
        })
        .collect();
        let name = format!("{kind:?}-{bits}-{compression}-{top_down}");
        let path = folder.path().join(&name);
        let pixels = Pixels::new(21, 6, &rgba).unwrap();
        let encoder = Encoder::new()
            .kind(kind)
            .bit_count(bits)
            .compression(compression);
        let mut file = Vec::new();
        if encoder
            .top_down(top_down)
            .encode(&pixels, &mut file)
            .is_err()
        {
            continue;
        }
        std::fs::write(&path, &file).unwrap();
        // Neither knows linear light, and ImageMagick takes OS/2's padded palette for one without.
        let magick = bits != 64 && !(kind == bmp::DibKind::Os2 && bits < 24);
        // It takes a fourth byte without a meaning, or a missing mask, for alpha.
        let theirs = imagemagick(&path).filter(|_| magick);
        compared[0] += usize::from(compare(&name, "ImageMagick", &rgba, theirs, false));
        if bits != 64 {
            files.push((name, path, rgba));
        }
    }
    let paths: Vec<PathBuf> = files.iter().map(|(_, path, _)| path.clone()).collect();
    for ((name, _, rgba), theirs) in files.iter().zip(pillow(&paths)) {
        compared[1] += usize::from(compare(name, "Pillow", rgba, theirs, false));
    }
    if peers_required() {
        assert!(compared[0] >= 90 && compared[1] >= 90, "{compared:?}");
    }
    println!("compared with ImageMagick and Pillow: {compared:?}");
}

const MAKE: &str = r#"
import io, random, struct, sys
from PIL import Image, ImageCms, TiffImagePlugin
folder = sys.argv[1]
random.seed(4)

def bitmap(name, width, height, bits, compression, payload, palette=b"", size=40):
    offset = 14 + size + len(palette)
    header = struct.pack("<IiiHHIIiiII", size, width, height, 1, bits, compression, len(payload), 0, 0, len(palette) // 4, 0)
    with open(f"{folder}/{name}.bmp", "wb") as out:
        out.write(struct.pack("<2sIHHI", b"BM", offset + len(payload), 0, 0, offset))
        out.write(header.ljust(size, b"\0") + palette + payload)

def pixels(name, image):
    with open(f"{folder}/{name}.rgba", "wb") as out:
        out.write(image.convert("RGBA").tobytes())

# Long and short runs, as libtiff writes them for fax machines.
image = Image.new("1", (2800, 40), 1)
for y in range(40):
    x = 0
    while x < 2800:
        end = x + random.choice([1, 2, 3, 30, 63, 64, 65, 700, 1728, 2560])
        image.paste(random.randrange(2), (x, y, min(end, 2800), y + 1))
        x = end
file = io.BytesIO()
image.save(file, "TIFF", compression="group3")
file.seek(0)
tiff = Image.open(file)
zero_is_white = tiff.tag_v2[262] == 0
offsets, sizes = tiff.tag_v2[273], tiff.tag_v2[279]
data = file.getvalue()
strips = [data[o:o + n] for o, n in zip(offsets, sizes)]
assert len(strips) == 1
# Rows of a bitmap run from the bottom to the top.
pixels("huffman", image.transpose(Image.FLIP_TOP_BOTTOM))
bitmap("huffman", 2800, 40, 1, 3, strips[0],
    b"\xff\xff\xff\0\0\0\0\0" if zero_is_white else b"\0\0\0\0\xff\xff\xff\0", 64)

photo = Image.effect_mandelbrot((61, 43), (-2, -1.2, 1, 1.2), 60).convert("RGB")
file = io.BytesIO()
photo.save(file, "JPEG", quality=95, subsampling=0)
pixels("jpeg", Image.open(file))
bitmap("jpeg", 61, 43, 0, 4, file.getvalue())
for name, mode in (("png", "RGBA"), ("png-gray", "L"), ("png-palette", "P")):
    file = io.BytesIO()
    photo.convert(mode).save(file, "PNG")
    pixels(name, Image.open(file))
    bitmap(name, 61, 43, 0, 5, file.getvalue())
"#;

/// The folder that a script was called with, unless its peers are missing.
fn made(script: &str) -> Option<tempfile::TempDir> {
    let folder = tempfile::tempdir().unwrap();
    let made = Command::new("python3")
        .args(["-c", script])
        .arg(folder.path())
        .output();
    if made.as_ref().is_ok_and(|output| output.status.success()) {
        return Some(folder);
    }
    assert!(
        !peers_required(),
        "Python with Pillow is required: {made:?}"
    );
    println!("skipped: {made:?}");
    None
}

/// Decodes a bitmap, and compares with the pixels in the file `.rgba` beside it.
fn decoded_alike(path: &Path, bound: u8) -> (Source, Picture) {
    let name = path.display();
    let source = Source::open(path).unwrap();
    let picture =
        Picture::decode(&source, &Options::default()).unwrap_or_else(|e| panic!("{name}: {e}"));
    let expected = std::fs::read(path.with_extension("rgba")).unwrap();
    assert_eq!(picture.rgba.len(), expected.len(), "{name}");
    let pairs = picture.rgba.iter().zip(&expected);
    let far = pairs.map(|(a, b)| a.abs_diff(*b)).max();
    assert!(far <= Some(bound), "{name}: {far:?}");
    (source, picture)
}

#[test]
fn payloads_of_other_programs_are_decoded() {
    let Some(folder) = made(MAKE) else { return };
    for (name, bound) in [
        ("huffman", 0),
        ("jpeg", 3),
        ("png", 0),
        ("png-gray", 0),
        ("png-palette", 0),
    ] {
        let path = folder.path().join(name).with_extension("bmp");
        let (_, picture) = decoded_alike(&path, bound);
        let worst: Vec<_> = picture
            .problems
            .iter()
            .filter(|p| p.severity > Severity::Note)
            .collect();
        assert!(worst.is_empty(), "{name}: {worst:?}");
    }
}

const ICONS: &str = r#"
import sys
from PIL import Image
image = Image.effect_mandelbrot((32, 32), (-2, -1.2, 1, 1.2), 40).convert("RGBA")
image.putalpha(Image.linear_gradient("L").resize((32, 32)))
for mode in ("RGBA", "P", "1"):
    # Of palettes with alpha, Pillow reads none of the alpha.
    picture = image if mode == "RGBA" else image.convert("RGB").convert(mode)
    for form in ("png", "bmp"):
        name = f"{sys.argv[1]}/{mode}-{form}"
        picture.save(f"{name}.ico", sizes=[(32, 32)], bitmap_format=form)
        with open(f"{name}.rgba", "wb") as out:
            out.write(Image.open(f"{name}.ico").convert("RGBA").tobytes())
"#;

#[test]
fn icons_of_other_programs_are_decoded() {
    let Some(folder) = made(ICONS) else { return };
    for name in ["RGBA-png", "RGBA-bmp", "P-png", "P-bmp", "1-png", "1-bmp"] {
        let path = folder.path().join(name).with_extension("ico");
        let (source, _) = decoded_alike(&path, 0);
        assert!(
            bmp::check(&source)
                .unwrap()
                .problems()
                .iter()
                .all(|p| p.severity == Severity::Note)
        );
    }
}

const TRANSFORM: &str = "
import sys
from PIL import Image, ImageCms
width, height = int(sys.argv[2]), int(sys.argv[3])
image = Image.frombytes('RGB', (width, height), sys.stdin.buffer.read())
image = ImageCms.profileToProfile(image, sys.argv[1], ImageCms.createProfile('sRGB'))
sys.stdout.buffer.write(image.tobytes())
";

/// Colors of Display P3 in sRGB, by Little CMS.
#[test]
fn an_embedded_profile_is_applied() {
    use std::io::Write;
    let folder = tempfile::tempdir().unwrap();
    let profile = moxcms::ColorProfile::new_display_p3().encode().unwrap();
    let icc = folder.path().join("p3.icc");
    std::fs::write(&icc, &profile).unwrap();
    let rgba = sample(40, 30, 500, false);
    let pixels = Pixels::new(40, 30, &rgba).unwrap();
    let mut file = Vec::new();
    Encoder::new()
        .kind(bmp::DibKind::V5)
        .profile(Some(profile))
        .encode(&pixels, &mut file)
        .unwrap();
    let source = Source::from(file);
    assert!(bmp::check(&source).unwrap().problems().is_empty());
    let mut options = Options::default();
    let applied = Picture::decode(&source, &options).unwrap().rgba;
    options.profile = false;
    assert_eq!(Picture::decode(&source, &options).unwrap().rgba, rgba);
    assert_ne!(applied, rgba);

    let child = Command::new("python3")
        .args(["-c", TRANSFORM, icc.to_str().unwrap(), "40", "30"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn();
    let Ok(mut child) = child else {
        assert!(!peers_required(), "python3 is required");
        return;
    };
    let rgb: Vec<u8> = rgba.chunks(4).flat_map(|p| p[..3].to_vec()).collect();
    drop(child.stdin.take().unwrap().write_all(&rgb));
    let output = child.wait_with_output().unwrap();
    if !output.status.success() {
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(
            !peers_required(),
            "Pillow with ImageCms is required: {errors}"
        );
        return;
    }
    let ours = applied.chunks(4).flat_map(|p| &p[..3]);
    let far = ours.zip(&output.stdout).map(|(a, b)| a.abs_diff(*b)).max();
    assert!(far <= Some(2), "{far:?}");
}

/// Bitmaps as other programs make them of one picture, and what they are of.
const OTHERS: &str = r#"
import os, subprocess, sys
from PIL import Image
folder = sys.argv[1]
width, height = 37, 21
photo = Image.effect_mandelbrot((width, height), (-2, -1.2, 1, 1.2), 60).convert("RGB")
photo = Image.merge("RGB", [c.rotate(90 * i, expand=False) for i, c in enumerate(photo.split())])
few = photo.quantize(12)

def keep(name, image):
    with open(f"{folder}/{name}.rgba", "wb") as out:
        out.write(image.convert("RGBA").tobytes())

for mode in ("1", "L", "P", "RGB", "RGBA"):
    image = few if mode == "P" else photo.convert(mode)
    image.save(f"{folder}/pillow-{mode}.bmp", dpi=(96, 96))
    # Pillow writes a fourth byte that no header gives a meaning.
    keep(f"pillow-{mode}", image.convert("RGB") if mode == "RGBA" else image)
photo.save(f"{folder}/photo.png")
few.save(f"{folder}/few.png")

def magick(name, source, *options):
    target = f"{folder}/magick-{name}.bmp"
    command = ["convert", f"{folder}/{source}.png", *options, f"BMP:{target}"]
    if subprocess.run(command, capture_output=True).returncode or not os.path.exists(target):
        return
    keep(f"magick-{name}", photo if source == "photo" else few)

try:
    magick("24", "photo")
    magick("24-2", "photo", "-define", "bmp:format=bmp2")
    magick("24-3", "photo", "-define", "bmp:format=bmp3")
    magick("8", "few", "-type", "Palette")
    magick("8-rle", "few", "-type", "Palette", "-compress", "RLE")
    magick("555", "photo", "-define", "bmp:subtype=RGB555")
    magick("565", "photo", "-define", "bmp:subtype=RGB565")
    magick("argb", "photo", "-alpha", "on")
except FileNotFoundError:
    pass
"#;

#[test]
fn what_other_programs_write_is_read() {
    let Some(folder) = made(OTHERS) else { return };
    let mut read = 0;
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|suffix| suffix != "bmp") {
            continue;
        }
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        // Five bits of eight, rounded down.
        let bound = if name.contains("555") || name.contains("565") {
            8
        } else {
            0
        };
        let (source, _) = decoded_alike(&path, bound);
        let errors: Vec<_> = bmp::check(&source).unwrap().problems().to_vec();
        let worst: Vec<_> = errors
            .iter()
            .filter(|p| p.severity == Severity::Error)
            .collect();
        assert!(worst.is_empty(), "{name}: {worst:?}");
        read += 1;
    }
    println!("read: {read}");
    assert!(!peers_required() || read >= 12, "{read}");
}

/// Few bytes that claim much: an answer at once, in memory for a row.
#[test]
fn a_small_file_costs_little_whatever_it_claims() {
    let file = |width: u32, height: u32, bits: u8, compression: u8, pixels: &[u8]| {
        let mut file = b"BM\0\0\0\0\0\0\0\0\x3e\0\0\0\x28\0\0\0".to_vec();
        file.extend([width.to_le_bytes(), height.to_le_bytes()].concat());
        file.extend([1, 0, bits, 0, compression, 0, 0, 0]);
        file.extend((pixels.len() as u32).to_le_bytes());
        file.extend([0; 8]);
        file.extend([2, 0, 0, 0, 0, 0, 0, 0]);
        file.extend([0; 8]);
        file.extend(pixels);
        file
    };
    for bytes in [
        file(16_384, 16_384, 8, 1, &[5, 1, 0, 1]),
        file(16_384, 16_384, 8, 1, &[0, 2, 255, 255].repeat(60)),
        file(16_384, 16_384, 8, 1, &[0, 0].repeat(20_000)),
        file(16_384, 16_384, 24, 0, &[0; 100]),
        file(1 << 28, 1, 1, 0, &[0; 100]),
        file(1, 1 << 28, 1, 0, &[0; 100]),
        file(1 << 22, 60, 4, 2, &[0, 0].repeat(60)),
        file(8, 8, 8, 1, &[8, 1].repeat(500_000)),
        file(u32::MAX, u32::MAX, 8, 1, &[8, 1]),
    ] {
        let source = Source::from(bytes);
        within_processor_seconds(15, "a check", || bmp::check(&source)).unwrap();
    }
}
