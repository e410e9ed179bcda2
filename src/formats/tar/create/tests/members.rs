#![cfg(unix)]

use std::cell::RefCell;

use std::fs::{self, File};

use std::io::{self, Write};

use std::path::Path;

use super::super::{Arcname, Builder, NewMember, Notice, NoticeKind, path_and_arcname};

use super::{made, members, names, quietly, write};

use crate::formats::tar::error::ErrorKind;

use crate::formats::tar::member::{Format, Kind};

use crate::formats::tar::time::Time;

fn builder<'a>() -> Builder<'a, Vec<u8>> {
    Builder::new(Vec::new())
}

/// More of them than are looked at at once, several times.
#[test]
fn every_file_is_a_member_once_however_many_there_are() {
    for count in [0, 1, 31, 32, 33, 64, 65, 500] {
        let home = tempfile::tempdir().unwrap();
        let expected: Vec<String> = (0..count).map(|i| format!("f{i:03}")).collect();
        for name in &expected {
            fs::write(home.path().join(name), name).unwrap();
        }
        for threads in [1, 3] {
            let builder = builder().threads(threads.try_into().unwrap());
            // Times in whole seconds need no records.
            let builder = builder.reproducible(Time::at(0));
            let bytes = quietly(builder, &[(home.path(), "")]);
            assert_eq!(names(&bytes), expected, "{count} on {threads}");
            // A header and a block each, the end, and zeros up to whole records.
            let size = (count * 1024 + 1024usize).next_multiple_of(10_240);
            assert_eq!(bytes.len(), size, "{count}");
        }
    }
}

#[test]
fn an_archive_becomes_a_multiple_of_a_record_with_what_stands_before_it() {
    let home = tempfile::tempdir().unwrap();
    write(home.path(), &["f"]);
    let file = home.path().join("f");
    for (before, size) in [
        (0, 10_240),
        (512, 9728),
        (8192, 2048),
        (8704, 11_776),
        (10_240, 10_240),
    ] {
        let bytes = quietly(
            builder().reproducible(Time::at(0)).begins_at(before),
            &[(&file, "f")],
        );
        assert_eq!(bytes.len(), size, "{before}");
        assert!(bytes[1024..].iter().all(|&byte| byte == 0));
    }
}

#[test]
fn a_folder_is_added_with_what_it_holds_or_alone() {
    let home = tempfile::tempdir().unwrap();
    write(home.path(), &["d/a", "d/e/b"]);
    let folder = home.path().join("d");
    let added = |builder, name| names(&quietly(builder, &[(&folder, name)]));
    assert_eq!(added(builder(), "n"), ["n/", "n/a", "n/e/", "n/e/b"]);
    assert_eq!(added(builder(), "n/"), ["n/", "n/a", "n/e/", "n/e/b"]);
    assert_eq!(added(builder(), ""), ["a", "e/", "e/b"]);
    assert_eq!(added(builder().recursive(false), "n"), ["n/"]);
    assert_eq!(added(builder().recursive(false), ""), [""; 0]);
    let without = |name: &'static [u8]| builder().filter(move |m| m.name != name);
    assert_eq!(added(without(b"n/e"), "n"), ["n/", "n/a"]);
    assert_eq!(added(without(b"n"), "n"), [""; 0]);
    // Without its name, a folder's content stays.
    let nameless = builder().filter(|member| {
        if member.name.ends_with(b"e") {
            member.name.clear();
        }
        true
    });
    assert_eq!(added(nameless, "n"), ["n/", "n/a", "n/e/b"]);
    let nameless = builder().filter(|member| {
        if member.name.ends_with(b"a") {
            member.name.clear();
        }
        true
    });
    assert_eq!(added(nameless, "n"), ["n/", "n/e/", "n/e/b"]);
    let only = builder().only(|member| member.kind == Kind::File);
    assert_eq!(added(only, "n"), ["n/a", "n/e/b"]);
    let only = builder().only(|member| member.kind == Kind::Directory);
    assert_eq!(added(only, "n"), ["n/", "n/e/"]);
    let select = builder().select(|_, name, is_folder| is_folder || name != b"n/a");
    assert_eq!(added(select, "n"), ["n/", "n/e/", "n/e/b"]);
    let select = builder().select(|_, _, is_folder| !is_folder);
    assert_eq!(added(select, "n"), [""; 0]);
}

