//! `bmp info`: the table of a real file, JSON, several files, broken files.

use std::fs;
use std::path::Path;

use bytewright::{Struct, Value};
use serde_json::{Value as Json, json};

use crate::run::{Folder, Run, run, run_with};

/// A fixture's path as an argument.
fn fixture(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/bmp");
    folder.join(name).into_os_string().into_string().unwrap()
}

fn bytes(name: &str) -> Vec<u8> {
    fs::read(fixture(name)).unwrap()
}

#[test]
fn every_field_of_a_file_is_in_the_table_and_the_two_bytes_after_the_pixels_are_named() {
    let picture = bytes("rgb24-640x360.bmp");
    assert_eq!(
        run_with(["bmp", "info"], &picture).out(),
        "\
standard input: 691256 bytes

offset  size  field                        value   meaning
   0x0     2  file_header.type             b'BM'   bitmap
   0x2     4  file_header.size             691256  the file's length
   0x6     2  file_header.reserved1        0
   0x8     2  file_header.reserved2        0
   0xa     4  file_header.pixel_offset     54      the pixels begin at 0x36
   0xe     4  dib_header.header_size       40      BITMAPINFOHEADER
  0x12     4  dib_header.width             640     640 pixels
  0x16     4  dib_header.height            360     360 pixels, rows run bottom up
  0x1a     2  dib_header.planes            1
  0x1c     2  dib_header.bit_count         24      8 bits a channel: blue, green, red
  0x1e     4  dib_header.compression       0       BI_RGB: not compressed
  0x22     4  dib_header.image_size        691200  as the dimensions give
  0x26     4  dib_header.x_ppm             2835    72.01 dpi
  0x2a     4  dib_header.y_ppm             2835    72.01 dpi
  0x2e     4  dib_header.colors_used       0       no palette
  0x32     4  dib_header.colors_important  0       all

 offset      end    size  region
    0x0      0xe      14  file header
    0xe     0x36      40  DIB header
   0x36  0xa8c36  691200  pixels
0xa8c36  0xa8c38       2  trailing

picture: 640 × 360 pixels of 24 bits, BI_RGB
density: 72.01 × 72.01 dpi
pixels: 691200 bytes by the header, 691200 bytes in the file

note B008 at 0xa8c36, 2 bytes: 2 bytes after the pixels, counted by the size field
"
    );
}

#[test]
fn the_heading_is_the_path() {
    let path = fixture("info-24.bmp");
    let text = run(["bmp", "info", &path]).out();
    assert_eq!(
        text.lines().next(),
        Some(format!("{path}: 78 bytes").as_str())
    );
}

#[test]
fn a_palette_is_cut_short_unless_all_of_it_is_asked_for() {
    let path = fixture("info-8.bmp");
    let text = run(["bmp", "info", &path]).out();
    assert!(text.contains("palette: 256 colors of 4 bytes\n"), "{text}");
    assert!(
        text.contains("  and 240 more (--all shows them)\n"),
        "{text}"
    );
    let shown = |text: &str| text.matches(" #").count();
    assert_eq!(shown(&text), 16);
    let all = run(["bmp", "info", "--all", &path]).out();
    assert_eq!(shown(&all), 256);
    assert!(!all.contains("more"), "{all}");
}

#[test]
fn swatches_have_the_colors_of_the_palette() {
    // Blue 255, green 40, red 0 is the first entry of the fixture's ramp.
    let path = fixture("info-4.bmp");
    let colored = run(["bmp", "info", "--color", "always", &path]).out();
    assert!(
        colored.contains("\x1b[48;2;0;40;255m   \x1b[0m #0028ff"),
        "{colored}"
    );
    let plain = run(["bmp", "info", "--color", "never", &path]).out();
    assert!(!plain.contains('\x1b'), "{plain}");
    assert!(plain.contains("  0 #0028ff   1 #"), "{plain}");
}

