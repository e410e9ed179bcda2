//! Each filter beside Python's of the same name: what is refused, under which name a member is
//! extracted, and with which mode.

use std::fs;
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::Path;
use std::process::Command;

use bytewright::formats::tar::{Archive, Extractor, Filter, Outcome, Policy};

use super::{have, run};

/// Prints a line for each member of a list of `TYPE MODE NAME LINK`: `refused`, or name and mode,
/// the latter `-` where the filter sets none.
const PYTHON: &str = r#"
import sys, tarfile
filter = getattr(tarfile, sys.argv[1] + '_filter')
for line in open(sys.argv[3]).read().splitlines():
    kind, mode, name, link = line.split('\t')
    member = tarfile.TarInfo(name)
    member.type = kind.encode()
    member.mode = int(mode, 8)
    member.linkname = link
    try:
        member = filter(member, sys.argv[2])
    except tarfile.FilterError:
        print('refused')
        continue
    print(member.name.strip('/'), '-' if member.mode is None else oct(member.mode)[2:])
"#;

/// What Python allows and we refuse, on purpose: `..` in a name even where it stays inside, and
/// a way through a link even where that leads inside.
fn is_stricter(name: &str, link: &str) -> bool {
    let has_parent = |path: &str| path.split('/').any(|part| part == "..");
    has_parent(name) || name.starts_with("inner/") || has_parent(link)
}

/// A folder with a folder, a file and links in it, and something to be watched beside it.
fn place() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    let into = home.path().join("into");
    fs::create_dir_all(into.join("there/sub")).unwrap();
    fs::create_dir(home.path().join("outside")).unwrap();
    fs::write(home.path().join("outside/secret"), "untouched").unwrap();
    fs::write(into.join("there/file"), "x").unwrap();
    symlink("there", into.join("inner")).unwrap();
    symlink("../outside", into.join("outer")).unwrap();
    home
}

fn members() -> Vec<[String; 4]> {
    let mut members = Vec::new();
    let mut add = |kind: &str, mode: u32, name: &str, link: &str| {
        let mode = format!("{mode:o}");
        members.push([kind, &mode, name, link].map(str::to_owned));
    };
    for mode in [
        0, 0o1, 0o11, 0o100, 0o111, 0o200, 0o400, 0o444, 0o600, 0o640, 0o644, 0o664, 0o666, 0o700,
        0o711, 0o750, 0o755, 0o770, 0o775, 0o777, 0o1777, 0o2755, 0o4755, 0o6711, 0o7777,
    ] {
        add("0", mode, "new", "");
        add("5", mode, "new", "");
        add("5", mode, "there/sub", "");
    }
    for name in [
        "a/b",
        "./a",
        "a//b",
        "/a",
        "//a/b",
        "/there/new",
        "..",
        "../a",
        "../outside/secret",
        "a/..",
        "a/../b",
        "a/../../b",
        "there/../a",
        "/../a",
        "./../a",
        "inner/a",
        "outer/a",
        "outer/secret",
        "a/./b",
        "...",
        "..a",
        "a..",
        "a/...",
        "C:/a",
        "a\\b",
        "\u{e4}",
    ] {
        add("0", 0o644, name, "");
        add("5", 0o755, name, "");
    }
    for link in [
        "there",
        "there/file",
        "missing",
        "/etc/passwd",
        "/",
        "..",
        "../outside",
        "../../..",
        "there/../..",
        "there/..",
        "there/../there/file",
        ".",
        "./there",
        "outer",
        "inner",
        "outer/secret",
        "inner/file",
    ] {
        add("2", 0o777, "new", link);
        add("2", 0o777, "there/new", link);
        add("2", 0o777, "there/sub/new", link);
        if link.ends_with("file") || link.starts_with('/') || link.contains("..") {
            add("1", 0o644, "new", link);
            add("1", 0o644, "there/new", link);
        }
    }
    for kind in ["3", "4", "6"] {
        add(kind, 0o644, "new", "");
    }
    members
}