#[test]
fn a_file_keeps_neither_a_slash_in_front_nor_one_behind() {
    let home = tempfile::tempdir().unwrap();
    write(home.path(), &["f"]);
    let file = home.path().join("f");
    for (name, slashes) in [("n", 0), ("n/", 0), ("n//", 0), ("/n", 1), ("//d/n", 1)] {
        let (bytes, said) = made(builder(), &[(&file, name)]);
        assert_eq!(names(&bytes), [name.trim_matches('/')]);
        assert_eq!(said.len(), slashes, "{name}: {said:?}");
        assert!(
            said.iter()
                .all(|kind| matches!(kind, NoticeKind::LeadingSlash))
        );
    }
    for name in ["", "/", "//"] {
        let error = builder().add(&file, name, &mut |_| {}).unwrap_err();
        assert!(error.to_string().contains("only a folder"), "{error}");
    }
    // By its path, if no name is given.
    let mut without = builder();
    without.add(&file, Arcname::of_path(), &mut |_| {}).unwrap();
    let bytes = without.finish().unwrap();
    assert_eq!(names(&bytes), [&file.to_str().unwrap()[1..]]);
}

#[test]
fn a_name_that_leads_up_is_refused_unless_that_is_allowed() {
    let home = tempfile::tempdir().unwrap();
    write(home.path(), &["f"]);
    let file = home.path().join("f");
    for (name, leads_up) in [
        ("..", true),
        ("../n", true),
        ("a/../n", true),
        ("a/..", true),
        ("..n", false),
        ("a..b", false),
        ("./n", false),
        (".../n", false),
    ] {
        let added = builder().add(&file, name, &mut |_| {});
        let refused = matches!(&added, Err(e) if matches!(e.kind(), ErrorKind::Name { .. }));
        assert_eq!((refused, added.is_err()), (leads_up, leads_up), "{name}");
        let mut allowing = builder().allow_parent(true);
        allowing.add(&file, name, &mut |_| {}).unwrap();
        assert_eq!(names(&allowing.finish().unwrap()), [name]);
        // A filter's names are looked at too.
        let added = builder()
            .filter(|member| {
                member.name = name.into();
                true
            })
            .add(&file, "x", &mut |_| {});
        assert_eq!(added.is_err(), leads_up, "{name}");
    }
}

#[test]
fn later_names_of_a_file_are_links_to_the_first_that_is_in_the_archive() {
    let home = tempfile::tempdir().unwrap();
    write(home.path(), &["a", "z"]);
    for name in ["b", "c"] {
        fs::hard_link(home.path().join("a"), home.path().join(name)).unwrap();
    }
    let of = |bytes: &[u8]| -> Vec<(String, Kind, String, u64)> {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let members = members(bytes).into_iter();
        members
            .map(|m| (text(m.name), m.kind, text(m.link), m.size))
            .collect()
    };
    let file = |name: &str| (name.to_owned(), Kind::File, String::new(), 1);
    let link = |name: &str, to: &str| (name.to_owned(), Kind::Hardlink, to.to_owned(), 0);
    let all = |builder| of(&quietly(builder, &[(home.path(), "")]));
    assert_eq!(
        all(builder()),
        [file("a"), link("b", "a"), link("c", "a"), file("z")]
    );
    for whole in [builder().hard_links(false), builder().dereference(true)] {
        assert_eq!(all(whole), ["a", "b", "c", "z"].map(file));
    }
    // The first is left out.
    for without in [
        builder().filter(|member| member.name != b"a"),
        builder().only(|member| member.name != b"a"),
        builder().select(|_, name, _| name != b"a"),
        builder().filter(|member| {
            if member.name == b"a" {
                member.name.clear();
            }
            true
        }),
    ] {
        assert_eq!(all(without), [file("b"), link("c", "b"), file("z")]);
    }
    // The first gets another name.
    let renamed = builder().filter(|member| {
        member.name.insert(0, b'x');
        true
    });
    assert_eq!(
        all(renamed),
        [file("xa"), link("xb", "xa"), link("xc", "xa"), file("xz")]
    );
    // Added twice, a file of one name is one each time.
    let [a, b, z] = ["a", "b", "z"].map(|name| home.path().join(name));
    let bytes = quietly(builder(), &[(&z, "y"), (&z, "z")]);
    assert_eq!(of(&bytes), [file("y"), file("z")]);
    // The name of the first is given to something else before the second comes.
    let (bytes, said) = made(builder(), &[(&a, "n"), (&z, "n"), (&b, "m")]);
    assert_eq!(of(&bytes), [file("n"), file("n"), file("m")]);
    assert!(
        matches!(&said[..], [NoticeKind::SameName(name)] if name == b"n"),
        "{said:?}"
    );
    let folder = home.path().join("d");
    fs::create_dir(&folder).unwrap();
    let (bytes, said) = made(builder(), &[(&a, "n"), (&folder, "n"), (&b, "m")]);
    assert_eq!(of(&bytes)[2], file("m"));
    assert!(
        matches!(&said[..], [NoticeKind::SameName(name)] if name == b"n/"),
        "{said:?}"
    );
    // By the name that it is in by already, it is left out; `./n` is the same name.
    for again in ["n", "./n", "n//"] {
        let (bytes, said) = made(builder(), &[(&a, "n"), (&b, again), (&b, "m")]);
        assert_eq!(of(&bytes), [file("n"), link("m", "n")]);
        assert!(matches!(said[..], [NoticeKind::Twice]), "{said:?}");
    }
}

