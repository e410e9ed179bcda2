//! Fields of any size, files inside files, pipes that are read once, and data that end early.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::process::Stdio;

use serde_json::json;

use super::run::{BMP, Folder, Run, command, run, run_with};

/// More than what a tree keeps of one struct.
const LARGE: usize = 65 << 20;

/// `size` bytes that are not all the same.
fn pattern(size: usize) -> Vec<u8> {
    (0..251u8).cycle().take(size).collect()
}

#[test]
fn a_field_of_any_size_comes_out_whole() {
    let folder = Folder::new();
    let data = pattern(LARGE);
    let file = folder.file("rest", &[b"MAGC", &data[..]].concat());
    let raw = run(["get", "-f", "<4s:m *s:data", &file, "data", "-O", "raw"]);
    assert_eq!(raw.status, 0, "{}", raw.stderr);
    assert!(raw.stdout == data, "{} bytes", raw.stdout.len());

    let length = u32::try_from(LARGE).unwrap().to_le_bytes();
    let sized = folder.file("sized", &[&length[..], &data, b"END!"].concat());
    let format = "<I:n [n]s:data 4s:end";
    assert_eq!(run(["get", "-f", format, &sized, "end"]).out(), "END!\n");
    let field = run(["hash", "-f", format, &sized, "--field", "data"]).out();
    let whole = folder.file("data", &data);
    let file = run(["hash", &whole]).out();
    assert_eq!(field[..64], file[..64]);
    let dump = run(["dump", "-f", format, &sized, "--offset", "-4"]).out();
    assert!(
        dump.contains("|END!|") && dump.contains("end b'END!'"),
        "{dump}"
    );
    let hit = run(["find", "-f", format, &sized, "END!"]).out();
    assert!(hit.trim_end().ends_with("end"), "{hit}");

    run(["set", "-f", format, &sized, "end=DONE", "--in-place"]).out();
    assert_eq!(run(["get", "-f", format, &sized, "end"]).out(), "DONE\n");
}

#[test]
fn a_sparse_file_of_gigabytes_has_fields_like_any_other() {
    const SIZE: u64 = 6 << 30;
    let folder = Folder::new();
    File::create(folder.path("sparse"))
        .unwrap()
        .set_len(SIZE)
        .unwrap();
    let file = folder
        .path("sparse")
        .into_os_string()
        .into_string()
        .unwrap();
    let tree = run(["inspect", "-f", "<4s:m *s:data", &file, "-O", "json"]).json();
    assert_eq!(tree["fields"][1]["size"], json!(SIZE - 4));
    assert_eq!(tree["fields"][1]["value"], json!(null));
    let omitted = tree["fields"][1]["omitted"].as_str().unwrap();
    assert!(omitted.contains("1048576 bytes"), "{omitted}");
    let records = "<4s:m 4x *(I:a H:b H:c):r";
    let last = run(["get", "-f", records, &file, "r[-1]"]).out();
    // (6 GiB - 8) / 8 records of 8 bytes.
    assert_eq!(
        last,
        "r[805306366].a=0\nr[805306366].b=0\nr[805306366].c=0\n"
    );
    let shown = run(["inspect", "-f", records, &file]).out();
    assert!(shown.contains("… and 805306351 more"), "{shown}");
    let last = run([
        "get",
        "-f",
        "<I:a I:b",
        "--repeat",
        &file,
        "records[-1].b",
        "-O",
        "json",
    ]);
    assert_eq!(last.out(), "0\n");
}