/// The outcome for one member, as the script prints it.
fn ours(filter: Filter, [kind, mode, name, link]: &[String; 4]) -> String {
    let home = place();
    let into = home.path().join("into");
    let mut header = tar::Header::new_ustar();
    {
        let ustar = header.as_ustar_mut().unwrap();
        ustar.name[..name.len()].copy_from_slice(name.as_bytes());
        ustar.linkname[..link.len()].copy_from_slice(link.as_bytes());
        ustar.typeflag = [kind.as_bytes()[0]];
    }
    header.set_mode(u32::from_str_radix(mode, 8).unwrap());
    header.set_uid(u64::from(rustix::process::geteuid().as_raw()));
    header.set_gid(u64::from(rustix::process::getegid().as_raw()));
    header.set_mtime(0);
    header.set_size(0);
    if kind != "1" && kind != "2" {
        header.set_device_major(1).unwrap();
        header.set_device_minor(3).unwrap();
    }
    header.set_cksum();
    let bytes = [header.as_bytes(), &[0; 1024][..]].concat();
    let mut archive = Archive::new(bytes.into()).unwrap();
    let mut extractor = Extractor::with_policy(&into, Policy::new(filter)).unwrap();
    let member = archive.next_member().unwrap().unwrap();
    let outcome = extractor.extract(&mut archive, &member).unwrap();
    extractor.finish().unwrap();
    assert_eq!(
        fs::read_dir(home.path().join("outside")).unwrap().count(),
        1
    );
    match outcome {
        Outcome::Extracted => {
            let stripped = name.trim_matches('/');
            let metadata = fs::symlink_metadata(into.join(stripped)).unwrap();
            format!("{stripped} {:o}", metadata.mode() & 0o7777)
        }
        _ => "refused".to_owned(),
    }
}

fn pythons(filter: &str, into: &Path, list: &Path) -> Vec<String> {
    let mut command = Command::new("python3");
    let output = run(command.args(["-c", PYTHON, filter]).arg(into).arg(list));
    let output = String::from_utf8(output).unwrap();
    output.lines().map(str::to_owned).collect()
}

#[test]
fn filters_are_as_strict_as_pythons() {
    if !have("python3") {
        return;
    }
    let members = members();
    assert!(members.len() >= 100);
    let home = place();
    let list = home.path().join("list");
    let lines: Vec<_> = members.iter().map(|member| member.join("\t")).collect();
    fs::write(&list, lines.join("\n")).unwrap();
    for (filter, name) in [(Filter::Data, "data"), (Filter::Tar, "tar")] {
        let pythons = pythons(name, &home.path().join("into"), &list);
        assert_eq!(pythons.len(), members.len());
        let mut stricter = 0;
        for (member, theirs) in members.iter().zip(&pythons) {
            let [kind, stated, path, link] = member;
            let found = ours(filter, member);
            let what = format!("{name} {member:?}: ours {found}, Python's {theirs}");
            if theirs == "refused" {
                assert_eq!(found, "refused", "{what}");
                continue;
            }
            if found == "refused" {
                // What the system refuses a user is no filter's doing; nor is a missing target.
                let system = kind == "3" || kind == "4" || kind == "1";
                assert!(is_stricter(path, link) || system, "{what}");
                stricter += 1;
                continue;
            }
            let (_, mode) = theirs.rsplit_once(' ').unwrap();
            let (_, our_mode) = found.rsplit_once(' ').unwrap();
            // Links have no mode; nor does a second name get one.
            if mode != "-" && kind != "1" && kind != "2" {
                let our_mode = u32::from_str_radix(our_mode, 8).unwrap();
                let mode = u32::from_str_radix(mode, 8).unwrap();
                match filter {
                    // A backup keeps writing for others, and sticky: Python drops them.
                    Filter::Tar => {
                        let stated = u32::from_str_radix(stated, 8).unwrap();
                        assert_eq!(our_mode & 0o755, mode, "{what}");
                        assert_eq!(our_mode, stated & 0o1777, "{what}");
                    }
                    _ => assert_eq!(our_mode, mode, "{what}"),
                }
            }
        }
        println!(
            "{name}: {} members, {stricter} refused by us alone",
            members.len()
        );
    }
}
