//! How archives end, what they are without members, and what of them becomes no file.
#![cfg(unix)]

use std::fs::{self, File};
use std::path::Path;

use crate::run::{Folder, Run, command, peer};

fn within(home: &Folder, args: &[&str]) -> Run {
    let args = [&["tar"], args].concat();
    command(args)
        .current_dir(home.path(""))
        .output()
        .unwrap()
        .into()
}

fn list(home: &Folder, archive: &str) -> Vec<String> {
    let listed = within(home, &["list", archive]).out();
    listed.lines().map(str::to_owned).collect()
}

/// `d` with files `f1` to `f12`.
fn sample() -> Folder {
    let home = Folder::new();
    fs::create_dir(home.path("d")).unwrap();
    for i in 1..=12 {
        fs::write(home.path("d").join(format!("f{i}")), i.to_string()).unwrap();
    }
    fs::write(home.path("new"), "new").unwrap();
    home
}

/// POSIX has an archive be a multiple of 10,240 bytes; other tools read it in pieces of that size.
#[test]
fn whatever_makes_an_archive_ends_it_with_a_whole_record() {
    let home = sample();
    let size = |name: &str| fs::metadata(home.path(name)).unwrap().len();
    within(&home, &["create", "a.tar", "d"]).out();
    let members = list(&home, "a.tar").len();
    assert_eq!(members, 13);
    assert_eq!(size("a.tar") % 10_240, 0);
    let whole = fs::read(home.path("a.tar")).unwrap();
    let piped = command(["tar", "create", "-", "d"])
        .current_dir(home.path(""))
        .output();
    assert_eq!(piped.unwrap().stdout.len() % 10_240, 0);
    for verb in [
        &["append", "a.tar", "new"][..],
        &["delete", "a.tar", "d/f2"],
        &["update", "a.tar", "d"],
    ] {
        within(&home, verb).out();
        assert_eq!(size("a.tar") % 10_240, 0, "{verb:?}");
    }
    // The end is what it is at the least: appending doesn't add a record each time.
    within(&home, &["create", "small.tar", "new"]).out();
    for _ in 0..3 {
        within(&home, &["append", "small.tar", "new"]).out();
    }
    assert_eq!(
        (size("small.tar"), list(&home, "small.tar").len()),
        (10_240, 4)
    );
    let broken = [&whole[..1536], &[b'x'; 700]].concat();
    home.file("broken.tar", &broken);
    within(&home, &["check", "broken.tar", "--repair", "mended.tar"]);
    assert_eq!(size("mended.tar"), 10_240);
}

#[test]
fn gnu_tar_deletes_one_member_and_keeps_the_others() {
    let home = sample();
    within(&home, &["create", "a.tar", "d"]).out();
    let archive = home.path("a.tar");
    let delete = ["--delete", "-f", archive.to_str().unwrap(), "d/f3"];
    if peer("tar", &delete).is_none() {
        return;
    }
    let left = list(&home, "a.tar");
    assert_eq!(left.len(), 12);
    assert!(!left.contains(&"d/f3".to_owned()));
}

