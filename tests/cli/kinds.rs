//! A verb that makes a file replaces one of its own kind, and no other unless it is told to.

use std::fs;
use std::path::Path;

use crate::run::{Run, command};

fn run_in(folder: &Path, args: &[&str]) -> Run {
    command(args).current_dir(folder).output().unwrap().into()
}

/// What is written, with files of the same kind and of others.
const MAKERS: &[(&[&str], &str, &[&str])] = &[
    (
        &["tar", "create", "OUT", "a"],
        "a file of the format tar",
        &["a.tar", "a.tar.gz", "zeros.tar"],
    ),
    (
        &["tar", "create", "OUT", "a", "--compress", "gzip"],
        "a file of the format tar",
        &["a.tar", "a.tar.gz", "zeros.tar"],
    ),
    (
        &["tar", "concat", "one.tar", "-o", "OUT"],
        "a file of the format tar",
        &["a.tar", "a.tar.gz", "zeros.tar"],
    ),
    (
        &["tar", "check", "one.tar", "--repair", "OUT"],
        "a file of the format tar",
        &["a.tar", "a.tar.gz", "zeros.tar"],
    ),
    (
        &["bmp", "convert", "one.bmp", "OUT", "--to-format", "bmp"],
        "a file of the format bmp",
        &["a.bmp"],
    ),
    (
        &["bmp", "convert", "one.bmp", "OUT", "--to-format", "png"],
        "a file of the format png",
        &["a.png"],
    ),
    (
        &["bmp", "fix", "one.bmp", "-o", "OUT"],
        "a file of the format bmp",
        &["a.bmp"],
    ),
    (
        &["pack", "3s", "x'000102'", "-o", "OUT"],
        "a file of no known format",
        &["data"],
    ),
    (
        &["pack", "3s", "abc", "-o", "OUT", "--hex"],
        "a text",
        &["text"],
    ),
    (
        &["dump", "--reverse", "dump.txt", "-o", "OUT"],
        "a file of the format bmp",
        &["a.bmp"],
    ),
    (
        &["dump", "--html", "one.bmp", "-o", "OUT"],
        "a page of HTML",
        &["a.html"],
    ),
    (
        &["inspect", "--html", "one.bmp", "-o", "OUT"],
        "a page of HTML",
        &["a.html"],
    ),
    (
        &["set", "one.bmp", "dib_header.x_ppm=1", "--undo", "OUT"],
        "a patch",
        &["undo.txt"],
    ),
];

/// Files of every kind, and what each is called in the refusal.
const KINDS: &[(&str, &str)] = &[
    ("a.tar", "a file of the format tar"),
    (
        "a.tar.gz",
        "a file compressed with gzip that holds one of the format tar",
    ),
    // Any file of zeros is as good an archive without members.
    ("zeros.tar", "a file of no known format"),
    ("a.bmp", "a file of the format bmp"),
    ("a.png", "a file of the format png"),
    ("a.html", "a page of HTML"),
    ("undo.txt", "a patch"),
    ("text", "a text"),
    ("text.gz", "a file compressed with gzip"),
    ("disk.img", "a file of no known format"),
    // It begins as an archive without members does, too.
    ("disk.img.gz", "a file compressed with gzip"),
    ("data", "a file of no known format"),
    ("photo.jpg", "a file of the format jpeg"),
];

fn files(home: &Path) {
    let fixture = |name: &str| format!("{}/fixtures/{name}", env!("CARGO_MANIFEST_DIR"));
    fs::write(home.join("a"), "a\n").unwrap();
    fs::copy(fixture("bmp/info-24.bmp"), home.join("one.bmp")).unwrap();
    fs::copy(fixture("bmp/info-24.bmp"), home.join("a.bmp")).unwrap();
    fs::copy(fixture("tar/ustar.tar"), home.join("one.tar")).unwrap();
    for args in [
        &["tar", "create", "a.tar", "a"][..],
        &["tar", "create", "a.tar.gz", "a"],
        &["bmp", "convert", "a.bmp", "a.png"],
        &["dump", "--html", "a.bmp", "-o", "a.html"],
        &["set", "a.bmp", "dib_header.x_ppm=2", "--undo", "undo.txt"],
    ] {
        let run = run_in(home, args);
        assert_eq!((run.status, &*run.stderr), (0, ""), "{args:?}");
    }
    let dump = run_in(home, &["dump", "--plain", "one.bmp"]).out();
    fs::write(home.join("dump.txt"), dump).unwrap();
    fs::write(home.join("text"), "first\nsecond\n").unwrap();
    // The gzip stream of "x", a byte that no archive has.
    let gz = b"\x1f\x8b\x08\0\0\0\0\0\0\x03\xab\0\0\x83\x16\xdc\x8c\x01\0\0\0";
    fs::write(home.join("text.gz"), gz).unwrap();
    fs::write(home.join("zeros.tar"), [0; 10_240]).unwrap();
    let mut disk = vec![0; 4096];
    disk[4000..].fill(7);
    fs::write(home.join("disk.img"), &disk).unwrap();
    // A gzip stream of one block that is stored as it is.
    let crc = crc32fast::hash(&disk).to_le_bytes();
    let stored = [
        &b"\x1f\x8b\x08\0\0\0\0\0\0\x03\x01\0\x10\xff\xef"[..],
        &disk,
        &crc,
        b"\0\x10\0\0",
    ];
    fs::write(home.join("disk.img.gz"), stored.concat()).unwrap();
    fs::write(home.join("data"), [0, 1, 2, 3]).unwrap();
    fs::write(home.join("photo.jpg"), b"\xff\xd8\xff\xe0 a picture").unwrap();
}

