//! `tar create`, `tar list`, `tar extract`.

use std::fs;
use std::path::Path;

use crate::run::{Folder, Run, command, run, run_with};

/// `files/a`, `files/sub/b` and `a=b` in a new folder.
fn sample() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    fs::create_dir_all(home.path().join("files/sub")).unwrap();
    fs::write(home.path().join("files/a"), "1").unwrap();
    fs::write(home.path().join("files/sub/b"), "22").unwrap();
    fs::write(home.path().join("a=b"), "333").unwrap();
    home
}

pub(crate) fn run_in(folder: &Path, args: &[&str]) -> Run {
    command(args).current_dir(folder).output().unwrap().into()
}

fn names(folder: &Path, archive: &str) -> Vec<String> {
    let listed = run_in(folder, &["tar", "list", archive]);
    assert_eq!(listed.status, 0, "{}", listed.stderr);
    String::from_utf8(listed.stdout)
        .unwrap()
        .lines()
        .map(str::to_owned)
        .collect()
}

#[test]
fn a_folder_is_packed_under_another_name_and_comes_out_under_it() {
    let home = sample();
    let created = run_in(
        home.path(),
        &[
            "tar",
            "create",
            "out.tar.gz",
            "files",
            "--arcname",
            "newfile",
        ],
    );
    assert_eq!((created.status, created.stderr.as_str()), (0, ""));
    assert!(
        fs::read(home.path().join("out.tar.gz"))
            .unwrap()
            .starts_with(b"\x1f\x8b")
    );
    assert_eq!(
        names(home.path(), "out.tar.gz"),
        ["newfile/", "newfile/a", "newfile/sub/", "newfile/sub/b"]
    );
    fs::create_dir(home.path().join("into")).unwrap();
    let extracted = run_in(home.path(), &["tar", "extract", "out.tar.gz", "-C", "into"]);
    assert_eq!((extracted.status, extracted.stderr.as_str()), (0, ""));
    assert_eq!(
        fs::read(home.path().join("into/newfile/sub/b")).unwrap(),
        b"22"
    );
}

#[test]
fn each_path_can_have_its_own_name() {
    let home = sample();
    for (args, expected) in [
        (&["files/a=x", "files/sub=y"][..], &["x", "y/", "y/b"][..]),
        (&["files="], &["a", "sub/", "sub/b"]),
        (&["a=b"], &["a=b"]),
        (&["a=b=c"], &["c"]),
        (&["--add", "a=b", "--as", "plain"], &["plain"]),
        (
            &["files/a", "--add", "a=b", "--as", "plain"],
            &["files/a", "plain"],
        ),
        (&["-C", "files", "sub=z", "a"], &["z/", "z/b", "a"]),
        (&["--no-recursion", "files"], &["files/"]),
    ] {
        let created = run_in(home.path(), &[&["tar", "create", "out.tar"], args].concat());
        assert_eq!(
            (created.status, created.stderr.as_str()),
            (0, ""),
            "{args:?}"
        );
        assert_eq!(names(home.path(), "out.tar"), expected, "{args:?}");
    }
}

#[test]
fn what_cannot_be_meant_is_refused_and_leaves_no_archive() {
    let home = sample();
    for (args, said) in [
        (&["not-there"][..], "not-there"),
        (&["files=../up"], "..: "),
        (&["../"], ".."),
        (&["files/a="], "folder"),
        (&["files", "a=b", "--arcname", "x"], "--arcname"),
        (&["--add", "files"], "--as"),
        (&[], "PATH"),
    ] {
        let created = run_in(home.path(), &[&["tar", "create", "out.tar"], args].concat());
        assert_eq!(created.status, 2, "{args:?}: {}", created.stderr);
        let said = said.trim_end_matches(": ");
        assert!(
            created.stderr.contains(said),
            "{args:?}: {}",
            created.stderr
        );
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 2, "{args:?}");
    }
    let created = run_in(
        home.path(),
        &[
            "tar",
            "create",
            "out.tar",
            "files/a=../up",
            "--allow-parent",
        ],
    );
    assert_eq!(created.status, 0, "{}", created.stderr);
    assert_eq!(names(home.path(), "out.tar"), ["../up"]);
}

