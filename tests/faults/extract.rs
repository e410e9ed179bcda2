//! Files that are extracted.

use std::fs;
use std::path::Path;

use crate::archive::{CALLS, sample};
use crate::inject::{each_fault, is_impossible, take_temporaries};

/// The files that are there are whole, unless the tool was killed.
#[test]
fn no_file_is_there_by_halves() {
    if is_impossible() {
        return;
    }
    let home = sample();
    let home = home.path();
    let into = home.join("into");
    let whole = |name: &str| fs::read(home.join(name)).unwrap();
    let members = ["d/a", "d/noise", "d/z"];
    // Into an empty folder, and over files that are there.
    for there in [false, true] {
        let reset = || {
            let _ = fs::remove_dir_all(&into);
            fs::create_dir_all(into.join("d")).unwrap();
            if there {
                for name in members {
                    fs::write(into.join(name), "old").unwrap();
                }
            }
        };
        let halves = |into: &Path| {
            let is_half = |name: &&str| match fs::read(into.join(name)) {
                Ok(found) => found != whole(name) && !(there && found == b"old"),
                Err(_) => there,
            };
            members.into_iter().filter(is_half).collect::<Vec<_>>()
        };
        let args = ["tar", "extract", "a.tar", "-C", "into"];
        each_fault(home, &args, &CALLS, 12, &reset, &|run| {
            let halves = halves(&into);
            let left = take_temporaries(&into.join("d"));
            if run.is_kill() {
                // A file that has its name from the start may be there by halves then, one that
                // replaces another never is.
                assert!(!there || halves.is_empty(), "{halves:?}: {run:?}");
                return;
            }
            assert!(
                halves.is_empty() && left.is_empty(),
                "{halves:?} {left:?}: {run:?}"
            );
            if run.is_of_a_file() {
                assert_eq!(run.output.status.code(), Some(2), "{run:?}");
                let message = run.stderr();
                let named =
                    ["can't write into/d/", "refused d/"].map(|text| message.contains(text));
                assert!(named.contains(&true), "{message}");
            }
        });
    }
}
