//! What a new user meets first: a file without a verb, what is broken, a terminal.

use crate::run::{Folder, command, run, run_with};

const ALL_FIELDS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/gzip/all-fields.gz");
const USTAR: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/tar/ustar.tar");

#[test]
fn a_file_alone_is_inspected() {
    let path = "members[0].header.os";
    let with_verb = run(["inspect", ALL_FIELDS, path]).out();
    assert_eq!(run([ALL_FIELDS, path]).out(), with_verb);
    assert_eq!(run(["--color", "never", ALL_FIELDS, path]).out(), with_verb);
    assert_eq!(run(["--depth", "1", ALL_FIELDS]).out(), {
        run(["inspect", "--depth", "1", ALL_FIELDS]).out()
    });
    let missing = run(["no-such.bmp"]).fails(2);
    assert!(
        missing.contains("no such file, and no such verb"),
        "{missing}"
    );
}

#[test]
fn a_verb_wins_over_a_file_of_its_name_and_says_so() {
    let folder = Folder::new();
    folder.file("size", b"BM");
    let mut command = command(["size"]);
    let output = command.current_dir(folder.path("")).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.starts_with("note: size is a verb"), "{said}");
    assert!(said.contains("bytewright ./size"), "{said}");
}

#[test]
fn json_is_an_option_of_its_own() {
    let long = run(["peek", USTAR, "-O", "json"]).out();
    assert_eq!(run(["peek", USTAR, "--json"]).out(), long);
    run(["peek", USTAR, "--json", "-O", "jsonl"]).fails(2);
}

#[test]
fn places_and_parts_are_written_alike() {
    let mode = "members[1].header.mode";
    assert_eq!(
        run(["dump", "-p", USTAR, mode]).out(),
        run(["dump", "-p", USTAR, "-s", "0x264", "-n", "8"]).out()
    );
    assert_eq!(
        run(["dump", USTAR, mode, "-c4"]).out(),
        "0264 |30 30 30 30 |0000|  mode 420 (0o644)\n0268  36 34 34 00 |644.|\n"
            .replace(" |0000", "  |0000")
            .replace(" |644.", "  |644.")
    );
    let digest = run(["hash", USTAR, "members[1].data"]).out();
    assert!(digest.ends_with("ustar.tar:members[1].data\n"), "{digest}");
    assert_eq!(
        run(["hash", USTAR, "--path", "members[1].data"]).out(),
        digest
    );
    assert_eq!(
        run(["hash", USTAR, "-s", "0x400", "-n", "6"]).out(),
        digest.replace(":members[1].data", "")
    );
    assert_eq!(
        run(["strings", USTAR, "members[1].header.name"]).out(),
        "d/a.txt\n"
    );
    let peeked = run(["peek", USTAR, mode]).out();
    assert_eq!(run(["peek", USTAR, "-s", "0x264"]).out(), peeked);
    let lost = run(["dump", USTAR, "nothing.here"]).fails(1);
    assert!(lost.contains("no file is called nothing.here"), "{lost}");
    let swapped = run(["dump", "members", USTAR]).fails(2);
    assert!(swapped.contains("the file comes first"), "{swapped}");
}

#[test]
fn several_files_are_looked_into_at_once() {
    let two = run(["inspect", ALL_FIELDS, USTAR, "--depth", "1"]).out();
    let names: Vec<&str> = two.lines().filter(|line| line.contains(", ")).collect();
    assert_eq!(names.len(), 2, "{two}");
    let json = run(["inspect", ALL_FIELDS, USTAR, "--json"]).json();
    assert_eq!(json[1]["tree"]["format"], "tar");
    assert_eq!(json[0]["file"], ALL_FIELDS);
    let dumped = run(["dump", ALL_FIELDS, USTAR, "-n", "4"]).out();
    assert!(
        dumped.starts_with(&format!("{ALL_FIELDS}:\n0000 ")),
        "{dumped}"
    );
}

