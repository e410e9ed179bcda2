//! The formats in examples/formats, on files that real programs make while the test runs.

#![cfg(feature = "cli")]

use std::path::{Path, PathBuf};
use std::process::Command;

use bytewright::formats::user::Known;
use bytewright::inspect::{Document, Layout, Step, walk};
use bytewright::{Record, Source};

use crate::common::skip;

fn known() -> Known {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/formats");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    Known::load(&files).unwrap()
}

/// Reads the front of a file by a stored format.
fn read(name: &str, path: &Path) -> Record {
    let format = known().compile(name).unwrap().layout;
    let bytes = std::fs::read(path).unwrap();
    format
        .unpack_prefix(&bytes)
        .unwrap_or_else(|e| panic!("{name}: {e}"))
        .0
}

fn detected(path: &Path) -> String {
    let known = known();
    let source = Source::open(path).unwrap();
    known
        .detect(&source, Some(path))
        .unwrap()
        .unwrap()
        .name
        .clone()
}

#[test]
fn every_format_compiles_and_describes_fields_that_it_has() {
    let known = known();
    assert!(known.iter().count() >= 10);
    let errors: Vec<String> = known.check().iter().map(ToString::to_string).collect();
    assert_eq!(errors, [""; 0]);
}

const MAKE: &str = r#"
import struct, sys, wave, zipfile
from PIL import Image
folder = sys.argv[1]
image = Image.new("P", (31, 17), 3)
image.putpalette([i // 3 for i in range(768)])
for suffix in ("png", "gif", "pcx"):
    image.save(f"{folder}/a.{suffix}")
Image.new("RGBA", (5, 9)).save(f"{folder}/rgba.png")
with wave.open(f"{folder}/a.wav", "wb") as sound:
    sound.setnchannels(2); sound.setsampwidth(2); sound.setframerate(44100)
    sound.writeframes(bytes(range(8)))
with zipfile.ZipFile(f"{folder}/a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
    archive.writestr(zipfile.ZipInfo("n\u00e4me.txt", (2001, 2, 3, 4, 5, 6)), "text" * 100, zipfile.ZIP_DEFLATED)
with open(f"{folder}/a.pcap", "wb") as out:
    out.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
    for size in (60, 1500):
        out.write(struct.pack("<IIII", 1700000000, size, size, size) + bytes(size))
"#;

#[test]
fn files_of_other_programs_are_read_right() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let made = Command::new("python3")
        .args(["-c", MAKE, folder.path().to_str().unwrap()])
        .output();
    match made {
        Ok(output) if output.status.success() => {}
        other => {
            skip("Python with Pillow", format_args!("{other:?}"));
            return;
        }
    }

    let png = read("%png", &path("a.png"));
    let chunks = png["chunks"].as_list().unwrap();
    let header = chunks[0].as_record().unwrap();
    assert_eq!(header["type"], "IHDR".into());
    let header = known()
        .compile("%png_header")
        .unwrap()
        .layout
        .unpack(header["data"].as_bytes().unwrap())
        .unwrap();
    assert_eq!(
        (&header["width"], &header["height"], &header["color_type"]),
        (&31.into(), &17.into(), &3.into())
    );
    assert_eq!(
        chunks.last().unwrap().as_record().unwrap()["type"],
        "IEND".into()
    );
    let chunks = read("%png", &path("rgba.png"))["chunks"]
        .as_list()
        .unwrap()
        .len();
    assert!(chunks >= 3, "{chunks}");

    let gif = read("%gif", &path("a.gif"));
    assert_eq!((&gif["width"], &gif["height"]), (&31.into(), &17.into()));
    assert_eq!(gif["packed"].as_record().unwrap()["has_table"], 1.into());

    let pcx = read("%pcx", &path("a.pcx"));
    let width = pcx["xmax"].as_int().unwrap() - pcx["xmin"].as_int().unwrap() + 1;
    assert_eq!(
        (width, &pcx["bits"], &pcx["planes"]),
        (31, &8.into(), &1.into())
    );

    let wav = read("%wav", &path("a.wav"));
    assert_eq!(
        (&wav["format"], &wav["channels"], &wav["sample_rate"]),
        (&1.into(), &2.into(), &44100.into())
    );
    assert_eq!(
        wav["samples"].as_bytes(),
        Some(&[0, 1, 2, 3, 4, 5, 6, 7][..])
    );
    let riff = read("%riff", &path("a.wav"));
    assert_eq!(riff["chunks"].as_list().unwrap().len(), 2);

    let zip = read("%zip", &path("a.zip"));
    assert_eq!(zip["name"].as_bytes(), Some("n\u{e4}me.txt".as_bytes()));
    assert_eq!((&zip["method"], &zip["size"]), (&8.into(), &400.into()));
    let date = zip["date"].as_record().unwrap();
    assert_eq!(
        (&date["years_since_1980"], &date["month"], &date["day"]),
        (&21.into(), &2.into(), &3.into())
    );

    let pcap = read("%pcap", &path("a.pcap"));
    let packets = pcap["packets"].as_list().unwrap();
    assert_eq!(packets.len(), 2);
    assert_eq!(packets[1].as_record().unwrap()["captured"], 1500.into());

    for (name, format) in [
        ("a.png", "png"),
        ("a.gif", "gif"),
        ("a.pcx", "pcx"),
        ("a.wav", "wav"),
        ("a.zip", "zip"),
        ("a.pcap", "pcap"),
    ] {
        assert_eq!(detected(&path(name)), format);
        each_byte_has_one_owner(format, &path(name));
    }
}

/// Also of what the format does not describe.
fn each_byte_has_one_owner(name: &str, path: &Path) {
    let layout = known().compile(&format!("%{name}")).unwrap().layout;
    let source = Source::open(path).unwrap();
    let document = Document::open(source, Layout::new(name, layout).into()).unwrap();
    let mut at = 0;
    walk(document.root(), &mut |path, _, node| {
        if node.owns_bytes() {
            assert_eq!(node.range.offset, at, "{name}: {path}");
            at = node.range.end();
        }
        assert!(node.problems.is_empty(), "{name}: {path}");
        Ok(Step::Into)
    })
    .unwrap();
    assert_eq!(at, std::fs::metadata(path).unwrap().len(), "{name}");
}

#[cfg(all(
    target_os = "linux",
    target_pointer_width = "64",
    target_endian = "little"
))]
#[test]
fn this_program_is_an_elf_file() {
    let this = std::env::current_exe().unwrap();
    let elf = read("%elf64", &this);
    assert_eq!(elf["header_size"], 64.into());
    assert_eq!(detected(&this), "elf64");
    each_byte_has_one_owner("elf64", &this);
    let Ok(output) = Command::new("readelf")
        .args(["-h", this.to_str().unwrap()])
        .output()
    else {
        eprintln!("skipped: readelf is missing");
        return;
    };
    let text = String::from_utf8(output.stdout).unwrap();
    let line = |what: &str| {
        text.lines()
            .find(|line| line.trim_start().starts_with(what))
            .unwrap()
    };
    let entry = format!("{:#x}", elf["entry"].as_int().unwrap());
    assert!(line("Entry point address:").ends_with(&entry));
    let sections = elf["section_header_count"].to_string();
    assert!(line("Number of section headers:").ends_with(&sections));
}
