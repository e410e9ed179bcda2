//! `unpack`: forms of output, offsets, counts, standard input, and everything that can be wrong
//! with a file.

use serde_json::json;

use crate::run::{BMP, Folder, peer, run, run_with};

#[test]
fn a_format_without_names_gives_pythons_tuple() {
    let tuple = "(b'B', b'M', 691256, 0, 54, 40, 640, 360, 1, 24)\n";
    let folder = Folder::new();
    let file = folder.file("a.bmp", &[BMP, &[0xff; 1000]].concat());
    let format = "<ccIIIIIIHH";
    assert_eq!(run(["unpack", format, &file]).out(), tuple);
    assert_eq!(run(["unpack", format, &file, "-O", "python"]).out(), tuple);
    assert_eq!(run(["unpack", format, "--python", &file]).out(), tuple);
    assert_eq!(run_with(["unpack", format], BMP).out(), tuple);
    assert_eq!(run_with(["unpack", format, "-"], BMP).out(), tuple);
}

#[test]
fn a_format_with_names_gives_a_table() {
    let format = "<2s:magic I:size 4x I:pixels (I:header I:width I:height 2H):dib";
    assert_eq!(
        run_with(["unpack", format], BMP).out(),
        "\
offset  size  field       value
   0x0     2  magic       b'BM'
   0x2     4  size        691256
   0xa     4  pixels      54
   0xe     4  dib.header  40
  0x12     4  dib.width   640
  0x16     4  dib.height  360
  0x1a     2  dib.3       1
  0x1c     2  dib.4       24
"
    );
}

#[test]
fn offsets_in_the_table_count_from_the_start_of_the_file() {
    assert_eq!(
        run_with(["unpack", "<I:width I:height", "--offset", "0x12"], BMP).out(),
        "\
offset  size  field   value
  0x12     4  width   640
  0x16     4  height  360
"
    );
}

/// What counts from the end of the file counts so in the table and in warnings, as in the values.
#[test]
fn the_table_and_warnings_know_what_follows_the_struct() {
    let format = "B:size=[@size] [@end - @at - 2]s:data";
    let table = run_with(["unpack", format], b"\x06abcde");
    assert_eq!(
        table.out(),
        "\
offset  size  field  value
   0x0     1  size   6
   0x1     3  data   b'abc'
"
    );
    let json = run_with(["unpack", format, "--json"], b"\x06abcde");
    assert_eq!(json.out(), "{\"size\":6,\"data\":\"abc\"}\n");
}

#[test]
fn short_arrays_stand_on_a_line_and_groups_are_spread() {
    let bytes = [1, 2, 3, 10, 11, 20, 21];
    assert_eq!(
        run_with(["unpack", "3B:rgb 2(B:x B:y):points"], &bytes).out(),
        "\
offset  size  field        value
   0x0     3  rgb          [1, 2, 3]
   0x3     1  points[0].x  10
   0x4     1  points[0].y  11
   0x5     1  points[1].x  20
   0x6     1  points[1].y  21
"
    );
}

#[test]
fn json_is_an_object_with_names_and_a_list_without() {
    let named = "<2s:magic I:size 2H:reserved 2s:raw f:nan";
    let bytes = b"BM\x01\0\0\0\x02\0\x03\0\xff\x00\x00\x00\xc0\x7f";
    let value = json!({
        "magic": "BM", "size": 1, "reserved": [2, 3], "raw": {"hex": "ff00"}, "nan": "nan"
    });
    for form in ["json", "jsonl"] {
        assert_eq!(run_with(["unpack", named, "-O", form], bytes).json(), value);
    }
    let unnamed = run_with(["unpack", "<2sI", "--output", "json"], bytes).json();
    assert_eq!(unnamed, json!(["BM", 1]));
    let half = run_with(["unpack", "<2s I:size", "-Ojson"], bytes).json();
    assert_eq!(half, json!({"0": "BM", "size": 1}));
}

#[test]
fn big_integers_are_strings_on_request() {
    // 2^53 + 1, which a reader that knows only floats would round.
    let args = ["unpack", ">Q", "--hex", "0020000000000001", "-O", "json"];
    assert_eq!(run(args).out(), "[9007199254740993]\n");
    let strings = run(args.into_iter().chain(["--big-ints", "string"]));
    assert_eq!(strings.out(), "[\"9007199254740993\"]\n");
}

#[test]
fn hexadecimal_bytes_are_read_as_people_write_them() {
    for hex in [
        "009c4063",
        "00 9C 40 63",
        "00:9c:40:63",
        "0x009c4063",
        "0x00, 0x9c, 0x40, 0x63",
    ] {
        assert_eq!(
            run(["unpack", ">I", "--hex", hex]).out(),
            "(10240099,)\n",
            "{hex}"
        );
    }
    for hex in ["009c406", "00 9c 4 63", "zz", "0x"] {
        run(["unpack", ">I", "--hex", hex]).fails(if hex == "0x" { 4 } else { 2 });
    }
    run(["unpack", ">I", "--hex", "00", "file"]).fails(2);
}

