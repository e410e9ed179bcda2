//! `dump`: which bytes, from where; colors; and back to bytes.

use std::fs::{self, File};
use std::process::Stdio;

use crate::run::{BMP, Folder, command, peer, run, run_with};

const PLAIN: &str = "\
00000000: 424d 388c 0a00 0000 0000 3600 0000 2800  BM8.......6...(.
00000010: 0000 8002 0000 6801 0000 0100 1800       ......h.......
";

const CANONICAL: &str = "\
00000000  42 4d 38 8c 0a 00 00 00  00 00 36 00 00 00 28 00  |BM8.......6...(.|
00000010  00 00 80 02 00 00 68 01  00 00 01 00 18 00        |......h.......|
";

#[test]
fn bytes_of_a_file_and_of_standard_input() {
    let folder = Folder::new();
    let file = folder.file("header", BMP);
    assert_eq!(run(["dump", "--plain", &file]).out(), PLAIN);
    assert_eq!(run_with(["dump", "-p"], BMP).out(), PLAIN);
    assert_eq!(run_with(["dump", "-"], BMP).out(), CANONICAL);
    assert_eq!(
        run_with(
            ["dump", "-p", "-c", "4", "-g4", "--length", "6", "--upper"],
            BMP
        )
        .out(),
        "00000000: 424D388C  BM8.\n00000004: 0A00      ..\n"
    );
    assert_eq!(
        run_with(["dump", "--digits", "-c", "20"], BMP).out(),
        "424d388c0a000000000036000000280000008002\n00006801000001001800\n"
    );
    for layout in [&["-p"][..], &["-d"], &[]] {
        let empty = run_with(["dump"].iter().chain(layout), b"");
        assert_eq!(empty.out(), "");
    }
}

#[test]
fn an_offset_counts_from_either_end() {
    let folder = Folder::new();
    let file = folder.file("header", BMP);
    let expected = "0000001a: 0100 1800                                ....\n";
    for offset in ["26", "0x1a", "-4"] {
        assert_eq!(
            run(["dump", "-p", "--offset", offset, &file]).out(),
            expected
        );
        assert_eq!(
            run_with(["dump", "-p", "--offset", offset], BMP).out(),
            expected
        );
    }
    assert_eq!(run(["dump", "--offset", "30", &file]).out(), "");
    for offset in ["31", "-31", "1T"] {
        for run in [
            run(["dump", "-p", "--offset", offset, &file]),
            run_with(["dump", "--offset", offset], BMP),
        ] {
            let error = run.fails(4);
            assert!(error.contains("outside the buffer of 30 bytes"), "{error}");
        }
    }
    run(["dump", "--columns", "0", &file]).fails(2);
    run(["dump", "--length", "-1", &file]).fails(2);
    run(["dump", &folder.path("missing").to_string_lossy()]).fails(2);
    run(["dump", &folder.path("").to_string_lossy()]).fails(2);
}

#[cfg(unix)]
#[test]
fn standard_input_goes_on_where_somebody_left_it() {
    use std::io::{Seek, SeekFrom};

    let folder = Folder::new();
    let mut file = File::open(folder.file("header", BMP)).unwrap();
    file.seek(SeekFrom::Start(20)).unwrap();
    let output = command(["dump", "-p", "--offset", "2"])
        .stdin(file)
        .output();
    assert_eq!(
        String::from_utf8(output.unwrap().stdout).unwrap(),
        "00000002: 6801 0000 0100 1800                      h.......\n"
    );
}

#[cfg(target_os = "linux")]
#[test]
fn endless_huge_and_odd_files_are_no_trouble() {
    let folder = Folder::new();
    let zeros = run(["dump", "-d", "/dev/zero", "--offset", "1M", "--length", "2"]);
    assert_eq!(zeros.out(), "0000\n");

    let version = fs::read_to_string("/proc/version").unwrap();
    let digits: String = version.bytes().map(|byte| format!("{byte:02x}")).collect();
    let dump = run(["dump", "-d", "/proc/version"]).out().replace('\n', "");
    assert_eq!(dump, digits);

    // A terabyte of nothing, and three bytes.
    let sparse = folder.file("sparse", b"");
    let file = File::options().write(true).open(&sparse).unwrap();
    file.set_len(1 << 40).unwrap();
    std::os::unix::fs::FileExt::write_all_at(&file, b"end", (1 << 40) - 3).unwrap();
    assert_eq!(
        run(["dump", "-p", "--offset", "-5", &sparse]).out(),
        "fffffffffb: 0000 656e 64                             ..end\n"
    );

    let fifo = folder.path("fifo");
    if peer("mkfifo", &[&fifo.to_string_lossy()]).is_some() {
        let child = command(["dump", "-p"])
            .arg(&fifo)
            .stdout(Stdio::piped())
            .spawn();
        fs::write(&fifo, BMP).unwrap();
        let output = child.unwrap().wait_with_output().unwrap();
        assert_eq!(String::from_utf8(output.stdout).unwrap(), PLAIN);
    }
}

