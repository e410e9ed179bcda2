//! The limits of docs/limits.md: each is met exactly, and passing it by one is an error or is said.

use std::fs::File;

use crate::run::{Folder, Run, run, run_with};

const MIB: usize = 1 << 20;

/// A file of so many zeros that takes no room.
fn zeros(folder: &Folder, name: &str, size: u64) -> String {
    let path = folder.path(name);
    File::create(&path).unwrap().set_len(size).unwrap();
    path.into_os_string().into_string().unwrap()
}

#[test]
fn every_row_of_the_table_says_what_is_beyond_it() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/limits.md");
    let text = std::fs::read_to_string(path).unwrap();
    let rows = text.lines().filter(|line| line.starts_with("| "));
    for row in rows {
        let cells: Vec<_> = row.trim_matches('|').split(" | ").collect();
        assert_eq!(cells.len(), 4, "{row}");
        assert!(cells.iter().all(|cell| !cell.trim().is_empty()), "{row}");
        if cells[3].contains("error") {
            assert!(cells[3].contains("status"), "{row}");
        }
    }
}

#[test]
fn all_bytes_of_an_edit_are_all_of_them() {
    let folder = Folder::new();
    let size = 16 * MIB + 1;
    let (none, text) = (
        folder.file("none", b""),
        folder.file("text", &vec![b'a'; size]),
    );
    let run = run(["diff", &none, &text, "--all", "-O", "jsonl"]);
    assert_eq!(run.status, 1, "{}", run.stderr);
    let line = String::from_utf8(run.stdout).unwrap();
    let (before, behind) = line.split_once("\"size\":16777217,\"value\":\"").unwrap();
    assert!(before.contains("\"b\":{\"offset\":0,"), "{before}");
    assert_eq!(behind.trim_start_matches('a'), "\"}}\n");
    assert_eq!(behind.len(), size + "\"}}\n".len());
}

#[test]
fn what_a_tree_leaves_out_it_says_and_get_writes() {
    let folder = Folder::new();
    let file = folder.file("a", &vec![b'a'; MIB + 1]);
    for (size, omitted) in [(MIB, false), (MIB + 1, true)] {
        let format = format!("{size}s:a");
        let tree = run(["inspect", "-f", &format, &file, "-O", "json"]).json();
        let field = &tree["fields"][0];
        assert_eq!(field.get("omitted").is_some(), omitted, "{size}");
        assert_eq!(field["value"].is_null(), omitted, "{size}");
        let whole = run(["get", "-f", &format, &file, "a"]).out();
        assert!(whole.trim_end() == "a".repeat(size));
        let python = run(["get", "-f", &format, &file, "a", "-O", "python"]);
        match omitted {
            false => assert!(python.out().len() > size),
            true => {
                let error = python.fails(2);
                assert!(error.contains("up to 1048576"), "{error}");
            }
        }
    }
}

#[test]
fn one_struct_of_unpack_takes_so_much_memory() {
    let folder = Folder::new();
    let mut bytes = vec![7; 1000];
    bytes[..2].copy_from_slice(&100_u16.to_le_bytes());
    bytes[999] = 0;
    let file = folder.file("a", &bytes);
    // A value takes 32 bytes, and what it holds where that is more than 16.
    for (format, form, most, says) in [
        ("<H:n [n]B:d", "json", 102 * 32, "the values take more than"),
        ("<H:n H:m", "text", 2 * 1024, "a table of 2 rows"),
        ("<H:n 100B", "python", 101 * 32, "the values take more than"),
        ("<2H", "python", 2 * 32, "the values take more than"),
        ("<1000s:s", "json", 1000 + 32, "the values take more than"),
        ("<1000s", "python", 1000 + 32, "the values take more than"),
        ("<*s:s", "json", 1000 + 32, "the values take more than"),
        ("<*B:s", "json", 1001 * 32, "the values take more than"),
        (
            "<10(B:x):s",
            "jsonl",
            (1 + 10 + 10) * 32,
            "the values take more than",
        ),
        ("<*(B:x):s", "text", 1000 * 1024, "a table of 1000 rows"),
        ("<999x B", "json", 1000, "the struct has more than"),
        ("<H:n [n+897]x B", "json", 1000, "the struct has more than"),
    ] {
        let unpack = |most: usize| {
            let most = most.to_string();
            run(["unpack", format, &file, "-O", form, "--max-memory", &most])
        };
        assert_eq!(unpack(most).status, 0, "{format}: {}", unpack(most).stderr);
        let error = unpack(most - 1).fails(4);
        let named = error.contains(says)
            && error.contains(&(most - 1).to_string())
            && error.contains("--max-memory");
        assert!(named, "{format}: {error}");
    }
    // Nothing is kept from one struct to the next.
    let all = ["unpack", "<10B", &file, "--all", "--max-memory", "320"];
    assert_eq!(run(all).out().lines().count(), 100);
}

