//! `pack`: values as they are written, where the bytes go, and that nothing is left half done.

use std::fs;

use crate::run::{BMP, Folder, run, run_with};

#[test]
fn hexadecimal_digits_on_request() {
    assert_eq!(run(["pack", ">I", "10240099", "--hex"]).out(), "009c4063\n");
    assert_eq!(run(["pack", "--hex", ">I", "10240099"]).out(), "009c4063\n");
}

#[test]
fn raw_bytes_go_to_standard_output() {
    let args = "pack <ccIIIIIIHH B M 691256 0 54 40 640 360 1 24";
    let packed = run(args.split(' '));
    assert_eq!((packed.status, packed.stdout.as_slice()), (0, BMP));
}

#[test]
fn values_are_read_as_the_code_asks() {
    // The bytes are what Python's struct.pack gives for the same values.
    for (args, hex) in [
        (&["<h", "-1"][..], "ffff"),
        (&["<h", "-0x80"], "80ff"),
        (&[">I", "0xdead_beef"], "deadbeef"),
        (&["B", "0b101"], "05"),
        (&["B", "0o17"], "0f"),
        (&["<f", "-1.5"], "0000c0bf"),
        (&["<f", "-inf"], "000080ff"),
        (
            &[">e f d", "-nan", "-nan", "-nan"],
            "fe00ffc00000fff8000000000000",
        ),
        (&[">F", "-nan-nanj"], "ffc00000ffc00000"),
        (&[">d", "1e999"], "7ff0000000000000"),
        (&["<d", "0x1.8p3"], "0000000000002840"),
        (&["<d", "3"], "0000000000000840"),
        (&["??", "true", "false"], "0100"),
        (&["3s", "ab"], "616200"),
        (&["3s", "b'\\x00\\n'"], "000a00"),
        (&["2s", "x'7f45'"], "7f45"),
        (&["4p", "ab"], "02616200"),
        (&["<h 3s h", "-1", "abc", "-2"], "ffff616263feff"),
        (&["<3H:rgb", "[255, 128, 0]"], "ff0080000000"),
        (&["<I", "--", "1"], "01000000"),
        (&["<h", "--", "-1"], "ffff"),
    ] {
        let args = ["pack", "--hex"].iter().chain(args);
        let line: Vec<_> = args.clone().collect();
        assert_eq!(run(args).out().trim_end(), hex, "{line:?}");
    }
}

#[test]
fn values_that_do_not_fit_name_their_field() {
    let error = run(["pack", "<2s:magic H:planes", "BM", "65536"]).fails(4);
    assert!(error.starts_with("error: planes: "), "{error}");
    assert!(error.contains("65536"), "{error}");
    let error = run(["pack", "<H:planes", "many"]).fails(4);
    assert!(error.starts_with("error: planes: "), "{error}");
    run(["pack", "<HH", "1"]).fails(4);
    run(["pack", "<H", "1", "2"]).fails(4);
    run(["pack", "<H", "1", "--unknown"]).fails(2);
    // 10^400 is an integer that no double is near enough to.
    let large = format!("1{}", "0".repeat(400));
    for (format, value) in [("f:x", "1e39"), ("=f:x", "-1e39"), ("@F:x", "1+1e39j")] {
        let error = run(["pack", format, value]).fails(4);
        assert!(
            error.contains("x: ") && error.contains("too large"),
            "{error}"
        );
        let error = run(["pack", format, &large]).fails(4);
        assert!(
            error.contains("x: ") && error.contains("too large"),
            "{error}"
        );
    }
    for format in ["e:x", "d:x", "D:x", "Zd:x"] {
        let error = run(["pack", format, &large]).fails(4);
        assert!(error.contains("too large for a float"), "{error}");
    }
    let json = format!("{{\"x\": {large}}}");
    let error = run_with(["pack", "d:x", "--json", "-"], json.as_bytes()).fails(4);
    assert!(error.contains("too large for a float"), "{error}");
}

