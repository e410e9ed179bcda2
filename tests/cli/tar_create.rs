//! The options of `tar create`.

use std::fs;
use std::path::Path;

use crate::run::{Run, command, run_with};

/// `files/a.c`, `files/a.o`, `files/sub/b.c` and `a=b` in a new folder.
fn sample() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    fs::create_dir_all(home.path().join("files/sub")).unwrap();
    for (name, content) in [
        ("files/a.c", "1"),
        ("files/a.o", "22"),
        ("files/sub/b.c", "333"),
        ("a=b", "4444"),
    ] {
        fs::write(home.path().join(name), content).unwrap();
    }
    home
}

fn run_in(folder: &Path, args: &[&str]) -> Run {
    command(args).current_dir(folder).output().unwrap().into()
}

/// The lines of a listing of what these arguments put into an archive.
fn listed(folder: &Path, args: &[&str], list: &[&str]) -> Vec<String> {
    let created = run_in(folder, &[&["tar", "create", "-"], args].concat());
    assert_eq!(
        (created.status, created.stderr.as_str()),
        (0, ""),
        "{args:?}"
    );
    let listed = run_with([&["tar", "list", "-"], list].concat(), &created.stdout);
    listed.out().lines().map(str::to_owned).collect()
}

#[test]
fn rules_say_what_goes_in_and_under_which_name() {
    let home = sample();
    fs::write(home.path().join("patterns"), "*.o\n\nsub\n").unwrap();
    fs::write(home.path().join("files/.gitignore"), "*.o\n").unwrap();
    for (args, expected) in [
        (
            &["files", "--exclude", "*.o", "--exclude", ".git*"][..],
            &["files/", "files/a.c", "files/sub/", "files/sub/b.c"][..],
        ),
        (
            &["files", "--exclude-from", "patterns"],
            &["files/", "files/.gitignore", "files/a.c"],
        ),
        (
            &["files", "--gitignore", "--include", "*.c", "--include=*.o"],
            &["files/a.c", "files/sub/b.c"],
        ),
        (
            &["files/sub", "--transform", "s,^[^/]*,top,"],
            &["top/sub/", "top/sub/b.c"],
        ),
        (
            &["files/sub", "--strip-components", "1"],
            &["sub/", "sub/b.c"],
        ),
        (
            &["files", "--newer-than", "2200-01-01"],
            &["files/", "files/sub/"],
        ),
    ] {
        assert_eq!(listed(home.path(), args, &[]), expected, "{args:?}");
    }
}

#[test]
fn owners_modes_times_and_formats_are_those_asked_for() {
    let home = sample();
    let rules = [
        "files/a.c",
        "--owner",
        "me:7",
        "--group",
        "us:8",
        "--mode",
        "u=rw,go=",
        "--mtime",
        "2024-02-29 13:45",
    ];
    let line = |more: &[&str]| listed(home.path(), &[&rules, more].concat(), &["-l"]).remove(0);
    assert!(line(&[]).starts_with("-rw------- me/us "));
    assert!(line(&[]).ends_with(" 1 2024-02-29 13:45 files/a.c"));
    assert!(line(&["--numeric-owner"]).starts_with("-rw------- 7/8 "));
    for format in ["pax", "ustar", "gnu", "v7"] {
        let args = ["files/a.c", "--mtime=@5", "--format", format];
        let json = listed(home.path(), &args, &["-O", "jsonl"]).remove(0);
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(
            json["format"],
            if format == "pax" { "ustar" } else { format }
        );
        assert_eq!(json["mtime"], "5");
    }
    let clamped = ["files/a.c", "--clamp-mtime", "@77"];
    let clamped = listed(home.path(), &clamped, &["-l"]).remove(0);
    assert!(clamped.contains(" 1970-01-01 00:01 "), "{clamped}");
}

#[test]
fn a_list_names_more_paths() {
    let home = sample();
    let expected = ["files/a.c", "x", "a=b", "c"];
    for (list, null) in [
        ("files/a.c\nfiles/a.o=x\n\na=b\na=b=c", &[][..]),
        ("files/a.c\0files/a.o=x\0a=b\0a=b=c\0", &["--null"]),
    ] {
        fs::write(home.path().join("list"), list).unwrap();
        let args = [&["--files-from", "list"], null].concat();
        assert_eq!(listed(home.path(), &args, &[]), expected);
        let from = home.path().to_str().unwrap();
        let args = [
            &["tar", "create", "-", "-C", from, "--files-from", "-"],
            null,
        ];
        let created = run_with(args.concat(), list.as_bytes());
        assert_eq!((created.status, created.stderr.as_str()), (0, ""));
        let listed = run_with(["tar", "list", "-"], &created.stdout).out();
        assert_eq!(listed.lines().collect::<Vec<_>>(), expected);
    }
    let endless = run_with(
        ["tar", "create", "-", "--files-from", "-", "--dry-run"],
        &vec![b'x'; 2 << 20],
    );
    assert!(endless.fails(2).contains("line 1 is longer than any path"));
    let missing = run_in(home.path(), &["tar", "create", "o", "--files-from", "no"]);
    assert!(missing.fails(2).contains("no: "));
}

