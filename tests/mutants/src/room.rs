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
    pub tests: &'static [Tests],
}

const fn tests(program: &'static str, arguments: &'static [&'static str]) -> Tests {
    Tests { program, arguments }
}

/// All that `lib` has, as what is asked of a fault are the tests that come by it.
const LIB: Tests = tests("lib", &[]);

const ROOMS: &[Room] = &[
    Room {
        name: "structs",
        // All but `whole`, which is a room of its own.
        files: &["src/structs/*.rs", "src/structs/[!w]*/**"],
        tests: &[
            LIB,
            tests("engine", &[]),
            tests("inspect", &["--skip", "peers::"]),
            tests("cli", &["pack", "unpack", "records", "sources::"]),
        ],
    },
    Room {
        name: "whole",
        files: &["src/structs/whole/**"],
        tests: &[
            LIB,
            tests("engine", &["whole::"]),
            tests("inspect", &["--skip", "peers::"]),
            tests("kaitai", &["suite::"]),
            tests("cli", &["formats::", "kinds::"]),
        ],
    },
    Room {
        name: "tar",
        files: &["src/formats/tar/**"],
        tests: &[
            LIB,
            tests("tar", &[]),
            // What changes a header by its tree, and what compares archives, is asked for by other programs.
            tests("inspect", &["--skip", "peers::"]),
            tests("cli", &["tar", "members::", "diff::", "formats::"]),
            tests("faults", &[]),
        ],
    },
    Room {
        name: "bmp",
        files: &["src/formats/bmp/**"],
        tests: &[
            LIB,
            tests("bmp", &[]),
            tests("inspect", &["--skip", "peers::"]),
            tests("cli", &["bmp", "formats::"]),
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
            LIB,
            tests("tar", &["index::", "codecs::"]),
            tests("inspect", &["--skip", "peers::"]),
            tests("cli", &["compressed::", "formats::", "tar"]),
        ],
    },
    Room {
        name: "ico",
        files: &["src/formats/ico/**"],
        tests: &[LIB, tests("inspect", &["ico::", "fixtures::"])],
    },
    Room {
        name: "schema",
        files: &["src/schema/**", "src/formats/user/**"],
        tests: &[LIB, tests("cli", &["formats::", "inspect::"])],
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
            LIB,
            tests("inspect", &["--skip", "peers::"]),
            tests("cli", &["sources::", "numbers::", "members::", "diff::"]),
            tests("faults", &["set::"]),
        ],
    },
    Room {
        name: "output",
        files: &["src/output.rs", "src/source.rs"],
        tests: &[
            LIB,
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