#[test]
fn an_archive_does_not_hold_itself() {
    let home = sample();
    for _ in 0..2 {
        let created = run_in(home.path(), &["tar", "create", "files/out.tar", "files=x"]);
        assert_eq!(created.status, 0, "{}", created.stderr);
        let names = names(home.path(), "files/out.tar");
        assert_eq!(names, ["x/", "x/a", "x/sub/", "x/sub/b"]);
    }
}

#[test]
fn an_archive_goes_through_pipes() {
    let home = sample();
    let created = run_in(
        home.path(),
        &["tar", "create", "-", "files=p", "--compress", "gzip"],
    );
    assert_eq!((created.status, created.stderr.as_str()), (0, ""));
    let listed = run_with(["tar", "list", "-", "p/sub"], &created.stdout);
    assert_eq!(
        (listed.status, &*listed.stdout),
        (0, &b"p/sub/\np/sub/b\n"[..])
    );
    let into = home.path().join("into");
    fs::create_dir(&into).unwrap();
    let into = into.to_str().unwrap();
    let args = ["tar", "extract", "-", "-C", into, "--strip-components", "1"];
    let extracted = run_with(args, &created.stdout);
    assert_eq!((extracted.status, extracted.stderr.as_str()), (0, ""));
    assert_eq!(fs::read(home.path().join("into/sub/b")).unwrap(), b"22");
}

#[test]
fn json_has_what_the_documentation_says() {
    let home = sample();
    run_in(home.path(), &["tar", "create", "out.tar", "files/a=x"]);
    let listed = run_in(home.path(), &["tar", "list", "out.tar", "-O", "json"]);
    let json: serde_json::Value = serde_json::from_slice(&listed.stdout).unwrap();
    let member = &json[0];
    assert_eq!(member["name"], "x");
    assert_eq!(member["type"], "file");
    assert_eq!(member["size"], 1);
    assert_eq!(member["format"], "pax");
    assert_eq!(member["mtime"], member["pax"][0][1]);
    assert_eq!(json.as_array().unwrap().len(), 1);
    let empty = run_with(["tar", "list", "-", "-O", "json"], &[0; 1024]);
    assert_eq!((empty.status, &*empty.stdout), (0, &b"[]\n"[..]));
}

#[test]
fn the_status_tells_what_came_of_it() {
    let home = sample();
    run_in(
        home.path(),
        &[
            "tar",
            "create",
            "out.tar",
            "files/a=../x",
            "a=b=y",
            "--allow-parent",
        ],
    );
    fs::create_dir(home.path().join("into")).unwrap();
    let refused = run_in(home.path(), &["tar", "extract", "out.tar", "-C", "into"]);
    assert_eq!(refused.status, 1);
    assert!(
        refused.stderr.contains("refused ../x: "),
        "{}",
        refused.stderr
    );
    assert_eq!(fs::read(home.path().join("into/y")).unwrap(), b"333");

    let missing = run_in(home.path(), &["tar", "list", "out.tar", "z"]);
    assert_eq!(missing.status, 1, "{}", missing.stderr);

    let archive = fs::read(home.path().join("out.tar")).unwrap();
    let last = archive.chunks(512).rposition(|block| block != [0; 512]);
    let end = (last.unwrap() + 1) * 512;
    let cut = run_with(["tar", "list", "-"], &archive[..end - 510]);
    assert_eq!(
        (cut.status, &*cut.stdout),
        (4, &b"../x\ny\n"[..]),
        "{}",
        cut.stderr
    );
    assert!(cut.stderr.contains("at offset 0x"), "{}", cut.stderr);

    assert_eq!(run_with(["tar", "list", "-"], b"no archive").status, 4);
    assert_eq!(run(["tar", "list", "/not/there"]).status, 2);
    let nowhere = run_in(home.path(), &["tar", "extract", "out.tar", "-C", "nowhere"]);
    assert_eq!(nowhere.status, 2, "{}", nowhere.stderr);
}

