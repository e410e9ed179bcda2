//! Command lines of other tools, and arguments in the place of each other: what to write is said.

use crate::run::{Folder, run};

const ALL_FIELDS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/gzip/all-fields.gz");
const USTAR: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/tar/ustar.tar");

#[test]
fn words_and_options_of_other_tools_are_told_what_they_mean() {
    for (args, line) in [
        (&["compare", "a", "b"][..], "bytewright diff a b"),
        (&["grep", "x y", USTAR], "bytewright find"),
        (&["xxd", "a"], "bytewright dump a"),
        (&["info", "a"], "bytewright inspect a"),
        (&["sha256", "a"], "bytewright hash -a sha256 a"),
        (&["ls", "a.tar"], "bytewright tar list a.tar"),
        (&["tar", "ls", "a.tar"], "bytewright tar list a.tar"),
        (&["bmp", "view", "a"], "bytewright bmp show a"),
        (&["tar", USTAR], "bytewright tar extract"),
        (
            &["dump", "--skip", "4", "a"],
            "--skip is written --offset here",
        ),
        (&["find", "a", "b", "--seek=1"], "--offset"),
        (&["inspect", "--jsonl", "a"], "-O jsonl"),
        (&["unpack", "<I", "--csv"], "-O csv"),
        (&["tar", "xpf", "a"], "--filter tar"),
        (&["find", "no such", USTAR], "the file comes first"),
        (&["get", "members[1]", USTAR], "the file comes first"),
        (
            &["get", "a.b", "Cargo.toml"],
            "bytewright get Cargo.toml a.b",
        ),
        (&["unpack", USTAR], "the format comes before it"),
        (&["unpack", USTAR, "<2sI"], "bytewright unpack '<2sI' "),
        (&["bmp", USTAR], "bytewright bmp info "),
        (&["formats", "pgn"], "did you mean png?"),
        (
            &["bmp", "convert", "a.bmp", "-o", "a.png"],
            "the last argument, without -o",
        ),
        (
            &["unpack", "<HH", "--hex", "0102", "0304"],
            "one argument: --hex '0102 0304'",
        ),
        (&["tar", "extract", USTAR, "-C", "gone"], "mkdir gone"),
        (&["measurements"], "no such file, and no such verb"),
        (&["dmup", USTAR], "'dump'"),
        (&["set", USTAR, "a.b", "5"], "one argument: a.b=5"),
        (&["set", USTAR, "a[1].b"], "one argument: 'a[1].b=VALUE'"),
        (&["hash", "--md5", USTAR], "--md5 is written -a md5 here"),
        (
            &["tar", "check", USTAR, "--salvage", "x"],
            "--salvage is written --repair here",
        ),
        (
            &["tar", "create", "-f", "a.tar", "b"],
            "without -f: bytewright tar create ARCHIVE",
        ),
        (
            &["tar", "list", "--file", USTAR],
            "without --file: bytewright tar list ARCHIVE",
        ),
        (&["-tvf", USTAR], "bytewright tar -tvf "),
        (&[""], "the first argument is empty"),
        (&["tar", "create", "src"], "tar create src.tar.gz src"),
        (
            &["tar", "create", "-C", "src", "cli"],
            "bytewright tar create cli.tar.gz -C src cli",
        ),
        (
            &["tar", "create", "--exclude", "docs", "-vCsrc", "cli"],
            "bytewright tar create cli.tar.gz --exclude docs -vCsrc cli",
        ),
        (
            &["tar", "create", "a.tar", "-C", "src"],
            "what to put in is missing: bytewright tar create a.tar -C src FOLDER",
        ),
        (&["get", "-f", "Cargo.toml", USTAR], USTAR),
        (&["view", "-o", "x", USTAR], "where s saves"),
        (
            &["tar", "cf", "new.tar"],
            "what to put in is missing: bytewright tar create new.tar FOLDER",
        ),
        (
            &["tar", "create", "src", "a.tar"],
            "bytewright tar create src.tar.gz src",
        ),
        (
            &["tar", "extract", "src"],
            "bytewright tar extract ARCHIVE -C src",
        ),
        (&["tar", "extract", USTAR, "-o", "x"], "comes after -C"),
        (
            &["tar", "append", USTAR, "-o", "x"],
            "for another one, cp it first",
        ),
        (&["tar", "check", USTAR, "-o", "x"], "--repair OUT"),
        (
            &["set", USTAR, "a=1", "-o", "x"],
            "--undo keeps the way back",
        ),
        (&["peek", "4", USTAR], "the file comes first"),
        (&["ls", "Cargo.toml"], "bytewright tar list Cargo.toml"),
        (
            &["extract", "members[1]", "Cargo.toml"],
            "bytewright extract Cargo.toml 'members[1]'",
        ),
        (
            &["guess", "a.b", "Cargo.toml"],
            "bytewright guess Cargo.toml a.b",
        ),
        (
            &["bmp", "convert", "gone.png", "Cargo.toml"],
            "bytewright bmp convert Cargo.toml gone.png",
        ),
        (
            &["tar", "append", "src", "fixtures/tar/ustar.tar"],
            "bytewright tar append fixtures/tar/ustar.tar src",
        ),
        (
            &["tar", "update", "gone", "fixtures/tar/ustar.tar"],
            "the archive comes first",
        ),
        (
            &["tar", "delete", "d/a.txt", "fixtures/tar/ustar.tar"],
            "bytewright tar delete fixtures/tar/ustar.tar d/a.txt",
        ),
        (
            &["records", "fixtures/tar/ustar.tar", "<I:a"],
            "the format of its records comes before it",
        ),
        (&["peek", "4", "Cargo.toml"], "bytewright peek Cargo.toml 4"),
        (&["records", USTAR], "bytewright records '<I:time f:value' "),
        (&["binwalk", USTAR], "bytewright find --embedded "),
        (&["hexyl", "-n", "16", USTAR], "bytewright dump -n 16 "),
        (&["tar", "xf"], "the archive is missing"),
        (&["dump", "-C", USTAR], "side by side without -C"),
        (&["strings", "-a", USTAR], "looked at without -a"),
        (
            &["unpack", "-f", "<I", USTAR],
            "without -f: bytewright unpack FORMAT",
        ),
        (&["--dump", USTAR], "dump is a verb: bytewright dump"),
        (&["get", USTAR], "shows which paths there are"),
        (&["set", USTAR], "shows which paths there are"),
        (&["hash", "md5", USTAR], "bytewright hash -a md5 FILE"),
        (&["find", USTAR, "ff", "d8"], " --hex 'ff d8'"),
        (&["records", "<I", USTAR, "--format", "csv"], "-O csv"),
        (
            &["gunzip", "-k", ALL_FIELDS],
            "/fixtures/gzip/all-fields.gz content -o all-fields",
        ),
        (
            &["zcat", ALL_FIELDS],
            "/fixtures/gzip/all-fields.gz content\n",
        ),
        (&["gunzip", "a.tar.gz"], "bytewright tar extract a.tar.gz"),
        (&["bsdtar", "-tf", USTAR], "bytewright tar -tf "),
        (
            &["dump", USTAR, "0x10"],
            "an offset is written --offset 0x10",
        ),
        (&["get", USTAR, "members[0].*"], "without .* it is the part"),
        (
            &["get", USTAR, "*"],
            "* stands for no field; [*] are all items",
        ),
        (
            &["get", USTAR, "members[0].*.size"],
            "* stands for no field",
        ),
        (
            &["find", USTAR, "a", "-m", "1"],
            "-m is written --limit here",
        ),
        (
            &["tar", "concat", USTAR, "b.tar"],
            "/fixtures/tar/ustar.tar -o b.tar",
        ),
        (
            &["pack", "<I:a", "--json", "{\"a\": 1}"],
            "printf %s '{\"a\": 1}' | bytewright pack FORMAT --json -",
        ),
        (
            &["records", USTAR, "members"],
            "bytewright records members ",
        ),
        (
            &["tar", "create", "a.tar", "b", "-9"],
            "-9 is written --level 9 here",
        ),
        (
            &["tar", "append", "-", "Cargo.toml"],
            "bytewright tar concat - NEW.tar -o OUT.tar",
        ),
        (&["-f", "tar", "gone.tar"], "gone.tar: No such file"),
        (&["--depth", "2", "gone.tar"], "gone.tar: No such file"),
    ] {
        let said = run(args).fails(2);
        assert!(said.contains(line), "{args:?}: {said}");
        assert!(!said.contains("use '-- "), "{args:?}: {said}");
    }
}

