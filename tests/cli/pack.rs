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
