//! The faults of a room, as `cargo mutants` lists them.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;

use crate::checks;
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
    /// The place of its room among those of the run.
    #[serde(skip)]
    pub room: usize,
    pub name: String,
    pub file: String,
    /// What is replaced: `FnValue`, `BinaryOperator` and so on.
    pub genre: String,
    pub replacement: String,
    pub span: Span,
}

impl Fault {
    /// A line of the list of what is compiled in.
    pub fn line(&self, rooms: &[&Room]) -> String {
        let room = rooms.get(self.room).map_or("", |room| room.name);
        format!("{}\t{room}\t{}\n", self.id, self.name)
    }

    /// The module of a room that it is in, such as `formats::tar`.
    pub fn module(&self) -> String {
        let file = self.name.split(':').next().unwrap_or_default();
        let parts = file
            .trim_start_matches("src/")
            .trim_end_matches(".rs")
            .split('/');
        parts.take(2).collect::<Vec<_>>().join("::")
    }

    /// The fault of such a line; `None` of a room that isn't asked for.
    pub fn of_line(line: &str, rooms: &[&Room]) -> Option<Fault> {
        let mut parts = line.splitn(3, '\t');
        let (id, room, name) = (parts.next()?, parts.next()?, parts.next()?);
        Some(Fault {
            id: id.parse().ok()?,
            room: rooms.iter().position(|one| one.name == room)?,
            name: name.to_owned(),
            file: String::new(),
            genre: String::new(),
            replacement: String::new(),
            span: Span {
                start: Place { line: 0, column: 0 },
            },
        })
    }
}

/// Those that `.cargo/mutants.toml` excludes are left out. With `are_checks`, what [`checks`] lists of the same files.
pub fn listed(root: &Path, room: &Room, are_checks: bool) -> Result<Vec<Fault>> {
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
    let mut texts = HashMap::new();
    let files: BTreeSet<String> = faults.iter().map(|fault| fault.file.clone()).collect();
    if are_checks {
        faults.clear();
    }
    for file in files {
        let text = std::fs::read_to_string(root.join(&file))?;
        if are_checks {
            faults.extend(checks::listed(&file, &text).with_context(|| file.clone())?);
        }
        texts.insert(file, text);
    }
    faults.retain(|fault| !is_elsewhere(&texts[&fault.file], fault.span.start.line));
    Ok(faults)
}

/// Whether a line is in a function that is compiled elsewhere alone, on other systems than Unix or without a feature,
/// as the attributes before it say.
fn is_elsewhere(text: &str, line: usize) -> bool {
    const ELSEWHERE: [&str; 4] = [
        "#[cfg(not(unix))]",
        "#[cfg(windows)]",
        "#[cfg(not(any(unix, windows)))]",
        "#[cfg(not(target_os = \"linux\"))]",
    ];
    let is_function = |line: &str| {
        let words = line.trim_start();
        words.starts_with("fn ") || words.starts_with("pub") && words.contains(" fn ")
    };
    let before: Vec<&str> = text.lines().take(line).collect();
    let Some(at) = before.iter().rposition(|line| is_function(line)) else {
        return false;
    };
    let attributes = before[..at].iter().rev();
    attributes
        .map(|line| line.trim_start())
        .take_while(|line| line.starts_with("#[") || line.starts_with("//"))
        .any(|line| ELSEWHERE.contains(&line) || line.starts_with("#[cfg(not(feature"))
}
