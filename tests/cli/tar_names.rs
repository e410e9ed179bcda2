//! Which members names and patterns mean, and what `check` says of names.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use crate::run::{Run, command, run_with};

fn run_in(folder: &Path, args: &[&str]) -> Run {
    command([&["tar"], args].concat())
        .current_dir(folder)
        .output()
        .unwrap()
        .into()
}

fn lines(run: Run) -> Vec<String> {
    run.out().lines().map(str::to_owned).collect()
}

/// Files whose names look like patterns, and files that these would match.
fn names() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("a");
    fs::create_dir_all(folder.join("[d]")).unwrap();
    for name in [
        "[id].js", "i.js", "d.js", "x[y", "st*r", "stair", "[d]/x", "d",
    ] {
        fs::write(folder.join(name), name).unwrap();
    }
    assert_eq!(run_in(home.path(), &["create", "a.tar", "a"]).out(), "");
    assert_eq!(run_in(home.path(), &["create", "a.tar.gz", "a"]).out(), "");
    home
}

#[test]
fn a_name_that_a_member_has_means_that_member_alone() {
    let home = names();
    let home = home.path();
    for archive in ["a.tar", "a.tar.gz"] {
        let piped = fs::read(home.join(archive)).unwrap();
        for (name, expected) in [
            ("a/[id].js", &["a/[id].js"][..]),
            ("./a/[id].js", &["a/[id].js"]),
            ("a/st*r", &["a/st*r"]),
            ("a/x[y", &["a/x[y"]),
            ("a/[d]", &["a/[d]/", "a/[d]/x"]),
            // No member is called so.
            ("a/[id].j?", &["a/d.js", "a/i.js"]),
            ("a/sta*r", &["a/stair"]),
            ("a/[ds]", &["a/d"]),
        ] {
            let listed = run_in(home, &["list", archive, name]);
            let listed = String::from_utf8(listed.stdout).unwrap();
            assert_eq!(
                listed.lines().collect::<Vec<_>>(),
                expected,
                "{archive}: {name}"
            );
            let listed = run_with(["tar", "list", "-", name], &piped);
            assert_eq!(lines(listed), expected, "{archive}, piped: {name}");

            let into = tempfile::tempdir().unwrap();
            let path = into.path().to_str().unwrap();
            let extracted = run_in(home, &["extract", archive, name, "-C", path]);
            assert_eq!(extracted.status, 0, "{}", extracted.stderr);
            for file in [
                "[id].js", "i.js", "d.js", "x[y", "st*r", "stair", "[d]/x", "d",
            ] {
                let there = into.path().join("a").join(file).exists();
                let meant = expected.contains(&&*format!("a/{file}"));
                assert_eq!(there, meant, "{archive}: {name}: {file}");
            }

            let copy = format!("copy-of-{archive}");
            fs::copy(home.join(archive), home.join(&copy)).unwrap();
            let before = lines(run_in(home, &["list", &copy]));
            assert_eq!(run_in(home, &["delete", &copy, name]).out(), "");
            let mut after = lines(run_in(home, &["list", &copy]));
            after.extend(expected.iter().map(|&name| name.to_owned()));
            after.sort();
            let mut whole = before;
            whole.sort();
            assert_eq!(after, whole, "{archive}: delete {name}");
        }
    }
}

