use std::fs;

use super::*;
use crate::formats::tar::archive::Archive;
use crate::formats::tar::create::{Notice, NoticeKind};
use crate::formats::tar::member::Member;

fn member(name: &str, kind: Kind) -> NewMember {
    NewMember {
        path: Path::new("/home").join(name),
        name: name.into(),
        kind,
        mode: 0o644,
        mtime: Time::at(100),
        ..NewMember::default()
    }
}

/// What becomes of a member; `None` where it isn't added.
fn changed(rules: Rules, mut member: NewMember) -> Option<NewMember> {
    let (_, mut filter) = rules.into_parts();
    filter(&mut member).then_some(member)
}

fn takes(rules: &Rules, name: &str, is_folder: bool) -> bool {
    let (mut select, _) = rules.clone().into_parts();
    select(&Path::new("/home").join(name), name.as_bytes(), is_folder)
}

fn rules(build: impl Fn(Rules) -> Result<Rules, RuleError>) -> Rules {
    build(Rules::new()).unwrap()
}

/// A folder that isn't meant is entered nevertheless: what it holds may be.
#[test]
fn what_is_excluded_is_left_out_and_only_what_is_included_is_taken() {
    let none = Rules::new();
    let exclude = rules(|r| r.exclude("*.o"));
    let include = rules(|r| r.include("*.c")?.include("docs"));
    let both = rules(|r| r.include("*.c")?.exclude("x"));
    for (name, is_folder, expected) in [
        ("a.c", false, [true, true, true, true]),
        ("a.o", false, [true, false, false, false]),
        ("d.o", true, [true, false, true, true]),
        ("d", true, [true, true, true, true]),
        ("docs/a", false, [true, true, true, false]),
        ("x/a.c", false, [true, true, true, false]),
        ("x", true, [true, true, true, false]),
        ("y", false, [true, true, false, false]),
    ] {
        let found = [&none, &exclude, &include, &both].map(|r| takes(r, name, is_folder));
        assert_eq!(found, expected, "{name}");
    }
    // A folder that isn't meant is no member, and what it holds is asked for.
    for (name, kind, kept) in [
        ("d", Kind::Directory, ""),
        ("docs", Kind::Directory, "docs"),
        ("docs/e", Kind::Directory, "docs/e"),
        ("a.c", Kind::File, "a.c"),
        ("y", Kind::File, "y"),
    ] {
        let found = changed(include.clone(), member(name, kind)).unwrap();
        assert_eq!(found.name, kept.as_bytes(), "{name}");
        let found = changed(exclude.clone(), member(name, kind)).unwrap();
        assert_eq!(found.name, name.as_bytes(), "{name}");
    }
}

#[test]
fn files_that_are_not_newer_are_left_out_and_folders_are_not() {
    for (than, kind, expected) in [
        (99, Kind::File, true),
        (100, Kind::File, false),
        (101, Kind::File, false),
        (101, Kind::Directory, true),
        (100, Kind::Symlink, false),
    ] {
        let rules = Rules::new().newer_than(Time::at(than));
        assert_eq!(
            changed(rules, member("n", kind)).is_some(),
            expected,
            "{than} {kind:?}"
        );
    }
}

#[test]
fn times_are_set_or_bounded() {
    let time = |rules| changed(rules, member("n", Kind::File)).unwrap().mtime;
    assert_eq!(time(Rules::new()), Time::at(100));
    assert_eq!(time(Rules::new().mtime(Time::at(7))), Time::at(7));
    assert_eq!(time(Rules::new().clamp_mtime(Time::at(7))), Time::at(7));
    assert_eq!(time(Rules::new().clamp_mtime(Time::at(700))), Time::at(100));
    let both = Rules::new().mtime(Time::at(700)).clamp_mtime(Time::at(9));
    assert_eq!(time(both), Time::at(9));
}

#[test]
fn a_mode_is_every_members_but_that_of_symbolic_links() {
    for (kind, expected) in [
        (Kind::File, 0o600),
        (Kind::Directory, 0o600),
        (Kind::Fifo, 0o600),
        (Kind::Symlink, 0o644),
    ] {
        let rules = rules(|r| r.mode("600"));
        assert_eq!(
            changed(rules, member("n", kind)).unwrap().mode,
            expected,
            "{kind:?}"
        );
    }
    // A folder keeps what was not named, and what was.
    for (mode, expected) in [("g=r", 0o2745), ("g=rs", 0o2745), ("g=rws", 0o2765)] {
        let mut folder = member("d", Kind::Directory);
        folder.mode = 0o2755;
        let changed = changed(rules(|r| r.mode(mode)), folder).unwrap();
        assert_eq!(changed.mode, expected, "{mode}");
    }
}