/// An array of 10^8 items in a file without blocks.
#[cfg(unix)]
#[test]
fn an_item_of_a_large_array_takes_no_memory_for_the_others() {
    use std::process::Command;
    let folder = Folder::new();
    let file = zeros(&folder, "a", 100_000_000);
    let get = |path: &str| -> Run {
        let script = "ulimit -v 131072; exec \"$0\" get -f '*B:d' \"$@\"";
        let mut shell = Command::new("sh");
        shell.args(["-c", script, env!("CARGO_BIN_EXE_bytewright"), &file, path]);
        shell.output().unwrap().into()
    };
    assert_eq!(get("d[99999999]").out(), "0\n");
    assert_eq!(get("d[-100000000]").out(), "0\n");
    let error = get("d[100000000]").fails(1);
    assert!(error.contains("it has 100000000 items"), "{error}");
    let error = get("d[*]").fails(2);
    assert!(error.contains("up to 1048576 plain values"), "{error}");
}

/// Decoders come and go for each of them, of 70 kB with their window: 40,000 that stayed would be 2.8 GB. How
/// much memory lies between the small things that are kept depends on the system: 200 to 550 MB.
#[cfg(unix)]
#[test]
fn fields_with_two_compressions_do_not_keep_their_decoders() {
    use std::process::Command;
    let folder = Folder::new();
    // A block of 6 bytes that is stored, and holds a block of 1 byte that is stored.
    let block = b"\x01\x06\x00\xf9\xff\x01\x01\x00\xfe\xff\x61";
    let file = folder.file("a", &block.repeat(40_000));
    for format in ["*(11s~deflate)", "*(11s~deflate~deflate)"] {
        let script = "ulimit -v 1048576; exec \"$0\" unpack \"$@\"";
        let mut shell = Command::new("sh");
        shell.args([
            "-c",
            script,
            env!("CARGO_BIN_EXE_bytewright"),
            format,
            &file,
        ]);
        let unpacked: Run = shell.output().unwrap().into();
        assert_eq!(unpacked.status, 0, "{format}: {}", unpacked.stderr);
    }
}

#[test]
fn a_star_takes_a_million_plain_values() {
    let folder = Folder::new();
    let file = zeros(&folder, "a", (1 << 20) + 1);
    let get = |size: usize| run(["get", "-f", &format!("[{size}]B:d"), &file, "d[*]"]);
    assert_eq!(get(1 << 20).out().len(), 2 << 20);
    assert!(get((1 << 20) + 1).fails(2).contains("d has 1048577 items"));
}

#[test]
fn formats_have_limits_that_are_named() {
    let nested = |depth: usize| format!("{}B{}", "(".repeat(depth), ")".repeat(depth));
    let count = |numbers: usize| format!("[{}]B:a", vec!["1"; numbers].join("+"));
    let constant = |size: usize| format!("{size}s=b\"a\"");
    assert_eq!(run(["size", &nested(64)]).out(), "1\n");
    assert_eq!(run(["size", &constant(MIB)]).out(), format!("{MIB}\n"));
    for (format, says) in [
        (nested(65), "at most 64 levels"),
        (count(129), "at most 256 numbers"),
        (constant(MIB + 1), "at most 1048576 bytes"),
    ] {
        let error = run(["size", &format]).fails(3);
        assert!(error.contains(says), "{error}");
    }
    // 128 numbers and 127 operators: that one is too long is not what is wrong with it.
    assert!(!run(["size", &count(128)]).stderr.contains("at most 256"));
}