#[test]
fn names_that_would_mislead_other_tools_are_mended() {
    let folder = Folder::new();
    let file = folder.file("f", b"data");
    let archive = folder.path("a.tar");
    let archive = archive.to_str().unwrap();
    run(["tar", "create", archive, &file, "--arcname", "x/"]).out();
    assert_eq!(
        run(["tar", "list", archive]).out(),
        "x\n",
        "a / would make a folder of it"
    );

    let inner = folder.path("p");
    fs::create_dir(&inner).unwrap();
    fs::write(inner.join("a"), b"").unwrap();
    let inner = inner.to_str().unwrap();
    for arguments in [&[inner, "--arcname", ""][..], &["--add", inner, "--as", ""]] {
        let mut create = vec!["tar", "create", archive];
        create.extend(arguments);
        run(create).out();
        assert_eq!(run(["tar", "list", archive]).out(), "a\n", "{arguments:?}");
    }
}

#[test]
fn a_suffix_that_promises_another_compression_is_refused() {
    let folder = Folder::new();
    let file = folder.file("f", b"data");
    let archive = folder.path("a.tar.lzma");
    let archive = archive.to_str().unwrap();
    let message = run(["tar", "create", archive, &file]).fails(2);
    assert!(message.contains("--compress"), "{message}");
    assert_eq!(folder.names(), ["f"]);
    let plain = ["tar", "create", archive, &file, "--compress", "none"];
    assert_eq!(run(plain).status, 0);
}

#[test]
fn the_suffix_or_an_option_says_how_an_archive_is_compressed() {
    let folder = Folder::new();
    let file = folder.file("f", b"data");
    for (name, options, start) in [
        ("a.tar.bz2", &[][..], &b"BZh9"[..]),
        ("a.tbz", &["--level", "1"], b"BZh1"),
        ("a.tar.xz", &[], b"\xfd7zXZ"),
        ("a.tar.zst", &["--level", "19"], b"\x28\xb5\x2f\xfd"),
        ("a.tar.lz4", &[], b"\x04\x22\x4d\x18"),
        ("a.tar", &["--compress", "zstd"], b"\x28\xb5\x2f\xfd"),
    ] {
        let archive = folder.path(name);
        let path = archive.to_str().unwrap();
        let created = [&["tar", "create", path, &file, "--arcname", "x"], options].concat();
        assert_eq!(run(created).status, 0, "{name}");
        assert!(fs::read(&archive).unwrap().starts_with(start), "{name}");
        assert_eq!(run(["tar", "list", path]).out(), "x\n", "{name}");
    }
    let archive = folder.path("b.tar.zst");
    let archive = archive.to_str().unwrap();
    let message = run(["tar", "create", archive, &file, "--level", "20"]).fails(2);
    assert!(message.contains("1 to 19"), "{message}");
}

/// `files/` with `a.txt`, `b.md`, `sub/c.txt`, and an archive of it.
pub(crate) fn packed() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    fs::create_dir_all(home.path().join("files/sub")).unwrap();
    for (name, content) in [("a.txt", "1"), ("b.md", "22"), ("sub/c.txt", "333")] {
        fs::write(home.path().join("files").join(name), content).unwrap();
    }
    fs::create_dir(home.path().join("into")).unwrap();
    let created = run_in(home.path(), &["tar", "create", "a.tar", "files"]);
    assert_eq!((created.status, created.stderr.as_str()), (0, ""));
    home
}

pub(crate) fn extract(home: &tempfile::TempDir, args: &[&str]) -> Run {
    let args = [&["tar", "extract", "a.tar", "-C", "into"], args].concat();
    run_in(home.path(), &args)
}

fn printed(run: &Run) -> Vec<&str> {
    std::str::from_utf8(&run.stdout).unwrap().lines().collect()
}