#[test]
fn a_name_that_is_taken_is_told_and_added_nevertheless() {
    let home = tempfile::tempdir().unwrap();
    write(home.path(), &["f", "d/g"]);
    let (file, folder) = (home.path().join("f"), home.path().join("d"));
    let (bytes, said) = made(builder(), &[(&file, "n"), (&file, "./n")]);
    assert_eq!(names(&bytes), ["n", "./n"]);
    assert!(
        matches!(&said[..], [NoticeKind::SameName(name)] if name == b"./n"),
        "{said:?}"
    );
    let (bytes, said) = made(builder(), &[(&folder, "n"), (&folder, "n")]);
    assert_eq!(names(&bytes), ["n/", "n/g", "n/", "n/g"]);
    let taken: Vec<_> = said
        .iter()
        .map(|kind| match kind {
            NoticeKind::SameName(name) => name.clone(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(taken, [&b"n/"[..], b"n/g"]);
}

#[test]
fn the_archive_is_not_in_itself() {
    let home = tempfile::tempdir().unwrap();
    write(home.path(), &["a", "old.tar", "z"]);
    let new = File::create(home.path().join("new.tar")).unwrap();
    let mut into = Builder::at(new.try_clone().unwrap()).unwrap();
    into.leave_out_file(&new);
    into.leave_out(&home.path().join("old.tar"));
    into.leave_out(&home.path().join("not there"));
    let mut said = Vec::new();
    for name in ["x", "y"] {
        let mut notice = |notice: Notice| said.push((notice.kind, notice.path));
        into.add(home.path(), name, &mut notice).unwrap();
    }
    into.finish().unwrap();
    let bytes = fs::read(home.path().join("new.tar")).unwrap();
    assert_eq!(names(&bytes), ["x/", "x/a", "x/z", "y/", "y/a", "y/z"]);
    // Once of the one that is replaced, and never of the one that is written.
    assert!(
        matches!(&said[..], [(NoticeKind::OwnArchive, path)] if path.ends_with("old.tar")),
        "{said:?}"
    );
}

#[test]
fn a_dry_run_says_what_would_be_added_and_writes_nothing() {
    let home = tempfile::tempdir().unwrap();
    write(home.path(), &["d/f", "e"]);
    let mut seen = Vec::new();
    let mut dry = builder().dry_run(true).each(|member| {
        let listed = member.as_listed();
        seen.push((
            String::from_utf8(listed.name).unwrap(),
            listed.kind,
            listed.size,
        ));
    });
    dry.add(home.path(), "n", &mut |_| {}).unwrap();
    let bytes = dry.finish().unwrap();
    assert!(bytes.iter().all(|&byte| byte == 0));
    let folder = |name: &str| (name.to_owned(), Kind::Directory, 0);
    assert_eq!(
        seen,
        [
            folder("n/"),
            folder("n/d/"),
            ("n/d/f".into(), Kind::File, 3),
            ("n/e".into(), Kind::File, 1)
        ]
    );
    // Values that the format can't hold are warned about.
    let long = "l".repeat(101);
    let mut dry = builder().dry_run(true).format(Format::V7);
    dry.add(home.path().join("e"), &*long, &mut |_| {})
        .unwrap_err();
    let listed = NewMember {
        name: b"d/".to_vec(),
        kind: Kind::Directory,
        ..NewMember::default()
    };
    assert_eq!(listed.as_listed().name, b"d/");
    let listed = NewMember {
        name: b"f".to_vec(),
        ..NewMember::default()
    };
    assert_eq!(listed.as_listed().name, b"f");
}

#[test]
fn small_members_are_written_in_large_pieces() {
    struct Sizes<'a>(&'a RefCell<Vec<usize>>);
    impl Write for Sizes<'_> {
        fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
            self.0.borrow_mut().push(buf.len());
            Ok(buf.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let home = tempfile::tempdir().unwrap();
    for i in 0..40 {
        fs::write(home.path().join(format!("f{i:02}")), vec![7; 100_000]).unwrap();
    }
    let sizes = RefCell::new(Vec::new());
    let mut into = Builder::new(Sizes(&sizes));
    into.add(home.path(), "n", &mut |notice| panic!("{notice}"))
        .unwrap();
    assert!(
        sizes.borrow().iter().sum::<usize>() >= 3 << 20,
        "while files are added"
    );
    into.finish().unwrap();
    let sizes = sizes.into_inner();
    let large = sizes.iter().filter(|size| **size >= 1 << 20).count();
    assert!((3..=4).contains(&large) && sizes.len() <= 6, "{sizes:?}");
}

#[test]
fn progress_is_told_up_to_the_size_of_the_archive() {
    let home = tempfile::tempdir().unwrap();
    write(home.path(), &["a", "b"]);
    let mut told = Vec::new();
    let mut builder = builder()
        .reproducible(Time::at(0))
        .progress(|bytes| told.push(bytes));
    builder.add(home.path(), "", &mut |_| {}).unwrap();
    builder.finish().unwrap();
    assert_eq!(told.last(), Some(&2048));
    assert!(told.is_sorted());
}

#[test]
fn an_argument_is_a_path_or_a_path_and_a_name() {
    let there = ["a", "b=c", "d", "d=e"];
    let exists = |path: &Path| there.contains(&path.to_str().unwrap());
    for (argument, path, name) in [
        ("a", "a", None),
        ("a=n", "a", Some("n")),
        ("a=", "a", Some("")),
        ("a=n=m", "a", Some("n=m")),
        ("b=c", "b=c", None),
        ("b=c=n", "b=c", Some("n")),
        ("d=e", "d=e", None),
        ("d=f", "d", Some("f")),
        ("x", "x", None),
        ("x=n", "x", Some("n")),
        ("x=n=m", "x", Some("n=m")),
        ("=n", "", Some("n")),
    ] {
        let found = path_and_arcname(argument.as_ref(), exists);
        let expected = (path.into(), name.map(Into::into));
        assert_eq!(found, expected, "{argument}");
    }
    let path = Some(Path::new("n"));
    assert_eq!(Arcname::from(path).name(), path);
    assert_eq!(Arcname::from(None).name(), None);
    assert_eq!(Arcname::from("n").name(), path);
    assert_eq!(Arcname::of_path().name(), None);
}

#[test]
fn a_notice_names_the_file_and_says_what_became_of_it() {
    let unreadable = || NoticeKind::Unreadable(io::ErrorKind::PermissionDenied.into());
    for (kind, is_failure, words) in [
        (NoticeKind::LeadingSlash, false, "the / in front"),
        (unreadable(), true, "permission denied"),
        (
            NoticeKind::Shrunk { missing: 7 },
            true,
            "its last 7 bytes in the archive are zeros",
        ),
        (NoticeKind::Grown, true, "larger"),
        (NoticeKind::Changed, true, "changed while"),
        (NoticeKind::Twice, false, "left out this time"),
        (NoticeKind::OwnArchive, false, "it is the archive"),
        (NoticeKind::Socket, false, "a socket"),
        (NoticeKind::Loop, true, "leads back"),
        (NoticeKind::NoName, true, "isn't Unicode"),
        (
            NoticeKind::Gitignore("it is no file"),
            true,
            "it is no file; its patterns leave nothing out",
        ),
        (
            NoticeKind::SameName(b"n".to_vec()),
            false,
            "its name \"n\" leads where",
        ),
    ] {
        let notice = Notice::new(Path::new("d/f"), kind);
        let text = notice.to_string();
        assert!(text.starts_with("d/f: ") && text.contains(words), "{text}");
        assert_eq!(notice.is_failure(), is_failure, "{text}");
    }
}

#[test]
fn who_chooses_files_is_told_which_are_folders() {
    use std::os::unix::fs::symlink;

    let home = tempfile::tempdir().unwrap();
    write(home.path(), &["d/x", "f"]);
    symlink("d", home.path().join("l")).unwrap();
    symlink("f", home.path().join("p")).unwrap();
    for follow in [false, true] {
        let mut asked = Vec::new();
        let builder = builder().dereference(follow).select(|_, name, is_folder| {
            let name = String::from_utf8(name.to_vec()).unwrap();
            asked.push((name, is_folder));
            true
        });
        let bytes = quietly(builder, &[(home.path(), "")]);
        asked.sort();
        asked.retain(|(name, _)| !name.contains('/'));
        let expected = [
            ("", true),
            ("d", true),
            ("f", false),
            ("l", follow),
            ("p", false),
        ];
        assert_eq!(
            asked,
            expected.map(|(name, is_folder)| (name.to_owned(), is_folder))
        );
        let kinds: Vec<_> = members(&bytes)
            .into_iter()
            .map(|member| member.kind)
            .collect();
        let (file, folder, link) = (Kind::File, Kind::Directory, Kind::Symlink);
        let expected = match follow {
            true => vec![folder, file, file, folder, file, file],
            false => vec![folder, file, file, link, link],
        };
        assert_eq!(kinds, expected);
    }
}