#[test]
fn records_go_to_csv_and_come_from_lines_of_json() {
    let bytes = [1, 0, 2, 255, 3, 0, 4, 5];
    let args = ["unpack", "<H:id 2b:xy", "--all", "-O", "csv"];
    let csv = run_with(args, &bytes).out();
    assert_eq!(csv, "id,xy\n1,\"[2,-1]\"\n3,\"[4,5]\"\n");
    let args = ["unpack", "<H:id 2b:xy", "--all", "-O", "jsonl"];
    let lines = run_with(args, &bytes).out();
    let args = ["pack", "<H:id 2b:xy", "--json", "-"];
    assert_eq!(run_with(args, lines.as_bytes()).stdout, bytes);
    let broken = run_with(args, b"{\"id\":1,\"xy\":[1,2]}\n{\"id\":1,\"xy\":[1]}\n");
    assert!(broken.fails(4).contains("value 2"));
}

#[test]
fn what_repeats_is_told_before_the_end() {
    // The last line comes when the input ends, the star as soon as there are three lines.
    let zeros = run_with(["dump", "--no-fields"], &[0; 64]).out();
    assert_eq!(zeros.lines().nth(1), Some("*"), "{zeros}");
}

#[test]
fn slices_lead_to_some_items() {
    let folder = Folder::new();
    let file = folder.file("samples", &[1, 2, 3, 4, 5, 6]);
    let get = |path: &str| run(["get", "-f", "*B:a", &file, path, "-O", "jsonl"]);
    assert_eq!(get("a[0:2]").out(), "1\n2\n");
    assert_eq!(get("a[-2:]").out(), "5\n6\n");
    assert_eq!(get("a[4:100]").out(), "5\n6\n");
    assert_eq!(get("a[3:3]").out(), "");
    get("a[x:2]").fails(2);
    let set = ["set", "-f", "*B:a", &file, "a[1:3]=9", "a[-1]=0", "--json"];
    assert_eq!(run(set).json()[1]["path"], "a[2]");
    assert_eq!(std::fs::read(&file).unwrap(), [1, 9, 9, 4, 5, 0]);
    let names = ["get", USTAR, "members[1:3].header.name"];
    assert_eq!(run(names).out(), "d/a.txt\nd/link\n");
}

#[test]
fn values_are_set_by_their_names_and_the_names_are_told() {
    let bmp = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/fixtures/bmp/rgb24-640x360.bmp"
    );
    let set = |file, value: &str| run(["set", file, value, "--dry-run"]);
    // BI_RLE4 is 2 in the documentation of Windows.
    let changed = set(bmp, "dib_header.compression=bi_rle4");
    assert!(
        changed.stderr.contains("BI_RLE4 does not go with 24 bits"),
        "{}",
        changed.stderr
    );
    let out = String::from_utf8(changed.stdout).unwrap();
    assert!(
        out.contains("  - 00 00 00 00  0\n  + 02 00 00 00  2\n"),
        "{out}"
    );
    let said = set(bmp, "dib_header.compression=RLE4").fails(4);
    assert!(said.contains("2 \"BI_RLE4\", 3 \"BI_BITFIELDS\""), "{said}");
    let said = set(USTAR, "members[0].header.typeflag=folder").fails(4);
    assert!(said.contains("b'5' \"directory\""), "{said}");
}

#[test]
fn a_patch_after_its_file_is_told_from_one() {
    let folder = Folder::new();
    let file = folder.file("a", &[1, 2, 3]);
    let undo = path(&folder, "undo");
    run(["set", "-f", "*B:a", &file, "a[0]=9", "--undo", &undo]).out();
    let said = run(["apply", &file, &undo]).fails(2);
    let line = format!("the patch comes first:\n\n  bytewright apply {undo} {file}\n");
    assert!(said.contains(&line), "{said}");
    // What is applied already, and undone already, is neither done again nor called a mismatch.
    let said = run(["apply", &undo, &file]);
    assert_eq!(said.status, 1);
    assert!(
        said.stderr.contains("applied already; apply --reverse"),
        "{}",
        said.stderr
    );
    run(["apply", "--reverse", &undo, &file]).out();
    let said = run(["apply", "--reverse", &undo, &file]);
    assert_eq!(said.status, 1);
    assert!(said.stderr.contains("undone already"), "{}", said.stderr);
    assert_eq!(std::fs::read(&file).unwrap(), [1, 2, 3]);
    // A format that is none, and a file.
    let said = run(["inspect", "-f", &file]).fails(3);
    assert!(said.contains("is a file, and no format"), "{said}");
}

fn path(folder: &Folder, name: &str) -> String {
    folder.path(name).to_str().unwrap().to_owned()
}