#[test]
fn long_values_are_written_whole_in_every_form() {
    let folder = Folder::new();
    let text = "aé\"".repeat(700_000);
    let file = folder.file("text", &[b"MAGC", text.as_bytes()].concat());
    let format = "<4s:m *s:data";
    assert!(run(["get", "-f", format, &file, "data"]).out() == format!("{text}\n"));
    let json = run(["get", "-f", format, &file, "", "-O", "json"]).json();
    assert!(json == json!({"m": "MAGC", "data": text}));
    let error = run(["get", "-f", format, &file, "data", "-O", "python"]).fails(2);
    assert!(error.contains("up to 1048576"), "{error}");

    let bytes = pattern(3 << 20);
    let file = folder.file("bytes", &bytes);
    let json = run(["get", "-f", "*s:data", &file, "data", "-O", "json"]).json();
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    assert!(json == json!({"hex": digits}));
    let numbers: Vec<u16> = bytes
        .chunks(2)
        .map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
        .collect();
    let json = run(["get", "-f", "<*H:data", &file, "data", "-O", "json"]).json();
    assert!(json == json!(numbers));
    // Numbers are read some thousand at a time, and those left over one by one.
    for count in [1_572_863, 1_572_861, 1_568_769] {
        let format = format!("<[{count}]H:data");
        let json = run(["get", "-f", &format, &file, "data", "-O", "json"]).json();
        assert!(json == json!(numbers[..count]), "{count}");
    }
    // Each string takes 251 bytes, the 0 among them; the first one is empty.
    let file = folder.file("z", &pattern(251 * 70_000 + 1));
    let text = run(["get", "-f", "*z:data", &file, "data"]).out();
    let digits: String = (1..=250).map(|byte| format!("{byte:02x}")).collect();
    let others = format!(r#",{{"hex":"{digits}"}}"#).repeat(70_000);
    assert!(text == format!("[\"\"{others}]\n"));
}

#[test]
fn items_of_large_arrays_keep_their_meanings_and_paths() {
    let folder = Folder::new();
    let formats = "[formats.rec]\nformat = '<4s:m *(H:kind z:name):r'\n\n[formats.rec.enums.'r[].kind']\n2 = 'two'\n";
    let formats = folder.file("f.toml", formats.as_bytes());
    let mut bytes = b"MAGC".to_vec();
    for _ in 0..40_000 {
        bytes.extend_from_slice(b"\x02\0name\0");
    }
    let file = folder.file("records", &bytes);
    let args = [
        "inspect",
        "--formats",
        &formats,
        "-f",
        "%rec",
        &file,
        "r[39999].kind",
    ];
    let item = run(args.into_iter().chain(["-O", "json"])).json();
    let item = &item["fields"][0];
    assert_eq!(item["offset"], json!(4 + 39_999 * 7));
    assert_eq!(
        (&item["value"], &item["meaning"]),
        (&json!(2), &json!("two"))
    );
    let error = run([
        "get",
        "--formats",
        &formats,
        "-f",
        "%rec",
        &file,
        "r[40000]",
    ])
    .fails(1);
    assert!(error.contains("it has 40000 items"), "{error}");
}

/// A whole picture of one pixel.
fn pixel() -> Vec<u8> {
    let mut bmp = BMP.to_vec();
    bmp[2..6].copy_from_slice(&58u32.to_le_bytes());
    bmp[18..22].copy_from_slice(&1u32.to_le_bytes());
    bmp[22..26].copy_from_slice(&1u32.to_le_bytes());
    bmp.resize(54, 0);
    [&bmp[..], &[1, 2, 3, 0]].concat()
}

#[test]
fn a_format_may_begin_anywhere() {
    let folder = Folder::new();
    let inner = pixel();
    let bytes = [&pixel()[..], &[0; 42], &inner].concat();
    let file = folder.file("outer", &bytes);
    let at = ["-f", "bmp", "--at", "100"];
    let get = |path: &str| run(["get", &file, path].into_iter().chain(at)).out();
    assert_eq!(get("dib_header.width"), "1\n");
    let tree = run(["inspect", &file, "pixels", "-O", "json"]
        .into_iter()
        .chain(at))
    .json();
    assert_eq!(tree["fields"][0]["offset"], json!(154));
    let field = run(["hash", &file, "--field", "pixels"].into_iter().chain(at)).out();
    let alone = folder.file("alone", &[1, 2, 3, 0]);
    assert_eq!(field[..64], run(["hash", &alone]).out()[..64]);

    let set = ["set", &file, "dib_header.x_ppm=3780"];
    run(set.into_iter().chain(at)).out();
    let mut expected = bytes.clone();
    expected[138..142].copy_from_slice(&3780u32.to_le_bytes());
    assert_eq!(
        std::fs::read(&file).unwrap(),
        expected,
        "only the bitmap at 100 is changed"
    );
    let before = folder.file("before", &bytes);
    let diff = run(["diff", &before, &file].into_iter().chain(at));
    assert_eq!(diff.status, 1);
    let text = String::from_utf8(diff.stdout).unwrap();
    assert_eq!(
        text,
        "changed dib_header.x_ppm at 0x8a: 0 → 3780 (not stated → 96.01 dpi)\n"
    );
    let dump = run(["dump", &file, "--offset", "138", "--length", "4"]
        .into_iter()
        .chain(at))
    .out();
    assert!(dump.contains("x_ppm 3780"), "{dump}");
    let hit = run(["find", &file, "--hex", "c4 0e 00 00"]
        .into_iter()
        .chain(at))
    .out();
    assert!(hit.trim_end().ends_with("dib_header.x_ppm"), "{hit}");

    let gzip = std::fs::read("fixtures/gzip/all-fields.gz").unwrap();
    let file = folder.file("gz", &[&[0; 7], &gzip[..]].concat());
    let found = run([
        "get",
        "-f",
        "gzip",
        "--at",
        "7",
        &file,
        "members[0].header.method",
    ]);
    assert_eq!(found.out(), "8\n");
    let tar = std::fs::read("fixtures/gzip/archive.tar.gz").unwrap();
    let file = folder.file("tgz", &[&[0; 7], &tar[..]].concat());
    let at = ["-f", "gzip", "--at", "7"];
    let names = run(["get", &file, "members[*].header.name"]
        .into_iter()
        .chain(at));
    let plain = run([
        "get",
        "fixtures/gzip/archive.tar.gz",
        "members[*].header.name",
    ]);
    assert_eq!(names.out(), plain.out());
}

#[test]
fn a_place_that_can_not_be_is_refused() {
    let folder = Folder::new();
    let file = folder.file("one", &pixel());
    for format in ["bmp", "tar", "gzip", "<H"] {
        let error = run(["inspect", &file, "-f", format, "--at", "59"]).fails(4);
        assert!(error.contains("offset 59 is outside"), "{format}: {error}");
    }
    for format in ["bmp", "tar", "gzip"] {
        let error = run(["inspect", &file, "-f", format, "--repeat"]).fails(2);
        assert!(
            error.contains("--repeat is for structs"),
            "{format}: {error}"
        );
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_pipe_given_as_a_path_is_read_once() {
    let needles: Vec<u8> = (0..50u32)
        .flat_map(|i| [b"NEEDLE".to_vec(), vec![0; 20_000 + 313 * i as usize]].concat())
        .collect();
    let folder = Folder::new();
    let expected = run(["find", &folder.file("plain", &needles), "NEEDLE"]).out();
    assert_eq!(expected.lines().count(), 50);
    assert_eq!(
        run_with(["find", "/dev/stdin", "NEEDLE"], &needles).out(),
        expected
    );
    assert_eq!(run_with(["find", "-", "NEEDLE"], &needles).out(), expected);
    let error = run_with(["find", "-f", "<I:a", "/dev/stdin", "NEEDLE"], &needles).fails(2);
    assert!(error.contains("read only once"), "{error}");
}

#[test]
fn data_that_end_before_a_field_say_so() {
    let folder = Folder::new();
    let file = folder.file("short", b"MAGC\x01\x02");
    let says = "x: needs 4 bytes at offset 0x4, the input ends at 0x6";
    let format = ["-f", "<4s:m I:x 9(B:a):r"];
    let all = |args: &[&str]| {
        let args: Vec<&str> = args.iter().chain(&format).copied().collect();
        run(args)
    };
    for run in [
        all(&["get", &file, "x"]),
        all(&["get", &file, "r[5].a"]),
        all(&["get", &file, "r[*].a"]),
        all(&["set", &file, "x=1"]),
        all(&["hash", &file, "--field", "x"]),
    ] {
        let error = run.fails(4);
        assert!(
            error.contains(says) && !error.contains("nothing of that name"),
            "{error}"
        );
    }
    // What the format hasn't is no fault of the data.
    for path in ["y", "r[0].b", "x.y"] {
        all(&["get", &file, path]).fails(1);
    }
    let records = ["get", "-f", "<H:a I:x", "--repeat", &file];
    let with = |path: &'static str| run(records.into_iter().chain([path]));
    // b"GC\x01\x02" as a number.
    assert_eq!(with("records[0].x").out(), "33637191\n");
    with("records[1].x").fails(1);
    let cut = folder.file("cut.bmp", &pixel()[..20]);
    let error = run(["get", &cut, "dib_header.height"]).fails(4);
    assert!(error.contains("the DIB header needs 40 bytes"), "{error}");
}

/// What the program prints while its input is still open.
fn live(args: &[&str], pieces: &[&[u8]], expected: &str) {
    let mut child = command(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    for piece in pieces {
        input.write_all(piece).unwrap();
        input.flush().unwrap();
    }
    // This waits for ever where the program waits for the end.
    let mut printed = vec![0; expected.len()];
    child
        .stdout
        .as_mut()
        .unwrap()
        .read_exact(&mut printed)
        .unwrap();
    assert_eq!(String::from_utf8(printed).unwrap(), expected, "{args:?}");
    drop(input);
    let _ = Run::from(child.wait_with_output().unwrap());
}

#[test]
fn what_a_live_pipe_gives_is_printed_as_it_comes() {
    live(
        &["unpack", "--all", "<H"],
        &[b"\x01\0\x02\0", b"\x03\0"],
        "(1,)\n(2,)\n(3,)\n",
    );
    live(&["unpack", "<H"], &[b"\x01\0\x02"], "(1,)\n");
    live(
        &["unpack", "--all", "<H:x"],
        &[b"\x01\0\x02\0", b"\x03"],
        "offset  x\n   0x0  1\n   0x2  2\n",
    );
    live(
        &["unpack", "--all", "z"],
        &[b"abc\0de\0f"],
        "(b'abc',)\n(b'de',)\n",
    );
    live(
        &["unpack", "--all", "<B:n [n]s:t", "-O", "jsonl"],
        &[b"\x02hi\x03yo", b"u"],
        "{\"n\":2,\"t\":\"hi\"}\n{\"n\":3,\"t\":\"you\"}\n",
    );
    live(
        &["find", "-e", "ab", "--offsets"],
        &[b"xxabyy", b"zzab"],
        "2\n8\n",
    );
    live(
        &["find", "--regex", "ERR[0-9]+;", "--offsets"],
        &[b"xxERR1;yy", b"ERR22;", b"ERR3"],
        "2\n9\n",
    );
    live(
        &["find", "--regex", "(?m)^ERR.*$", "-O", "jsonl"],
        &[b"xx\nERR 1\n", b"ERR 2"],
        "{\"file\":\"standard input\",\"offset\":3,\"size\":5,\"value\":\"ERR 1\"}\n",
    );
    live(&["strings"], &[b"hello\n", b"world\n"], "hello\nworld\n");
}

#[cfg(target_os = "linux")]
#[test]
fn an_endless_input_ends_at_a_limit_that_is_named() {
    for args in [
        &["inspect", "-f", "<I", "/dev/zero"][..],
        &["get", "-f", "<I:a *s:b", "/dev/zero", "a"],
        &["guess", "/dev/zero"],
        &["hash", "-f", "*s:b", "--field", "b", "/dev/zero"],
    ] {
        let error = run(args.iter().chain(&["--max-stream", "1MiB"])).fails(2);
        assert!(error.contains("more than 1048576 bytes"), "{error}");
        assert!(error.contains("--max-stream"), "{error}");
    }
    assert_eq!(run(["unpack", "<H", "/dev/zero"]).out(), "(0,)\n");
    // A count that is wrong stays wrong, whatever follows.
    let error = run_with(["unpack", "<b:n [n]s", "-"], &[0xff; 4]).fails(4);
    assert!(error.contains("the count is negative: -1"), "{error}");
}

/// Of a long array, whose items are read for the field that is asked for alone.
#[test]
fn a_slice_of_the_fields_of_a_long_array_is_what_it_is_of_a_short_one() {
    let folder = Folder::new();
    for (count, name) in [(100u32, "short"), (30_000, "long")] {
        let bytes: Vec<u8> = (0..count)
            .flat_map(|i| [&i.to_be_bytes()[..], &[7]].concat())
            .collect();
        let file = folder.file(name, &bytes);
        let last = i64::from(count);
        for (slice, first, end) in [
            ("5:8".to_owned(), 5, 8),
            ("0:1".to_owned(), 0, 1),
            (":2".to_owned(), 0, 2),
            ("-3:".to_owned(), last - 3, last),
            (format!("{}:", count - 1), last - 1, last),
            (format!("{count}:"), last, last),
            ("7:7".to_owned(), 7, 7),
        ] {
            let format = ">{0: B:never} *(I:n B:m):items";
            let path = format!("items[{slice}].n");
            let run = run(["get", "-f", format, &file, &path, "-O", "jsonl"]);
            let expected: Vec<i64> = (first..end).collect();
            let found: Vec<i64> = String::from_utf8(run.stdout)
                .unwrap()
                .lines()
                .map(|line| line.parse().unwrap())
                .collect();
            assert_eq!(found, expected, "{name} {slice}");
        }
    }
}
