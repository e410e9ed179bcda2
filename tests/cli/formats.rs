//! Names of formats where formats are expected, and trees of formats that are given.

use crate::run::{Folder, run, run_with};

const SHELF: &str = "[formats.zip]\nformat = '<4s:magic'\n[formats.dxf2]\nformat = '<B:class'\n";

/// Every verb that takes a format or a name.
fn verbs(format: &str, file: &str) -> Vec<Vec<String>> {
    [
        &["inspect", "-f", format, file][..],
        &["get", "-f", format, file, "[0]"],
        &["set", "-f", format, file, "[0]=1"],
        &["dump", "-f", format, file],
        &["find", "-f", format, "--hex", "00", file],
        &["diff", "-f", format, file, file],
        &["hash", "-f", format, "--field", "[0]", file],
    ]
    .iter()
    .map(|args| args.iter().map(|&arg| arg.to_owned()).collect())
    .collect()
}

#[test]
fn a_bare_name_is_an_error_that_says_what_to_write() {
    let folder = Folder::new();
    let file = folder.file("a.bin", &[0; 64]);
    let shelf = folder.file("shelf.toml", SHELF.as_bytes());
    for (word, advice) in [
        ("zip", "written %zip"),
        ("Zip", "written %zip"),
        ("dxf", "%dxf2"),
        ("pdb", "--formats FILE"),
        ("jpeg2k", "no format of the name jpeg2k is known"),
    ] {
        for mut args in verbs(word, &file) {
            args.extend(["--formats".to_owned(), shelf.clone()]);
            let error = run(&args).fails(3);
            assert!(error.contains(advice), "{args:?}: {error}");
        }
    }
    assert_eq!(std::fs::read(folder.path("a.bin")).unwrap(), [0; 64]);
}

#[test]
fn what_is_wrong_in_a_stored_format_is_not_said_of_its_name() {
    let folder = Folder::new();
    let file = folder.file("a.bin", &[0; 64]);
    let shelf = folder.file("shelf.toml", b"[formats.wrong]\nformat = '[n]s:data'\n");
    let error = run(["inspect", "-f", "%wrong", "--formats", &shelf, &file]).fails(3);
    assert!(error.contains("in %wrong: n is not a field"), "{error}");
    assert!(!error.contains("no format of the name"), "{error}");
}

#[test]
fn formats_of_bare_letters_are_formats_still() {
    let folder = Folder::new();
    let file = folder.file("a.bin", &[0; 64]);
    let text = run(["inspect", "-f", "@pcx", &file]).out();
    assert!(text.contains("struct, 64 bytes"), "{text}");
    assert_eq!(run(["get", "-f", "hhl", &file, "[2]"]).out(), "0\n");
}

#[test]
fn built_in_names_are_told_in_letters_of_either_case() {
    let bmp = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/bmp/info-4.bmp");
    for name in ["bmp", "BMP", "Bmp", " bmp "] {
        let args = ["get", "-f", name, bmp, "dib_header.width"];
        assert_eq!(run(args).out(), "12\n", "{name}");
    }
}

#[test]
fn formats_tells_all_of_what_is_built_in() {
    // A structure, what a value of it means, and a problem of each.
    for (name, structure, value, code) in [
        (
            "BMP",
            "file_header: BITMAPFILEHEADER",
            "b'BM'  bitmap",
            "B001",
        ),
        (
            "ico",
            "icon_entry: ICONDIRENTRY",
            "1279872587  'LINK'",
            "I001",
        ),
        (
            "tar",
            "ustar: POSIX.1-1988 ustar, and pax",
            "b'1'  hard link",
            "T001",
        ),
        ("gzip", "trailer: What ends a member", "8  deflate", "G001"),
        (
            "zlib",
            "header: The header of a stream",
            "8  deflate",
            "C001",
        ),
        (
            "xz",
            "header: The header of a stream (section 2.1.1)",
            "1  CRC32",
            "C005",
        ),
        (
            "zstd",
            "header: The header of a block",
            "2  compressed",
            "C001",
        ),
        (
            "lz4",
            "header: The header of a frame",
            "4  64 KiB at most",
            "C001",
        ),
        ("png", "%png, from shelf/png.toml", "2  truecolor", "S002"),
    ] {
        let shown = run(["formats", name]).out();
        for words in [structure, value, "\nproblems\n", code] {
            assert!(shown.contains(words), "{name} lacks {words}: {shown}");
        }
        let json = run(["formats", name, "-O", "json"]).out();
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(json["name"], name.to_lowercase());
        assert!(
            json["codes"]
                .as_array()
                .unwrap()
                .iter()
                .any(|row| row["code"] == code)
        );
    }
}

