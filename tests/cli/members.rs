//! `tar check`, `tar inspect`, `tar diff`, `tar manifest`, `tar verify`.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;

use crate::run::{Folder, Run, command, peer, run, run_with};

/// A folder with files of every sort, and `a.tar` of it.
fn sample() -> Folder {
    let home = Folder::new();
    let tree = home.path("t");
    fs::create_dir_all(tree.join("sub")).unwrap();
    fs::write(tree.join("a"), "content").unwrap();
    fs::write(tree.join("sub/back\\slash\nline"), "odd").unwrap();
    fs::write(tree.join("empty"), "").unwrap();
    fs::hard_link(tree.join("a"), tree.join("hard")).unwrap();
    symlink("a", tree.join("link")).unwrap();
    for name in ["a", "empty"] {
        fs::set_permissions(tree.join(name), fs::Permissions::from_mode(0o644)).unwrap();
    }
    create(&home, "a.tar");
    home
}

fn create(home: &Folder, archive: &str) {
    let made = within(&home.path(""), &["tar", "create", archive, "t"]);
    assert_eq!((made.status, made.stderr.as_str()), (0, ""));
}

fn within(folder: &Path, args: &[&str]) -> Run {
    command(args).current_dir(folder).output().unwrap().into()
}

fn lines(run: Run, status: i32) -> Vec<String> {
    assert_eq!((run.status, run.stderr.as_str()), (status, ""));
    let text = String::from_utf8(run.stdout).unwrap();
    text.lines().map(str::to_owned).collect()
}

#[test]
fn check_tells_problems_and_repair_saves_the_rest() {
    let home = sample();
    let here = home.path("");
    assert_eq!(lines(within(&here, &["tar", "check", "a.tar"]), 0), [""; 0]);
    let whole = fs::read(home.path("a.tar")).unwrap();
    let last = whole.chunks(512).rposition(|block| block != [0; 512]);
    let end = (last.unwrap() + 1) * 512;
    home.file("cut.tar", &whole[..end]);
    assert_eq!(
        lines(within(&here, &["tar", "check", "cut.tar"]), 1),
        [format!(
            "cut.tar: warning T002 at {end:#x}: the archive ends without blocks of zeros"
        )]
    );
    assert_eq!(
        lines(
            within(&here, &["tar", "check", "cut.tar", "--min", "error"]),
            0
        ),
        [""; 0]
    );
    let json = run_with(["tar", "check", "-", "-O", "json"], &whole[..end]);
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(json[0]["file"], "standard input");
    assert_eq!(
        (&json[0]["code"], &json[0]["severity"]),
        (&"T002".into(), &"warning".into())
    );
    assert_eq!(json[0]["offset"], end);
    assert_eq!(json[0].get("member"), None);

    let mended = within(&here, &["tar", "check", "cut.tar", "--repair", "new.tar"]);
    assert_eq!(
        (mended.status, mended.stderr.as_str()),
        (1, "note: new.tar: 7 members saved\n")
    );
    assert_eq!(fs::read(home.path("new.tar")).unwrap(), whole);
    let packed = within(&here, &["tar", "check", "a.tar", "--repair", "new.tar.gz"]);
    assert_eq!(packed.status, 0, "{}", packed.stderr);
    assert_eq!(
        lines(within(&here, &["tar", "diff", "a.tar", "new.tar.gz"]), 0),
        [""; 0]
    );

    let cut = fs::read(home.path("cut.tar")).unwrap();
    fs::hard_link(home.path("cut.tar"), home.path("same.tar")).unwrap();
    symlink("cut.tar", home.path("way.tar")).unwrap();
    for out in ["cut.tar", "./cut.tar", "same.tar", "way.tar"] {
        let refused = within(&here, &["tar", "check", "cut.tar", "--repair", out]);
        assert!(refused.fails(2).contains("the archive itself"), "{out}");
        assert_eq!(fs::read(home.path("cut.tar")).unwrap(), cut);
    }

    let junk = run_with(["tar", "check", "-"], &[7; 2048]);
    assert!(junk.fails(4).contains("no tar archive"));
    home.file("junk", &[7; 2048]);
    let before = home.names();
    let none = within(&here, &["tar", "check", "junk", "--repair", "none.tar"]);
    assert_eq!(none.status, 4, "{}", none.stderr);
    assert_eq!(home.names(), before, "nothing is left behind");
    run(["tar", "check", "/not/there"]).fails(2);
}

