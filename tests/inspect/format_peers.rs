//! The formats in examples/formats, on files that real programs make while the test runs.

#![cfg(feature = "cli")]

use std::path::{Path, PathBuf};
use std::process::Command;

use bytewright::format::StructFormat;
use bytewright::formats::user::Known;
use bytewright::inspect::{Document, Step, walk};
use bytewright::{Record, Source, Value};

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
        .schema
        .name
        .to_string()
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
    let data = wav["chunks"].as_list().unwrap()[0].as_record().unwrap();
    assert_eq!(
        (&data["id"], &data["data"]),
        (&"data".into(), &(&[0u8, 1, 2, 3, 4, 5, 6, 7]).into())
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
    let document = Document::open(source, StructFormat::new(name, layout)).unwrap();
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

/// A chunk with the byte that makes its size even.
fn chunk(id: &str, data: &[u8]) -> Vec<u8> {
    let size = u32::try_from(data.len()).unwrap().to_le_bytes();
    let padding = &[0][..data.len() % 2];
    [id.as_bytes(), &size, data, padding].concat()
}

/// One channel of bytes, 8,000 of them a second; what a compressed format adds is `more`.
fn wave_format(more: &[u8]) -> Vec<u8> {
    let pcm = b"\x01\0\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0";
    chunk("fmt ", &[&pcm[..], more].concat())
}

fn wave(chunks: &[Vec<u8>]) -> Vec<u8> {
    let chunks = [b"WAVE".to_vec(), chunks.concat()].concat();
    chunk("RIFF", &chunks)
}

/// What a file of these bytes is told to be, by its name too.
fn told(name: &str, bytes: &[u8]) -> Option<String> {
    let known = known();
    let found = known.detect(&Source::from(bytes), Some(Path::new(name)));
    found.unwrap().map(|format| format.schema.name.to_string())
}

#[test]
fn waves_with_other_chunks_and_a_longer_format_are_read() {
    let (data, list) = (chunk("data", &[1, 2, 3]), chunk("LIST", b"INFO!"));
    for (chunks, ids) in [
        (vec![wave_format(b""), data.clone()], vec!["data"]),
        (
            vec![wave_format(b""), list.clone(), data.clone()],
            vec!["LIST", "data"],
        ),
        (vec![wave_format(b"\0\0"), data.clone()], vec!["data"]),
        (
            vec![wave_format(&[7; 24]), data.clone(), list.clone()],
            vec!["data", "LIST"],
        ),
    ] {
        let file = wave(&chunks);
        assert_eq!(told("a.wav", &file).as_deref(), Some("wav"));
        let wav = known()
            .compile("%wav")
            .unwrap()
            .layout
            .unpack(&file)
            .unwrap();
        assert_eq!(wav["sample_rate"], 8000.into());
        let chunks = wav["chunks"].as_list().unwrap();
        let found: Vec<_> = chunks.iter().map(|c| c.as_record().unwrap()).collect();
        let expected: Vec<Value> = ids.iter().map(|id| Value::from(*id)).collect();
        assert_eq!(
            found.iter().map(|c| c["id"].clone()).collect::<Vec<_>>(),
            expected
        );
        let data = found.iter().find(|c| c["id"] == "data".into()).unwrap();
        assert_eq!(data["data"], (&[1u8, 2, 3]).into());
    }
    // Where another chunk stands before the format, it is a RIFF file all the same.
    let file = wave(&[chunk("JUNK", &[0; 4]), wave_format(b""), data]);
    assert_eq!(told("a.wav", &file).as_deref(), Some("riff"));
}

#[test]
fn a_format_is_told_by_a_suffix_only_where_the_file_can_be_read_by_it() {
    let header = |magic: &[u8]| [magic, &[0; 20]].concat();
    let little = header(b"\xd4\xc3\xb2\xa1");
    let big = header(b"\xa1\xb2\xc3\xd4");
    assert_eq!(told("a.pcap", &little).as_deref(), Some("pcap"));
    assert_eq!(told("a.pcap", &big).as_deref(), Some("pcap_big"));
    for name in ["a.pcap", "a.png", "a.wav", "a.zip", "a.gif"] {
        assert_eq!(
            told(name, b"something else, and long enough"),
            None,
            "{name}"
        );
        assert_eq!(told(name, b""), None, "{name}");
    }
    // What is cut is told by its bytes, so that it can be seen where.
    assert_eq!(told("a", &little[..9]).as_deref(), Some("pcap"));
    let cut = &wave(&[wave_format(b""), chunk("data", &[0; 9])])[..50];
    assert_eq!(told("a", cut).as_deref(), Some("wav"));
}

#[test]
fn a_file_beyond_the_first_window_is_told_by_what_is_in_it() {
    let long = wave(&[wave_format(b""), chunk("data", &vec![0; 100 << 10])]);
    assert_eq!(told("a.wav", &long).as_deref(), Some("wav"));
    let mut other = long.clone();
    other[8..12].copy_from_slice(b"AVI ");
    assert_eq!(told("a.wav", &other).as_deref(), Some("riff"));
}

#[test]
fn a_big_endian_capture_is_read_in_its_byte_order() {
    let mut file = b"\xa1\xb2\xc3\xd4\0\x02\0\x04\0\0\0\0\0\0\0\0\0\0\xff\xff\0\0\0\x01".to_vec();
    file.extend(b"\0\0\0\x07\0\0\0\x08\0\0\0\x03\0\0\0\x05abc");
    let layout = known().compile("%pcap_big").unwrap().layout;
    let capture = layout.unpack(&file).unwrap();
    let packet = capture["packets"].as_list().unwrap()[0]
        .as_record()
        .unwrap();
    assert_eq!(packet.to_string(), "(7, 8, 3, 5, b'abc')");
}
