//! Which files go into an archive, and what becomes of their names, owners, modes and times.
#![cfg(all(unix, feature = "tar-rules"))]

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, SystemTime};

use bytewright::formats::tar::{Archive, Builder, Member, Rules, Time};

fn write(folder: &Path, files: &[(&str, &str)]) {
    for (name, content) in files {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
}

fn members(folder: &Path, name: &str, rules: Rules) -> Vec<Member> {
    let mut builder = Builder::new(Vec::new()).rules(rules);
    let mut notice = |notice| unreachable!("{notice}");
    builder.add(folder, name, &mut notice).unwrap();
    let mut archive = Archive::new(builder.finish().unwrap().into()).unwrap();
    archive.members().map(Result::unwrap).collect()
}

fn names(folder: &Path, name: &str, rules: Rules) -> Vec<String> {
    let members = members(folder, name, rules).into_iter();
    members
        .map(|member| String::from_utf8(member.name).unwrap())
        .collect()
}

#[test]
fn what_is_excluded_is_left_out_with_everything_in_it() {
    let home = tempfile::tempdir().unwrap();
    let files = ["a.c", "a.o", "build/a.c", "sub/build", "sub/b.o"];
    write(home.path(), &files.map(|name| (name, "")));
    let exclude = |pattern: &str| {
        let rules = Rules::new().exclude(pattern).unwrap();
        names(home.path(), "x", rules)
    };
    assert_eq!(
        exclude("*.o"),
        [
            "x/",
            "x/a.c",
            "x/build/",
            "x/build/a.c",
            "x/sub/",
            "x/sub/build"
        ]
    );
    assert_eq!(
        exclude("build"),
        ["x/", "x/a.c", "x/a.o", "x/sub/", "x/sub/b.o"]
    );
    assert_eq!(
        exclude("build/"),
        ["x/", "x/a.c", "x/a.o", "x/sub/", "x/sub/b.o", "x/sub/build"]
    );
    assert_eq!(exclude("x").len(), 0);
    let by_path = home.path().join("sub");
    assert_eq!(
        exclude(by_path.to_str().unwrap()),
        ["x/", "x/a.c", "x/a.o", "x/build/", "x/build/a.c"]
    );
}

#[test]
fn only_what_is_included_is_added() {
    let home = tempfile::tempdir().unwrap();
    let files = ["a.c", "a.o", "src/a.c", "src/deep/b", "sub/b.c", "sub/x"];
    write(home.path(), &files.map(|name| (name, "")));
    symlink("src", home.path().join("link")).unwrap();
    let rules = Rules::new().include("*.c").unwrap();
    assert_eq!(
        names(home.path(), "x", rules.clone()),
        ["x/a.c", "x/src/a.c", "x/sub/b.c"]
    );
    assert_eq!(
        names(home.path(), "x", rules.exclude("sub").unwrap()),
        ["x/a.c", "x/src/a.c"]
    );
    let rules = Rules::new().include("src").unwrap();
    assert_eq!(
        names(home.path(), "x", rules),
        ["x/src/", "x/src/a.c", "x/src/deep/", "x/src/deep/b"]
    );
}

#[test]
fn links_that_are_followed_are_folders_to_rules() {
    let home = tempfile::tempdir().unwrap();
    write(home.path(), &[("t/a.c", ""), ("t/b", "")]);
    fs::create_dir(home.path().join("p")).unwrap();
    symlink("../t", home.path().join("p/link")).unwrap();
    let rules = Rules::new().include("*.c").unwrap();
    let mut builder = Builder::new(Vec::new()).rules(rules).dereference(true);
    let mut notice = |notice| unreachable!("{notice}");
    builder
        .add(home.path().join("p"), "p", &mut notice)
        .unwrap();
    let mut archive = Archive::new(builder.finish().unwrap().into()).unwrap();
    let names: Vec<_> = archive.members().map(|m| m.unwrap().name).collect();
    assert_eq!(names, [b"p/link/a.c"]);
}

#[test]
fn a_gitignore_file_that_is_not_followed_is_told() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("work");
    let long = "x\n".repeat((1 << 20) / 2);
    write(
        &folder,
        &[
            ("full/.gitignore", &long),
            ("full/x", ""),
            ("over/.gitignore", &format!("{long}\n")),
            ("over/x", ""),
            ("rules", "x\n"),
            ("link/x", ""),
            ("pipe/x", ""),
        ],
    );
    symlink("../rules", folder.join("link/.gitignore")).unwrap();
    let pipe = folder.join("pipe/.gitignore");
    assert!(Command::new("mkfifo").arg(pipe).status().unwrap().success());
    let mut notices = Vec::new();
    let mut builder = Builder::new(Vec::new()).rules(Rules::new().gitignore(true));
    builder
        .add(&folder, Path::new("work"), &mut |notice| {
            notices.push(notice.to_string());
        })
        .unwrap();
    notices.sort_unstable();
    let told = |name: &str, why: &str| {
        let path = folder.join(name).join(".gitignore");
        format!("{}: {why}; its patterns leave nothing out", path.display())
    };
    assert_eq!(
        notices,
        [
            told("link", "it is a link, and git follows none"),
            told("over", "it has over 1 MiB"),
            told("pipe", "it is no file"),
        ]
    );

    let mut archive = Archive::new(builder.finish().unwrap().into()).unwrap();
    let names = archive.members().map(|member| member.unwrap().name);
    let names: Vec<_> = names.filter(|name| name.ends_with(b"/x")).collect();
    assert_eq!(names, [&b"work/link/x"[..], b"work/over/x", b"work/pipe/x"]);
}