#[test]
fn names_and_globs_choose_members() {
    for (args, expected) in [
        (
            &["files/a.txt", "files/sub"][..],
            &["files/a.txt", "files/sub/", "files/sub/c.txt"][..],
        ),
        (&["*.txt"], &["files/a.txt", "files/sub/c.txt"]),
        (&["files/?.md"], &["files/b.md"]),
        (
            &["--exclude", "sub"],
            &["files/", "files/a.txt", "files/b.md"],
        ),
        (
            &["files/*", "--exclude", "*.txt"],
            &["files/b.md", "files/sub/"],
        ),
    ] {
        let home = packed();
        let previewed = extract(&home, &[args, &["--dry-run"]].concat());
        assert_eq!(previewed.status, 0, "{args:?}: {}", previewed.stderr);
        assert_eq!(printed(&previewed), expected, "{args:?}");
        assert_eq!(fs::read_dir(home.path().join("into")).unwrap().count(), 0);
        let extracted = extract(&home, &[args, &["-v"]].concat());
        assert_eq!(extracted.status, 0, "{args:?}: {}", extracted.stderr);
        assert_eq!(printed(&extracted), expected, "{args:?}");
        for name in expected {
            assert!(home.path().join("into").join(name).exists(), "{name}");
        }
    }
    let home = packed();
    for args in [&["*.rs"][..], &["*.txt", "--no-wildcards"]] {
        let extracted = extract(&home, args);
        assert_eq!(extracted.status, 1, "{args:?}");
        assert!(extracted.stderr.contains("no member"));
    }
    // What can be no glob is a name.
    let missing = extract(&home, &["[z-a]"]).fails(1);
    assert!(missing.contains("there is no member [z-a]"), "{missing}");
}

#[test]
fn content_goes_to_standard_output() {
    let home = packed();
    let extracted = extract(&home, &["--to-stdout", "*.txt"]);
    assert_eq!(extracted.status, 0, "{}", extracted.stderr);
    assert_eq!(extracted.stdout, b"1333");
    assert_eq!(fs::read_dir(home.path().join("into")).unwrap().count(), 0);
    let limited = extract(&home, &["--to-stdout", "--max-size", "3"]);
    assert_eq!(limited.status, 4, "{}", limited.stderr);
    assert_eq!(limited.stdout, b"122");
    let limited = extract(&home, &["--to-stdout", "--max-members", "2"]);
    assert_eq!(limited.status, 4, "{}", limited.stderr);
    fs::write(home.path().join("files/zeros"), vec![0; 16 << 20]).unwrap();
    run_in(
        home.path(),
        &["tar", "create", "zeros.tar.gz", "files/zeros"],
    );
    let args = [
        "tar",
        "extract",
        "zeros.tar.gz",
        "--to-stdout",
        "--max-ratio",
    ];
    let bomb = run_in(home.path(), &[&args[..], &["10"]].concat());
    assert_eq!(bomb.status, 4, "{}", bomb.stderr);
    assert!(bomb.stdout.len() < 4 << 20);
    let enough = run_in(home.path(), &[&args[..], &["100000"]].concat());
    assert_eq!((enough.status, enough.stdout.len()), (0, 16 << 20));
}

#[test]
fn errors_name_what_the_user_named() {
    let home = packed();
    let said = run_in(home.path(), &["tar", "create", "no/such/x.tar", "files"]).stderr;
    assert!(
        said.contains("no/such/x.tar") && !said.contains(".tmp"),
        "{said}"
    );
    let said = run_in(home.path(), &["tar", "create", "x.tar", "files/a.txt=/"]).stderr;
    assert!(said.contains("files/a.txt: only a folder"), "{said}");
    assert!(!home.path().join("x.tar").exists());
}

#[test]
fn short_help_is_a_page_and_long_help_is_complete() {
    for verb in ["create", "extract"] {
        let page = run(["tar", verb, "-h"]).out();
        assert!(page.lines().count() <= 40, "{verb}:\n{page}");
        assert!(page.contains("--help has more"), "{verb}");
    }
    let whole = run(["tar", "create", "--help"]).out();
    assert!(whole.contains("--transform") && whole.contains("--threads"));
}

