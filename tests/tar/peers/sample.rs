//! A folder with something of everything, and what of it has to survive.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;
use std::time::{Duration, SystemTime};

/// What of a file has to survive.
#[derive(Debug, PartialEq)]
pub(crate) struct Snapshot {
    kind: &'static str,
    mode: u32,
    /// Nanoseconds since 1970.
    time: i128,
    content: Vec<u8>,
    /// The first name, by order, of the same file.
    same_as: OsString,
}

/// In nanoseconds.
const SECOND: i128 = 1_000_000_000;

/// How exactly times survive.
#[derive(Clone, Copy)]
pub(crate) enum Times {
    Seconds,
    /// Python keeps times as floats: those of our days are exact to less than this.
    Microseconds,
    Nanoseconds,
}

pub(crate) fn snapshot(root: &Path) -> BTreeMap<OsString, Snapshot> {
    let mut found = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let metadata = path.symlink_metadata().unwrap();
            let (kind, content) = if metadata.is_dir() {
                folders.push(path.clone());
                ("dir", Vec::new())
            } else if metadata.is_symlink() {
                (
                    "symlink",
                    fs::read_link(&path).unwrap().into_os_string().into_vec(),
                )
            } else {
                ("file", fs::read(&path).unwrap())
            };
            let name = path.strip_prefix(root).unwrap().as_os_str().to_owned();
            let snapshot = Snapshot {
                kind,
                // Directories and links get those of new ones.
                mode: if kind == "file" {
                    metadata.mode() & 0o7777
                } else {
                    0
                },
                time: i128::from(metadata.mtime()) * SECOND + i128::from(metadata.mtime_nsec()),
                content,
                same_as: OsString::from(metadata.ino().to_string()),
            };
            found.insert(name, snapshot);
        }
    }
    let mut first = BTreeMap::new();
    for (name, snapshot) in &mut found {
        let first = first
            .entry(snapshot.same_as.clone())
            .or_insert_with(|| name.clone());
        snapshot.same_as = first.clone();
    }
    found
}

/// What sort of names the format of an archive can hold.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Names {
    /// 100 bytes, no directories' slashes beyond.
    V7,
    /// 255 bytes, cut at a slash.
    Ustar,
    Any,
}

pub(crate) fn write(path: &Path, content: &[u8], mode: u32, seconds: u64, nanoseconds: u32) {
    fs::write(path, content).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    set_time(path, seconds, nanoseconds);
}

pub(crate) fn set_time(path: &Path, seconds: u64, nanoseconds: u32) {
    let time = SystemTime::UNIX_EPOCH + Duration::new(seconds, nanoseconds);
    fs::File::open(path).unwrap().set_modified(time).unwrap();
}

/// A folder with something of everything.
pub(crate) fn make_sample(root: &Path, names: Names) {
    let sub = root.join("sub/deeper");
    fs::create_dir_all(&sub).unwrap();
    fs::create_dir(root.join("empty")).unwrap();
    write(
        &root.join("script"),
        b"#!/bin/sh\n",
        0o755,
        1_600_000_000,
        123_456_000,
    );
    write(&root.join("private"), b"secret", 0o600, 1, 0);
    write(&root.join("nothing"), b"", 0o644, 0, 0);
    for size in [511, 512, 513, 100_000] {
        let content: Vec<u8> = (0..size).map(|i: u32| (i % 251) as u8).collect();
        write(
            &sub.join(format!("size{size}")),
            &content,
            0o644,
            1_700_000_000,
            999_999_000,
        );
    }
    write(
        &root.join("with space=and'quote"),
        b"x",
        0o644,
        1_700_000_000,
        0,
    );
    fs::hard_link(root.join("script"), root.join("second")).unwrap();
    fs::hard_link(root.join("script"), root.join("sub/third")).unwrap();
    symlink("script", root.join("link")).unwrap();
    symlink("../script", root.join("sub/up")).unwrap();
    symlink("not/there", root.join("dangling")).unwrap();
    if names != Names::V7 {
        let folder = root.join("l".repeat(90));
        fs::create_dir(&folder).unwrap();
        write(
            &folder.join("m".repeat(95)),
            b"long",
            0o644,
            1_700_000_000,
            1_000,
        );
    }
    if names == Names::Any {
        write(
            &root.join("n".repeat(200)),
            b"longer",
            0o644,
            1_700_000_000,
            0,
        );
        let folder = root.join([&*"o".repeat(120), &*"p".repeat(130)].join("/"));
        fs::create_dir_all(&folder).unwrap();
        write(
            &folder.join("q".repeat(140)),
            b"longest",
            0o644,
            1_700_000_000,
            0,
        );
        symlink("t".repeat(180), root.join("longlink")).unwrap();
        write(
            &root.join("größe 画像"),
            b"unicode",
            0o644,
            1_700_000_000,
            0,
        );
        let latin = OsStr::from_bytes(b"caf\xe9");
        write(&root.join(latin), b"latin", 0o644, 1_700_000_000, 0);
    }
    for folder in ["sub/deeper", "sub", "empty"] {
        set_time(&root.join(folder), 1_500_000_000, 0);
    }
}

/// Python's tarfile doesn't set them.
pub(crate) fn forget_times_of_links(snapshot: &mut BTreeMap<OsString, Snapshot>) {
    for snapshot in snapshot.values_mut().filter(|s| s.kind == "symlink") {
        snapshot.time = 0;
    }
}

pub(crate) fn assert_same(
    mut expected: BTreeMap<OsString, Snapshot>,
    found: &BTreeMap<OsString, Snapshot>,
    times: Times,
    what: &str,
) {
    let names: Vec<_> = expected.keys().collect();
    assert_eq!(names, found.keys().collect::<Vec<_>>(), "{what}");
    for (name, expected) in &mut expected {
        let found = &found[name];
        let (was, is) = (expected.time, found.time);
        let same = match times {
            Times::Seconds => was.div_euclid(SECOND) * SECOND == is,
            Times::Microseconds => (was - is).abs() < 1000,
            Times::Nanoseconds => was == is,
        };
        assert!(same, "{what}: {}: {was} became {is}", name.display());
        expected.time = is;
        assert_eq!(expected, found, "{what}: {}", name.display());
    }
}