#[test]
fn owners_are_those_that_were_given() {
    let mut before = member("n", Kind::File);
    (before.uid, before.gid) = (1, 2);
    (before.uname, before.gname) = (b"a".to_vec(), b"b".to_vec());
    let owners = |rules| {
        let found = changed(rules, before.clone()).unwrap();
        (found.uid, found.uname, found.gid, found.gname)
    };
    let text = |text: &str| text.as_bytes().to_vec();
    assert_eq!(owners(Rules::new()), (1, text("a"), 2, text("b")));
    let given = rules(|r| r.owner("me:7")?.group("us:8"));
    assert_eq!(owners(given.clone()), (7, text("me"), 8, text("us")));
    assert_eq!(owners(given.numeric_owner()), (7, text(""), 8, text("")));
    assert_eq!(
        owners(rules(|r| r.owner("me:7"))),
        (7, text("me"), 2, text("b"))
    );
    assert_eq!(
        owners(rules(|r| r.group("us:8"))),
        (1, text("a"), 8, text("us"))
    );
    // What this system calls 0, and its name.
    let system = Owners::of_this_system();
    if let (Some(user), Some(group)) = (system.user(0), system.group(0)) {
        assert_eq!(system.users().get(&0).map(Vec::as_slice), Some(user));
        assert_eq!(system.groups().get(&0).map(Vec::as_slice), Some(group));
        let expected = (0, user.to_vec(), 0, group.to_vec());
        assert_eq!(owners(rules(|r| r.owner("0")?.group("0"))), expected);
        let names = [user, group].map(|name| String::from_utf8(name.to_vec()).unwrap());
        assert_eq!(
            owners(rules(|r| r.owner(&names[0])?.group(&names[1]))),
            expected
        );
    }
}

#[test]
fn names_lose_parts_and_are_transformed_as_long_as_there_is_one() {
    let name = |rules, name: &str, kind| {
        let found = changed(rules, member(name, kind)).unwrap();
        String::from_utf8(found.name).unwrap()
    };
    for (count, before, after) in [
        (0, "a/./b/", "a/./b/"),
        (1, "a/./b/", "b"),
        (2, "a/b", ""),
        (1, "a//b/c", "b/c"),
        (9, "a", ""),
    ] {
        let rules = Rules::new().strip_components(count);
        assert_eq!(name(rules, before, Kind::File), after, "{count} {before}");
    }
    for (expression, before, after) in [
        ("s/a/b/", "a/a", "b/a"),
        ("s,^,//top/,", "a", "top/a"),
        ("s/a//;s/$/x/", "a", ""),
        ("s/a/b/R", "a", "a"),
    ] {
        let rules = rules(|r| r.transform(expression));
        assert_eq!(name(rules, before, Kind::File), after, "{expression}");
    }
    let both = rules(|r| Ok(r.transform("s/b/c/")?.strip_components(1)));
    assert_eq!(name(both, "b/b", Kind::File), "c");
    // Targets of symbolic links alone, and where that is asked for.
    for (expression, kind, target) in [
        ("s/a/b/s", Kind::Symlink, "b"),
        ("s/a/b/Rs", Kind::Symlink, "b"),
        ("s/a/b/", Kind::Symlink, "a"),
        ("s/a/b/sS", Kind::Symlink, "a"),
        ("s/a/b/s", Kind::Hardlink, "a"),
        ("s/a/b/s", Kind::File, "a"),
    ] {
        let mut link = member("n", kind);
        link.link = b"a".to_vec();
        let found = changed(rules(|r| r.transform(expression)), link).unwrap();
        assert_eq!(found.link, target.as_bytes(), "{expression} {kind:?}");
    }
}

/// The member as it is read back from an archive that holds it alone.
fn read_back(member: NewMember) -> Member {
    let mut builder = Builder::new(Vec::new());
    builder.add_member(member).unwrap();
    let mut archive = Archive::new(builder.finish().unwrap().into()).unwrap();
    archive.next_member().unwrap().unwrap()
}