#[test]
fn what_comes_slowly_is_shown_as_it_comes() {
    use std::io::{Read, Write};

    for layout in ["--plain", "--color=never", "--color=always"] {
        let mut child = command(["dump", layout])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut pipe = child.stdin.take().unwrap();
        pipe.write_all(BMP).unwrap();
        // The first line is there before the input has ended.
        let mut out = child.stdout.take().unwrap();
        let mut first = [0; 60];
        out.read_exact(&mut first).unwrap();
        drop(pipe);
        assert!(child.wait().unwrap().success());
    }
}

#[test]
fn repeated_lines_are_left_out_and_the_last_one_is_shown() {
    let bytes = [&[7; 20][..], &[0; 60], b"x", &[0; 15]].concat();
    let expected = "\
00000000  07 07 07 07 07 07 07 07  07 07 07 07 07 07 07 07  |................|
00000010  07 07 07 07 00 00 00 00  00 00 00 00 00 00 00 00  |................|
00000020  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|
*
00000050  78 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |x...............|
";
    assert_eq!(run_with(["dump"], &bytes).out(), expected);
    let zeros = "\
00000000  00 00 00 00  |....|
*
0000000c  00 00 00 00  |....|
";
    assert_eq!(run_with(["dump", "-c4"], &[0; 16]).out(), zeros);
    // A * for one line would save nothing.
    let two = run_with(["dump", "-c4"], &[0; 8]).out();
    assert_eq!(two.lines().count(), 2);
    assert!(!two.contains('*'));
}

#[test]
fn colors_tell_what_bytes_are_and_can_be_left_out() {
    let bytes = b"\0A \x01\xff";
    let dump = run_with(["dump", "--color=always", "-c5"], bytes).out();
    let expected = concat!(
        "\x1b[0;2m00000000  00 \x1b[0;38;5;31m41 \x1b[0;38;5;64m20 \x1b[0;38;5;133m01 \x1b[0;38;5;166mff\x1b[0;2m  |",
        ".\x1b[0;38;5;31mA\x1b[0;38;5;64m \x1b[0;38;5;133m.\x1b[0;38;5;166m.\x1b[0;2m|\x1b[0m\n"
    );
    assert_eq!(dump, expected);
    let bare = "00000000  00 41 20 01 ff  |.A ..|\n";
    assert_eq!(run_with(["dump", "-c5"], bytes).out(), bare);
    let folder = Folder::new();
    let file = folder.file("bytes", bytes);
    // Where the size is known, offsets are as long as it takes.
    let (bare, expected) = (&bare[4..], expected.replacen("00000000", "0000", 1));
    let with = |args: &[&str], variables: &[&str]| {
        let mut command = command(["dump", "-c5", &file].iter().chain(args));
        command.envs(variables.iter().map(|variable| (variable, "1")));
        String::from_utf8(command.output().unwrap().stdout).unwrap()
    };
    assert_eq!(with(&[], &[]), bare);
    assert_eq!(with(&[], &["NO_COLOR"]), bare);
    assert_eq!(with(&[], &["CLICOLOR_FORCE"]), expected);
    assert_eq!(with(&["--color=always"], &["NO_COLOR"]), expected);
    assert_eq!(with(&["--color=never"], &["CLICOLOR_FORCE"]), bare);
    // What xxd prints has no colors.
    let plain = run_with(["dump", "-p", "--color=always"], BMP).out();
    assert_eq!(plain, PLAIN);
}

#[cfg(target_os = "linux")]
#[test]
fn a_terminal_gets_as_many_bytes_a_line_as_fit() {
    let folder = Folder::new();
    let file = folder.file("bytes", &[b'x'; 64]);
    let binary = env!("CARGO_BIN_EXE_bytewright");
    for (width, columns) in [
        (40, 4),
        (41, 8),
        (73, 8),
        (74, 16),
        (139, 16),
        (140, 32),
        (300, 32),
    ] {
        let line = format!("stty cols {width} rows 24; {binary} dump --color never {file}");
        let Some(dump) = peer("script", &["-qec", &line, "/dev/null"]) else {
            return;
        };
        let first = dump.lines().next().unwrap();
        let text = format!("|{}|", "x".repeat(columns));
        assert!(first.trim_end().ends_with(&text), "{width}: {first}");
        assert!(first.trim_end().len() <= width, "{width}: {first}");
    }
}

