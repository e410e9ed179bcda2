//! Extended attributes and access control lists that we put in come out of peers, and theirs of us.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::process::Command;

use bytewright::Source;
use bytewright::formats::tar::{Archive, Builder, Filter, Policy, extract};
use rustix::fs::{XattrFlags, getxattr, listxattr, setxattr};

use super::{have, run};

const ATTRIBUTES: [(&str, &[u8]); 5] = [
    ("user.text", b"some text"),
    ("user.bytes", b"\0\xff\n=1\n"),
    ("user.empty", b""),
    // GNU tar writes and reads them with escapes, bsdtar takes them as they stand.
    ("user.name=odd", b"x"),
    ("user.100%", b"y"),
];

/// All that a file has, sorted.
fn attributes(path: &Path) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut buffer = vec![0; 1 << 16];
    let size = listxattr(path, &mut buffer).unwrap();
    let names = buffer[..size].split(|&byte| byte == 0);
    let names = names.filter(|name| !name.is_empty());
    let mut found: Vec<_> = names
        .map(|name| {
            let mut value = vec![0; 1 << 16];
            let size = getxattr(path, name, &mut value).unwrap();
            (name.to_vec(), value[..size].to_vec())
        })
        .collect();
    found.sort();
    found
}

#[test]
fn extended_attributes_come_out_again() {
    let home = tempfile::tempdir().unwrap();
    let files = home.path().join("files");
    fs::create_dir_all(files.join("folder")).unwrap();
    fs::write(files.join("file"), "content").unwrap();
    fs::write(files.join("large"), vec![7; 300_000]).unwrap();
    for path in ["file", "large", "folder"] {
        for (name, value) in ATTRIBUTES {
            if setxattr(files.join(path), name, value, XattrFlags::empty()).is_err() {
                println!("skipped: this file system keeps no attributes of users");
                return;
            }
        }
    }
    let mut builder = Builder::new(Vec::new()).xattrs(true);
    let mut notice = |notice| panic!("{notice}");
    builder.add(&files, "n", &mut notice).unwrap();
    let archive = home.path().join("a.tar");
    fs::write(&archive, builder.finish().unwrap()).unwrap();
    for peer in ["tar", "bsdtar"] {
        if !have(peer) {
            continue;
        }
        let into = home.path().join(peer);
        fs::create_dir(&into).unwrap();
        let mut command = Command::new(peer);
        command.args(["--xattrs", "-xpf"]).arg(&archive);
        run(command.arg("-C").arg(&into));
        for path in ["file", "large", "folder"] {
            let mut expected = attributes(&files.join(path));
            let mut found = attributes(&into.join("n").join(path));
            assert!(expected.len() >= ATTRIBUTES.len());
            if peer == "bsdtar" {
                for attributes in [&mut expected, &mut found] {
                    attributes.retain(|(name, _)| !name.contains(&b'=') && !name.contains(&b'%'));
                }
                assert!(expected.len() >= ATTRIBUTES.len() - 2);
            }
            assert_eq!(found, expected, "{peer} {path}");
        }
    }
}

/// As `setfacl -m u:65534:rwx` leaves a file of mode 0644, in the layout of Linux.
const ACCESS: &[u8] = b"\x02\0\0\0\
    \x01\0\x06\0\xff\xff\xff\xff\x02\0\x07\0\xfe\xff\0\0\x04\0\x04\0\xff\xff\xff\xff\
    \x10\0\x07\0\xff\xff\xff\xff\x20\0\x04\0\xff\xff\xff\xff";

/// `user::rwx,group::r-x,group:12345:r-x,mask::r-x,other::---`, for what is made in a folder.
const DEFAULT: &[u8] = b"\x02\0\0\0\
    \x01\0\x07\0\xff\xff\xff\xff\x04\0\x05\0\xff\xff\xff\xff\x08\0\x05\0\x39\x30\0\0\
    \x10\0\x05\0\xff\xff\xff\xff\x20\0\0\0\xff\xff\xff\xff";

/// A file with a list, and a folder with a default one; `None` where the system keeps none.
fn with_lists(home: &Path) -> Option<()> {
    let files = home.join("files");
    fs::create_dir_all(files.join("folder")).unwrap();
    fs::write(files.join("file"), "content").unwrap();
    fs::set_permissions(files.join("file"), fs::Permissions::from_mode(0o644)).unwrap();
    let set = |path, name, value| setxattr(files.join(path), name, value, XattrFlags::empty());
    let set = set("file", "system.posix_acl_access", ACCESS)
        .and_then(|()| set("folder", "system.posix_acl_default", DEFAULT));
    if set.is_err() {
        println!("skipped: this file system keeps no access control lists");
    }
    set.ok()
}

