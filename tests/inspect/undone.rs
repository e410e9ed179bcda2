//! Files after a change and its undoing.

#![cfg(feature = "cli")]

use std::fs;

use bytewright::Source;
use bytewright::inspect::patch::Patch;

use super::set::{bytewright, document, edited, fixture, hex, plan};

#[test]
fn set_get_and_undo_give_the_file_back() {
    let folder = tempfile::tempdir().unwrap();
    let before = fixture("info-8.bmp");
    fs::write(folder.path().join("a.bmp"), &before).unwrap();
    let run = |args: &[&str]| {
        let output = bytewright()
            .args(args)
            .current_dir(&folder)
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        (output.status.code().unwrap(), text)
    };
    for in_place in [&[][..], &["--in-place"]] {
        let dry = run(&["set", "a.bmp", "dib_header.width=8", "-n"]);
        assert_eq!(dry.0, 0);
        assert_eq!(fs::read(folder.path().join("a.bmp")).unwrap(), before);
        let set = ["set", "a.bmp", "dib_header.width=8", "--undo", "undo"];
        let done = run(&[&set[..], in_place].concat());
        assert_eq!(done, dry, "a dry run shows what is done");
        assert_eq!(run(&["get", "a.bmp", "dib_header.width"]).1, "8\n");
        assert_eq!(run(&["get", "a.bmp", "dib_header.image_size"]).1, "128\n");
        let undo = run(&[&["apply", "--reverse", "undo"][..], in_place].concat());
        assert_eq!(undo.0, 0);
        assert_eq!(fs::read(folder.path().join("a.bmp")).unwrap(), before);
        assert_eq!(run(&["apply", "--reverse", "undo"]).0, 1, "undone already");
        assert_eq!(fs::read(folder.path().join("a.bmp")).unwrap(), before);
    }
    assert_eq!(run(&["set", "a.bmp", "dib_header.depth=8"]).0, 1);
    assert_eq!(
        run(&["set", "a.bmp", "dib_header.width=2_147_483_648"]).0,
        4
    );
    assert_eq!(run(&["set", "a.bmp", "dib_header.planes=3"]).0, 1);
    assert_eq!(fs::read(folder.path().join("a.bmp")).unwrap(), before);
    assert_eq!(
        run(&["set", "a.bmp", "dib_header.planes=3", "--force"]).0,
        0
    );
    assert_eq!(run(&["get", "a.bmp", "dib_header.planes"]).1, "3\n");
    let outside = fs::read_to_string(folder.path().join("undo")).unwrap();
    let outside = outside.replace("file a.bmp", "file ../a.bmp");
    fs::write(folder.path().join("outside"), outside).unwrap();
    assert_eq!(run(&["apply", "outside"]).0, 2);
}

/// All over a file of many kinds: what is set and undone is what was there.
#[test]
fn every_field_that_is_set_and_undone_gives_the_file_back() {
    let format = "<4s:m B{lo:3 hi:5}:bits 2x 2(>H:x h:y):g f:f V:v z:name 3B:n *s:rest";
    let bytes = hex("41424300 a7 0000 0100fffe 02000003 0000c03f ac02 616200 070809 ff00ff");
    let document = document(format, &bytes);
    for (path, text) in [
        ("m", "xy"),
        ("bits.lo", "2"),
        ("bits.hi", "30"),
        ("padding", "x'0102'"),
        ("g[*].x", "513"),
        ("g[-1].y", "-5"),
        ("f", "-0.5"),
        ("v", "129"),
        ("name", "zz"),
        ("n", "[1, 2, 3]"),
        ("rest", "x'010203'"),
    ] {
        let edit = plan(&document, &[(path, text)]).unwrap_or_else(|e| panic!("{path}: {e}"));
        let after = edited(&bytes, &edit);
        assert_ne!(after, bytes, "{path}");
        let undo = Patch {
            file: None,
            size: bytes.len() as u64,
            changes: edit.changes,
        };
        let undo: Patch = undo.to_string().parse().unwrap();
        let undo = undo.reversed();
        assert!(undo.check(&Source::from(&*after)).is_ok());
        let mut back = after;
        for change in &undo.changes {
            let start = usize::try_from(change.offset).unwrap();
            back[start..start + change.new.len()].copy_from_slice(&change.new);
        }
        assert_eq!(back, bytes, "{path}");
    }
}

/// Bytes after the end are not made up, and what was read over is not touched.
#[test]
fn an_overlay_changes_its_bytes_and_no_others() {
    use bytewright::inspect::edit::Overlay;

    let over = |offset: u64, bytes: &[u8]| {
        Overlay::new(Source::from(&b"abcdef"[..]), &[])
            .with(offset, bytes.to_vec())
            .into_source()
    };
    for (offset, bytes, expected) in [
        (0, &b"XY"[..], &b"XYcdef"[..]),
        (4, b"XY", b"abcdXY"),
        (5, b"XY", b"abcdeX"),
        (6, b"XY", b"abcdef"),
        (u64::MAX, b"XY", b"abcdef"),
        (2, b"", b"abcdef"),
    ] {
        let source = over(offset, bytes);
        assert_eq!((source.size().unwrap(), source.known_size()), (6, Some(6)));
        for start in 0..7 {
            for end in start..9 {
                let found = source.read(start, end - start).unwrap();
                let of = |at: u64| expected.len().min(usize::try_from(at).unwrap());
                assert_eq!(
                    found,
                    expected[of(start)..of(end)],
                    "{offset} {start} {end}"
                );
            }
        }
    }
    let stream = Source::stream(std::io::repeat(7));
    let source = Overlay::new(stream, &[]).with(1, vec![8]).into_source();
    assert_eq!(source.read(0, 3).unwrap(), [7, 8, 7]);
    assert_eq!(source.known_size(), None);
}
