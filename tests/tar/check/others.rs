//! Archives of GNU tar, bsdtar and Python have nothing wrong with them.

use std::fs;
use std::path::Path;

use super::{check, end_of_members, peer, repair};

/// A tree that every format can hold.
fn tree(folder: &Path) {
    fs::create_dir_all(folder.join("t/sub")).unwrap();
    fs::write(folder.join("t/a"), vec![7; 3000]).unwrap();
    fs::write(folder.join("t/sub").join("n".repeat(90)), "1").unwrap();
    fs::write(folder.join("t/empty"), "").unwrap();
    fs::hard_link(folder.join("t/a"), folder.join("t/hard")).unwrap();
    std::os::unix::fs::symlink("a", folder.join("t/link")).unwrap();
}

#[test]
fn there_is_nothing_to_say_about_archives_of_others() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    tree(folder);
    let python = "import sys, tarfile\n\
                  f = getattr(tarfile, sys.argv[1] + '_FORMAT')\n\
                  with tarfile.open(sys.argv[2], 'w', format=f) as t: t.add('t')";
    let out = folder.join("out.tar");
    let mut made = 0;
    for (program, format) in [
        ("tar", "v7"),
        ("tar", "oldgnu"),
        ("tar", "gnu"),
        ("tar", "ustar"),
        ("tar", "posix"),
        ("bsdtar", "v7"),
        ("bsdtar", "ustar"),
        ("bsdtar", "pax"),
        ("bsdtar", "gnutar"),
        ("python3", "USTAR"),
        ("python3", "GNU"),
        ("python3", "PAX"),
    ] {
        let there = peer(program, |command| {
            let command = command.current_dir(folder);
            match program {
                "python3" => command.args(["-c", python, format]).arg(&out),
                _ => command
                    .args(["-c", "--format", format, "-f"])
                    .arg(&out)
                    .arg("t"),
            }
        });
        if there.is_none() {
            continue;
        }
        made += 1;
        let bytes = fs::read(&out).unwrap();
        let (found, summary) = check(&bytes).unwrap();
        assert_eq!(found, [], "{program} {format}");
        assert_eq!(summary.members, 7, "{program} {format}");
        let (saved, _) = repair(&bytes);
        let members = end_of_members(&saved);
        assert_eq!(saved[..members], bytes[..members], "{program} {format}");
        assert!(bytes[members..].iter().all(|&byte| byte == 0));
    }
    println!("{made} archives of others");
}