#[test]
fn a_transform_meets_a_hard_links_target_once_and_a_symbolic_links_as_its_flags_say() {
    // `s/a/ba/` shows how often it was applied.
    for (expression, kind, name, link) in [
        ("s/a/ba/", Kind::File, "ba", ""),
        ("s/a/ba/", Kind::Hardlink, "ba", "ba"),
        ("s/a/ba/", Kind::Symlink, "ba", "a"),
        ("s/a/ba/s", Kind::Hardlink, "ba", "ba"),
        ("s/a/ba/s", Kind::Symlink, "ba", "ba"),
        ("s/a/ba/Rs", Kind::Hardlink, "a", "a"),
        ("s/a/ba/Rs", Kind::Symlink, "a", "ba"),
    ] {
        let mut new = member("a", kind);
        if kind != Kind::File {
            new.link = b"a".to_vec();
        }
        let mut member = read_back(new);
        rules(|r| r.transform(expression)).rename(&mut member);
        assert_eq!(
            [&member.name[..], &member.link],
            [name.as_bytes(), link.as_bytes()],
            "{expression} {kind:?}"
        );
    }
}

#[test]
fn of_the_members_of_that_name_only_a_folder_is_left_as_the_top() {
    for (kind, name, left) in [
        (Kind::Directory, "top", "./"),
        (Kind::Directory, "./top", "./"),
        (Kind::File, "top", "top"),
        (Kind::File, "top/a", "./a"),
        (Kind::Directory, "topmost", "topmost"),
    ] {
        let mut member = Member {
            name: name.into(),
            ..read_back(member("x", kind))
        };
        member.leave_top(b"top");
        assert_eq!(member.name, left.as_bytes(), "{kind:?} {name}");
    }
}

#[test]
fn a_rule_that_cannot_be_understood_says_which_and_why() {
    for (error, text) in [
        (
            Rules::new().exclude("[z-a]"),
            "the pattern \"[z-a]\": the range z-a is empty",
        ),
        (
            Rules::new().include(""),
            "the pattern \"\": it matches no name",
        ),
        (
            Rules::new().transform("x"),
            "the transform \"x\": expected s/REGEX/",
        ),
        (
            Rules::new().owner("a:b"),
            "the owner \"a:b\": expected a number",
        ),
        (
            Rules::new().group("no such group"),
            "the group \"no such group\": this system",
        ),
        (
            Rules::new().mode("rw"),
            "the mode \"rw\": expected octal digits, or",
        ),
        (
            Rules::time("@").map(|_| Rules::new()),
            "the time \"@\": expected seconds",
        ),
    ] {
        let error = error.unwrap_err();
        let whole = error.to_string();
        assert!(whole.starts_with(text), "{whole}");
        assert!(whole.ends_with(&format!(": {}", error.reason())), "{whole}");
        assert!(!error.reason().contains("the pattern"), "{whole}");
    }
}

fn added(folder: &Path, rules: Rules) -> Vec<String> {
    let mut builder = Builder::new(Vec::new()).rules(rules);
    let mut unfollowed = |notice: Notice| match notice.kind {
        NoticeKind::Gitignore(_) => {}
        _ => panic!("{notice}"),
    };
    builder.add(folder, "", &mut unfollowed).unwrap();
    let mut archive = Archive::new(builder.finish().unwrap().into()).unwrap();
    let names = archive
        .members()
        .map(|member| member.map(|Member { name, .. }| name));
    names
        .map(|name| String::from_utf8(name.unwrap()).unwrap())
        .collect()
}

#[test]
fn a_gitignore_file_counts_below_its_folder_and_up_to_its_size() {
    let home = tempfile::tempdir().unwrap();
    let write = |name: &str, content: &str| {
        let path = home.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    };
    for name in ["a/x", "a/b/x", "a/b/y", "c/x", "c/y"] {
        write(name, "");
    }
    write("a/.gitignore", "x\n");
    write("a/b/.gitignore", "!x\ny\n");
    // 1 MiB is followed, one byte more is not.
    let most = 1 << 20;
    write("c/.gitignore", &format!("x\n{}", "#".repeat(most - 2)));
    let found = |yes| {
        let mut names = added(home.path(), Rules::new().gitignore(yes));
        names.retain(|name| !name.ends_with('/') && !name.ends_with("gitignore"));
        names
    };
    assert_eq!(found(true), ["a/b/x", "c/y"]);
    assert_eq!(found(false), ["a/b/x", "a/b/y", "a/x", "c/x", "c/y"]);
    write("c/.gitignore", &format!("x\n{}", "#".repeat(most - 1)));
    assert_eq!(found(true), ["a/b/x", "c/x", "c/y"]);
}
