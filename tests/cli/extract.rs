//! `extract`: fields, and files inside files, as files of their own.

use std::fs;

use crate::run::{Folder, run, run_with};

const GZIP: &[u8] = b"\x1f\x8b\x08\0\0\0\0\0\0\x03\x03\0\0\0\0\0\0\0\0\0";

fn fixture(name: &str) -> Vec<u8> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    fs::read(folder.join(name)).unwrap()
}

#[test]
fn a_field_becomes_a_file() {
    let folder = Folder::new();
    let file = folder.file("a.bin", b"\x03\0abcrest");
    let out = folder.path("out");
    let out = out.to_str().unwrap();
    let args = ["extract", &file, "body", "-f", "<H:n [n]s:body"];
    let told = run(args.iter().copied().chain(["-o", out]));
    assert_eq!((told.status, told.stdout.len()), (0, 0), "{}", told.stderr);
    assert_eq!(fs::read(out).unwrap(), b"abc");
    assert_eq!(run(args).stdout, b"abc");
    // Of what is compressed, what it holds.
    let mut packed = b"x".to_vec();
    packed.extend(GZIP);
    let inner = folder.file("inner.gz", GZIP);
    assert_eq!(
        run(["extract", &inner, "content", "-o", out, "--force"]).status,
        0
    );
    assert_eq!(fs::read(out).unwrap(), b"");
    // Nowhere, and in several places.
    assert_eq!(
        run(["extract", &file, "nobody", "-f", "<H:n [n]s:body"]).status,
        1
    );
    let error = run(["extract", &file, "items[*]", "-f", "2B:items"]).fails(2);
    assert!(error.contains("2 fields: name one"), "{error}");
}

#[test]
fn a_file_inside_another_is_carved_by_where_it_begins() {
    let folder = Folder::new();
    let bmp = fixture("bmp/info-4.bmp");
    let bytes = [b"firmware", &bmp[..], b"....", GZIP, b"...."].concat();
    let at = 8 + bmp.len() + 4;
    let file = folder.file("a.bin", &bytes);
    let out = folder.path("out.gz");
    let out = out.to_str().unwrap();
    run(["extract", &file, "--offset", &at.to_string(), "-o", out]).out();
    assert_eq!(fs::read(out).unwrap(), GZIP);
    // So many bytes, whatever they are.
    assert_eq!(
        run(["extract", &file, "-s", "4", "-n", "4"]).stdout,
        b"ware"
    );
    let error = run(["extract", &file, "-s", "4", "-n", "1M"]).fails(2);
    assert!(error.contains("more than its"), "{error}");
    let nothing = run(["extract", &file, "--offset", "3"]);
    assert_eq!(nothing.status, 1);
    assert!(
        nothing
            .stderr
            .contains("no file of a known format begins at 0x3")
    );
    // A file of another kind is not replaced.
    let text = folder.file("text", b"a text\n");
    let error = run(["extract", &file, "--at", &at.to_string(), "-o", &text]).fails(2);
    assert!(error.contains("--force"), "{error}");
    assert_eq!(fs::read(&text).unwrap(), b"a text\n");
}

#[test]
fn all_files_inside_get_names_by_their_offsets() {
    let folder = Folder::new();
    let xz = fixture("compressed/xz.xz");
    let bytes = [b"firmware", &xz[..], b"....", GZIP, b"...."].concat();
    let at = 8 + xz.len() + 4;
    let file = folder.file("a.bin", &bytes);
    let out = folder.path("parts");
    let told = run(["extract", &file, "--embedded", "-o", out.to_str().unwrap()]).out();
    assert_eq!(told.lines().count(), 2, "{told}");
    assert_eq!(fs::read(out.join("0x8.xz")).unwrap(), xz);
    assert_eq!(fs::read(out.join(format!("{at:#x}.gzip"))).unwrap(), GZIP);
    let json = [
        "extract",
        &file,
        "--embedded",
        "-o",
        out.to_str().unwrap(),
        "-O",
        "json",
    ];
    let json: serde_json::Value = serde_json::from_str(&run(json).out()).unwrap();
    assert_eq!(json[1]["offset"], at);
    assert_eq!(json[1]["size"], GZIP.len());
    assert_eq!(json[1]["format"], "gzip");
    let none = folder.file("b.bin", b"nothing inside");
    let none = run(["extract", &none, "--embedded", "-o", out.to_str().unwrap()]);
    assert_eq!(none.status, 1);
    let error = run(["extract", &file, "--embedded"]).fails(2);
    assert!(error.contains("--out"), "{error}");
}

#[test]
fn where_nothing_is_named_it_is_told_what_can_be() {
    let folder = Folder::new();
    let error = run(["extract", &folder.file("a.bin", b"abc")]).fails(2);
    assert!(error.contains("bytewright inspect"), "{error}");
    let tar = fixture("tar/blocked.tar");
    let error = run(["extract", &folder.file("a.tar", &tar)]).fails(2);
    assert!(error.contains("bytewright tar extract"), "{error}");
    let error = run(["carve", "a.bin"]).fails(2);
    assert!(error.contains("bytewright extract a.bin"), "{error}");
    assert_eq!(
        run_with(["extract", "-", "-s", "1", "-n", "1"], b"abc").stdout,
        b"b"
    );
}