fn fixture(name: &str) -> String {
    format!("{}/fixtures/{name}", env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn fields_of_a_known_format_are_named() {
    let bitmap = fixture("bmp/rgb24-640x360.bmp");
    let header = run(["dump", "--length", "54", &bitmap]).out();
    let expected = "\
0000 |42 4d|38 8c 0a 00|00 00 |00 00|36 00 00 00|28 00  |BM8.......6...(.|  \
file_header: type b'BM' (bitmap)  size 691256 (the file's length)  reserved1 0  reserved2 0  \
pixel_offset 54 (the pixels begin at 0x36)  dib_header: header_size 40 (BITMAPINFOHEADER)
0010  00 00|80 02 00 00|68 01  00 00|01 00|18 00|00 00  |......h.........|  \
width 640 pixels  height 360 pixels, rows run bottom up  planes 1  \
bit_count 24 (8 bits a channel: blue, green, red)  compression 0 (BI_RGB: not compressed)
0020  00 00|00 8c 0a 00|13 0b  00 00|13 0b 00 00|00 00  |................|  \
image_size 691200 (as the dimensions give)  x_ppm 2835 (72.01 dpi)  y_ppm 2835 (72.01 dpi)  \
colors_used 0 (no palette)
0030  00 00|00 00 00 00                                 |......|            colors_important 0 (all)
";
    assert_eq!(header, expected);
    assert_eq!(
        run(["dump", "--offset", "-20", &bitmap]).out(),
        "\
000a8c24 |84 4a 2c 84 4a 2c 84 4a  2c 84 4a 2c 84 4a 2c 84  |.J,.J,.J,.J,.J,.|  pixels (360 rows of 1920 bytes)
000a8c34  4a 2c|00 00                                       |J,..|              trailing
"
    );
    let bytes = ["dump", "--no-fields", "--length", "4", &bitmap];
    assert!(run(bytes).out().ends_with("|BM8.|\n"));
}

#[test]
fn a_pipe_is_looked_at_only_in_a_format_that_is_named() {
    assert_eq!(run_with(["dump"], BMP).out(), CANONICAL);
    let named = run_with(
        ["dump", "--format", "<2s:magic I:size 2H I", "--length", "8"],
        BMP,
    );
    assert_eq!(
        named.out(),
        "0000 |42 4d|38 8c 0a 00|00 00                           |BM8.....|          \
magic b'BM'  size 691256  [2] 0\n"
    );
    run_with(["dump", "--format", "<2s:magic!"], BMP).fails(3);
    run(["dump", "--format", "<I", "--no-fields"]).fails(2);
}

#[test]
fn fields_come_in_the_order_of_their_bytes() {
    // In the tree, the pixels of the first bitmap stand before the header of the second.
    let dump = run(["dump", &fixture("bmp/array.bmp")]).out();
    let second = dump.find("[1]: array_header: ").unwrap();
    let pixels = dump.find("|  pixels").unwrap();
    assert!(second < pixels, "{dump}");
    assert!(
        dump.contains("palette: [0] blue 255, green 40, red 0, reserved 0  [1] blue 255"),
        "{dump}"
    );
}

#[test]
fn names_from_a_file_are_escaped_and_cut() {
    let folder = Folder::new();
    let file = folder.file("a", b"hello");
    let archive = folder.path("out.tar");
    let archive = archive.to_str().unwrap();
    let name = format!("\u{1b}[2J{}", "x".repeat(60));
    run(["tar", "create", archive, &file, "--arcname", &name]).out();
    let dump = run(["dump", archive]).out();
    assert!(
        dump.contains(&format!(r"[0] \x1b[2J{}…: ", "x".repeat(17))),
        "{dump}"
    );
    assert!(!dump.contains('\u{1b}'), "{dump}");
}

#[test]
fn dumps_become_bytes_again() {
    for dump in [PLAIN, CANONICAL] {
        let bytes = run_with(["dump", "--reverse"], dump.as_bytes());
        assert_eq!((bytes.status, bytes.stdout.as_slice()), (0, BMP));
    }
    let folder = Folder::new();
    let dump = folder.file("dump", PLAIN.as_bytes());
    let out = folder.path("out");
    let out = out.to_str().unwrap();
    assert_eq!(run(["dump", "-r", &dump, "-o", out]).out(), "");
    assert_eq!(fs::read(out).unwrap(), BMP);
    let digits = run_with(["dump", "-r", "-d"], b"42 4D\n38\n");
    assert_eq!(digits.stdout, b"BM8");
    let shifted = run_with(["dump", "-r", "--offset", "-4096"], b"1002: 41");
    assert_eq!(shifted.stdout, b"\0\0A");
}

#[test]
fn a_wrong_dump_is_told_by_its_line() {
    for (args, dump, expected) in [
        (
            &["--reverse"][..],
            "00000000: 4142\nnonsense\n",
            "line 2, column 1: expected an offset of up to 16 hexadecimal digits, found n",
        ),
        (
            &["-r"],
            "00000000: 4142\n\n00000002: 4x",
            "line 3, column 12: expected a hexadecimal digit, found x",
        ),
        (
            &["-r"],
            "0: 41\n1000000000: 42\n",
            "line 2: the dump leaves out 68719476735 bytes before it, and no more than 1073741824 \
             in all are filled in; in a file, zeros take no space and have no limit",
        ),
        (
            &["-r", "--max-fill", "3"],
            "0: 41\n3: 42\n6: 43\n",
            "line 3: the dump leaves out 2 bytes before it, and no more than 3 in all are filled \
             in; in a file, zeros take no space and have no limit",
        ),
        (
            &["-r"],
            "8: 41\n0: 42\n",
            "line 2: offset 0x0 lies before the end of the line above, at 0x9; only a file can be \
             written in this order",
        ),
        (
            &["-r"],
            "*\n",
            "line 1, column 1: no line stands before the *",
        ),
        (
            &["-r"],
            "0: 41\n*\n",
            "line 2, column 1: no line after the * tells how far it goes",
        ),
        (
            &["-r", "--offset", "-1"],
            "0: 41\n",
            "line 1, column 1: offset 0x0 and -1 lead nowhere",
        ),
        (
            &["-r", "-d"],
            "41\n4",
            "line 2, column 2: expected a hexadecimal digit, found the end of the line",
        ),
        (
            &["-r", "-d"],
            "41\n4 1",
            "line 2, column 2: expected a hexadecimal digit, found a space",
        ),
    ] {
        let args = [&["dump"][..], args].concat();
        let run = run_with(&args, dump.as_bytes());
        assert_eq!(run.status, 4, "{dump:?}");
        assert_eq!(
            run.stderr,
            format!("error: standard input: {expected}\n"),
            "{dump:?}"
        );
    }
    let long = run_with(["dump", "-r"], &vec![b'x'; 1 << 20]).fails(4);
    assert!(long.contains("no line of a dump is longer than"), "{long}");
    run(["dump", "-r", "--columns", "8"]).fails(2);
    run(["dump", "-o", "out"]).fails(2);
}

#[test]
fn a_wrong_dump_leaves_the_old_file() {
    let folder = Folder::new();
    let out = folder.file("out", b"old");
    let run = run_with(["dump", "-r", "-o", &out], b"0: 4142\n2: 4x\n");
    run.fails(4);
    assert_eq!(folder.names(), ["out"]);
    assert_eq!(fs::read(&out).unwrap(), b"old");
}

#[cfg(target_os = "linux")]
#[test]
fn zeros_take_no_space_in_a_file() {
    use std::os::unix::fs::MetadataExt;

    let folder = Folder::new();
    let out = folder.path("out");
    let out = out.to_str().unwrap();
    for dump in [
        "0: 41\n3ffffffff: 42\n",
        "0: 41\n10: 0000\n*\n3ffffffff: 42\n",
        "3ffffffff: 42\n0: 41\n",
        "0: 4100\n2: 0000\n*\n400000000:\n",
    ] {
        assert_eq!(
            run_with(["dump", "-r", "-o", out], dump.as_bytes()).out(),
            ""
        );
        let metadata = fs::metadata(out).unwrap();
        assert_eq!(metadata.len(), 1 << 34, "{dump}");
        assert!(metadata.blocks() < 10_000, "{dump}");
        let last = run(["dump", "-d", "--offset", "-1", out]).out();
        assert_eq!(
            last,
            if dump.ends_with(":\n") {
                "00\n"
            } else {
                "42\n"
            }
        );
        assert_eq!(run(["dump", "-d", "--length", "1", out]).out(), "41\n");
    }
    // Beyond what any file can hold, and beyond what can be counted.
    for dump in [
        "7fffffffffffffff: 41\n",
        "8000000000000000: 41\n",
        "ffffffffffffffff: 41 42\n",
    ] {
        run_with(["dump", "-r", "-o", out], dump.as_bytes()).fails(2);
        assert_eq!(fs::metadata(out).unwrap().len(), 1 << 34);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn raw_bytes_of_a_dump_are_refused_on_a_terminal() {
    let folder = Folder::new();
    let dump = folder.file("dump", b"0: 6869\n");
    let binary = env!("CARGO_BIN_EXE_bytewright");
    let on_terminal = |args: &str| {
        let line = format!("{binary} dump -r {dump} {args}; echo status $?");
        peer("script", &["-qec", &line, "/dev/null"])
    };
    let Some(refused) = on_terminal("") else {
        return;
    };
    assert!(refused.contains("--force"), "{refused:?}");
    assert!(refused.contains("status 2"), "{refused:?}");
    assert!(on_terminal("--force").unwrap().starts_with("histatus 0"));
}