#[test]
fn hexadecimal_bytes_must_fit_exactly() {
    let short = run(["unpack", ">IH:b", "--hex", "0000 0000 01"]).fails(4);
    assert_eq!(
        short,
        "error: --hex: b: needs 2 bytes at offset 0x4, the input ends at 0x5\n"
    );
    let long = run(["unpack", ">I", "--hex", "0000000001"]).fails(4);
    assert!(long.contains("1 byte left over from offset 0x4"), "{long}");
    assert_eq!(
        run(["unpack", "B", "--hex", "010203", "--all"]).out(),
        "(1,)\n(2,)\n(3,)\n"
    );
    assert_eq!(
        run(["unpack", "B", "--hex", "010203", "--offset", "1"]).out(),
        "(2,)\n"
    );
}

#[test]
fn a_negative_offset_counts_from_the_end() {
    let bytes = [1, 2, 3, 4, 5];
    assert_eq!(
        run_with(["unpack", "B", "--offset", "-2"], &bytes).out(),
        "(4,)\n"
    );
    assert_eq!(
        run_with(["unpack", "B", "--offset=-0x5"], &bytes).out(),
        "(1,)\n"
    );
    let error = run_with(["unpack", "B", "--offset", "-6"], &bytes).fails(4);
    assert!(error.contains("offset -6"), "{error}");
    let error = run_with(["unpack", "B", "--offset", "6"], &bytes).fails(4);
    assert!(error.contains("offset 6"), "{error}");
    run_with(["unpack", "B", "--offset", "5"], &bytes).fails(4);
    assert_eq!(
        run_with(["unpack", "0s", "--offset", "5"], &bytes).out(),
        "(b'',)\n"
    );
    run_with(["unpack", "B", "--offset", "far"], &bytes).fails(2);
}

#[test]
fn many_structs_are_a_table_or_a_line_each() {
    let bytes = [1, 0, 0xff, 2, 1, 0x7f];
    assert_eq!(
        run_with(["unpack", "<H:id b:level", "--all"], &bytes).out(),
        "\
offset   id  level
   0x0    1     -1
   0x3  258    127
"
    );
    let python = ["unpack", "<H:id b:level", "--all", "-O", "python"];
    assert_eq!(run_with(python, &bytes).out(), "(1, -1)\n(258, 127)\n");
    let lines = ["unpack", "<H:id b:level", "--all", "-O", "jsonl"];
    assert_eq!(
        run_with(lines, &bytes).out(),
        "{\"id\":1,\"level\":-1}\n{\"id\":258,\"level\":127}\n"
    );
    let document = ["unpack", "<Hb", "--count", "2", "-O", "json"];
    assert_eq!(
        run_with(document, &bytes).json(),
        json!([[1, -1], [258, 127]])
    );
    assert_eq!(
        run_with(["unpack", "<Hb", "--all", "-O", "json"], b"").json(),
        json!([])
    );
    assert_eq!(run_with(["unpack", "<Hb", "--count", "0"], b"").out(), "");
}

#[test]
fn structs_from_behind_the_end_on_are_an_error() {
    assert_eq!(
        run_with(["unpack", "<H", "--all", "--offset", "2"], b"ab").out(),
        ""
    );
    let error = run_with(["unpack", "<H", "--all", "--offset", "3"], b"ab").fails(4);
    assert!(error.contains("offset 3 is outside"), "{error}");
}

#[test]
fn what_is_whole_is_printed_before_the_remainder_is_refused() {
    let bytes = [1, 0, 2, 0, 3];
    let all = run_with(["unpack", "<H:n", "--all", "-O", "python"], &bytes);
    assert_eq!(all.status, 4);
    assert_eq!(all.stdout, b"(1,)\n(2,)\n");
    assert_eq!(
        all.stderr,
        "error: standard input: struct 2: n: needs 2 bytes at offset 0x4, the input ends at 0x5\n"
    );
    let count = run_with(["unpack", "<H", "--count", "3", "-O", "json"], &bytes);
    assert_eq!(count.status, 4);
    let whole: serde_json::Value = serde_json::from_slice(&count.stdout).unwrap();
    assert_eq!(whole, json!([[1], [2]]));
}

#[test]
fn structs_without_bytes_have_no_end() {
    for data in [&b"x"[..], b""] {
        let error = run_with(["unpack", "", "--all"], data).fails(4);
        assert!(error.contains("takes no bytes"), "{error}");
    }
    assert_eq!(
        run_with(["unpack", "", "--count", "2"], b"").out(),
        "()\n()\n"
    );
    assert_eq!(run_with(["unpack", ""], b"").out(), "()\n");
}