#[test]
fn several_archives_are_listed_and_the_rest_are_names() {
    let folder = Folder::new();
    let file = folder.file("x", b"x");
    let archives: Vec<String> = ["a.tar", "b.tar.gz"].map(|name| path(&folder, name)).into();
    for (archive, name) in archives.iter().zip(["a.txt", "b.txt"]) {
        run([
            "tar",
            "create",
            archive,
            &format!("{file}={name}"),
            &format!("{file}=x"),
        ])
        .out();
    }
    let [a, b] = &archives[..] else {
        unreachable!()
    };
    assert_eq!(
        run(["tar", "list", a, b]).out(),
        format!("{a}:\na.txt\nx\n\n{b}:\nb.txt\nx\n")
    );
    // A file that is no archive is a name, and so is what comes after --.
    assert_eq!(run(["tar", "list", a, "x"]).out(), "x\n");
    run(["tar", "list", a, "--", b]).fails(1);
    let json = run(["tar", "list", a, b, "--json"]).out();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json[1]["archive"], b.as_str());
    assert_eq!(json[1]["members"][0]["name"], "b.txt");
    assert!(
        run(["tar", "list", a, b, "-O", "jsonl"])
            .fails(2)
            .contains("--json")
    );
}

#[test]
fn what_is_made_extracted_and_mended_is_told_in_json() {
    let folder = Folder::new();
    let file = folder.file("x", b"abc");
    let archive = path(&folder, "a.tar");
    let parse = |json: String| serde_json::from_str::<serde_json::Value>(&json).unwrap();
    let members = parse(run(["tar", "create", &archive, &format!("{file}=d/x"), "--json"]).out());
    assert_eq!(
        (&members[0]["name"], &members[0]["size"]),
        (&"d/x".into(), &3.into())
    );
    assert_eq!(members.as_array().unwrap().len(), 1);
    assert!(members[0].get("header_offset").is_none());
    run(["tar", "create", "-", &file, "--json"]).fails(2);
    let there = path(&folder, "there");
    std::fs::create_dir(&there).unwrap();
    for outcome in ["extracted", "kept"] {
        let args = ["tar", "extract", &archive, "-C", &there, "--keep", "--json"];
        let members = parse(run(args).out());
        assert_eq!(
            (&members[0]["name"], &members[0]["outcome"]),
            (&"d/x".into(), &outcome.into())
        );
    }
    assert_eq!(std::fs::read(folder.path("there/d/x")).unwrap(), b"abc");
    let broken = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/fixtures/bmp/broken-palette.bmp"
    );
    let fixed = run(["bmp", "fix", broken, "-n", "--json"]);
    let fixed = parse(String::from_utf8(fixed.stdout).unwrap());
    assert_eq!(
        (
            &fixed[0]["repairs"][0]["code"],
            &fixed[0]["left"][0]["code"]
        ),
        (&"B030".into(), &"B032".into())
    );
}

#[test]
fn folders_are_told_what_to_write() {
    let folder = Folder::new();
    let name = path(&folder, "");
    let name = name.trim_end_matches('/');
    for verb in ["inspect", "dump", "guess", "peek"] {
        let error = run([verb, name]).fails(2);
        assert!(
            error.contains(&format!("is a directory; name the files in it, {name}/*")),
            "{verb}: {error}"
        );
    }
}

#[test]
fn a_field_that_is_further_down_is_named() {
    for name in ["chksum", "CHKSUM", "chkusm"] {
        let said = run(["get", USTAR, name]).fails(1);
        let path = "did you mean members[0].header.chksum?";
        assert!(said.contains(path), "{said}");
    }
    let said = run(["get", USTAR, "nowhere"]).fails(1);
    assert!(said.contains("it has members, end"), "{said}");
}

