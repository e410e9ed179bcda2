//! `tar extract` into the folders of several `-C`.

use std::fs;
use std::path::Path;

use crate::tar::{extract, packed, run_in};

/// Folders and files in a folder, below it.
fn files_in(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(below) = folders.pop() {
        for entry in fs::read_dir(below).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => folders.push(path),
                false => {
                    let path = path.strip_prefix(folder).unwrap();
                    found.push(path.to_str().unwrap().replace('\\', "/"));
                }
            }
        }
    }
    found.sort();
    found
}

#[test]
fn each_folder_counts_for_the_names_after_it_as_in_gnu_tar() {
    for (line, expected) in [
        (
            "-C a files/a.txt -C ../b files/sub",
            &["a/files/a.txt", "b/files/sub/c.txt"][..],
        ),
        (
            "files/a.txt -C a files/b.md",
            &["a/files/b.md", "files/a.txt"],
        ),
        ("-C a -C in files/a.txt", &["a/in/files/a.txt"]),
        ("-C a files/a.txt -C ../b", &["a/files/a.txt"]),
        // The first name that means a member decides.
        (
            "-C a files/sub -C ../b files",
            &["a/files/sub/c.txt", "b/files/a.txt", "b/files/b.md"],
        ),
    ] {
        let words = line.split(' ').collect::<Vec<_>>();
        let extracted = |by: &dyn Fn(&Path, &Path) -> bool| {
            let packed = packed();
            let home = tempfile::tempdir().unwrap();
            fs::create_dir_all(home.path().join("a/in")).unwrap();
            fs::create_dir(home.path().join("b")).unwrap();
            let archive = packed.path().join("a.tar");
            by(home.path(), &archive).then(|| files_in(home.path()))
        };
        let ours = extracted(&|home, archive| {
            let args = [&["tar", "extract", archive.to_str().unwrap()], &*words].concat();
            run_in(home, &args).out();
            true
        });
        assert_eq!(ours.unwrap(), expected, "{line}");
        let theirs = extracted(&|home, archive| {
            let mut tar = std::process::Command::new("tar");
            let tar = tar.arg("-xf").arg(archive).args(&words).current_dir(home);
            crate::common::peer_output(tar).is_some()
        });
        if let Some(theirs) = theirs {
            assert_eq!(theirs, expected, "{line}");
        }
    }
}

#[test]
fn several_folders_share_the_limits_and_must_be_there() {
    let home = packed();
    fs::create_dir(home.path().join("other")).unwrap();
    let two = ["files/a.txt", "-C", "../other", "files/b.md"];
    for (limit, most) in [("--max-size", 3), ("--max-members", 2)] {
        for (allowed, status) in [(most, 0), (most - 1, 4)] {
            let allowed = allowed.to_string();
            let dry = extract(&home, &[&two[..], &[limit, &allowed, "--dry-run"]].concat());
            assert_eq!(dry.status, status, "{limit} {allowed}: {}", dry.stderr);
            let run = extract(&home, &[&two[..], &[limit, &allowed]].concat());
            assert_eq!(run.status, status, "{limit} {allowed}: {}", run.stderr);
        }
    }
    let missing = extract(&packed(), &two).fails(2);
    assert!(
        missing.contains("other: there is no such folder"),
        "{missing}"
    );
}