#[test]
fn taking_everything_off_all_names_is_told() {
    let home = packed();
    let none = extract(&home, &["--strip-components", "9"]);
    assert_eq!(none.status, 1);
    assert!(
        none.stderr.contains("nothing is extracted"),
        "{}",
        none.stderr
    );
}

#[test]
fn a_list_takes_globs_and_exclusions_as_extracting_does() {
    let home = packed();
    let list = |args: &[&str]| {
        let run = run_in(home.path(), &[&["tar", "list", "a.tar"], args].concat());
        let names: Vec<String> = printed(&run).into_iter().map(str::to_owned).collect();
        (run.status, names)
    };
    let (status, txt) = list(&["files/*.txt"]);
    assert_eq!(status, 0);
    assert!(
        !txt.is_empty() && txt.iter().all(|name| name.ends_with(".txt")),
        "{txt:?}"
    );
    assert_eq!(list(&["files/*.txt", "--no-wildcards"]), (1, Vec::new()));
    let (_, rest) = list(&["--exclude", "*.txt"]);
    assert!(
        !rest.is_empty() && !rest.iter().any(|name| name.ends_with(".txt")),
        "{rest:?}"
    );
}

#[test]
fn what_is_there_stays_or_goes_as_asked() {
    let home = packed();
    let path = home.path().join("into/files/a.txt");
    fs::create_dir(home.path().join("into/files")).unwrap();
    fs::write(&path, "mine").unwrap();
    let kept = extract(&home, &["--keep"]);
    assert_eq!((kept.status, kept.stderr.as_str()), (0, ""));
    assert_eq!(fs::read(&path).unwrap(), b"mine");
    fs::write(&path, "mine").unwrap();
    let newer = extract(&home, &["--newer"]);
    assert_eq!((newer.status, newer.stderr.as_str()), (0, ""));
    assert_eq!(
        fs::read(&path).unwrap(),
        b"mine",
        "it is younger than the member"
    );
    let failed = extract(&home, &["--fail-on-existing", "--stop-on-refused"]);
    assert_eq!(failed.status, 1);
    assert!(
        failed.stderr.contains("refused files/a.txt"),
        "{}",
        failed.stderr
    );
    assert!(!failed.stderr.contains("b.md"), "{}", failed.stderr);
    let replaced = extract(&home, &[]);
    assert_eq!((replaced.status, replaced.stderr.as_str()), (0, ""));
    assert_eq!(fs::read(&path).unwrap(), b"1");
    let both = extract(&home, &["--keep", "--newer"]);
    assert_eq!(both.status, 2);
}

#[test]
fn limits_take_units_and_end_the_work() {
    for (args, said) in [
        (&["--max-size", "5"][..], "more than 5 bytes"),
        (&["--max-members", "2"], "more than 2 members"),
    ] {
        let home = packed();
        let extracted = extract(&home, args);
        assert_eq!(extracted.status, 4, "{}", extracted.stderr);
        assert!(extracted.stderr.contains(said), "{}", extracted.stderr);
        let whole = fs::read(home.path().join("into/files/a.txt")).unwrap();
        assert_eq!(whole, b"1", "what was extracted before stays");
    }
    let home = packed();
    let enough = extract(&home, &["--max-size", "1KiB", "--max-ratio", "1"]);
    assert_eq!((enough.status, enough.stderr.as_str()), (0, ""));
}

#[cfg(unix)]
#[test]
fn filters_are_named_on_the_command_line() {
    let home = packed();
    std::os::unix::fs::symlink("/etc", home.path().join("files/etc")).unwrap();
    run_in(home.path(), &["tar", "create", "a.tar", "files"]);
    let data = extract(&home, &[]);
    assert_eq!(data.status, 1);
    assert!(data.stderr.contains("refused files/etc"), "{}", data.stderr);
    let tar = extract(&home, &["--filter", "tar"]);
    assert_eq!((tar.status, tar.stderr.as_str()), (0, ""));
    assert!(home.path().join("into/files/etc").is_symlink());
    let unknown = extract(&home, &["--filter", "no"]);
    assert_eq!(unknown.status, 2);
}
