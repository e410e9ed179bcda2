//! Options that users of GNU tar expect of extracting, listing, creating and comparing.

use std::fs;
use std::time::{Duration, SystemTime};

use crate::run::{Folder, command, run, run_with};

/// A folder with an archive of `t/a`, `t/sub/b` and a hard link `t/hard` to `t/a`.
fn archive() -> (Folder, String, String) {
    let folder = Folder::new();
    let home = folder
        .path("")
        .to_str()
        .unwrap()
        .trim_end_matches('/')
        .to_owned();
    fs::create_dir_all(folder.path("t/sub")).unwrap();
    fs::write(folder.path("t/a"), "one").unwrap();
    fs::write(folder.path("t/sub/b"), "two").unwrap();
    fs::hard_link(folder.path("t/a"), folder.path("t/hard")).unwrap();
    let archive = format!("{home}/tool.tar.gz");
    run(["tar", "create", &archive, "-C", &home, "t"]).out();
    fs::create_dir(folder.path("out")).unwrap();
    let out = format!("{home}/out");
    (folder, archive, out)
}

fn read(folder: &Folder, name: &str) -> String {
    fs::read_to_string(folder.path(name)).unwrap()
}

#[test]
fn lists_say_what_is_extracted_and_what_is_not() {
    let (folder, archive, out) = archive();
    let names = folder.file("names", b"t/sub\nt/a\n");
    let globs = folder.file("globs", b"b\n");
    let listed = ["tar", "list", &archive, "--files-from", &names];
    assert_eq!(run(listed).out(), "t/a\nt/sub/\nt/sub/b\n");
    let without = [&listed[..], &["--exclude-from", &globs]].concat();
    assert_eq!(run(without).out(), "t/a\nt/sub/\n");
    let nulls = [
        "tar",
        "extract",
        &archive,
        "-C",
        &out,
        "--files-from",
        "-",
        "--null",
    ];
    assert_eq!(run_with(nulls, b"t/a\0").out(), "");
    assert_eq!(fs::read_dir(folder.path("out/t")).unwrap().count(), 1);
    let none = folder.file("none", b"\n");
    let empty = run(["tar", "list", &archive, "--files-from", &none]).fails(2);
    assert!(empty.contains("there is no name in it"), "{empty}");
}

#[test]
fn names_are_transformed_with_the_targets_of_hard_links() {
    let (folder, archive, out) = archive();
    let args = [
        "tar",
        "extract",
        &archive,
        "-C",
        &out,
        "--transform",
        "s,^t/,new/,",
    ];
    assert_eq!(run(args).out(), "");
    assert_eq!(read(&folder, "out/new/hard"), "one");
    assert_eq!(read(&folder, "out/new/sub/b"), "two");
}

#[test]
fn one_top_level_is_made_and_entered_once() {
    let (folder, archive, out) = archive();
    let base = ["tar", "extract", &archive, "-C", &out];
    run([&base[..], &["--one-top-level"]].concat()).out();
    assert_eq!(read(&folder, "out/tool/t/a"), "one");
    // Members that are in a folder of that name already stay there.
    run([&base[..], &["--one-top-level=t"]].concat()).out();
    assert_eq!(read(&folder, "out/t/hard"), "one");
    assert!(!folder.path("out/t/t").exists());
    let dry = run([&base[..], &["--one-top-level=new", "--dry-run"]].concat()).out();
    assert_eq!(dry.lines().count(), 5, "{dry}");
    assert!(!folder.path("out/new").exists());
}

#[test]
fn touched_files_have_the_time_of_now_and_old_ones_are_kept() {
    let (folder, archive, out) = archive();
    let day = Duration::from_secs(86_400);
    let file = fs::File::options()
        .write(true)
        .open(folder.path("t/a"))
        .unwrap();
    file.set_modified(SystemTime::UNIX_EPOCH + day).unwrap();
    let home = folder.path("").to_str().unwrap().to_owned();
    run(["tar", "create", &archive, "-C", &home, "t/a"]).out();
    let modified = || {
        fs::metadata(folder.path("out/t/a"))
            .unwrap()
            .modified()
            .unwrap()
    };
    run(["tar", "extract", &archive, "-C", &out]).out();
    assert_eq!(modified(), SystemTime::UNIX_EPOCH + day);
    fs::write(folder.path("out/t/a"), "mine").unwrap();
    run(["tar", "extract", &archive, "-C", &out, "--skip-old-files"]).out();
    assert_eq!(read(&folder, "out/t/a"), "mine");
    run(["tar", "extract", &archive, "-C", &out, "--touch"]).out();
    assert!(modified() > SystemTime::UNIX_EPOCH + 365 * day);
}

#[test]
fn a_folder_is_compared_with_its_archive() {
    let (folder, archive, out) = archive();
    run(["tar", "extract", &archive, "-C", &out]).out();
    assert_eq!(run(["tar", "diff", &archive, &out]).out(), "");
    fs::write(folder.path("out/t/sub/b"), "more").unwrap();
    fs::write(folder.path("out/t/c"), "new").unwrap();
    let changed = run(["tar", "diff", &archive, &out, "--ignore", "mtime"]);
    assert_eq!(
        (
            changed.status,
            String::from_utf8(changed.stdout).unwrap().as_str()
        ),
        (1, "+ t/c\n~ t/sub/b: size 3 -> 4, content\n")
    );
}

#[test]
fn each_path_is_seen_from_the_folder_before_it() {
    let (folder, _, out) = archive();
    let home = folder.path("").to_str().unwrap().to_owned();
    let made = format!("{out}/made.tar");
    run([
        "tar", "create", &made, "-C", &home, "t/a", "-C", "t/sub", "b",
    ])
    .out();
    assert_eq!(run(["tar", "list", &made]).out(), "t/a\nb\n");
    // One that follows all paths is where they are.
    run(["tar", "create", &made, "names=t/a", "t/sub/b", "-C", &home]).fails(2);
    run(["tar", "create", &made, "t/a", "-C", &home]).out();
    assert_eq!(run(["tar", "list", &made]).out(), "t/a\n");
}

#[test]
fn several_archives_are_checked_and_what_is_none_is_named() {
    let (folder, archive, _) = archive();
    assert_eq!(run(["tar", "check", &archive, &archive]).out(), "");
    for (bytes, what) in [
        (
            &b"PK\x03\x04\x14\0\0\0"[..],
            "a ZIP archive; unzip opens it",
        ),
        (b"7z\xbc\xaf\x27\x1c\0\x04", "a 7z archive"),
        (b"070701000A", "a cpio archive"),
        (b"LZIP\x01\x0c", "compressed with lzip"),
        (b"\x1f\x9d\x90", "compressed with compress"),
        (b"\x5d\0\0\x80\0\xff\xff", "compressed with lzma"),
    ] {
        for padding in [0, 1024] {
            let bytes = [bytes, &vec![1; padding]].concat();
            let file = folder.file("other", &bytes);
            let said = run(["tar", "list", &file]).fails(4);
            assert!(said.contains(what), "{said}");
        }
    }
}

#[cfg(unix)]
#[test]
fn times_are_those_of_the_place_on_request() {
    let ustar = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/tar/ustar.tar");
    let listed = |zone: &str, options: &[&str]| {
        let args = [&["tar", "list", "-l", ustar, "d/a.txt"], options].concat();
        let output = command(args).env("TZ", zone).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    // 1,000,000,000 seconds.
    assert!(listed("XYZ-3", &[]).contains(" 2001-09-09 01:46 "));
    assert!(listed("XYZ-3", &["--local-time"]).contains(" 2001-09-09 04:46 "));
}