#[test]
fn zeros_are_ignored_on_request() {
    let home = sample();
    let here = home.path("");
    let whole = fs::read(home.path("a.tar")).unwrap();
    home.file("two.tar", &[&whole[..], &whole[..]].concat());
    let told = lines(within(&here, &["tar", "check", "two.tar"]), 1);
    assert!(told[0].contains("T030"), "{told:?}");
    let count = |args: &[&str]| lines(within(&here, args), 0).len();
    let once = count(&["tar", "list", "two.tar"]);
    assert_eq!(
        count(&["tar", "list", "two.tar", "--ignore-zeros"]),
        2 * once
    );
    fs::create_dir(home.path("into")).unwrap();
    count(&["tar", "extract", "two.tar", "--ignore-zeros", "-C", "into"]);
}

#[test]
fn inspect_shows_the_members_that_are_named() {
    let home = sample();
    let here = home.path("");
    create(&home, "a.tar.gz");
    for archive in ["a.tar", "a.tar.gz"] {
        let shown = lines(within(&here, &["tar", "inspect", archive, "t/a"]), 0);
        assert!(
            shown[0].starts_with(&format!("{archive}: tar, ")),
            "{shown:?}"
        );
        assert_eq!(shown[2], "members[\"t/a\"]", "{shown:?}");
        assert!(
            shown
                .iter()
                .any(|line| line.contains("mode") && line.contains("0o644"))
        );
        assert!(!shown.iter().any(|line| line.contains("empty")));
    }
    let json = lines(
        within(&here, &["tar", "inspect", "a.tar", "t/sub", "-O", "jsonl"]),
        0,
    );
    let nodes: Vec<serde_json::Value> = json
        .iter()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(nodes[0]["key"], "t/sub/");
    assert!(
        nodes
            .iter()
            .any(|node| node["path"].as_str().unwrap().ends_with(".header.name"))
    );
    let missing = within(&here, &["tar", "inspect", "a.tar", "nothing"]);
    assert_eq!(missing.status, 1);
    assert!(missing.stderr.contains("nothing"), "{}", missing.stderr);
}

