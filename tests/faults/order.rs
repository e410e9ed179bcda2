//! The order in which a file is written, made sure of and given its name: what a crash of the system
//! leaves depends on it, and no fault that is injected into a call shows a call that isn't made.

use std::fs;
use std::path::Path;

use crate::archive::{CALLS, clean, sample};
use crate::inject::{is_impossible, strace};

/// What is done to a file.
#[derive(Clone, Debug, PartialEq)]
enum Step {
    /// So many bytes, at an offset where the call says one.
    Write(Option<u64>, u64),
    Resize(u64),
    Sync,
    /// It gets this name.
    Rename(String),
}

/// What a run does to the files of which the name has `part` in it, in order.
fn steps(folder: &Path, args: &[&str], part: &str) -> Vec<Step> {
    let (output, log) = strace(folder, args, &CALLS.join(","), None);
    assert!(output.status.success(), "{args:?}: {output:?}");
    log.lines().filter_map(|line| step(line, part)).collect()
}

/// The step of a line such as `12 pwrite64(3</a.tar>, ""..., 1024, 2048) = 1024`.
fn step(line: &str, part: &str) -> Option<Step> {
    let (_, call) = line.split_once(' ')?;
    let (name, arguments) = call.trim_start().split_once('(')?;
    // strace puts the result of a short call further to the right.
    let end = arguments
        .rfind(')')
        .or_else(|| arguments.find(" <unfinished"))?;
    let arguments = &arguments[..end];
    if name.starts_with("rename") {
        let names: Vec<_> = arguments.split('"').collect();
        return names[1]
            .contains(part)
            .then(|| Step::Rename(names[3].to_owned()));
    }
    // Where two files take part, the second one is written to.
    let file = match name {
        "copy_file_range" => arguments.splitn(3, ", ").nth(2)?,
        _ => arguments,
    };
    let path = file.split_once('<')?.1.split_once('>')?.0;
    if !Path::new(path).file_name()?.to_str()?.contains(part) {
        return None;
    }
    let numbers: Vec<u64> = arguments
        .rsplit(", ")
        .map_while(|n| n.trim().parse().ok())
        .collect();
    match (name, &numbers[..]) {
        ("pwrite64", [offset, size, ..]) => Some(Step::Write(Some(*offset), *size)),
        ("fsync" | "fdatasync", _) => Some(Step::Sync),
        ("ftruncate", [size, ..]) => Some(Step::Resize(*size)),
        // Room that is taken has nothing in it.
        ("fallocate", _) => None,
        (_, [size, ..]) => Some(Step::Write(None, *size)),
        _ => panic!("{line}"),
    }
}

fn is_write(step: &Step) -> bool {
    matches!(step, Step::Write(..) | Step::Resize(_))
}

/// A bitmap whose width is changed.
fn bitmap(folder: &Path) {
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/bmp/info-8.bmp");
    fs::copy(fixture, folder.join("a.bmp")).unwrap();
}

const WIDTH: &str = "dib_header.width=8";

#[test]
fn a_file_is_on_the_disk_before_it_takes_the_place_of_another() {
    if is_impossible() {
        return;
    }
    let home = sample();
    bitmap(home.path());
    let mut broken = fs::read(home.path().join("a.bmp")).unwrap();
    broken[2] ^= 1;
    fs::write(home.path().join("broken.bmp"), broken).unwrap();
    fs::write(home.path().join("note"), "old").unwrap();
    let patch = "bytewright patch 1\nsize 3\nat 0 a\n- 6f\n+ 07\n";
    fs::write(home.path().join("patch"), patch).unwrap();
    for (args, name) in [
        (&["set", "a.bmp", WIDTH][..], "a.bmp"),
        (&["apply", "patch", "note"], "note"),
        (&["bmp", "fix", "broken.bmp", "--in-place"], "broken.bmp"),
        (&["tar", "append", "a.tar.gz", "more"], "a.tar.gz"),
        (&["tar", "update", "a.tar", "d"], "a.tar"),
        (&["tar", "delete", "a.tar", "d/a"], "a.tar"),
    ] {
        let steps = steps(home.path(), args, ".bytewright-");
        let [before @ .., Step::Sync, Step::Rename(to)] = &steps[..] else {
            panic!("{args:?}: {steps:?}");
        };
        assert!(
            !before.is_empty() && before.iter().all(is_write),
            "{args:?}: {steps:?}"
        );
        assert!(to.ends_with(name), "{args:?}: {to}");
    }
}

/// The blocks of zeros that end the old archive stay until everything after them is on the disk,
/// and go in one write; then that is made sure of as well.
#[test]
fn append_overwrites_the_old_end_last_and_between_two_syncs() {
    if is_impossible() {
        return;
    }
    let home = sample();
    clean(home.path(), &["tar", "create", "small.tar", "d/a"]);
    for (archive, added) in [("a.tar", "more"), ("small.tar", "d/z")] {
        let old = fs::read(home.path().join(archive)).unwrap();
        let last = old
            .chunks(512)
            .rposition(|block| block != [0; 512])
            .unwrap();
        let end = (last as u64 + 1) * 512;
        let steps = steps(home.path(), &["tar", "append", archive, added], archive);
        let first = steps.iter().position(|step| *step == Step::Sync).unwrap();
        let (behind, rest) = steps.split_at(first);
        assert!(!behind.is_empty(), "{steps:?}");
        for step in behind {
            let Step::Write(Some(offset), _) = step else {
                panic!("{steps:?}");
            };
            assert!(*offset >= end + 1024, "{steps:?}");
        }
        let head = Step::Write(Some(end), 1024);
        match rest {
            [Step::Sync, overwrite, Step::Sync] => assert_eq!(*overwrite, head),
            // What the old record had after its end is cut off.
            [Step::Sync, overwrite, Step::Resize(_), Step::Sync] => assert_eq!(*overwrite, head),
            _ => panic!("{steps:?}"),
        }
    }
}

#[test]
fn a_change_in_place_is_on_the_disk_when_the_tool_ends_and_its_undo_before_it_begins() {
    if is_impossible() {
        return;
    }
    let home = tempfile::tempdir().unwrap();
    bitmap(home.path());
    let args = ["set", "a.bmp", WIDTH, "--in-place", "--undo", "back"];
    let (output, log) = strace(home.path(), &args, &CALLS.join(","), None);
    assert!(output.status.success(), "{output:?}");
    let of = |part: &str| -> Vec<(usize, Step)> {
        let lines = log.lines().enumerate();
        lines
            .filter_map(|(at, line)| Some((at, step(line, part)?)))
            .collect()
    };
    let changes = of("a.bmp");
    let (last, before) = changes.split_last().unwrap();
    assert_eq!(last.1, Step::Sync);
    // The width, and the size of the pixels that follows from it.
    let four = Step::Write(None, 4);
    assert_eq!(
        before.iter().map(|(_, step)| step).collect::<Vec<_>>(),
        [&four, &four]
    );
    let undo = of(".bytewright-");
    assert!(
        matches!(&undo[..], [.., (_, Step::Sync), (_, Step::Rename(to))] if to.ends_with("back"))
    );
    assert!(undo.last().unwrap().0 < changes[0].0);
}