fn lists(files: &Path) -> [Option<Vec<u8>>; 2] {
    let get = |path, name: &str| {
        let found = attributes(&files.join(path)).into_iter();
        let mut found = found.filter(|(found, _)| found == name.as_bytes());
        found.next().map(|(_, value)| value)
    };
    [
        get("file", "system.posix_acl_access"),
        get("folder", "system.posix_acl_default"),
    ]
}

fn extracted(archive: &Path, into: &Path, filter: Filter) {
    fs::create_dir(into).unwrap();
    let mut archive = Archive::new(Source::open(archive).unwrap()).unwrap();
    let refused = extract(&mut archive, into, &Policy::new(filter), &mut |_, _| {});
    assert_eq!(refused.unwrap(), 0);
}

#[test]
fn access_control_lists_go_both_ways_between_us_and_peers() {
    let home = tempfile::tempdir().unwrap();
    let files = home.path().join("files");
    if with_lists(home.path()).is_none() {
        return;
    }
    let expected = [Some(ACCESS.to_vec()), Some(DEFAULT.to_vec())];
    assert_eq!(lists(&files), expected);
    for numeric in [false, true] {
        let mut builder = Builder::new(Vec::new()).xattrs(true).numeric_owner(numeric);
        let mut notice = |notice| panic!("{notice}");
        builder.add(&files, "files", &mut notice).unwrap();
        let archive = home.path().join(format!("ours{numeric}.tar"));
        fs::write(&archive, builder.finish().unwrap()).unwrap();
        let into = home.path().join(format!("ours{numeric}"));
        extracted(&archive, &into, Filter::Trusted);
        assert_eq!(lists(&into.join("files")), expected, "our own");
        for peer in ["tar", "bsdtar"].into_iter().filter(|peer| have(peer)) {
            let into = home.path().join(format!("{peer}{numeric}"));
            fs::create_dir(&into).unwrap();
            let mut command = Command::new(peer);
            command.args(["--acls", "-xpf"]).arg(&archive);
            run(command.arg("-C").arg(&into));
            assert_eq!(lists(&into.join("files")), expected, "ours by {peer}");
        }
    }
    for peer in ["tar", "bsdtar"].into_iter().filter(|peer| have(peer)) {
        let archive = home.path().join(format!("{peer}.tar"));
        let mut command = Command::new(peer);
        command
            .args(["--format=pax", "--acls", "-cf"])
            .arg(&archive);
        run(command.arg("-C").arg(home.path()).arg("files"));
        let into = home.path().join(format!("from-{peer}"));
        extracted(&archive, &into, Filter::Trusted);
        assert_eq!(lists(&into.join("files")), expected, "{peer}'s by us");
    }
}

/// GNU tar states the mode that the system shows, 0674: there the group has the mask of the list.
#[test]
fn without_its_list_a_files_group_may_do_no_more_than_the_list_said() {
    let home = tempfile::tempdir().unwrap();
    let files = home.path().join("files");
    if with_lists(home.path()).is_none() {
        return;
    }
    let mode = |path: &Path| fs::metadata(path).unwrap().mode() & 0o7777;
    assert_eq!(mode(&files.join("file")), 0o674);
    let ours = home.path().join("ours.tar");
    let mut builder = Builder::new(Vec::new()).xattrs(true);
    let mut notice = |notice| panic!("{notice}");
    builder.add(&files, "files", &mut notice).unwrap();
    fs::write(&ours, builder.finish().unwrap()).unwrap();
    let mut archives = vec![ours];
    if have("tar") {
        let theirs = home.path().join("theirs.tar");
        let mut command = Command::new("tar");
        command.args(["--acls", "-cf"]).arg(&theirs);
        run(command.arg("-C").arg(home.path()).arg("files"));
        archives.push(theirs);
    }
    for (i, archive) in archives.iter().enumerate() {
        for filter in [Filter::Data, Filter::Tar] {
            let into = home.path().join(format!("{filter:?}{i}"));
            extracted(archive, &into, filter);
            assert_eq!(lists(&into.join("files")), [None, None]);
            assert_eq!(
                mode(&into.join("files/file")),
                0o644,
                "{archive:?} {filter:?}"
            );
        }
    }
}