#[test]
fn diff_names_members_and_fields() {
    let home = sample();
    let here = home.path("");
    let tree = home.path("t");
    assert_eq!(
        lines(within(&here, &["tar", "diff", "a.tar", "a.tar"]), 0),
        [""; 0]
    );
    fs::set_permissions(tree.join("empty"), fs::Permissions::from_mode(0o600)).unwrap();
    fs::remove_file(tree.join("link")).unwrap();
    fs::remove_file(tree.join("a")).unwrap();
    fs::write(tree.join("a"), "CONTENT").unwrap();
    symlink("a", tree.join("new")).unwrap();
    create(&home, "b.tar");
    let ignored = ["--ignore", "mtime"];
    let diff = |args: &[&str], status| {
        lines(
            within(&here, &[&["tar", "diff", "a.tar", "b.tar"], args].concat()),
            status,
        )
    };
    assert_eq!(
        diff(&ignored, 1),
        [
            "~ t/a: content",
            "~ t/empty: mode 0644 -> 0600",
            "~ t/hard: type hardlink -> file, size 0 -> 7, link t/a -> '', content",
            "+ t/new",
            "- t/link",
        ]
    );
    let json = diff(&["--ignore", "mtime", "-O", "jsonl"], 1);
    assert_eq!(
        json[0],
        r#"{"kind":"changed","name":"t/a","fields":[{"field":"content"}]}"#
    );
    assert_eq!(
        json[1],
        r#"{"kind":"changed","name":"t/empty","fields":[{"field":"mode","a":"0644","b":"0600"}]}"#
    );
    assert_eq!(json[3], r#"{"kind":"added","name":"t/new"}"#);
    let document: serde_json::Value =
        serde_json::from_str(&diff(&["-O", "json"], 1).concat()).unwrap();
    assert!(document.as_array().unwrap().len() >= 5);
    let most = "type,mode,size,link,content,mtime";
    assert_eq!(diff(&["--ignore", most], 1), ["+ t/new", "- t/link"]);
    assert!(
        within(&here, &["tar", "diff", "-", "-"])
            .fails(2)
            .contains("only one")
    );
    run_with(["tar", "diff", "-", "/dev/null"], &[7; 1024]).fails(4);
}

#[test]
fn diff_sees_order_only_on_request_and_the_last_of_a_name() {
    let home = sample();
    let here = home.path("");
    for (archive, paths) in [("x.tar", ["t/a", "t/empty"]), ("y.tar", ["t/empty", "t/a"])] {
        let made = within(&here, &["tar", "create", archive, paths[0], paths[1]]);
        assert_eq!(made.status, 0);
    }
    assert_eq!(
        lines(within(&here, &["tar", "diff", "x.tar", "y.tar"]), 0),
        [""; 0]
    );
    assert_eq!(
        lines(
            within(&here, &["tar", "diff", "x.tar", "y.tar", "--order"]),
            1
        ),
        ["~ t/empty: order 1 -> 0", "~ t/a: order 0 -> 1"]
    );
    let twice = ["tar", "create", "z.tar", "t/empty=t/a", "t/empty", "t/a"];
    assert_eq!(within(&here, &twice).status, 0);
    let last = within(&here, &["tar", "diff", "z.tar", "x.tar"]);
    assert_eq!(
        (last.status, &*last.stdout),
        (0, &b""[..]),
        "{}",
        last.stderr
    );
    assert!(
        last.stderr.contains("the last counts: t/a"),
        "{}",
        last.stderr
    );
}

#[test]
fn a_manifest_is_what_sha256sum_checks_and_verify_too() {
    let home = sample();
    let here = home.path("");
    let manifest = within(&here, &["tar", "manifest", "a.tar"]);
    assert_eq!((manifest.status, manifest.stderr.as_str()), (0, ""));
    home.file("SUMS", &manifest.stdout);
    fs::create_dir(home.path("into")).unwrap();
    assert_eq!(
        within(&here, &["tar", "extract", "a.tar", "-C", "into"]).status,
        0
    );
    if peer("sha256sum", &["--version"]).is_some() {
        let checked = Command::new("sha256sum")
            .args(["--strict", "-c", "../SUMS"])
            .current_dir(home.path("into"))
            .output()
            .unwrap();
        assert!(checked.status.success(), "{checked:?}");
        let said = String::from_utf8(checked.stdout).unwrap();
        assert_eq!(
            said.lines().filter(|line| line.ends_with(": OK")).count(),
            4,
            "{said}"
        );
    }
    for held in ["a.tar", "into"] {
        assert_eq!(
            lines(within(&here, &["tar", "verify", held, "SUMS"]), 0),
            [""; 0]
        );
    }
    fs::write(home.path("into/t/a"), "other").unwrap();
    fs::remove_file(home.path("into/t/empty")).unwrap();
    fs::write(home.path("into/t/new"), "").unwrap();
    let told = [
        "t/a: differs",
        "t/empty: missing",
        "t/hard: differs",
        "t/new: extra",
    ];
    assert_eq!(
        lines(within(&here, &["tar", "verify", "into", "SUMS"]), 1),
        told
    );
    let args = [
        "tar",
        "verify",
        "into",
        "SUMS",
        "--allow-extra",
        "-O",
        "jsonl",
    ];
    let json = lines(within(&here, &args), 1);
    assert_eq!(json.len(), 3);
    assert_eq!(json[0], r#"{"name":"t/a","verdict":"differs"}"#);

    let all = within(
        &here,
        &["tar", "manifest", "a.tar", "-a", "blake3", "-O", "json"],
    )
    .json();
    let link = all
        .as_array()
        .unwrap()
        .iter()
        .find(|m| m["name"] == "t/link")
        .unwrap();
    assert_eq!(
        (&link["type"], &link["link"]),
        (&"symlink".into(), &"a".into())
    );
    assert_eq!(link.get("blake3"), None);
    let sums = within(&here, &["tar", "manifest", "a.tar", "-a", "blake3"]).stdout;
    home.file("B3SUMS", &sums);
    let args = ["tar", "verify", "a.tar", "B3SUMS", "-a", "blake3"];
    assert_eq!(lines(within(&here, &args), 0), [""; 0]);
    let wrong = lines(within(&here, &["tar", "verify", "a.tar", "B3SUMS"]), 1);
    assert_eq!(wrong.len(), 4, "taken for sha256");

    home.file("bad", b"no digest at all\n");
    assert!(
        within(&here, &["tar", "verify", "a.tar", "bad"])
            .fails(2)
            .contains("bad")
    );
    home.file("none", b"");
    let extra = lines(within(&here, &["tar", "verify", "a.tar", "none"]), 1);
    assert_eq!(extra.len(), 4);
}

#[test]
fn holes_are_read_as_zeros_up_to_a_limit() {
    let home = Folder::new();
    let here = home.path("");
    let file = fs::File::create(home.path("holes")).unwrap();
    file.set_len(3 << 20).unwrap();
    let made = within(&here, &["tar", "create", "--sparse", "a.tar", "holes"]);
    assert_eq!((made.status, made.stderr.as_str()), (0, ""));
    let manifest = ["tar", "manifest", "a.tar"];
    let zeros = peer("sha256sum", &[home.path("holes").to_str().unwrap()]);
    let found = lines(within(&here, &manifest), 0).concat();
    if let Some(zeros) = zeros {
        assert_eq!(found.get(..64), zeros.get(..64));
    }
    for verb in [
        &manifest[..],
        &["tar", "diff", "a.tar", "a.tar"],
        &["tar", "verify", "a.tar", "list"],
    ] {
        home.file("list", found.as_bytes());
        let limited = |limit| within(&here, &[verb, &["--max-holes", limit]].concat());
        assert_eq!(limited("3MiB").status, 0, "{verb:?}");
        let refused = limited("3MB");
        assert_eq!(refused.status, 4, "{verb:?}");
        let message = "a.tar: \"holes\": the holes of its file are 145728 bytes more";
        assert!(refused.stderr.contains(message), "{}", refused.stderr);
    }
}

#[test]
fn what_is_odd_about_members_is_told_where_all_are_read() {
    let home = sample();
    let here = home.path("");
    let made = within(&here, &["tar", "create", "--format", "gnu", "odd.tar", "t"]);
    assert_eq!((made.status, made.stderr.as_str()), (0, ""));
    let mut odd = fs::read(home.path("odd.tar")).unwrap();
    // The mode of the first member, and its checksum.
    odd[100..108].copy_from_slice(b"00007x5\0");
    let sum: u32 = odd[..512].iter().map(|&byte| u32::from(byte)).sum();
    let old: u32 = odd[148..156].iter().map(|&byte| u32::from(byte)).sum();
    odd[148..156].copy_from_slice(format!("{:06o}\0 ", sum - old + 8 * 32).as_bytes());
    home.file("odd.tar", &odd);
    home.file("list", b"");
    for verb in [
        &["list", "odd.tar"][..],
        &["manifest", "odd.tar"],
        &["verify", "odd.tar", "list", "--allow-extra"],
        &["diff", "odd.tar", "odd.tar"],
    ] {
        let run = within(&here, &[&["tar"], verb].concat());
        assert_eq!(run.status, 4, "{verb:?}");
        let message = "warning: odd.tar: t/: mode: \"00007x5";
        assert!(run.stderr.contains(message), "{verb:?}: {}", run.stderr);
    }
}