#[test]
fn a_file_appears_whole_or_not_at_all() {
    let folder = Folder::new();
    let out = folder
        .path("out.bin")
        .into_os_string()
        .into_string()
        .unwrap();
    assert_eq!(run(["pack", "<I", "7", "-o", &out]).out(), "");
    assert_eq!(fs::read(&out).unwrap(), [7, 0, 0, 0]);
    run(["pack", "<I", "-7", "-o", &out]).fails(4);
    assert_eq!(fs::read(&out).unwrap(), [7, 0, 0, 0]);
    assert_eq!(folder.names(), ["out.bin"]);
    let nowhere = format!("{out}/nowhere");
    let error = run(["pack", "<I", "7", "-o", &nowhere]).fails(2);
    assert!(error.contains(&nowhere), "{error}");
}

#[cfg(target_os = "linux")]
#[test]
fn what_is_no_regular_file_is_written_to_directly() {
    use rustix::fs::{CWD, FileType, Mode, mknodat};

    let packed = run(["pack", "<H", "7", "-o", "/dev/stdout"]);
    assert_eq!((packed.status, packed.stdout.as_slice()), (0, &[7, 0][..]));
    // Devices of the test's own: code that replaces what it may not would replace those of the
    // machine, where root runs it.
    let folder = Folder::new();
    let [null, full] = [("null", 3), ("full", 7)].map(|(name, minor)| {
        let path = folder.path(name).into_os_string().into_string().unwrap();
        let number = rustix::fs::makedev(1, minor);
        let (kind, mode) = (FileType::CharacterDevice, Mode::RWXU);
        let made = mknodat(CWD, &path, kind, mode, number).is_ok();
        match made && fs::File::options().write(true).open(&path).is_ok() {
            true => path,
            false => format!("/dev/{name}"),
        }
    });
    assert_eq!(run(["pack", "<H", "7", "-o", &null]).out(), "");
    let error = run(["pack", "<H", "7", "-o", &full]).fails(2);
    assert_eq!(error, format!("error: {full}: No space left on device\n"));
    for device in [null, full] {
        let kind = fs::metadata(&device).unwrap().file_type();
        assert!(std::os::unix::fs::FileTypeExt::is_char_device(&kind));
    }
}

#[test]
fn in_place_only_the_struct_changes() {
    let folder = Folder::new();
    let file = folder.file("a", &[0xee; 8]);
    run(["pack", "<H", "1", "--at", "2", "-o", &file]).out();
    run(["pack", "<H", "2", "--at", "-2", "-o", &file]).out();
    let changed = [0xee, 0xee, 1, 0, 0xee, 0xee, 2, 0];
    assert_eq!(fs::read(&file).unwrap(), changed);
    for at in ["7", "9", "-9", "0x7fffffffffffffff"] {
        run(["pack", "<H", "3", "--at", at, "-o", &file]).fails(4);
    }
    run(["pack", "<H", "70000", "--at", "0", "-o", &file]).fails(4);
    assert_eq!(fs::read(&file).unwrap(), changed);
    run(["pack", "<H", "3", "--at", "0"]).fails(2);
    let missing = folder
        .path("missing")
        .into_os_string()
        .into_string()
        .unwrap();
    run(["pack", "<H", "3", "--at", "0", "-o", &missing]).fails(2);
    assert_eq!(folder.names(), ["a"]);
}