#[test]
fn a_dry_run_lists_what_would_be_there_and_writes_nothing() {
    let home = sample();
    let args = ["files=n", "a=b", "--exclude", "*.o", "--owner", "me:7"];
    let all = [&["tar", "create", "out.tar", "--dry-run"], &args[..]].concat();
    let dry = run_in(home.path(), &all).out();
    assert!(!home.path().join("out.tar").exists());
    let dry: Vec<_> = dry.lines().collect();
    assert_eq!(dry, listed(home.path(), &args, &["-l"]));
    assert!(
        dry[1].ends_with("n/a.c") && dry[1].contains(" 1 "),
        "{dry:?}"
    );
    let failed = ["tar", "create", "o", "--dry-run", "--format=v7", "files"];
    let long = [
        &failed[..],
        &[
            "--transform",
            "s/^/lllllllllllllllllllllllll/",
            "--transform",
        ],
    ];
    let long = [&long.concat()[..], &["s/.*/&&&&&&/"]].concat();
    let failed = run_in(home.path(), &long);
    assert!(failed.fails(2).contains("its name"));
}

#[test]
fn verbose_names_members_on_standard_error() {
    let home = sample();
    let run = run_in(home.path(), &["tar", "create", "-", "-v", "files/sub"]);
    assert_eq!(run.status, 0);
    assert_eq!(run.stderr, "files/sub/\nfiles/sub/b.c\n");
}

#[test]
fn reproducible_archives_go_by_the_date_of_the_source() {
    let home = sample();
    let create = |date: Option<&str>, args: &[&str]| -> Run {
        let args = [&["tar", "create", "-", "files", "--reproducible"], args].concat();
        let mut command = command(args);
        command.current_dir(home.path());
        match date {
            Some(date) => command.env("SOURCE_DATE_EPOCH", date),
            None => command.env_remove("SOURCE_DATE_EPOCH"),
        };
        command.output().unwrap().into()
    };
    let time = |run: Run| {
        let json = run_with(["tar", "list", "-", "-O", "json"], &run.stdout).json();
        json[0]["mtime"].as_str().unwrap().to_owned()
    };
    assert_eq!(time(create(None, &[])), "0");
    assert_eq!(time(create(Some("1700000000"), &[])), "1700000000");
    assert_eq!(time(create(Some("1700000000"), &["--mtime", "@3"])), "3");
    assert!(
        create(Some("yesterday"), &[])
            .fails(2)
            .contains("SOURCE_DATE_EPOCH")
    );
    let gzip = |threads| {
        let args = ["--compress", "gzip", "--threads", threads];
        create(None, &args).stdout
    };
    assert!(gzip("1") == gzip("7"));
}

#[test]
fn what_cannot_be_meant_is_refused() {
    let home = sample();
    for (args, said) in [
        (&["--exclude", "[z-a]"][..], "pattern \"[z-a]\""),
        (&["--transform", "s/(/x/"], "transform"),
        (&["--owner", "nobody-of-that-name"], "NAME:NUMBER"),
        (&["--mode", "rwx"], "mode"),
        (&["--mtime", "someday"], "2024-02-29"),
        (&["--sparse", "--format", "ustar"], "--sparse"),
        (&["--xattrs", "--format", "gnu"], "--xattrs"),
        (&["--reproducible", "--sparse"], "--sparse"),
        (&["--reproducible", "--newer-than", "@0"], "--newer-than"),
        (&["--mtime", "@0", "--clamp-mtime", "@0"], "--clamp-mtime"),
        (&["--null"], "--files-from"),
        (&["--threads", "0"], "--threads"),
        (&["--transform", "s,^,../,"], "allow .. in names"),
    ] {
        let args = [&["tar", "create", "out.tar", "files"], args].concat();
        let run = run_in(home.path(), &args);
        assert_eq!(run.status, 2, "{args:?}");
        let message = run.fails(2);
        let said = said.trim_start_matches("--");
        assert!(message.contains(said), "{args:?}: {message}");
        assert!(!home.path().join("out.tar").exists());
    }
}

/// However large a file is: its content goes through in pieces.
#[cfg(target_os = "linux")]
#[test]
fn memory_stays_flat() {
    use std::io::Read;
    use std::process::Stdio;

    let home = tempfile::tempdir().unwrap();
    let file = fs::File::create(home.path().join("huge")).unwrap();
    if file.set_len(100 << 30).is_err() {
        println!("skipped: this file system has no files of 100 GiB");
        return;
    }
    let mut child = command(["tar", "create", "-", "huge"])
        .current_dir(home.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut out = child.stdout.take().unwrap();
    let mut piece = out.by_ref().take(256 << 20);
    assert_eq!(
        std::io::copy(&mut piece, &mut std::io::sink()).unwrap(),
        256 << 20
    );
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    drop(out);
    assert_eq!(child.wait().unwrap().code(), Some(2));
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let peak = peak.unwrap().trim().trim_end_matches(" kB");
    let peak: u64 = peak.parse().unwrap();
    assert!(peak < 64 << 10, "{peak} KiB");
    let sparse = ["tar", "create", "a.tar", "huge", "--sparse"];
    run_in(home.path(), &sparse).out();
    assert_eq!(
        fs::metadata(home.path().join("a.tar")).unwrap().len(),
        10_240
    );
}