#[test]
fn short_data_name_the_field_and_the_place() {
    let folder = Folder::new();
    let file = folder.file("short", b"BM\x01");
    let error = run(["unpack", "<2s:magic I:size", &file]).fails(4);
    assert_eq!(
        error,
        format!("error: {file}: size: needs 4 bytes at offset 0x2, the input ends at 0x3\n")
    );
    let empty = folder.file("empty", b"");
    let error = run(["unpack", "<2s:magic I:size", &empty]).fails(4);
    assert!(
        error.contains("magic: needs 2 bytes at offset 0x0"),
        "{error}"
    );
}

#[test]
fn a_huge_count_allocates_nothing_that_data_do_not_back() {
    for format in [
        "9223372036854775807s",
        "<Q:n [n]s:data",
        "1000000000000I:table",
    ] {
        run_with(["unpack", format], &[0x7f; 8]).fails(4);
    }
}

#[test]
fn what_is_no_file_is_told_so() {
    let folder = Folder::new();
    let missing = folder
        .path("missing")
        .into_os_string()
        .into_string()
        .unwrap();
    let error = run(["unpack", "B", &missing]).fails(2);
    assert!(error.starts_with(&format!("error: {missing}: ")), "{error}");
    assert!(!error.contains("os error"), "{error}");
    let directory = folder.path("");
    let error = run(["unpack".as_ref(), "B".as_ref(), directory.as_os_str()]).fails(2);
    assert!(error.to_lowercase().contains("directory"), "{error}");
}

#[cfg(target_os = "linux")]
#[test]
fn files_without_a_length_are_read() {
    let version = run(["unpack", "5s:system", "/proc/version", "-O", "json"]).json();
    assert_eq!(version, json!({"system": "Linux"}));
    let endless = run(["unpack", "<IH", "/dev/zero"]).out();
    assert_eq!(endless, "(0, 0)\n");

    let folder = Folder::new();
    let fifo = folder.path("fifo").into_os_string().into_string().unwrap();
    if peer("mkfifo", &[&fifo]).is_none() {
        return;
    }
    let writer = std::thread::spawn({
        let fifo = fifo.clone();
        move || std::fs::write(fifo, BMP).unwrap()
    });
    assert_eq!(run(["unpack", "<2s", &fifo]).out(), "(b'BM',)\n");
    writer.join().unwrap();
}

#[cfg(target_os = "linux")]
#[test]
fn a_name_cannot_speak_to_the_terminal() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    let name = OsStr::from_bytes(b"/nowhere/\x1b]0;title\x07\xff\n");
    let error = run(["unpack".as_ref(), "B".as_ref(), name]).fails(2);
    let shown = r"error: /nowhere/\x1b]0;title\x07\xff\n: ";
    assert!(error.starts_with(shown), "{error}");
}

#[test]
fn tuples_are_what_python_prints() {
    let cases = [
        ("<3s5p", "610027 03616263ff"),
        ("<efd", "003c 0000c03f 9a9999999999b93f"),
        (
            ">?bBhHiIqQ",
            "02 80 ff 8000 ffff 80000000 ffffffff 8000000000000000 ffffffffffffffff",
        ),
        ("<fff", "0000807f 000080ff 00000080"),
        ("=2c2x0s", "5c22 0000"),
        ("<d", "6666666666e67540"),
        ("@bi", "01 000000 02000000"),
    ];
    let program = "import struct, sys\n\
        for f, h in zip(sys.argv[1::2], sys.argv[2::2]): print(struct.unpack(f, bytes.fromhex(h)))";
    let args: Vec<&str> = ["-c", program]
        .into_iter()
        .chain(cases.iter().flat_map(|(format, hex)| [*format, *hex]))
        .collect();
    let Some(expected) = peer("python3", &args) else {
        return;
    };
    for ((format, hex), tuple) in cases.iter().zip(expected.lines()) {
        let ours = run(["unpack", format, "--hex", hex, "-O", "python"]).out();
        assert_eq!(ours.trim_end(), tuple, "{format}");
    }
}

#[test]
fn a_word_that_names_a_format_is_not_read_as_codes_without_a_word() {
    let (python, codes) = (run_with(["unpack", "--python", "elf"], &[0; 24]), "@elf");
    let values = python.out();
    assert_eq!(run_with(["unpack", codes], &[0; 24]).out(), values);
    let warned = run_with(["unpack", "elf"], &[0; 24]);
    assert_eq!(
        (warned.status, warned.stdout.as_slice()),
        (0, values.as_bytes())
    );
    assert!(
        warned.stderr.contains("elf is read as the codes"),
        "{}",
        warned.stderr
    );
    // m is a code too: what is missing are data.
    let error = run_with(["unpack", "bmp"], b"BM").fails(4);
    assert!(error.contains("inspect -f bmp FILE"), "{error}");
}
