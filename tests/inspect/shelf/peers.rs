//! Files that real programs make while the test runs, and what those or others say of them; the same
//! files broken.

use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::Command;

use bytewright::formats::{Registry, shelf};
use bytewright::inspect::{Document, Step, walk};
use bytewright::tree::Severity;
use bytewright::{Record, Source};
use serde_json::Value as Json;

use crate::common::{peers_required, skip};

/// Peers that the gate does without, since they are large.
const OPTIONAL: [&str; 8] = [
    "cryptsetup",
    "h5py",
    "javac",
    "plyvel",
    "pyarrow",
    "qemu-img",
    "rpmbuild",
    "ziglang",
];

/// What `make` says of the files of a format that it made in a folder.
fn made(format: &str, folder: &Path) -> Option<Json> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/inspect/shelf/make");
    let output = Command::new("python3")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .arg(script)
        .arg(format)
        .arg(folder)
        .output();
    let output = match output {
        Ok(output) => output,
        Err(error) => {
            skip("python3", error);
            return None;
        }
    };
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{format}: {errors}");
    let answer: Json = serde_json::from_slice(&output.stdout).unwrap();
    if let Some(missing) = answer["missing"].as_str() {
        match OPTIONAL.iter().any(|name| missing.contains(name)) && peers_required() {
            true => println!("skipped: {missing} is missing"),
            false => skip(missing, "it is missing"),
        }
        return None;
    }
    Some(answer)
}

/// Files of a format are told, read without a problem, hold the values that the peer says, and come
/// back byte for byte from their values; broken ones become problems with useful words.
fn agrees_with_peers(format: &str) {
    let folder = tempfile::tempdir().unwrap();
    let Some(answer) = made(format, folder.path()) else {
        return;
    };
    let files = answer["files"].as_array().unwrap();
    for file in files {
        let path = folder.path().join(file["file"].as_str().unwrap());
        let format = file["format"].as_str().unwrap_or(format);
        if file["named"] == Json::Bool(false) {
            is_detected(format, &path);
        }
        let document = is_healthy(format, &path);
        has_values(&document, &path, file);
        comes_back(format, &path);
    }
    let first = folder.path().join(files[0]["file"].as_str().unwrap());
    for broken in answer["broken"].as_array().unwrap() {
        is_told(format, &first, broken);
    }
    for file in files {
        let of = file["format"].as_str().unwrap_or(format);
        super::hostile::survives(of, &folder.path().join(file["file"].as_str().unwrap()));
    }
}

fn is_detected(format: &str, path: &Path) {
    let source = Source::open(path).unwrap();
    let found = Registry::built_in().detect(&source, Some(path)).unwrap();
    let found = found.map(|format| format.name().to_owned());
    assert_eq!(found.as_deref(), Some(format), "{}", path.display());
}

fn is_healthy(format: &str, path: &Path) -> Document {
    let name = path.display();
    let format = Registry::built_in().named(format).unwrap();
    let document = Document::open(Source::open(path).unwrap(), format).unwrap();
    let mut owned = Vec::new();
    walk(document.root(), &mut |path, _, node| {
        if node.owns_bytes() && node.range.size > 0 {
            owned.push((node.range.offset, node.range.end(), path.to_string()));
        }
        let problems = &node.problems;
        assert!(problems.is_empty(), "{name}: {path}: {problems:?}");
        Ok(Step::Into)
    })
    .unwrap();
    owned.sort();
    let mut at = 0;
    for (start, end, field) in owned {
        assert_eq!(start, at, "{name}: {field} begins where another ends");
        at = end;
    }
    assert_eq!(at, fs::metadata(path).unwrap().len(), "{name}");
    document
}

fn has_values(document: &Document, path: &Path, file: &Json) {
    let name = path.display();
    for (field, expected) in file["values"].as_object().unwrap() {
        let found = document.find(&field.parse().unwrap());
        let found = found.unwrap_or_else(|e| panic!("{name}: {field}: {e}"));
        let value = found[0].node.value.as_ref();
        let value = value.unwrap_or_else(|| panic!("{name}: {field} has no value"));
        let value = serde_json::to_value(value).unwrap();
        assert_eq!(&value, expected, "{name}: {field}");
    }
    for (field, expected) in file["contents"].as_object().unwrap() {
        let found = document.find(&field.parse().unwrap());
        let found = found.unwrap_or_else(|e| panic!("{name}: {field}: {e}"));
        let mut bytes = Vec::new();
        let mut reader = document.reader(found[0].node.range).unwrap();
        reader.read_to_end(&mut bytes).unwrap();
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(&hex, expected, "{name}: {field}");
    }
}

