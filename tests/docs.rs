//! Runs the transcripts in README.md and docs/: each `console` block is a shell session, and
//! what it shows is what the tool prints.

#![cfg(all(unix, feature = "cli"))]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::arithmetic_side_effects,
    reason = "tests fail by panicking"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

struct Step {
    line: usize,
    command: String,
    expected: String,
}

/// The sessions of a page: each block is a list of steps.
fn sessions(text: &str) -> Vec<Vec<Step>> {
    let mut sessions = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((_, line)) = lines.next() {
        if line != "```console" {
            continue;
        }
        let mut steps: Vec<Step> = Vec::new();
        for (i, line) in lines.by_ref().take_while(|(_, line)| *line != "```") {
            match (line.strip_prefix("$ "), steps.last_mut()) {
                (Some(command), _) => steps.push(Step {
                    line: i + 1,
                    command: command.to_owned(),
                    expected: String::new(),
                }),
                (None, Some(step)) if step.command.ends_with('\\') => {
                    step.command.pop();
                    step.command += line.trim_start();
                }
                (None, Some(step)) => step.expected += &format!("{line}\n"),
                (None, None) => panic!("line {}: a block begins with a command", i + 1),
            }
        }
        sessions.push(steps);
    }
    sessions
}

fn pages() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut pages = vec![root.join("README.md")];
    for entry in fs::read_dir(root.join("docs")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "md") {
            pages.push(path);
        }
    }
    pages.sort();
    pages
}

#[test]
fn what_the_pages_show_is_what_the_tool_prints() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let tool = Path::new(env!("CARGO_BIN_EXE_bytewright"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(tool.parent().unwrap().to_path_buf());
    let path = std::env::join_paths(folders.chain(std::env::split_paths(&path))).unwrap();

    let mut differences = String::new();
    let mut count = 0;
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        for session in sessions(&text) {
            // A session may write files; the fixtures are there to be read.
            let folder = tempfile::tempdir().unwrap();
            for shared in ["fixtures", "docs", "examples"] {
                std::os::unix::fs::symlink(root.join(shared), folder.path().join(shared)).unwrap();
            }
            for step in session {
                // Commands that build are for readers; the tests run inside of one.
                if step.command.starts_with("cargo ") && !step.command.starts_with("cargo run") {
                    continue;
                }
                let command = match step.command.strip_prefix("cargo run -- ") {
                    Some(arguments) => format!("bytewright {arguments}"),
                    None => step.command.clone(),
                };
                count += 1;
                let output = Command::new("sh")
                    .args(["-c", &format!("exec 2>&1\n{command}")])
                    .current_dir(folder.path())
                    .env("PATH", &path)
                    .env("TZ", "UTC")
                    .env("XDG_CONFIG_HOME", folder.path())
                    .env_remove("CLICOLOR_FORCE")
                    .output()
                    .unwrap();
                let shown = String::from_utf8_lossy(&output.stdout);
                if shown != step.expected {
                    let name = page.strip_prefix(root).unwrap().display();
                    differences += &format!(
                        "{name}:{}: $ {}\nthe page shows:\n{}the tool prints:\n{shown}\n",
                        step.line, step.command, step.expected
                    );
                }
            }
        }
    }
    assert!(differences.is_empty(), "\n{differences}");
    assert!(count > 10, "only {count} commands were found");
}