#[test]
fn a_folder_stays_when_its_content_is_excluded() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    fs::create_dir_all(home.join("r/proc/1")).unwrap();
    fs::create_dir_all(home.join("r/{{name}}")).unwrap();
    fs::write(home.join("r/proc/1/x"), "").unwrap();
    fs::write(home.join("r/Upper"), "").unwrap();
    let create = |pattern: &str| {
        let created = run_in(home, &["create", "r.tar", "r", "--exclude", pattern]);
        assert_eq!(created.out(), "");
        lines(run_in(home, &["list", "r.tar"]))
    };
    assert_eq!(
        create("proc/*"),
        ["r/", "r/Upper", "r/proc/", "r/{{name}}/"]
    );
    assert_eq!(create("proc/"), ["r/", "r/Upper", "r/{{name}}/"]);
    assert_eq!(create("proc"), ["r/", "r/Upper", "r/{{name}}/"]);
    assert_eq!(
        create("{{name}}"),
        ["r/", "r/Upper", "r/proc/", "r/proc/1/", "r/proc/1/x"]
    );
    assert_eq!(create("{proc,Upper}").len(), 6);
    assert_eq!(create("[[:upper:]]*").len(), 5);
    create("nothing");
    let listed = run_in(home, &["list", "r.tar", "--exclude", "r/proc/*"]);
    assert_eq!(lines(listed), ["r/", "r/Upper", "r/proc/", "r/{{name}}/"]);
    for wrong in ["[z-a]", "[[:uper:]]", "a\\", "/"] {
        for verb in ["create", "list"] {
            let mut args = vec![verb, "r.tar"];
            args.extend((verb == "create").then_some("r"));
            let message = run_in(home, &[&args[..], &["--exclude", wrong]].concat()).fails(2);
            assert!(message.contains(&format!("{wrong:?}")), "{message}");
        }
    }
}

#[test]
fn a_backup_with_links_to_devices_is_clean_unless_a_filter_is_asked_about() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    fs::create_dir(home.join("s")).unwrap();
    symlink("/dev/null", home.join("s/unit")).unwrap();
    assert_eq!(run_in(home, &["create", "s.tar", "s"]).out(), "");
    for args in [
        &["check", "s.tar"][..],
        &["check", "s.tar", "--min", "note"],
        &["check", "s.tar", "--filter", "tar"],
        &["check", "s.tar", "--filter", "trusted"],
        &["check", "s.tar", "--filter", "data", "--min", "warning"],
    ] {
        assert_eq!(run_in(home, args).out(), "", "{args:?}");
    }
    let told = run_in(home, &["check", "s.tar", "--filter", "data"]);
    assert_eq!((told.status, &*told.stderr), (1, ""));
    let told = String::from_utf8(told.stdout).unwrap();
    let (start, end) = told.split_once(": s/unit: ").unwrap();
    assert!(start.starts_with("s.tar: note T034 at 0x"), "{told}");
    let reason = "it is a link to \"/dev/null\", which may lead outside";
    assert_eq!(end, format!("extracting refuses it: {reason}\n"));
}

#[test]
fn the_slash_in_front_of_names_is_said_once_to_be_left_out() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    for name in ["a", "b"] {
        fs::write(home.join(name), name).unwrap();
    }
    let args = [
        "create",
        "x.tar",
        "a",
        "b",
        "--transform",
        "s,^,@,",
        "--mtime",
        "@0",
    ];
    assert_eq!(run_in(home, &args).out(), "");
    let mut bytes = fs::read(home.join("x.tar")).unwrap();
    for header in [0, 1024] {
        assert_eq!(bytes[header], b'@');
        bytes[header] = b'/';
        let block = &mut bytes[header..header + 512];
        block[148..156].fill(b' ');
        let sum: u32 = block.iter().map(|&byte| u32::from(byte)).sum();
        block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    }
    fs::write(home.join("x.tar"), &bytes).unwrap();
    let into = home.join("into");
    fs::create_dir(&into).unwrap();
    let extracted = run_in(home, &["extract", "x.tar", "-C", "into"]);
    let expected = "warning: x.tar: the / in front of names is left out\n";
    assert_eq!((extracted.status, &*extracted.stderr), (0, expected));
    assert_eq!(fs::read(into.join("b")).unwrap(), b"b");
    assert_eq!(run_in(home, &["check", "x.tar"]).out(), "");
    let told = run_in(home, &["check", "x.tar", "--min", "note"]);
    let told = String::from_utf8(told.stdout).unwrap();
    assert_eq!(told.matches("note T037").count(), 2, "{told}");
}