#[test]
fn a_format_after_the_values_is_noticed() {
    let said = run(["pack", "5", "I"]).fails(3);
    assert!(said.contains("first: bytewright pack I 5"), "{said}");
    let said = run(["pack", "no format", "1", "<2I"]).fails(3);
    assert!(said.contains("pack '<2I' 'no format' 1"), "{said}");
    // What is wrong with a format whose values are no formats.
    let said = run(["pack", "<2s:magic 3", "1"]).fails(3);
    assert!(said.contains("expected a format code"), "{said}");
    // Nor is a wrong format none because a value is called as one is.
    let said = run(["pack", "<H!", "5", "s"]).fails(3);
    assert!(
        said.contains("<H!") && !said.contains("comes first"),
        "{said}"
    );
    let said = run(["pack", "I:a I:a", "5", "b"]).fails(3);
    assert!(!said.contains("comes first"), "{said}");
}

/// Options of other tools are left out, and what is looked for is kept.
#[test]
fn digits_that_are_not_there_as_a_text_may_be_bytes() {
    for digits in ["0504e473", "12ab"] {
        let found = run(["find", ALL_FIELDS, digits]);
        assert_eq!(found.status, 1);
        let line = format!("--hex {digits} finds the bytes");
        assert!(found.stderr.contains(&line), "{}", found.stderr);
    }
    for text in ["face", "123", "no such"] {
        let found = run(["find", ALL_FIELDS, text]);
        assert_eq!((found.status, &*found.stderr), (1, ""), "{text}");
    }
}

