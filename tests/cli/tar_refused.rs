//! Files that the verbs which change archives leave as they are, and what is said of them.
#![cfg(unix)]

use std::fs;

use crate::tar_edit::{done, run_in, sample};

#[test]
fn an_archive_whose_stream_breaks_after_its_last_member_stays_as_it_is() {
    let home = sample();
    let home = home.path();
    done(home, &["create", "a.tar.gz", "d"]);
    let whole = fs::read(home.join("a.tar.gz")).unwrap();
    // The last eight bytes are the checksum and the size of the content (RFC 1952, 2.3.1).
    let mut wrong = whole.clone();
    let checksum = whole.len() - 8;
    wrong[checksum] ^= 1;
    for broken in [&wrong[..], &whole[..checksum]] {
        fs::write(home.join("b.tar.gz"), broken).unwrap();
        for verb in [
            &["append", "b.tar.gz", "new"][..],
            &["update", "b.tar.gz", "new"],
            &["delete", "b.tar.gz", "d"],
            &["concat", "b.tar.gz", "-o", "out.tar"],
        ] {
            let message = run_in(home, verb).fails(4);
            assert!(message.contains("the gzip stream is broken"), "{message}");
            let saves = message.contains("bytewright tar check b.tar.gz --repair");
            assert_eq!(saves, verb[0] != "concat", "{message}");
            assert!(
                fs::read(home.join("b.tar.gz")).unwrap() == broken,
                "{verb:?}"
            );
        }
    }
    assert!(!home.join("out.tar").exists());
}

#[test]
fn of_an_archive_of_another_format_it_is_told_what_to_write() {
    let home = sample();
    let home = home.path();
    let ar = b"!<arch>\nhello.txt/      0           0     0     100644  3         `\nhi\n\n";
    fs::write(home.join("lib.a"), ar).unwrap();
    // The signature of each is enough to tell it.
    fs::write(home.join("old.tar.lz"), b"LZIP\x01\x0c").unwrap();
    fs::write(home.join("my old.lzma"), b"\x5d\0\0\x80\0\xff").unwrap();
    fs::write(home.join("old.tar.Z"), b"\x1f\x9d\x90").unwrap();
    for (archive, lines) in [
        (
            "lib.a",
            "\n\n  bytewright inspect lib.a\n  bytewright extract lib.a 'members[0].data' -o OUT\n",
        ),
        (
            "old.tar.lz",
            "\n\n  lzip -d -c old.tar.lz | bytewright tar list -\n  lzip -d -c old.tar.lz > old.tar\n",
        ),
        (
            "my old.lzma",
            "\n\n  unlzma -c 'my old.lzma' | bytewright tar list -\n  unlzma -c 'my old.lzma' > 'my old.tar'\n",
        ),
        (
            "old.tar.Z",
            "\n\n  gzip -dc old.tar.Z | bytewright tar list -\n  gzip -dc old.tar.Z > old.tar\n",
        ),
    ] {
        let before = fs::read(home.join(archive)).unwrap();
        for verb in [
            &["list", archive][..],
            &["extract", archive],
            &["append", archive, "new"],
            &["append", archive, "new", "--dry-run"],
            &["update", archive, "new"],
            &["delete", archive, "d"],
            &["concat", archive, "-o", "out.tar"],
        ] {
            let message = run_in(home, verb).fails(4);
            let is_last = message.trim_end().ends_with(lines.trim_end());
            assert!(is_last, "{verb:?}: {message}");
        }
        assert!(fs::read(home.join(archive)).unwrap() == before);
    }
    assert!(!home.join("out.tar").exists());
    // Two archives where a list of digests is expected.
    done(home, &["create", "a.tar", "d"]);
    let message = run_in(home, &["verify", "a.tar", "a.tar"]).fails(2);
    assert!(
        message.contains("tar diff compares two archives"),
        "{message}"
    );
}
