//! Runs the transcripts in README.md and docs/: each `console` block is a shell session, and
//! what it shows is what the tool prints.

#![cfg(all(unix, feature = "cli"))]
#![allow(
    missing_docs,
    unreachable_pub,
    clippy::arithmetic_side_effects,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests fail by panicking"
)]

#[path = "../common/mod.rs"]
mod common;
mod pictures;

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

/// A folder to run commands in, which the pages' files are in too, and the `PATH` on which the tool is.
struct Place {
    folder: tempfile::TempDir,
    path: std::ffi::OsString,
}

impl Place {
    fn new() -> Place {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let tool = Path::new(env!("CARGO_BIN_EXE_bytewright"));
        let path = std::env::var_os("PATH").unwrap_or_default();
        let folders = std::iter::once(tool.parent().unwrap().to_path_buf());
        // A session may write files; the fixtures are there to be read.
        let folder = tempfile::tempdir().unwrap();
        for shared in ["fixtures", "docs", "examples"] {
            std::os::unix::fs::symlink(root.join(shared), folder.path().join(shared)).unwrap();
        }
        Place {
            folder,
            path: std::env::join_paths(folders.chain(std::env::split_paths(&path))).unwrap(),
        }
    }

    /// What a command prints to standard output and standard error; in colors as on a terminal of 80
    /// columns that knows all of them, or without.
    fn output(&self, command: &str, colored: bool) -> String {
        let mut shell = Command::new("sh");
        shell
            .args(["-c", &format!("exec 2>&1\n{command}")])
            .current_dir(self.folder.path())
            .env("PATH", &self.path)
            .env("TZ", "UTC")
            .env("XDG_CONFIG_HOME", self.folder.path())
            .env_remove("NO_COLOR")
            .env_remove("CLICOLOR_FORCE");
        if colored {
            shell
                .env("CLICOLOR_FORCE", "1")
                .env("COLORTERM", "truecolor")
                .env("TERM", "xterm-256color")
                .env("COLUMNS", "80");
        }
        String::from_utf8_lossy(&shell.output().unwrap().stdout).into_owned()
    }
}

#[test]
fn what_the_pages_show_is_what_the_tool_prints() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut differences = String::new();
    let mut count = 0;
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        for session in sessions(&text) {
            let place = Place::new();
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
                let shown = place.output(&command, false);
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

/// The blocks of a page that are marked with this language, each with its line.
fn blocks(text: &str, language: &str) -> Vec<(usize, String)> {
    let fence = format!("```{language}");
    let mut blocks = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((i, line)) = lines.next() {
        if line == fence {
            let block = lines.by_ref().take_while(|(_, line)| *line != "```");
            let block: Vec<&str> = block.map(|(_, line)| line).collect();
            blocks.push((i + 1, block.join("\n")));
        }
    }
    blocks
}

/// They say by `assert` what they promise.
#[test]
fn blocks_of_python_do_what_they_assert() {
    if !common::have_peer("python3", &["--version"]) {
        return;
    }
    let mut count = 0;
    for page in pages() {
        for (line, block) in blocks(&fs::read_to_string(&page).unwrap(), "python") {
            assert!(block.contains("assert "), "{}:{line}", page.display());
            let place = Place::new();
            let mut python = Command::new("python3");
            let run = python
                .args(["-c", &block])
                .current_dir(place.folder.path())
                .output()
                .unwrap();
            let said = String::from_utf8_lossy(&run.stderr);
            assert!(run.status.success(), "{}:{line}:\n{said}", page.display());
            count += 1;
        }
    }
    assert!(count > 5, "only {count} blocks were found");
}

/// A file that a page shows is named in the line before it.
#[test]
fn files_that_pages_show_are_those_of_the_examples() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut count = 0;
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        for (line, block) in blocks(&text, "toml") {
            let before = text.lines().take(line - 1).filter(|line| !line.is_empty());
            let named = before.last().and_then(|line| line.strip_suffix("`:"));
            let Some((_, name)) = named.and_then(|line| line.rsplit_once('`')) else {
                continue;
            };
            if !name.starts_with("examples/") {
                continue;
            }
            let file = fs::read_to_string(root.join(name)).unwrap();
            // What the comment at the beginning says, the page says.
            let shown = file.lines().skip_while(|line| line.starts_with('#'));
            let shown: Vec<&str> = shown.skip_while(|line| line.is_empty()).collect();
            assert_eq!(block, shown.join("\n"), "{}:{line}", page.display());
            count += 1;
        }
    }
    assert!(count >= 2, "only {count} files were found");
}

/// What a page links to, but for what stands in code.
fn links(text: &str) -> Vec<&str> {
    let outside = |part: (usize, &'_ str)| part.0.is_multiple_of(2);
    let prose = text.split("```").enumerate().filter(|part| outside(*part));
    let prose = prose.flat_map(|(_, text)| text.split('`').enumerate());
    let prose = prose.filter(|part| outside(*part)).map(|(_, text)| text);
    // A link may have code for its text.
    let targets = prose.flat_map(|text| text.split("](").skip(1));
    targets
        .filter_map(|rest| rest.split([')', ' ']).next())
        .collect()
}

#[test]
fn links_lead_to_files_and_headings_that_are_there() {
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        let folder = page.parent().unwrap();
        for link in links(&text) {
            if link.contains("://") {
                continue;
            }
            let (path, heading) = link.split_once('#').unwrap_or((link, ""));
            let target = match path {
                "" => page.clone(),
                path => folder.join(path),
            };
            assert!(target.exists(), "{}: {link}", page.display());
            if heading.is_empty() || target.extension().is_none_or(|e| e != "md") {
                continue;
            }
            let target = fs::read_to_string(&target).unwrap();
            let headings = target.lines().filter(|line| line.starts_with('#'));
            assert!(
                headings.map(anchor).any(|anchor| anchor == heading),
                "{}: {link}",
                page.display()
            );
        }
    }
}

/// The name of a heading in links: its letters, digits, hyphens and underscores, with hyphens for spaces.
fn anchor(heading: &str) -> String {
    let heading = heading.trim_start_matches('#').trim().to_lowercase();
    let kept = heading.chars().map(|c| if c == ' ' { '-' } else { c });
    kept.filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
        .collect()
}

#[test]
fn the_book_has_every_page() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let summary = fs::read_to_string(folder.join("SUMMARY.md")).unwrap();
    let listed = links(&summary);
    for page in pages()
        .iter()
        .filter(|page| page.parent() == Some(&*folder))
    {
        let name = page.file_name().unwrap().to_str().unwrap();
        assert!(name == "SUMMARY.md" || listed.contains(&name), "{name}");
    }
}
