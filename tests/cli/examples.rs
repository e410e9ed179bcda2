//! The programs in `examples` do what their first lines say, with the arguments that stand there.

use std::fs;
use std::path::Path;

use bytewright::Source;
use bytewright::formats::tar::Archive;

#[path = "../../examples/bmp_headers_csv.rs"]
#[allow(dead_code, reason = "a test has no use for its main")]
mod bmp_headers_csv;
#[path = "../../examples/protocol.rs"]
#[allow(dead_code, reason = "a test has no use for its main")]
mod protocol;
#[path = "../../examples/tar_rename.rs"]
#[allow(dead_code, reason = "a test has no use for its main")]
mod tar_rename;

fn fixtures(folder: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures")
        .join(folder)
}

/// The table of a folder, and what was said of files that are none.
fn table(folder: &Path) -> (String, String, usize) {
    let (mut out, mut log) = (Vec::new(), Vec::new());
    let unread = bmp_headers_csv::run(folder, &mut out, &mut log).unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (text(out), text(log), unread)
}

#[test]
fn headers_of_a_folder_are_rows_of_csv() {
    let (table, log, unread) = table(&fixtures("bmp"));
    assert_eq!((&*log, unread), ("", 0));
    let mut rows = table.lines();
    assert_eq!(
        rows.next().unwrap(),
        "file,file_size,header,width,height,bit_count,compression,pixel_offset,colors_used,dpi,problems"
    );
    // 54 + 360 · 3 · 640 = 691254, and two bytes that no pixel needs, which B008 tells; 2835 pixels a meter.
    let picture = rows
        .find(|row| row.starts_with("rgb24-640x360.bmp,"))
        .unwrap();
    assert_eq!(
        picture,
        "rgb24-640x360.bmp,691256,BITMAPINFOHEADER,640,360,24,BI_RGB,54,0,72 x 72,B008"
    );
}

#[test]
fn what_is_no_bitmap_is_an_error_or_a_row_without_values() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("notes.txt"), "no bitmap by its name").unwrap();
    fs::write(path("a, \"b\".BMP"), "BM").unwrap();
    fs::create_dir(path("folder.bmp")).unwrap();
    let (table, log, unread) = table(folder.path());
    let rows: Vec<&str> = table.lines().skip(1).collect();
    assert_eq!(rows.len(), 1, "{table}");
    assert!(
        rows[0].starts_with("\"a, \"\"b\"\".BMP\",2,,,,,,,,,B"),
        "{table}"
    );
    assert_eq!(unread, 1);
    assert!(log.contains("folder.bmp: "), "{log}");
}

#[test]
fn a_folder_becomes_an_archive_of_other_names() {
    let folder = tempfile::tempdir().unwrap();
    let files = folder.path().join("files");
    fs::create_dir_all(files.join("b.txt")).unwrap();
    for (name, content) in [("a.txt", "one"), ("b.txt/c.txt", "two"), ("d", "three")] {
        fs::write(files.join(name), content).unwrap();
    }
    for suffix in ["tar", "tar.gz"] {
        let archive = folder.path().join("out").with_extension(suffix);
        let arguments = [
            archive.to_str().unwrap(),
            files.to_str().unwrap(),
            "newfile",
            ".txt=.md",
        ];
        let mut log = Vec::new();
        tar_rename::run(&arguments.map(str::to_owned), &mut log).unwrap();
        // Names of folders stay: the renaming is one of files.
        let names = [
            "newfile/",
            "newfile/a.md",
            "newfile/b.txt/",
            "newfile/b.txt/c.md",
            "newfile/d",
        ];
        let mut read = Archive::new(Source::open(&archive).unwrap()).unwrap();
        let members = read.members().map(|member| member.unwrap().name);
        let members: Vec<String> = members
            .map(|name| String::from_utf8(name).unwrap())
            .collect();
        assert_eq!(members, names);
        let starts_compressed = fs::read(&archive).unwrap().starts_with(b"\x1f\x8b");
        assert_eq!(starts_compressed, suffix == "tar.gz");
    }
}

#[test]
fn renamings_that_are_none_leave_the_archive_that_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("a.tar");
    fs::write(&archive, "old").unwrap();
    let run = |arguments: &[&str]| {
        let arguments: Vec<String> = arguments.iter().map(|&a| a.to_owned()).collect();
        tar_rename::run(&arguments, &mut Vec::new())
            .unwrap_err()
            .to_string()
    };
    let archive_name = archive.to_str().unwrap();
    assert!(run(&[archive_name]).starts_with("usage: "));
    assert_eq!(
        run(&[archive_name, "src", "new", "=x"]),
        "=x: expected FROM=TO"
    );
    assert!(run(&[archive_name, "no such folder", "new"]).contains("no such folder"));
    assert_eq!(fs::read(&archive).unwrap(), b"old");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

/// Hands out one byte at a time, as a slow network does.
struct Slow<'a>(&'a [u8]);

impl std::io::Read for Slow<'_> {
    fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
        let most = buf.len().min(1);
        self.0.read(&mut buf[..most])
    }
}

fn decode(stream: &[u8]) -> (Vec<String>, usize) {
    let mut out = Vec::new();
    let faults = protocol::run(Slow(stream), &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    (text.lines().map(str::to_owned).collect(), faults)
}

#[test]
fn messages_are_decoded_and_a_damaged_one_is_passed_over() {
    let stream = protocol::sample().unwrap();
    // Each message: 10 bytes of header, its body, 4 bytes of checksum.
    let bodies = [1 + 6, 4 + 1 + 2 * 3, 3, 4 + 1 + 3, 4 + 1 + 3];
    assert_eq!(
        stream.len(),
        bodies.iter().map(|body| 10 + body + 4).sum::<usize>()
    );
    let (lines, faults) = decode(&stream);
    assert_eq!(faults, 1);
    assert_eq!(lines[0], "#1 hello from \"pump 3\"");
    assert_eq!(lines[1], "#2 readings at 1700000000: 1=21.5 2=-4.0");
    assert_eq!(lines[2], "#3 kind 9, 3 bytes");
    // The fourth begins after 21 + 25 + 17 = 63 bytes; its checksum stands 18 bytes on, at 0x51.
    assert!(lines[3].starts_with("error crc: expected "), "{}", lines[3]);
    assert!(lines[3].ends_with(" at offset 0x51"), "{}", lines[3]);
    assert_eq!(lines[4], "#5 readings at 1700000120: 1=21.7");
    assert_eq!(lines.len(), 5);
}

#[test]
fn a_stream_that_is_cut_says_where() {
    let stream = protocol::sample().unwrap();
    // In the header of the second message, which begins at 21: its length stands 8 bytes on.
    let (lines, faults) = decode(&stream[..30]);
    assert_eq!((lines.len(), faults), (2, 1));
    assert_eq!(
        lines[1],
        "error length: needs 2 bytes at offset 0x1d, the input ends at 0x1e"
    );
    // In its body.
    let (lines, faults) = decode(&stream[..40]);
    assert_eq!((lines.len(), faults), (2, 1));
    assert!(
        lines[1].starts_with("error body: needs 11 bytes at offset 0x1f"),
        "{}",
        lines[1]
    );
}

#[test]
fn after_a_header_that_is_none_nothing_is_decoded() {
    let mut stream = protocol::sample().unwrap();
    stream[21] = b'X';
    let (lines, faults) = decode(&stream);
    assert_eq!((lines.len(), faults), (2, 1));
    assert_eq!(
        lines[1],
        "error magic: expected the constant b'TL', found b'XL' at offset 0x15"
    );
}