#[test]
fn formats_are_searched_by_words() {
    let names = |args: &[&str]| {
        let json = run(args.iter().chain(&["-O", "json"])).out();
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        let rows = ["formats", "descriptions", "built_in", "shelf"];
        let rows = rows
            .iter()
            .flat_map(|rows| json[rows].as_array().unwrap().clone());
        rows.map(|row| row["name"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    // By name, by suffix, by group, and by what they are.
    assert_eq!(names(&["formats", "--search", "SQLITE"]), ["sqlite"]);
    assert!(names(&["formats", "--search", "docx"]).contains(&"zip".to_owned()));
    assert!(names(&["formats", "--search", "sound"]).contains(&"flac".to_owned()));
    assert!(names(&["formats", "--search", "os/2"]).contains(&"bmp".to_owned()));
    let nothing = run(["formats", "--search", "no such word"]);
    assert_eq!((nothing.status, nothing.stdout.len()), (1, 0));
    assert!(
        nothing.stderr.contains("no such word"),
        "{}",
        nothing.stderr
    );
    let error = run(["formats", "sqlit"]).fails(2);
    assert!(error.contains("did you mean sqlite?"), "{error}");
}

#[test]
fn a_folder_holds_formats_in_both_languages() {
    let folder = Folder::new();
    let home = folder.path("config/bytewright");
    std::fs::create_dir_all(&home).unwrap();
    folder.file(
        "config/bytewright/own.toml",
        b"[formats.own]\nformat = '<2s:magic=\"OW\" B:n'\n",
    );
    let ksy = b"meta: {id: note, title: Notes}\ndoc: What was noted.\n\
                seq: [{id: magic, contents: NT}, {id: n, type: u1, doc: how many}]\n";
    folder.file("config/bytewright/note.ksy", ksy);
    let note = folder.file("a.bin", b"NT\x07");
    let own = folder.file("b.bin", b"OW\x09");
    let home = home.to_str().unwrap();
    let ask = |args: &[&str], configured: bool| {
        let mut command = crate::run::command(args);
        if configured {
            command.env("XDG_CONFIG_HOME", folder.path("config"));
        }
        crate::run::Run::from(command.output().unwrap()).out()
    };
    for (extra, configured) in [(&["--formats", home][..], false), (&[], true)] {
        let with = |args: &[&'static str]| -> Vec<&str> {
            args.iter().copied().chain(extra.iter().copied()).collect()
        };
        let listed = ask(&with(&["formats"]), configured);
        assert!(
            listed.contains("%own") && listed.contains("Notes"),
            "{listed}"
        );
        let shown = ask(&with(&["formats", "note"]), configured);
        assert!(shown.contains("What was noted."), "{shown}");
        assert!(shown.contains("n      u1     how many"), "{shown}");
        assert!(shown.contains("K001"), "{shown}");
        let mut get = with(&["get", "-f", "note"]);
        get.extend([note.as_str(), "n"]);
        assert_eq!(ask(&get, configured), "7\n");
        let mut get = with(&["get", "-f", "%own"]);
        get.extend([own.as_str(), "n"]);
        assert_eq!(ask(&get, configured), "9\n");
        // By what the file begins with.
        let mut get = with(&["get"]);
        get.extend([note.as_str(), "n"]);
        assert_eq!(ask(&get, configured), "7\n");
    }
}

/// The directory of an icon: seven values an image, and bytes between them.
#[test]
fn a_group_is_short_only_where_nothing_is_left_out() {
    let folder = Folder::new();
    let entry = [16, 16, 0, 0, 1, 0, 32, 0, 40, 1, 0, 0, 22, 0, 0, 0];
    let file = folder.file("a.ico", &entry);
    let format = "<*(B:w B:h B:colors x H:planes H:bpp I:size I:offset):images";
    let text = run(["inspect", "-f", format, &file]).out();
    let lines: Vec<String> = text
        .lines()
        .skip(4)
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    assert_eq!(
        lines,
        [
            "0x0 1 w 16",
            "0x1 1 h 16",
            "0x2 1 colors 0",
            "0x3 1 padding 00",
            "0x4 2 planes 1",
            "0x6 2 bpp 32",
            "0x8 4 size 296",
            "0xc 4 offset 22"
        ]
    );
    let text = run(["inspect", "-f", "<*(B:w x H:n):images", &file]).out();
    assert!(text.contains("w 16, …, n 0"), "{text}");
}

#[test]
fn a_group_as_python_prints_it_has_all_its_fields() {
    let folder = Folder::new();
    let file = folder.file("a.bin", &[1, 2, 3, 4]);
    let get = |format: &str| run(["get", "-f", format, "-O", "python", &file, "o"]).out();
    assert_eq!(get("(B:a (B:x B:y):g B:b):o"), "(1, (2, 3), 4)\n");
    assert_eq!(get("2(B:a B:b):o"), "[(1, 2), (3, 4)]\n");
    assert_eq!(get("(B 2B:pair x):o"), "(1, [2, 3])\n");
}

#[test]
fn an_error_about_a_constant_has_both_numbers_in_both_bases() {
    let message = "2712847316 (0xa1b2c3d4), found 3569595041 (0xd4c3b2a1)";
    let digits = "d4c3b2a1";
    for format in [
        ">I:m=0xa1b2c3d4",
        ">I:m=2712847316",
        ">I{a:16 b:16}=0xa1b2c3d4",
    ] {
        let error = run(["unpack", format, "--hex", digits]).fails(4);
        assert!(error.contains(message), "{format}: {error}");
    }
    let folder = Folder::new();
    let file = folder.file("a.bin", &[0xd4, 0xc3, 0xb2, 0xa1]);
    let tree = run(["inspect", "-f", ">I:m=0xa1b2c3d4", &file]);
    let text = String::from_utf8(tree.stdout).unwrap();
    assert!(text.contains(message), "{text}");
    let error = run(["pack", ">I:m=0xa1b2c3d4", "3569595041"]).fails(4);
    assert!(error.contains(message), "{error}");
    // A digit is the same in either base.
    let error = run(["unpack", "B:m=1", "--hex", "02"]).fails(4);
    assert!(
        error.contains("expected the constant 1, found 2 at"),
        "{error}"
    );
    let error = run(["unpack", "b:m=-1", "--hex", "09"]).fails(4);
    assert!(error.contains("-1 (-0x1), found 9 (0x9)"), "{error}");
}

#[test]
fn integers_are_hexadecimal_on_request_in_every_form() {
    let format = "<I:magic h:n 2B:pair d:x (B:y):g 2s:text";
    let hex = "d4c3b2a1 ffff 0a0b 000000000000f03f ff 6162";
    let with =
        |output: &str| run(["unpack", format, "--hex", hex, "--hex-ints", "-O", output]).out();
    let tuple = "(0xa1b2c3d4, -0x1, [0xa, 0xb], 1.0, (0xff,), b'ab')\n";
    assert_eq!(with("python"), tuple);
    assert_eq!(
        with("json"),
        "{\"magic\":\"0xa1b2c3d4\",\"n\":\"-0x1\",\"pair\":[\"0xa\",\"0xb\"],\"x\":1.0,\
         \"g\":{\"y\":\"0xff\"},\"text\":\"ab\"}\n"
    );
    for value in ["0xa1b2c3d4", "-0x1", "[0xa, 0xb]", "0xff"] {
        assert!(with("text").contains(&format!("  {value}\n")), "{value}");
    }
    let packed = run_with(
        ["pack", format, "--json", "-", "--hex"],
        with("json").as_bytes(),
    );
    assert_eq!(packed.out().trim(), hex.replace(' ', ""));
    let folder = Folder::new();
    let file = folder.file("a.bin", &[255, 16, 1]);
    let get = |output: &str| {
        run([
            "get",
            "-f",
            "B:a 2B:b",
            &file,
            "--hex-ints",
            "-O",
            output,
            "a",
            "b",
        ])
        .out()
    };
    assert_eq!(get("text"), "0xff\n[\"0x10\",\"0x1\"]\n");
    assert_eq!(get("python"), "0xff\n[0x10, 0x1]\n");
    let tree = run([
        "inspect",
        "-f",
        "B:a 2B:b",
        &file,
        "--hex-ints",
        "-O",
        "jsonl",
    ])
    .out();
    assert!(tree.contains("\"value\":\"0xff\""), "{tree}");
    let many = run(["unpack", "B:a", &file, "--all", "--hex-ints"]).out();
    assert_eq!(
        many,
        "offset     a\n   0x0  0xff\n   0x1  0x10\n   0x2   0x1\n"
    );
}

#[test]
fn a_format_says_which_integers_are_hexadecimal() {
    let folder = Folder::new();
    let file = folder.file("a.bin", &[255, 254, 253, 0, 0, 1]);
    let shelf = folder.file(
        "shelf.toml",
        b"[formats.sum]\nformat = '>B:n H:crc'\nhex = ['crc']\n\
          [formats.two]\nformat = '%sum:a %sum:b'\nhex = ['b.n']\n",
    );
    let text = run(["inspect", "-f", "%two", &file, "--formats", &shelf]).out();
    let values: Vec<&str> = text
        .lines()
        .skip(1)
        .filter_map(|line| line.split_whitespace().nth(3))
        .collect();
    assert_eq!(values, ["value", "255", "0xfefd", "0x0", "0x1"]);
    let json = run([
        "get",
        "-f",
        "%two",
        &file,
        "--formats",
        &shelf,
        "a.crc",
        "-O",
        "json",
    ]);
    assert_eq!(json.out(), "65277\n");
    let constants = run(["unpack", "B:a=0xff B:b=254 B:c=0XFD", "--hex", "fffefd"]).out();
    for (name, value) in [("a", "0xff"), ("b", "254"), ("c", "0xfd")] {
        assert!(
            constants.contains(&format!("  {name}      {value}\n")),
            "{constants}"
        );
    }
    let wrong = folder.file(
        "wrong.toml",
        b"[formats.a]\nformat = '2s:t f:x'\nhex = ['t']\n",
    );
    let error = run(["size", "%a", "--formats", &wrong]).fails(2);
    assert!(
        error.contains("wrong.toml:3: in %a, hex: \"t\" holds no integers"),
        "{error}"
    );
}

/// Whether a field of bytes is a string doesn't depend on how much of it text fills.
#[test]
fn text_that_does_not_fill_its_field_is_a_string_in_json() {
    let json = |format: &str, hex: &str| run(["unpack", format, "--hex", hex, "-O", "json"]).out();
    for (format, hex, expected) in [
        ("8s:t", "6162636465666768", r#"{"t":"abcdefgh"}"#),
        ("8s:t", "6162000000000000", r#"{"t":"ab"}"#),
        ("8s:t", "0000000000000000", r#"{"t":""}"#),
        (
            "8s:t",
            "ff00000000000000",
            r#"{"t":{"hex":"ff00000000000000"}}"#,
        ),
        (
            "8s:t",
            "6100620000000000",
            r#"{"t":{"hex":"6100620000000000"}}"#,
        ),
        ("2(2s:t):g", "61006200", r#"{"g":[{"t":"a"},{"t":"b"}]}"#),
        ("(2s:t 2s):g", "61006200", r#"{"g":{"t":"a","1":"b"}}"#),
        // Of these, packing fills nothing in.
        ("B:n [n]s:t", "03610000", r#"{"n":3,"t":"a\u0000\u0000"}"#),
        ("4p:t", "02610000", r#"{"t":"a\u0000"}"#),
        ("c:t", "00", r#"{"t":"\u0000"}"#),
        ("*s:t", "6100", r#"{"t":"a\u0000"}"#),
    ] {
        let found = json(format, hex);
        assert_eq!(found.trim(), expected, "{format} {hex}");
        let packed = run_with(["pack", format, "--json", "-", "--hex"], found.as_bytes());
        assert_eq!(packed.out().trim(), hex, "{format}");
    }
    let lines = run_with(["unpack", "4s:t", "--all", "-O", "jsonl"], b"ab\0\0cdef").out();
    assert_eq!(lines, "{\"t\":\"ab\"}\n{\"t\":\"cdef\"}\n");
    let folder = Folder::new();
    let file = folder.file("a.bin", b"ab\0\0");
    let get = |form| run(["get", "-f", "4s:t", &file, "t", "-O", form]).out();
    assert_eq!(
        (get("json").as_str(), get("python").as_str()),
        ("\"ab\"\n", "b'ab\\x00\\x00'\n")
    );
    let tree = run(["inspect", "-f", "4s:t", &file, "-O", "jsonl"]).out();
    assert!(tree.contains("\"value\":\"ab\""), "{tree}");
}

#[test]
fn a_header_of_c_is_converted_and_what_is_not_plain_is_told() {
    let folder = Folder::new();
    let header = folder.file(
        "a.h",
        b"struct a { char n; short s; };\nunion b { int i; };\n",
    );
    let converted = run(["formats", "convert", &header]);
    assert_eq!(converted.status, 1);
    assert!(
        converted
            .stderr
            .contains("a.h:2: a union has no counterpart"),
        "{}",
        converted.stderr
    );
    let toml = folder.file("a.toml", &converted.stdout);
    assert_eq!(run(["size", "%a", "--formats", &toml]).out(), "4\n");
    run(["formats", "convert", "nowhere.h"]).fails(2);
}