#[test]
fn files_of_formats_have_limits_that_are_named() {
    let folder = Folder::new();
    let formats = |count: usize, code: &str| -> Vec<u8> {
        let format = |i| format!("[formats.f{i}]\nformat = '{code}'\n");
        (0..count).map(format).collect::<String>().into_bytes()
    };
    let rule = |offset: usize| {
        let head = "[formats.a]\nformat = 'B'\n[[formats.a.detect]]\nbytes = 'x'\n";
        format!("{head}offset = {offset}\n").into_bytes()
    };
    let padded = |size: usize| {
        let mut bytes = formats(1, "B");
        bytes.resize(size, b'\n');
        bytes
    };
    for (bytes, status, says) in [
        (formats(1000, "B"), 0, ""),
        (formats(1001, "B"), 2, "at most 1000 formats"),
        (padded(MIB), 0, ""),
        (padded(MIB + 1), 2, "at most 1048576 bytes"),
        (rule(MIB), 0, ""),
        (rule(MIB + 1), 2, "no further than offset 1048576"),
    ] {
        let file = folder.file("f.toml", &bytes);
        let run = run(["formats", "--formats", &file]);
        assert_eq!(run.status, status, "{}", run.stderr);
        assert!(run.stderr.contains(says), "{}", run.stderr);
    }
    // Every one that is wrong is told.
    let file = folder.file("f.toml", &formats(25, "w"));
    let run = run(["formats", "--formats", &file]);
    assert_eq!(run.stderr.matches("w is no format code").count(), 25);
}

#[test]
fn a_change_of_more_than_a_mebibyte_is_refused() {
    let folder = Folder::new();
    let file = folder.file("a", &vec![b'a'; MIB + 1]);
    let set = |size: usize| {
        let format = format!("{size}s:a");
        run(["set", "-f", &format, &file, "a=x"])
    };
    let error = set(MIB + 1).fails(4);
    assert!(
        error.contains("the most to set at once is 1048576"),
        "{error}"
    );
    assert_eq!(set(MIB).status, 0);
}

#[test]
fn a_change_that_makes_many_errors_says_that_there_may_be_more() {
    let folder = Folder::new();
    for (items, more) in [(997, false), (998, true), (2000, true)] {
        // After a byte that belongs to no item, items of 7 and 1; with it, none is right, and the
        // last one is cut.
        let mut bytes = vec![1, 9];
        bytes.extend([7, 1].repeat(items));
        let file = folder.file("a", &bytes);
        let format = "B:skip [skip]s:gap *(B=7 B:x):items";
        let run = run(["set", "-f", format, &file, "skip=0"]);
        assert_eq!(run.status, 1);
        let says = run
            .stderr
            .contains("the first 1000 errors; there may be more");
        assert_eq!(says, more, "{items}");
        assert_eq!(std::fs::read(&file).unwrap(), bytes);
    }
}

#[test]
fn files_that_are_read_whole_have_a_size_beyond_which_they_are_refused() {
    let folder = Folder::new();
    let file = folder.file("a", b"abcd");
    let patch = zeros(&folder, "patch", (64 << 20) + 1);
    let error = run(["apply", &patch, &file]).fails(2);
    assert!(error.contains("more than 67108864 bytes"), "{error}");
    let line = vec![b'x'; (64 << 10) + 1];
    let error = run_with(["dump", "-r"], &line).fails(4);
    assert!(error.contains("65536"), "{error}");
}

#[test]
fn zeros_that_no_value_backs_are_filled_in_up_to_a_gibibyte() {
    let error = run(["pack", "1073741825x"]).fails(4);
    assert!(error.contains("1073741824 is the limit"), "{error}");
}