/// What `git ls-files --others --exclude-standard` lists in a folder whose only rules are these.
#[test]
fn gitignore_files_count_as_they_do_for_git() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("work");
    let files = [
        (
            ".gitignore",
            "*.log\n!keep.log\n/only-here\ntarget/\ndoc/*.txt\n# no rule\n\\#file\na/**/z\n",
        ),
        ("a.log", ""),
        ("keep.log", ""),
        ("only-here", ""),
        ("sub/only-here", ""),
        ("sub/.gitignore", "!b.log\nx\n[\n"),
        ("sub/b.log", ""),
        ("sub/c.log", ""),
        ("sub/x/y", ""),
        ("sub/deeper/x", ""),
        ("sub/deeper/.gitignore", "!x\n"),
        ("target/a", ""),
        ("sub/target/a", ""),
        ("other/target", ""),
        ("other/x", ""),
        ("doc/a.txt", ""),
        ("doc/sub/a.txt", ""),
        ("#file", ""),
        ("a/z", ""),
        ("a/b/c/z", ""),
    ];
    write(&folder, &files);
    // What lies above isn't part of what is added.
    fs::write(home.path().join(".gitignore"), "*").unwrap();
    let rules = Rules::new().gitignore(true);
    let mut found = names(&folder, "", rules.clone());
    found.retain(|name| !name.ends_with('/'));
    assert_eq!(
        found,
        [
            ".gitignore",
            "doc/sub/a.txt",
            "keep.log",
            "other/target",
            "other/x",
            "sub/.gitignore",
            "sub/b.log",
            "sub/deeper/.gitignore",
            "sub/deeper/x",
            "sub/only-here",
        ]
    );
    let git = |arguments: &[&str]| {
        let mut git = Command::new("git");
        git.current_dir(&folder).args(arguments);
        git.env("HOME", home.path()).env("GIT_CONFIG_NOSYSTEM", "1");
        git.output()
    };
    match git(&["init", "-q"]) {
        Ok(made) if made.status.success() => {
            let listed = git(&["ls-files", "--others", "--exclude-standard"]).unwrap();
            let mut listed: Vec<_> = std::str::from_utf8(&listed.stdout)
                .unwrap()
                .lines()
                .collect();
            listed.sort_unstable();
            assert_eq!(listed, found);
        }
        _ => println!("skipped: git is missing"),
    }
    // Twice, and from folder to folder.
    let mut builder = Builder::new(Vec::new()).rules(rules);
    for (path, name) in [
        (folder.join("sub"), "s"),
        (folder.join("other"), "o"),
        (folder.join("sub"), "t"),
    ] {
        let mut notice = |notice| unreachable!("{notice}");
        builder.add(path, name, &mut notice).unwrap();
    }
    let mut archive = Archive::new(builder.finish().unwrap().into()).unwrap();
    let mut names: Vec<_> = archive
        .members()
        .map(|m| String::from_utf8(m.unwrap().name).unwrap())
        .collect();
    names.retain(|name| !name.ends_with('/') && !name.ends_with("gitignore"));
    assert_eq!(
        names,
        [
            "s/b.log",
            "s/c.log",
            "s/deeper/x",
            "s/only-here",
            "s/target/a",
            "o/target",
            "o/x",
            "t/b.log",
            "t/c.log",
            "t/deeper/x",
            "t/only-here",
            "t/target/a",
        ]
    );
}