#[test]
fn a_file_of_another_kind_is_replaced_only_by_force() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    files(home);
    let one = fs::read(home.join("one.bmp")).unwrap();
    for (maker, kind, same) in MAKERS {
        for (file, found) in KINDS {
            let old = fs::read(home.join(file)).unwrap();
            let args: Vec<&str> = maker
                .iter()
                .map(|&arg| if arg == "OUT" { "out" } else { arg })
                .collect();
            let put = || fs::write(home.join("out"), &old).unwrap();
            put();
            let run = run_in(home, &args);
            if same.contains(file) || kind == found {
                assert_ne!(run.status, 2, "{args:?} over {file}: {}", run.stderr);
                assert_ne!(fs::read(home.join("out")).unwrap(), b"", "{args:?}");
            } else {
                let expected = format!(
                    "error: out: there is {found} already, which is not replaced with {kind}; \
                     --force replaces it\n"
                );
                assert_eq!(
                    (run.status, run.stderr),
                    (2, expected),
                    "{args:?} over {file}"
                );
                assert_eq!(
                    fs::read(home.join("out")).unwrap(),
                    old,
                    "{args:?} over {file}"
                );
                fs::write(home.join("one.bmp"), &one).unwrap();
                let forced = run_in(home, &[&args[..], &["--force"]].concat());
                assert_ne!(forced.status, 2, "{args:?} over {file}: {}", forced.stderr);
                assert_ne!(
                    fs::read(home.join("out")).unwrap(),
                    old,
                    "{args:?} over {file}"
                );
            }
            fs::write(home.join("one.bmp"), &one).unwrap();
        }
    }
}

#[test]
fn an_empty_file_is_of_every_kind() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    files(home);
    for (maker, ..) in MAKERS {
        let args: Vec<&str> = maker
            .iter()
            .map(|&arg| if arg == "OUT" { "empty" } else { arg })
            .collect();
        fs::write(home.join("empty"), "").unwrap();
        let run = run_in(home, &args);
        assert_eq!(run.status, 0, "{args:?}: {}", run.stderr);
        assert_ne!(fs::read(home.join("empty")).unwrap(), b"", "{args:?}");
    }
}

#[test]
fn concat_as_other_tools_know_it_destroys_nothing() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    files(home);
    let old = fs::read(home.join("one.tar")).unwrap();
    let message = run_in(home, &["tar", "concat", "one.tar", "a.tar"]).fails(2);
    assert!(message.contains("--out <OUT>"), "{message}");
    assert_eq!(fs::read(home.join("one.tar")).unwrap(), old);
    // What `tar -A -f one.tar a.tar` does.
    let args = ["tar", "concat", "one.tar", "a.tar", "-o", "one.tar"];
    assert_eq!(run_in(home, &args).out(), "");
    let names = run_in(home, &["tar", "list", "one.tar"]).out();
    assert!(
        names.starts_with("d/\nd/a.txt\n") && names.ends_with("\na\n"),
        "{names}"
    );
}

#[test]
fn what_a_shell_makes_of_a_star_is_no_archive() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    for name in ["a.txt", "b.txt"] {
        fs::write(home.join(name), "kept\n").unwrap();
    }
    let message = run_in(home, &["tar", "create", "a.txt", "b.txt"]).fails(2);
    assert_eq!(
        message,
        "error: a.txt: there is a text already, which is not replaced with a file of the format tar; --force \
         replaces it\n"
    );
    assert_eq!(fs::read(home.join("a.txt")).unwrap(), b"kept\n");
}