/// From a broken archive to a saved one, by what is said on the way.
#[test]
fn what_is_broken_is_told_what_mends_it() {
    let folder = Folder::new();
    let mut bytes = std::fs::read(USTAR).unwrap();
    // In the data of the only file.
    bytes.truncate(0x403);
    let cut = folder.file("cut.tar", &bytes);
    let cut = &*cut;
    for (args, status) in [
        (vec![cut], 4),
        (vec!["tar", "list", cut], 4),
        (vec!["tar", "check", cut], 1),
    ] {
        let run = run(&args);
        assert_eq!(run.status, status, "{args:?}: {}", run.stderr);
        let line = format!("bytewright tar check {cut} --repair SAVED.tar");
        assert!(run.stderr.contains(&line), "{args:?}: {}", run.stderr);
    }
    let saved = folder.path("saved.tar");
    let repaired = run(["tar", "check", cut, "--repair", saved.to_str().unwrap()]);
    assert_eq!(repaired.status, 1, "{}", repaired.stderr);
    assert_eq!(run(["tar", "list", saved.to_str().unwrap()]).out(), "d/\n");
    // What was never an archive has nothing to be saved.
    let said = run(["tar", "list", ALL_FIELDS]).fails(4);
    assert!(!said.contains("--repair"), "{said}");
}

#[test]
fn an_unknown_file_and_an_empty_one_are_told_apart() {
    let folder = Folder::new();
    let unknown = folder.file("unknown", &[7; 100]);
    let empty = folder.file("empty", b"");
    let text = folder.file("text", b"a text in no format\n");
    for (file, words) in [
        (unknown, "have guess say"),
        (empty, "it is empty"),
        (text, "it is text, in no format that is known"),
    ] {
        let run = run([&file]);
        assert_eq!(run.status, 1);
        assert!(run.stderr.contains(words), "{}", run.stderr);
    }
}

/// A verb at the head of a line gets a parser of its own; `help` in its place has that of all verbs.
#[test]
fn a_verb_has_the_help_that_the_whole_program_has_of_it() {
    let all = run(["help", "tar", "list"]).out();
    assert_eq!(run(["tar", "help", "list"]).out(), all);
    assert_eq!(run(["help", "size"]).out(), run(["size", "--help"]).out());
    let whole = run(["help", "bmp"]).out();
    assert_eq!(run(["bmp", "help"]).out(), whole);
    assert!(whole.contains("\nUsage: bytewright bmp "), "{whole}");
    run(["size", "--no-such-option"]).fails(2);
}

#[test]
fn a_name_with_a_slip_of_the_finger_is_told_the_right_one() {
    for args in [
        &["inspect", "-f", "sqlitte", USTAR][..],
        &["unpack", "%sqlitte", USTAR],
    ] {
        let said = run(args).fails(3);
        assert!(said.contains("did you mean sqlite?"), "{args:?}: {said}");
    }
    let said = run(["pack", "<I:size", "siz=5"]).fails(4);
    assert!(said.contains("no field is called siz,"), "{said}");
    // A value with an equals sign is one.
    assert_eq!(run(["pack", "3s:x", "a=b"]).out(), "a=b");
}

/// A command on a terminal, which `script` makes and copies into a file; `None` where that is missing.
#[cfg(target_os = "linux")]
fn on_terminal(command: &str, copy: &str) -> Option<std::process::Child> {
    let child = std::process::Command::new("script")
        .args(["-qfec", command, copy])
        .stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::null())
        .spawn();
    if child.is_err() {
        eprintln!("skipped: script is missing");
    }
    child.ok()
}

#[cfg(target_os = "linux")]
#[test]
fn a_terminal_gets_no_raw_bytes_and_learns_of_a_pipe_without_a_writer() {
    let program = env!("CARGO_BIN_EXE_bytewright");
    let folder = Folder::new();
    let (pipe, copy) = (path(&folder, "pipe"), path(&folder, "copy"));
    let said = || String::from_utf8(std::fs::read(&copy).unwrap_or_default()).unwrap();
    let Some(mut child) = on_terminal(&format!("{program} pack '<I' 5"), &copy) else {
        return;
    };
    child.wait().unwrap();
    assert!(said().contains("--hex prints their digits"), "{}", said());
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    let line = format!("{program} dump --plain {pipe}");
    let mut child = on_terminal(&line, &copy).unwrap();
    // The writer comes when the program has said that it waits for one; one that never does is given up.
    let waits = || said().contains("is a pipe, into which nothing is written yet");
    for _ in 0..2400 {
        if waits() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    if !waits() {
        child.kill().unwrap();
        child.wait().unwrap();
        panic!("{}", said());
    }
    std::fs::write(&pipe, "abc\n").unwrap();
    child.wait().unwrap();
    assert!(said().contains("6162 630a"), "{}", said());
}