#[test]
fn a_picture_has_up_to_so_many_pixels_a_row() {
    let folder = Folder::new();
    let picture = |width: u32| {
        let row = width.div_ceil(32) * 4;
        let mut bytes = b"BM".to_vec();
        for field in [62 + row, 0, 62, 40, width, 1, 1 | 1 << 16, 0, 0, 0, 0, 2, 0] {
            bytes.extend(field.to_le_bytes());
        }
        bytes.resize(62 + row as usize, 0);
        folder.file("a.bmp", &bytes)
    };
    let convert = |file: &str| {
        let out = folder.path("a.png").into_os_string().into_string().unwrap();
        run(["bmp", "convert", "--force", file, &out])
    };
    assert_eq!(convert(&picture(4_194_304)).status, 0);
    let error = convert(&picture(4_194_305)).fails(4);
    assert!(error.contains("the limit of 4194304"), "{error}");
}

#[test]
fn the_path_of_a_linked_profile_comes_whole() {
    let folder = Folder::new();
    for size in [260_u32, 261, 4000] {
        let mut bytes = vec![0; 14 + 124];
        let mut put = |at: usize, field: u32| {
            bytes[at..at + 4].copy_from_slice(&field.to_le_bytes());
        };
        put(2, 14 + 124 + 4 + size);
        put(10, 14 + 124);
        put(14, 124);
        put(18, 1);
        put(22, 1);
        put(26, 1 | 24 << 16);
        put(34, 4);
        put(14 + 56, 0x4c49_4e4b);
        put(14 + 112, 128);
        put(14 + 116, size);
        bytes[..2].copy_from_slice(b"BM");
        bytes.extend([0; 4]);
        bytes.extend(vec![b'p'; size as usize]);
        let file = folder.file("a.bmp", &bytes);
        let path = run(["get", &file, "profile"]).out();
        assert_eq!(path.trim_end().len(), size as usize);
    }
}

#[test]
fn options_that_limit_are_met_exactly() {
    let folder = Folder::new();
    let pipe = |most| {
        run_with(
            ["get", "-f", "*s:d", "-", "d", "--max-stream", most],
            b"abcd",
        )
    };
    assert_eq!(pipe("4").out(), "abcd\n");
    let error = pipe("3").fails(2);
    assert!(error.contains("more than 3 bytes, the most that is kept of one (--max-stream)"));

    let dump = |most| run_with(["dump", "-r", "--max-fill", most], b"0: 41\n4: 42\n");
    assert_eq!(dump("3").out(), "A\0\0\0B");
    let run_beyond = dump("2");
    assert_eq!(run_beyond.status, 4);
    assert!(
        run_beyond.stderr.contains("no more than 2 in all"),
        "{}",
        run_beyond.stderr
    );

    // Two rows of two pixels of 24 bits.
    let mut bytes = b"BM".to_vec();
    for field in [70_u32, 0, 54, 40, 2, 2, 1 | 24 << 16, 0, 16, 0, 0, 0, 0] {
        bytes.extend(field.to_le_bytes());
    }
    bytes.resize(70, 0);
    let file = folder.file("a.bmp", &bytes);
    let out = folder.path("a.png").into_os_string().into_string().unwrap();
    let convert = |most| {
        run([
            "bmp",
            "convert",
            "--force",
            &file,
            &out,
            "--max-pixels",
            most,
        ])
    };
    assert_eq!(convert("4").status, 0, "{}", convert("4").stderr);
    let error = convert("3").fails(4);
    assert!(error.contains("--max-pixels"), "{error}");

    // A frame that asks for a window of 128 MiB.
    let file = folder.file("a.tar.zst", b"\x28\xb5\x2f\xfd\x00\x88\x01\0\0");
    let list = |most| run(["tar", "list", &file, "--max-window", most]);
    assert_eq!(list("134217728").status, 0);
    assert!(list("134217727").fails(4).contains("max-window"));
}