fn comes_back(format: &str, path: &Path) {
    let known = shelf::named(format).unwrap().known().unwrap();
    let layout = known.compile(&format!("%{format}")).unwrap().layout;
    let bytes = fs::read(path).unwrap();
    let name = path.display();
    let (record, _): (Record, usize) = layout
        .unpack_prefix(&bytes)
        .unwrap_or_else(|e| panic!("{name}: {e}"));
    let packed = layout
        .pack_onto(&bytes, &record)
        .unwrap_or_else(|e| panic!("{name}: {e}"));
    assert!(packed == bytes, "{name}: the bytes differ");
}

fn is_told(format: &str, path: &Path, broken: &Json) {
    let mut bytes = fs::read(path).unwrap();
    let number = |key: &str| {
        let number = broken[key].as_u64();
        number.and_then(|number| usize::try_from(number).ok())
    };
    match (number("cut"), number("at")) {
        (Some(size), _) => bytes.truncate(size),
        (None, Some(at)) if broken["end"] == Json::Bool(true) => {
            let at = bytes.len() - 1 - at.min(2);
            bytes[at] ^= 0xff;
        }
        (None, Some(at)) => {
            let hex = broken["hex"].as_str().unwrap();
            for (i, pair) in hex.as_bytes().chunks(2).enumerate() {
                let pair = std::str::from_utf8(pair).unwrap();
                bytes[at + i] = u8::from_str_radix(pair, 16).unwrap();
            }
        }
        other => panic!("{other:?}"),
    }
    let format = Registry::built_in().named(format).unwrap();
    let document = Document::open(Source::from(&bytes[..]), format).unwrap();
    let mut said = Vec::new();
    walk(document.root(), &mut |path, _, node| {
        let errors = node.problems.iter();
        let errors = errors.filter(|problem| problem.severity == Severity::Error);
        said.extend(errors.map(|problem| format!("{path}: {}", problem.message)));
        Ok(Step::Into)
    })
    .unwrap();
    let word = broken["says"].as_str().unwrap();
    let is_said = said.iter().any(|message| message.contains(word));
    assert!(is_said, "{broken}: {said:?}");
}

macro_rules! peers {
    ($($name:ident $format:literal,)*) => {
        $(#[test]
        fn $name() {
            agrees_with_peers($format);
        })*
    };
}

peers! {
    ac3 "ac3", adts "adts", aiff "aiff", ani "ani", ar "ar", ar_thin "ar_thin", arrow "arrow", arrow_stream "arrow_stream", asf "asf", au "au", avi "avi", bson "bson", cab "cab", caf "caf", cbor "cbor", coff "coff", cpio "cpio", cpio_binary "cpio_binary",
    dbf "dbf", dcx "dcx", dds "dds", deb "deb", dex "dex", dns "dns", dns_tcp "dns_tcp", dpx "dpx", ebml "ebml", elf "elf", ethernet "ethernet", ext "ext", exr "exr",
    farbfeld "farbfeld", fat "fat", fits "fits", flac "flac", flv "flv", font "font", font_collection "font_collection",
    gif "gif", gitindex "gitindex", gitpack "gitpack", glb "glb", gpt "gpt", hdf5 "hdf5", icc "icc", icns "icns",
    iso "iso", j2k "j2k", java "java", jng "jng", jp2 "jp2", jpeg "jpeg", leveldb_log "leveldb_log", luks "luks", lzma "lzma", macho "macho", macho_fat "macho_fat", mbr "mbr", midi "midi",
    mng "mng", mo "mo", mp3 "mp3", mp4 "mp4", mpegts "mpegts", msgpack "msgpack", nbt "nbt", nes "nes", npy "npy", ogg "ogg",
    parquet "parquet", pcap "pcap", pcapng "pcapng", pcx "pcx", pe "pe", png "png",
    protobuf "protobuf", psd "psd", pyc "pyc", qcow2 "qcow2", qoi "qoi", riff "riff", rpm "rpm",
    sevenzip "sevenzip", sgi "sgi", sqlite "sqlite", squashfs "squashfs", stl "stl", sunraster "sunraster", swap "swap",
    terminfo "terminfo", tga "tga", tiff "tiff", tls "tls", tzif "tzif", uf2 "uf2", utmp "utmp", w64 "w64", wad "wad", wasm "wasm",
    wav "wav", wbmp "wbmp", webp "webp", woff2 "woff2", xar "xar", xwd "xwd", zip "zip",
}