/// Members alone come into a new archive. What follows the end of the old one is told, not dropped in silence.
#[test]
fn what_follows_the_end_of_an_archive_is_told_when_it_is_written_anew() {
    let home = sample();
    within(&home, &["create", "a.tar", "d"]).out();
    within(&home, &["create", "a.tar.gz", "d"]).out();
    let read = |name: &str| fs::read(home.path(name)).unwrap();
    let (plain, packed) = (read("a.tar"), read("a.tar.gz"));
    for (name, content, follows) in [
        ("b.tar.gz", [&packed[..], b"junk"].concat(), "isn't gzip"),
        (
            "c.tar",
            [&plain[..], &[b'j'; 512]].concat(),
            "something follows the archive",
        ),
        (
            "d.tar",
            [&plain[..], &plain[..]].concat(),
            "a second archive",
        ),
        ("e.tar", plain.clone(), ""),
        ("f.tar.gz", packed.clone(), ""),
        // Tapes are filled with zeros.
        ("g.tar.gz", [&packed[..], &[0; 512]].concat(), ""),
    ] {
        home.file(name, &content);
        let joined = within(&home, &["concat", name, "-o", "joined.tar", "--force"]);
        let is_packed = name.ends_with(".gz");
        let appended = is_packed.then(|| within(&home, &["append", name, "new"]));
        home.file(name, &content);
        let deleted = within(&home, &["delete", name, "d/f3"]);
        for run in [Some(joined), appended, Some(deleted)]
            .into_iter()
            .flatten()
        {
            assert_eq!(run.status, 0, "{name}: {}", run.stderr);
            let is_told = run.stderr.contains("left out of the new archive");
            assert_eq!(is_told, !follows.is_empty(), "{name}: {}", run.stderr);
            assert!(run.stderr.contains(follows), "{name}: {}", run.stderr);
        }
        assert_eq!(list(&home, name).len(), 12, "{name}");
    }
}

#[test]
fn an_archive_without_members_is_told() {
    let home = sample();
    fs::create_dir(home.path("empty")).unwrap();
    home.file("none", b"");
    for args in [
        &["create", "out.tar", "d", "--exclude", "d"][..],
        &["create", "out.tar", "empty="],
        &["create", "out.tar.gz", "--files-from", "none"],
        &["create", "out.tar", "new", "--dry-run", "--exclude", "new"],
    ] {
        let said = within(&home, args).fails(1);
        assert!(
            said.contains("out.tar") && said.contains("no member is put in"),
            "{said}"
        );
    }
    // Where there is nothing to add, nothing is missing.
    within(&home, &["create", "a.tar", "new"]).out();
    within(&home, &["update", "a.tar", "new"]).out();
}

#[test]
fn a_path_given_twice_does_not_become_a_link_to_itself() {
    let home = Folder::new();
    fs::create_dir(home.path("l")).unwrap();
    fs::write(home.path("l/r"), "1").unwrap();
    fs::hard_link(home.path("l/r"), home.path("l/h1")).unwrap();
    let made = within(&home, &["create", "l.tar", "l", "l/h1", "./l/h1"]);
    assert_eq!(made.status, 0);
    assert_eq!(made.stderr.matches("is in by this name already").count(), 2);
    let listed = within(&home, &["list", "l.tar", "-O", "json"]).json();
    let members = listed.as_array().unwrap().iter();
    let members = members.map(|m| {
        (
            m["name"].as_str().unwrap(),
            m["link"].as_str().unwrap_or(""),
        )
    });
    let expected = [("l/", ""), ("l/h1", ""), ("l/r", "l/h1")];
    assert_eq!(members.collect::<Vec<_>>(), expected);
}

/// `x` is another file's by the time that the second name of the first file comes.
#[test]
fn no_link_is_made_to_a_name_that_another_file_got() {
    let home = Folder::new();
    fs::write(home.path("a"), "one").unwrap();
    fs::hard_link(home.path("a"), home.path("b")).unwrap();
    fs::write(home.path("c"), "two").unwrap();
    let made = within(&home, &["create", "out.tar", "a=x", "c=x", "b=z"]);
    assert_eq!(made.status, 0, "{}", made.stderr);
    fs::create_dir(home.path("into")).unwrap();
    within(&home, &["extract", "out.tar", "-C", "into"]).out();
    let content = |name: &str| fs::read_to_string(home.path("into").join(name)).unwrap();
    assert_eq!(
        (content("x"), content("z")),
        ("two".to_owned(), "one".to_owned())
    );
}