#[test]
fn lines_of_grep_and_its_kin_keep_what_they_look_for() {
    for (line, told) in [
        (
            &["grep", "-a", "hello", USTAR][..],
            format!("find {USTAR} hello"),
        ),
        (
            &["rg", "-A3", "hello", USTAR],
            format!("find {USTAR} hello"),
        ),
        (
            &["grep", "-A", "3", "-nm", "1", "hello", USTAR],
            format!("find {USTAR} hello"),
        ),
        (&["od", "-A", "x", "-t", "x1z", "gone"], "dump gone".into()),
        (
            &["grep", "-i", "hello", USTAR],
            format!("find -i {USTAR} hello"),
        ),
        (&["jq", "-r", ".size", USTAR], format!("get {USTAR} .size")),
        (
            &["cmp", "-l", USTAR, "gone.txt"],
            format!("diff {USTAR} gone.txt"),
        ),
    ] {
        let said = run(line.iter().copied()).fails(2);
        assert!(
            said.contains(&format!("\n  bytewright {told}\n")),
            "{line:?}: {said}"
        );
    }
}

#[test]
fn a_slip_in_the_brackets_of_a_path_is_no_missing_file() {
    let said = run(["inspect", USTAR, "members[0"]).fails(1);
    assert!(
        said.contains("no file is called members[0, and as a path"),
        "{said}"
    );
}

#[test]
fn letters_of_gnu_tar_work() {
    let folder = Folder::new();
    let out = folder.path("").to_str().unwrap().to_owned();
    let long = run(["tar", "list", "--long", USTAR]).out();
    assert_eq!(run(["tar", "tvf", USTAR]).out(), long);
    assert_eq!(run(["tar", "-tv", "-f", USTAR]).out(), long);
    assert_eq!(run(["tar", "xf", USTAR, "-C", &out, "d/a.txt"]).out(), "");
    let archive = format!("{out}/b.tgz");
    run(["tar", "czf", &archive, "-C", &out, "d"]).out();
    assert_eq!(run(["tar", "t", "-f", &archive]).out(), "d/\nd/a.txt\n");
    // The operation may come after other options, and a folder counts for the names after it.
    let two = ["-C", &out, "-cf", &archive, "d/a.txt", "-C", "d", "a.txt"];
    run([&["tar"], &two[..]].concat()).out();
    let listed = ["tar", "--directory", &out, "-tf", &archive];
    assert_eq!(run(listed).out(), "d/a.txt\na.txt\n");
    assert!(std::fs::read(&archive).unwrap().starts_with(b"\x1f\x8b"));
    // Without the letter f the archive is the name of a member of standard input, as in GNU tar.
    let forgotten = run(["tar", "x", &archive]);
    assert_eq!(forgotten.status, 1);
    let line = format!("bytewright tar list {archive}");
    assert!(forgotten.stderr.contains(&line), "{}", forgotten.stderr);
}