#[test]
fn json_has_every_field_with_path_offset_size_and_value() {
    let document = run(["bmp", "info", "-O", "json", &fixture("rgb24-640x360.bmp")]).json();
    let fields = document["fields"].as_array().unwrap();
    let width = fields
        .iter()
        .find(|field| field["path"] == "dib_header.width")
        .unwrap();
    assert_eq!(
        *width,
        json!({
            "path": "dib_header.width",
            "offset": 18,
            "size": 4,
            "value": 640,
            "meaning": "640 pixels",
        })
    );
    let values: Vec<&Json> = fields.iter().map(|field| &field["value"]).collect();
    let expected = json!([
        "BM", 691_256, 0, 0, 54, 40, 640, 360, 1, 24, 0, 691_200, 2835, 2835, 0, 0
    ]);
    assert_eq!(json!(values), expected);
    assert_eq!(
        document["problems"],
        json!([{
            "code": "B008",
            "offset": 691_254,
            "size": 2,
            "severity": "note",
            "message": "2 bytes after the pixels, counted by the size field",
        }])
    );
    let regions: Vec<&str> = document["regions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|region| region["part"].as_str().unwrap())
        .collect();
    assert_eq!(regions, ["file_header", "dib_header", "pixels", "trailing"]);
}

#[test]
fn json_of_several_files_is_a_list_and_jsonl_a_line_each() {
    let files = [fixture("core-24.bmp"), fixture("color-icon.bmp")];
    let list = run(["bmp", "info", "-O", "json", &files[0], &files[1]]).json();
    assert_eq!(list.as_array().unwrap().len(), 2);
    assert_eq!(list[1]["bitmaps"].as_array().unwrap().len(), 2);
    assert_eq!(list[1]["bitmaps"][0]["palette"]["entries"], 2);

    let lines = run(["bmp", "info", "-O", "jsonl", &files[0], &files[1]]).out();
    let lines: Vec<Json> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(list, Json::Array(lines));
}

#[test]
fn of_several_pictures_the_one_that_is_converted_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| {
        folder
            .path()
            .join(name)
            .into_os_string()
            .into_string()
            .unwrap()
    };
    let image = |size: i64| {
        let header = pack(
            "<IiiHHIIiiII",
            [40, size, 2 * size, 1, 32, 0, 0, 0, 0, 0, 0],
        );
        let pixels = [1, 2, 3, 255].repeat((size * size) as usize);
        [header, pixels, vec![0; 4 * size as usize]].concat()
    };
    let (small, large) = (image(2), image(3));
    let mut icon = pack("<HHH", [0, 1, 2]);
    for (side, offset, size) in [(2, 38, small.len()), (3, 38 + small.len(), large.len())] {
        let entry = [side, side, 0, 0, 1, 32, size as i64, offset as i64];
        icon.extend(pack("<BBBBHHII", entry));
    }
    icon.extend([small, large].concat());
    fs::write(place("two.ico"), icon).unwrap();

    let convert = |from: &str, options: &[&str]| {
        let to = place("out.png");
        let mut arguments = vec!["bmp", "convert", from, &to];
        arguments.extend(options);
        let answer = run(arguments);
        assert_eq!(answer.status, 0, "{}", answer.stderr);
        // The width in an IHDR chunk (PNG specification, section 11.2.1).
        (fs::read(&to).unwrap()[19], answer.stderr)
    };
    let (width, said) = convert(&place("two.ico"), &[]);
    assert_eq!(width, 2);
    assert!(
        said.contains("bitmap 0 of 2 is converted; --bitmap N"),
        "{said}"
    );
    let (width, said) = convert(&place("two.ico"), &["--bitmap", "1"]);
    assert_eq!((width, &*said), (3, ""));
    let (_, said) = convert(&fixture("color-icon.bmp"), &[]);
    assert!(!said.contains("is converted"), "{said}");
}

fn pack<const N: usize>(format: &str, values: [i64; N]) -> Vec<u8> {
    let values: Vec<Value> = values.into_iter().map(Value::from).collect();
    Struct::new(format).unwrap().pack(&values).unwrap()
}

#[test]
fn problems_alone_leave_the_status_at_zero() {
    let text = run(["bmp", "info", &fixture("broken-cut-pixels.bmp")]).out();
    assert!(
        text.ends_with(
            "error B020 at 0x36, 6 bytes: \
             the pixels take 24 bytes, the file holds 6 of them: 2 rows of 2 lost\n"
        ),
        "{text}"
    );
}

#[test]
fn a_file_that_ends_in_its_header_shows_what_is_there_and_exits_with_4() {
    let path = fixture("broken-cut-header.bmp");
    let Run {
        status,
        stdout,
        stderr,
    } = run(["bmp", "info", &path]);
    assert_eq!(status, 4);
    let text = String::from_utf8(stdout).unwrap();
    assert!(
        text.contains("  0x12     4  dib_header.width          3\n"),
        "{text}"
    );
    assert_eq!(
        stderr,
        format!(
            "error: {path}: dib_header at offset 0xe: \
             the DIB header needs 40 bytes, the file ends after 26 of them\n"
        )
    );
}

#[test]
fn what_is_no_bitmap_exits_with_4() {
    for (stdin, message) in [
        (
            &b"GIF89a"[..],
            "file_header.type at offset 0x0: b'GI' is no signature of a bitmap: \
             expected BM, BA, CI, CP, IC or PT",
        ),
        (
            b"",
            "file_header at offset 0x0: the file header needs 14 bytes, \
             the file ends after 0 of them",
        ),
        (
            b"BM\0\0\0\0",
            "file_header at offset 0x0: the file header needs 14 bytes, \
             the file ends after 6 of them",
        ),
    ] {
        let run = run_with(["bmp", "info", "-"], stdin);
        assert_eq!(run.status, 4, "{message}");
        assert_eq!(run.stderr, format!("error: standard input: {message}\n"));
    }
}

#[test]
fn of_several_files_each_is_read_and_the_highest_status_counts() {
    let folder = Folder::new();
    let missing = folder
        .path("missing.bmp")
        .into_os_string()
        .into_string()
        .unwrap();
    let (good, bad) = (fixture("core-24.bmp"), fixture("broken-signature.bmp"));
    for (files, status) in [
        ([&missing, &good], 2),
        ([&bad, &good], 4),
        ([&bad, &missing], 4),
        ([&good, &good], 0),
    ] {
        let run = run(["bmp", "info", "-O", "jsonl", files[0], files[1]]);
        assert_eq!(run.status, status, "{files:?}: {}", run.stderr);
        let read = files.iter().filter(|file| ***file != missing).count();
        assert_eq!(String::from_utf8(run.stdout).unwrap().lines().count(), read);
    }
    let run = run(["bmp", "info", "-O", "json", &missing]);
    assert_eq!(
        run.fails(2),
        format!("error: {missing}: No such file or directory\n")
    );
}

#[test]
fn a_path_in_a_file_never_reaches_the_terminal_raw() {
    let mut file = bytes("v5-linked.bmp");
    let path = b"C:\\profiles\\wide.icc";
    let at = file
        .windows(path.len())
        .position(|window| window == path)
        .unwrap();
    file[at..at + 4].copy_from_slice(b"\x1b]0;");
    let text = run_with(["bmp", "info"], &file).out();
    assert!(text.contains(r"b'\x1b]0;"), "{text}");
    assert!(!text.contains('\x1b'));
}