/// Reading a file of 4 TiB takes an hour.
#[test]
fn verifying_a_folder_reads_nothing_that_the_list_does_not_name() {
    let home = Folder::new();
    fs::create_dir(home.path("v")).unwrap();
    fs::write(home.path("v/a"), "1\n").unwrap();
    let big = File::create(home.path("v/big")).unwrap();
    if big.set_len(4 << 40).is_err() {
        println!("skipped: this file system has no files of 4 TiB");
        return;
    }
    // sha256 of "1\n".
    let sums = "4355a46b19d348dc2f57c046f8ef63d4538ebb936000f3c9ee954a27460dd865  a\n";
    home.file("sums", sums.as_bytes());
    let allowed = within(&home, &["verify", "v", "sums", "--allow-extra"]);
    assert_eq!(allowed.out(), "");
    let told = within(&home, &["verify", "v", "sums"]);
    assert_eq!((told.status, &*told.stdout), (1, &b"big: extra\n"[..]));
}

/// An archive of one file, with another header before it.
fn with_header(name: &str, typeflag: u8, home: &Folder, archive: &str) {
    let mut header = tar::Header::new_gnu();
    header.set_path(name).unwrap();
    header.set_entry_type(tar::EntryType::new(typeflag));
    header.set_size(0);
    header.set_mode(0);
    header.set_cksum();
    within(home, &["create", archive, "new"]).out();
    let path = home.path(archive);
    let bytes = [header.as_bytes(), &fs::read(&path).unwrap()[..]].concat();
    fs::write(path, bytes).unwrap();
}

#[test]
fn what_belongs_to_a_volume_is_named_and_passed_over() {
    let home = sample();
    for (typeflag, what) in [
        (b'V', "Backup 1 is the label of the archive"),
        (
            b'M',
            "Backup 1 is the rest of a file that began in another volume",
        ),
        (b'N', "Backup 1 is a list of long names of old GNU tar"),
    ] {
        with_header("Backup 1", typeflag, &home, "l.tar");
        for args in [&["--stop-on-refused"][..], &["--dry-run"]] {
            let _ = fs::remove_dir_all(home.path("into"));
            fs::create_dir(home.path("into")).unwrap();
            let run = [&["extract", "l.tar", "-C", "into"], args].concat();
            let run = within(&home, &run);
            assert_eq!(run.status, 0, "{}", run.stderr);
            assert_eq!(
                run.stderr,
                format!("note: l.tar: {what}, and passed over\n")
            );
            let expected = usize::from(args[0] != "--dry-run");
            assert_eq!(fs::read_dir(home.path("into")).unwrap().count(), expected);
        }
    }
}

/// What GNU tar keeps of a folder in an incremental archive is the folder.
#[test]
fn a_dumped_folder_is_a_folder() {
    let home = sample();
    with_header("dump/", b'D', &home, "d.tar");
    fs::create_dir(home.path("into")).unwrap();
    within(&home, &["extract", "d.tar", "-C", "into"]).out();
    assert!(Path::new(&home.path("into/dump")).is_dir());
}

/// As `tar -C dir -cf x.tar .` writes names.
#[test]
fn a_leading_dot_is_no_part_and_what_has_no_part_left_is_told() {
    let home = sample();
    fs::create_dir(home.path("d/sub")).unwrap();
    fs::write(home.path("d/sub/x"), "x").unwrap();
    if peer(
        "tar",
        &[
            "-C",
            home.path("d").to_str().unwrap(),
            "-cf",
            home.path("dot.tar").to_str().unwrap(),
            ".",
        ],
    )
    .is_none()
    {
        return;
    }
    fs::create_dir(home.path("into")).unwrap();
    let args = [
        "extract",
        "dot.tar",
        "-C",
        "into",
        "--strip-components",
        "1",
    ];
    let said = within(&home, &args).fails(1);
    assert!(said.contains("12 members are left out"), "{said}");
    assert_eq!(fs::read_to_string(home.path("into/x")).unwrap(), "x");
    assert_eq!(fs::read_dir(home.path("into")).unwrap().count(), 1);
    // Folders alone are nothing that is missing.
    within(&home, &["create", "top.tar", "d/sub"]).out();
    let args = [
        "extract",
        "top.tar",
        "-C",
        "into",
        "--strip-components",
        "2",
    ];
    within(&home, &args).out();
}
