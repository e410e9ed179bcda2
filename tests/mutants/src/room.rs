//! The rooms: which files faults are put into, and which tests must notice.

use anyhow::{Context as _, Result};

/// A run of one test program.
pub struct Tests {
    /// `lib`, or the name of an integration test.
    pub program: &'static str,
    /// Arguments of the test program: filters and `--skip`s.
    pub arguments: &'static [&'static str],
}

pub struct Room {
    pub name: &'static str,
    /// Globs of `cargo mutants`.
    pub files: &'static [&'static str],
    /// In this order, the quick ones first: the first that fails ends the run of a fault.
    pub tests: &'static [Tests],
}

const fn tests(program: &'static str, arguments: &'static [&'static str]) -> Tests {
    Tests { program, arguments }
}

const ROOMS: &[Room] = &[
    Room {
        name: "structs",
        // All but `whole`, which is a room of its own.
        files: &["src/structs/*.rs", "src/structs/[!w]*/**"],
        tests: &[
            tests(
                "lib",
                &["structs::", "value::", "scan::", "--skip", "structs::whole"],
            ),
            tests("engine", &["--skip", "hostile::", "--skip", "python_and"]),
            tests("engine", &["python_and"]),
            tests("engine", &["hostile::"]),
            tests("lib", &["structs::whole"]),
        ],
    },
    Room {
        name: "whole",
        files: &["src/structs/whole/**"],
        tests: &[
            // Most faults are noticed by the tests that take milliseconds.
            tests(
                "lib",
                &[
                    "structs::whole",
                    "--skip",
                    "random",
                    "--skip",
                    "on_demand",
                    "--skip",
                    "same_on",
                    "--skip",
                    "contain_themselves",
                    "--skip",
                    "plain_formats_are",
                    "--skip",
                    "items_are_passed_over",
                    "--skip",
                    "long_arrays",
                    "--skip",
                    "bomb",
                ],
            ),
            tests(
                "lib",
                &["formats::shelf", "formats::user", "formats::kaitai"],
            ),
            tests("engine", &["whole::", "--skip", "do_harm"]),
            tests("lib", &["whole::skim::tests::items_are_passed_over"]),
            tests(
                "lib",
                &[
                    "whole::tests::demand",
                    "whole::tests::tried",
                    "whole::tests::coded",
                    "--skip",
                    "do_not_add_up",
                ],
            ),
            tests(
                "lib",
                &[
                    "whole::tests::random",
                    "whole::tests::references",
                    "do_not_add_up",
                ],
            ),
            // What other programs make takes long, and places to write to that a fault must not reach.
            tests(
                "inspect",
                &[
                    "shelf::",
                    "format_files::",
                    "embedded::",
                    "--skip",
                    "peers::",
                ],
            ),
            tests("kaitai", &["suite::"]),
            tests("cli", &["formats::", "kinds::"]),
        ],
    },
    Room {
        name: "tar",
        files: &["src/formats/tar/**"],
        tests: &[
            tests("lib", &["formats::tar", "output::"]),
            // The tests that take long apart: most faults are noticed by the others.
            tests(
                "tar",
                &[
                    "--skip",
                    "again::",
                    "--skip",
                    "peers::",
                    "--skip",
                    "codecs::",
                    "--skip",
                    "bomb",
                    "--skip",
                    "truncated",
                    "--skip",
                    "random_damage",
                    "--skip",
                    "broken_gzip",
                    "--skip",
                    "is_told",
                ],
            ),
            tests(
                "tar",
                &["is_told", "codecs::", "bomb", "truncated", "random_damage"],
            ),
            // What changes a header by its tree, and what compares archives, is asked for by other programs.
            tests("inspect", &["set::"]),
            tests("cli", &["tar", "members::", "diff::"]),
            tests("tar", &["peers::"]),
            tests("tar", &["again::"]),
        ],
    },
    Room {
        name: "bmp",
        files: &["src/formats/bmp/**"],
        tests: &[
            tests("lib", &["formats::bmp"]),
            tests("bmp", &["--skip", "anywhere", "--skip", "any_byte"]),
            tests("inspect", &["fixtures::"]),
            tests("bmp", &["any"]),
        ],
    },
    Room {
        name: "gzip",
        files: &[
            "src/formats/gzip/**",
            "src/formats/compressed/**",
            "src/codecs/**",
        ],
        tests: &[
            tests("lib", &["formats::gzip", "formats::compressed", "codecs::"]),
            tests("tar", &["index::", "codecs::"]),
            tests("inspect", &["document::", "fixtures::", "compressed::"]),
            tests("cli", &["compressed::"]),
        ],
    },
    Room {
        name: "ico",
        files: &["src/formats/ico/**"],
        tests: &[
            tests("lib", &["formats::ico"]),
            tests("inspect", &["ico::", "fixtures::"]),
        ],
    },
    Room {
        name: "schema",
        files: &["src/schema/**", "src/formats/user/**"],
        tests: &[
            tests("lib", &["schema::", "formats::"]),
            tests("cli", &["formats::", "inspect::"]),
        ],
    },
    Room {
        name: "edit",
        files: &[
            "src/inspect/edit.rs",
            "src/inspect/edit/**",
            "src/inspect/patch.rs",
            "src/inspect/path.rs",
            "src/inspect/path/**",
        ],
        tests: &[
            tests("lib", &["inspect::"]),
            tests(
                "inspect",
                &[
                    "set::",
                    "between::",
                    "document::",
                    "edits::",
                    "following::",
                    "patches::",
                    "path::",
                    "slices::",
                    "undone::",
                ],
            ),
            tests("cli", &["sources::", "numbers::", "members::", "diff::"]),
            tests("faults", &["set::"]),
        ],
    },
    Room {
        name: "output",
        files: &["src/output.rs", "src/source.rs"],
        tests: &[
            tests("lib", &["output::", "source::"]),
            tests("inspect", &["set::", "document::"]),
            tests("faults", &[]),
        ],
    },
];

pub fn named(name: &str) -> Result<&'static Room> {
    let names: Vec<_> = ROOMS.iter().map(|room| room.name).collect();
    ROOMS
        .iter()
        .find(|room| room.name == name)
        .with_context(|| format!("there is no room {name}, but {}", names.join(", ")))
}
