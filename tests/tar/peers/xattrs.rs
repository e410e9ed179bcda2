//! Extended attributes that we put in come out of peers.

use std::fs;
use std::path::Path;
use std::process::Command;

use bytewright::formats::tar::Builder;
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
