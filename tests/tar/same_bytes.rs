//! The same files give the same archive: on any number of threads, at positions or in a stream,
//! and, where that is asked for, whatever their owners, times and modes are.
#![cfg(unix)]

use std::fs::{self, File, Permissions};
use std::io::Read;
use std::num::NonZeroUsize;
use std::os::unix::fs::{FileExt, PermissionsExt, chown, symlink};
use std::path::Path;
use std::time::{Duration, SystemTime};

use bytewright::formats::tar::{Archive, Builder, Format, Time};

/// Small files and large ones, in more batches than one; `odd` changes what doesn't count.
fn make(root: &Path, odd: bool) {
    for i in 0..100 {
        let folder = root.join(format!("d{}", i % 7));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(format!("f{i}")), vec![b'x'; i * 37]).unwrap();
    }
    let large = File::create(root.join("large")).unwrap();
    large.write_all_at(&vec![7; 1 << 20], 5 << 20).unwrap();
    large.write_all_at(b"end", (40 << 20) + 1).unwrap();
    fs::write(root.join("middle"), vec![9; 200_000]).unwrap();
    fs::write(root.join("run"), "#!/bin/sh\n").unwrap();
    let mode = |name: &str, mode| {
        fs::set_permissions(root.join(name), Permissions::from_mode(mode)).unwrap();
    };
    mode("run", if odd { 0o700 } else { 0o777 });
    symlink("large", root.join("link")).unwrap();
    if odd {
        // A second name is no other content.
        fs::hard_link(root.join("large"), root.join("same")).unwrap();
        mode("middle", 0o600);
        mode("d3", 0o750);
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(123_456);
        large.set_modified(time).unwrap();
        if chown(root.join("middle"), Some(12), Some(34)).is_err() {
            println!("skipped: owners need root");
        }
    } else {
        fs::copy(root.join("large"), root.join("same")).unwrap();
    }
}

type Options = fn(Builder<'static, File>) -> Builder<'static, File>;

fn archive(
    root: &Path,
    threads: usize,
    options: Options,
    builder: fn(File) -> Builder<'static, File>,
) -> Vec<u8> {
    let archive = tempfile::NamedTempFile::new().unwrap();
    let builder = builder(archive.reopen().unwrap());
    let mut builder = options(builder.threads(NonZeroUsize::new(threads).unwrap()));
    let mut notice = |notice| unreachable!("{notice}");
    builder.add(root, "n", &mut notice).unwrap();
    builder.finish().unwrap();
    fs::read(archive).unwrap()
}

fn at(root: &Path, threads: usize, options: Options) -> Vec<u8> {
    archive(root, threads, options, |file| Builder::at(file).unwrap())
}

fn stream(root: &Path, threads: usize, options: Options) -> Vec<u8> {
    archive(root, threads, options, Builder::new)
}

#[test]
fn neither_threads_nor_positions_change_the_bytes() {
    let home = tempfile::tempdir().unwrap();
    make(home.path(), true);
    let options: [Options; 4] = [
        |builder| builder,
        |builder| builder.sparse(true).xattrs(true),
        |builder| builder.format(Format::Gnu).sparse(true),
        |builder| builder.reproducible(Time::at(0)),
    ];
    for options in options {
        let expected = at(home.path(), 1, options);
        for threads in [1, 2, 7] {
            assert!(at(home.path(), threads, options) == expected, "{threads}");
            assert!(
                stream(home.path(), threads, options) == expected,
                "{threads}"
            );
        }
    }
}

#[test]
fn a_copy_elsewhere_gives_the_same_reproducible_archive() {
    let homes = [false, true].map(|odd| {
        let home = tempfile::tempdir().unwrap();
        make(home.path(), odd);
        home
    });
    let options: Options = |builder| builder.reproducible(Time::at(1_700_000_000));
    let [plain, odd] = homes.map(|home| at(home.path(), 2, options));
    assert!(plain == odd);
    let mut archive = Archive::new(plain.into()).unwrap();
    let mut modes = Vec::new();
    while let Some(member) = archive.next_member().unwrap() {
        assert_eq!(member.mtime, Time::at(1_700_000_000));
        assert_eq!((member.uid, member.gid), (0, 0));
        assert!(member.uname.is_empty() && member.gname.is_empty());
        assert!(member.pax.is_empty(), "{member:?}");
        if member.name == b"n/large" {
            let mut bytes = Vec::new();
            archive.data().read_to_end(&mut bytes).unwrap();
            assert!(bytes.ends_with(b"\0end"));
        }
        modes.push(member.mode);
    }
    modes.sort_unstable();
    modes.dedup();
    assert_eq!(modes, [0o644, 0o755, 0o777]);
}
