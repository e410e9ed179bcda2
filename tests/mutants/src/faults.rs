//! The faults of a room, as `cargo mutants` lists them.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;

use crate::room::Room;

/// A line and a column of a file, from 1.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Hash)]
pub struct Place {
    pub line: usize,
    pub column: usize,
}

#[derive(Deserialize)]
pub struct Span {
    pub start: Place,
}

#[derive(Deserialize)]
pub struct Fault {
    /// From 1; 0 is no fault.
    #[serde(skip)]
    pub id: u32,
    pub name: String,
    pub file: String,
    /// What is replaced: `FnValue`, `BinaryOperator` and so on.
    pub genre: String,
    pub replacement: String,
    pub span: Span,
}

/// Those that `.cargo/mutants.toml` excludes are left out.
pub fn listed(root: &Path, room: &Room) -> Result<Vec<Fault>> {
    let mut command = Command::new("cargo");
    command
        .args(["mutants", "--list", "--json"])
        .current_dir(root);
    for file in room.files {
        command.args(["--file", file]);
    }
    let output = command.output().context("cargo")?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("cargo mutants (`cargo install cargo-mutants`): {said}");
    }
    let mut faults: Vec<Fault> = serde_json::from_slice(&output.stdout)?;
    for (id, fault) in (1..).zip(&mut faults) {
        fault.id = id;
    }
    Ok(faults)
}