#[test]
fn a_line_of_a_dump_and_a_patch_may_be_as_long_as_their_limits() {
    let line = |size: usize| {
        let mut line = b"0: 41  ".to_vec();
        line.resize(size, b'.');
        run_with(["dump", "-r"], &line)
    };
    assert!(!line(64 << 10).stderr.contains("65536"));
    assert!(line((64 << 10) + 1).fails(4).contains("65536"));
    // It is read, and is no patch.
    let folder = Folder::new();
    let patch = zeros(&folder, "patch", 64 << 20);
    let error = run(["apply", &patch, &folder.file("a", b"abcd")]).fails(4);
    assert!(error.contains("bytewright patch 1"), "{error}");
}

#[test]
fn arrays_and_all_values_of_a_struct_have_so_much_room_in_a_tree() {
    let folder = Folder::new();
    let file = zeros(&folder, "a", 32 << 20);
    let omitted = |format: &str| -> Vec<bool> {
        let tree = run(["inspect", "-f", format, &file, "-O", "json"]).json();
        let fields = tree["fields"].as_array().unwrap().iter();
        fields.map(|field| field.get("omitted").is_some()).collect()
    };
    // 32 bytes an item; what follows the struct is a field too.
    assert_eq!(omitted("[524288]B:a")[..1], [false]);
    assert_eq!(omitted("[524289]B:a")[..1], [true]);
    // Sixteen mebibytes with some room for each field: fifteen of one fit, and a sixteenth doesn't.
    let fields: Vec<_> = (0..18).map(|i| format!("{MIB}s:f{i}")).collect();
    let omitted = omitted(&fields.join(" "));
    assert_eq!(omitted[..15], [false; 15]);
    assert_eq!(omitted[15..18], [true; 3]);
}

#[test]
fn the_extended_headers_of_a_member_have_a_mebibyte() {
    let folder = Folder::new();
    let header = |flag: u8, size: usize| {
        let mut header = [0; 512];
        header[0] = b'a';
        header[100..108].copy_from_slice(b"0000644\0");
        header[124..136].copy_from_slice(format!("{size:011o}\0").as_bytes());
        header[148..156].fill(b' ');
        header[156] = flag;
        header[257..265].copy_from_slice(b"ustar  \0");
        let sum: u32 = header.iter().map(|&byte| u32::from(byte)).sum();
        header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        header
    };
    let list = |size: usize| {
        let mut bytes = header(b'L', size).to_vec();
        bytes.resize(512 + size - 1, b'n');
        bytes.resize((512 + size).next_multiple_of(512), 0);
        bytes.extend(header(b'0', 0));
        bytes.resize((bytes.len() + 1024).next_multiple_of(10240), 0);
        run(["tar", "list", &folder.file("a.tar", &bytes)])
    };
    // The header in front of the long name counts too.
    let whole = list(MIB - 512);
    assert_eq!(whole.status, 0, "{}", whole.stderr);
    let error = list(MIB - 511).fails(4);
    assert!(error.contains("1048576"), "{error}");
}

#[test]
fn so_many_members_that_moved_are_found_again() {
    let folder = Folder::new();
    let archive = |name: &str, members: &mut dyn Iterator<Item = usize>| {
        let mut builder = tar::Builder::new(Vec::new());
        for i in members {
            let mut header = tar::Header::new_ustar();
            header.set_size(0);
            header.set_path(format!("f{i}")).unwrap();
            header.set_cksum();
            builder.append(&header, &[][..]).unwrap();
        }
        folder.file(name, &builder.into_inner().unwrap())
    };
    // The halves of the second archive have changed places: all of a half waits.
    for (half, found) in [(1024, true), (1025, false)] {
        let a = archive("a.tar", &mut (0..2 * half));
        let b = archive("b.tar", &mut (half..2 * half).chain(0..half));
        let run = run(["diff", &a, &b, "-O", "jsonl"]);
        let out = String::from_utf8(run.stdout).unwrap();
        let told = |kind: &str| out.matches(&format!("\"kind\":\"{kind}\"")).count();
        assert_eq!(told("removed"), told("added"));
        assert_eq!(told("removed") == 0, found, "{half}: {out:.300}");
    }
}