#[test]
fn json_gives_values_by_name_or_in_order() {
    let format = "<2s:magic=\"BM\" I:size 2H:pair";
    let hex = "424d3600000001000200\n";
    for json in [
        r#"{"size": 54, "pair": [1, 2]}"#,
        r#"{"pair": [1, 2], "magic": "BM", "size": 54}"#,
        r#"["BM", 54, [1, 2]]"#,
        "[54, [1, 2]]",
    ] {
        let packed = run_with(["pack", format, "--hex", "--json", "-"], json.as_bytes());
        assert_eq!(packed.out(), hex, "{json}");
    }
    for (json, status) in [
        (r#"{"size": 54}"#, 4),
        (r#"{"size": 54, "pair": [1, 2], "other": 0}"#, 4),
        (r#"{"size": 54, "pair": [1, 2], "magic": "PK"}"#, 4),
        (r#"{"size": 54, "size": 55, "pair": [1, 2]}"#, 4),
        ("{", 4),
        ("", 4),
        ("7", 4),
    ] {
        let error = run_with(["pack", format, "--json", "-"], json.as_bytes()).fails(status);
        assert!(error.contains("standard input"), "{error}");
    }
    run(["pack", format, "54", "--json", "-"]).fails(2);
}

#[test]
fn what_unpack_prints_as_json_packs_again() {
    let format =
        "<2s:text 2s:raw e:nan d:inf Q:big Y:huge D:complex ?:yes 2(b:x B:y):points 3B:rgb";
    let bytes: Vec<u8> = [
        &b"ok\xff\x00\x00\x7e"[..],
        &f64::NEG_INFINITY.to_le_bytes(),
        &u64::MAX.to_le_bytes(),
        &u128::MAX.to_le_bytes(),
        &1.5f64.to_le_bytes(),
        &(-0.0f64).to_le_bytes(),
        &[1, 0xff, 2, 3, 4, 9, 8, 7],
    ]
    .concat();
    for big_ints in ["number", "string"] {
        let args = ["unpack", format, "-O", "json", "--big-ints", big_ints];
        let json = run_with(args, &bytes).out();
        let packed = run_with(["pack", format, "--json", "-"], json.as_bytes());
        assert_eq!(packed.stderr, "", "{json}");
        assert_eq!(packed.stdout, bytes, "{json}");
    }
}

#[test]
fn values_of_whole_formats_are_read_as_their_codes_ask() {
    // What struct.pack gives for the plain parts; 12s~octal:m are the digits of 15 in base 8, a NUL after them.
    for (args, hex) in [
        (
            &["<B:type {type; 1: H:x; else: s:y}", "0x01", "0x10"][..],
            "011000",
        ),
        (&["<B:type {type; 1: H:x; else: s:y}", "2", "x'41'"], "0241"),
        (
            &[">B:n [n]s~utf8:t I:z", "0b11", "123", "-0"],
            "0331323300000000",
        ),
        (
            &["4s~octal:m 4s~ipv4:a", "0o17", "1.2.3.4"],
            "3031370001020304",
        ),
        (&[">{1; 1: f:x 2B:b}", "nan", "[1, 2]"], "7fc000000102"),
        (
            &["{1; 1: (B:x B:y):p}", "{\"x\": \"0x10\", \"y\": 2}"],
            "1002",
        ),
        (
            &[">{1; 1: Y:id}", "0xffff_ffff_ffff_ffff_ffff_ffff_ffff_ffff"],
            "ffffffffffffffffffffffffffffffff",
        ),
    ] {
        let args = ["pack", "--hex"].iter().chain(args);
        let line: Vec<_> = args.clone().collect();
        assert_eq!(run(args).out().trim_end(), hex, "{line:?}");
    }
    let error = run(["pack", "{1; 1: H:x}", "many"]).fails(4);
    assert!(error.contains("x: \"many\" is not an integer"), "{error}");
    let error = run(["pack", "{1; 1: (H:x):p}", "many"]).fails(4);
    assert!(error.contains("p: \"many\" is no group"), "{error}");
    let error = run(["pack", "{1; 1: 2H:a}", "many"]).fails(4);
    assert!(error.contains("a: \"many\" is no array"), "{error}");
}

#[test]
fn values_by_path_come_in_any_order() {
    let format = "<2s:magic=\"BM\" (H:x H:y):at 3B:rgb";
    for (format, args, hex) in [
        (
            format,
            &["rgb[0:3]=0xff", "at.y=2", "at.x=1"][..],
            "424d01000200ffffff",
        ),
        (
            format,
            &["at={\"x\": 1, \"y\": 2}", "rgb=[1, 2, 3]"],
            "424d01000200010203",
        ),
        // A later one counts.
        (
            format,
            &["at.x=1", "at.y=2", "rgb[0:3]=0", "rgb[-1]=7"],
            "424d01000200000007",
        ),
        (
            "<H:n [n](B:a B:b):p",
            &["p[0:2].a=1", "p[*].b=2"],
            "020001020102",
        ),
        ("3s:text", &["text=a=b"], "613d62"),
        // A text with an equals sign, in order.
        ("3s:text", &["b'text=1'"], "746578"),
        ("3s:text", &["a=b"], "613d62"),
        (
            "<B:n {n; 1: 2H:a}",
            &["n=1", "a[0]=0x10", "a[1]=0x20"],
            "0110002000",
        ),
        // An array whose size the format says is there as a whole.
        ("4B:a", &["a[0:2]=7", "a[2:]=8"], "07070808"),
        ("4B:a", &["a[*]=1", "a[-1]=2", "a[:-2]=3"], "03030102"),
        ("2(2B:a):g", &["g[*].a[1:]=1", "g[:].a[0]=2"], "02010201"),
        (
            "{0: B:x} 2(2B:a):g",
            &["g[*].a[1:]=1", "g[:].a[0]=2"],
            "02010201",
        ),
    ] {
        let args: Vec<_> = ["pack", "--hex", format]
            .iter()
            .chain(args)
            .copied()
            .collect();
        assert_eq!(run(&args).out().trim_end(), hex, "{args:?}");
    }
    for (args, status, message) in [
        (
            &["at.x=1", "at={}", "rgb[0]=1"][..],
            2,
            "at: parts of it have values already",
        ),
        (&["at.x=1", "at.y=1", "rgb[2]=1"], 2, "rgb[0] has no value"),
        (&["at.x=1", "at.y=1", "rgb[-1]=1"], 2, "rgb[0] has no value"),
        (&["at.x=1", "at.y=1", "rgb[-4]=1"], 2, "counts from the end"),
        (&["at.x=1", "at.y=1", "rgb[0:2]=1"], 4, "rgb: "),
        (
            &["at.x=1", "at.y=many", "rgb[0:3]=1"],
            4,
            "at.y: \"many\" is not an integer",
        ),
        (&["at.x=1", "at.z=1", "rgb[0:3]=1"], 4, "z"),
        (
            &["at.x=1", "at[0]=1", "rgb[0:3]=1"],
            2,
            "it is a group in another path",
        ),
        (&["rgb[0:9000000000]=1"], 2, "items at most"),
    ] {
        let args: Vec<_> = ["pack", "--hex", format]
            .iter()
            .chain(args)
            .copied()
            .collect();
        let error = run(&args).fails(status);
        assert!(error.contains(message), "{args:?}: {error}");
    }
}

#[test]
fn names_of_values_are_values() {
    let folder = Folder::new();
    let formats = "[formats.msg]\nformat = \"<B:kind H:n 2s:m\"\n[formats.msg.enums]\n\
                   kind = { 0 = \"off\", 16 = \"alarm\", 17 = \"twice\", 18 = \"twice\" }\n\
                   m = { BM = \"bitmap\" }\n";
    let formats = folder.file("f.toml", formats.as_bytes());
    let packed = |args: &[&str]| {
        let all = ["pack", "--hex", "--formats", &formats];
        run(all.iter().chain(args))
    };
    for (args, hex) in [
        (&["%msg", "alarm", "1", "bitmap"][..], "100100424d"),
        (&["%msg", "Alarm", "1", "BM"], "100100424d"),
        (&["%msg", "0x11", "1", "AB"], "1101004142"),
        (&["%msg", "kind=alarm", "n=1", "m=bitmap"], "100100424d"),
        (
            &["<%msg:a H:b", "a.kind=alarm", "a.n=1", "a.m=bitmap", "b=7"],
            "100100424d0700",
        ),
        (
            &[
                "2%msg:a",
                "a[0:2].kind=alarm",
                "a[0:2].n=1",
                "a[0:2].m=bitmap",
            ],
            "100100424d100100424d",
        ),
    ] {
        assert_eq!(packed(args).out().trim_end(), hex, "{args:?}");
    }
    let error = packed(&["%msg", "loud", "1", "BM"]).fails(4);
    assert!(error.contains("kind: \"loud\" is no number"), "{error}");
    assert!(error.contains("0 \"off\", 16 \"alarm\""), "{error}");
    let error = packed(&["%msg", "kind=twice", "n=1", "m=BM"]).fails(4);
    assert!(
        error.contains("several values: write one of 17, 18"),
        "{error}"
    );
    // In a file they are set by the same names.
    let file = folder.file("file", &[0, 1, 0, b'B', b'M']);
    let set = |value: &str| run(["set", "-f", "%msg", "--formats", &formats, &file, value]);
    set("kind=alarm").out();
    assert_eq!(fs::read(&file).unwrap(), [16, 1, 0, b'B', b'M']);
    assert!(set("kind=loud").fails(4).contains("16 \"alarm\""));
    assert!(set("kind=twice").fails(4).contains("write one of 17, 18"));
}