/// A pipe would keep whoever opens it waiting.
#[test]
fn names_are_stripped_first_and_transformed_afterwards() {
    let home = tempfile::tempdir().unwrap();
    write(home.path(), &[("a/b", "x"), ("c", "y")]);
    fs::hard_link(home.path().join("a/b"), home.path().join("d")).unwrap();
    symlink("a/b", home.path().join("e")).unwrap();
    let rules = Rules::new()
        .strip_components(1)
        .transform("s/^a/z/;s,^,/top/,")
        .unwrap();
    let found = members(home.path(), "x", rules);
    let found: Vec<_> = found
        .iter()
        .map(|m| (&*m.name, m.kind.name(), &*m.link))
        .collect();
    assert_eq!(
        found,
        [
            (&b"top/z/"[..], "dir", &b""[..]),
            (b"top/z/b", "file", b""),
            (b"top/c", "file", b""),
            (b"top/d", "hardlink", b"top/z/b"),
            (b"top/e", "symlink", b"a/b"),
        ]
    );
    let links = Rules::new().transform("s/a/z/s").unwrap();
    let found = members(home.path(), "x", links);
    assert_eq!(found.last().unwrap().link, b"z/b");
    let none = Rules::new().transform("s/.*//").unwrap();
    assert_eq!(names(home.path(), "x", none).len(), 0);
}

#[test]
fn a_transform_into_a_parent_is_an_error_unless_allowed() {
    let home = tempfile::tempdir().unwrap();
    write(home.path(), &[("a", "x")]);
    let rules = Rules::new().transform("s/a/../").unwrap();
    for allowed in [false, true] {
        let builder = Builder::new(Vec::new()).rules(rules.clone());
        let mut builder = builder.allow_parent(allowed);
        let added = builder.add(home.path(), "", &mut |_| {});
        assert_eq!(added.is_ok(), allowed, "{added:?}");
    }
}

#[test]
fn owners_modes_and_times_are_what_was_asked_for() {
    let home = tempfile::tempdir().unwrap();
    write(home.path(), &[("new", "x"), ("old", "y")]);
    for (name, mode, seconds) in [("new", 0o666, 2_000), ("old", 0o777, 1_000)] {
        let path = home.path().join(name);
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        let file = fs::File::open(path).unwrap();
        file.set_modified(time).unwrap();
    }
    let rules = Rules::new()
        .owner("me:70000")
        .and_then(|rules| rules.group("us:7"))
        .and_then(|rules| rules.mode("go-w"))
        .unwrap();
    let found = members(home.path(), "", rules.clone().clamp_mtime(Time::at(1_500)));
    let found: Vec<_> = found
        .iter()
        .map(|m| (m.uid, &*m.uname, m.gid, &*m.gname, m.mode, m.mtime.seconds))
        .collect();
    assert_eq!(
        found,
        [
            (70_000, &b"me"[..], 7, &b"us"[..], 0o644, 1_500),
            (70_000, b"me", 7, b"us", 0o755, 1_000),
        ]
    );
    let found = members(home.path(), "", rules.numeric_owner().mtime(Time::at(9)));
    assert!(
        found
            .iter()
            .all(|m| m.uname.is_empty() && m.mtime.seconds == 9)
    );
    let newer = Rules::new().newer_than(Time::at(1_000));
    assert_eq!(names(home.path(), "x", newer), ["x/", "x/new"]);
}
