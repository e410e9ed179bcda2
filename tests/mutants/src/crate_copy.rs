//! A copy of the crate that has all faults in it.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::faults::Fault;
use crate::inject::inject;
use crate::room::{Room, Tests};

/// The environment variable that turns a fault on.
pub const SWITCH: &str = "BYTEWRIGHT_FAULT";

/// The environment variable that names a file, to which a program writes the numbers of the faults that it
/// comes by: four bytes each, in the order of the machine.
pub const REACHED: &str = "BYTEWRIGHT_FAULTS_REACHED";

/// What each fault asks.
const SWITCHES: &str = r#"
/// Whether a fault is turned on.
pub(crate) fn __fault(id: u32) -> bool {
    use std::sync::atomic::{AtomicBool, Ordering};
    static ON: std::sync::LazyLock<(u32, Option<std::fs::File>)> = std::sync::LazyLock::new(|| {
        let on = std::env::var("SWITCH").map_or(0, |id| id.parse().unwrap_or(0));
        let reached = std::env::var_os("REACHED").and_then(|path| {
            std::fs::OpenOptions::new().append(true).open(path).ok()
        });
        (on, reached)
    });
    static SEEN: [AtomicBool; 20_000] = [const { AtomicBool::new(false) }; 20_000];
    let (on, reached) = &*ON;
    if let Some(mut reached) = reached.as_ref()
        && SEEN.get(id as usize).is_some_and(|seen| !seen.swap(true, Ordering::Relaxed))
    {
        let _ = std::io::Write::write_all(&mut reached, &id.to_ne_bytes());
    }
    *on == id
}
"#;

/// The rounds of leaving out faults that don't compile.
const MAX_ROUNDS: usize = 60;

/// The lines above an error in which the fault is looked for that causes it.
const NEAR: usize = 40;

pub struct CrateCopy {
    root: PathBuf,
    /// The copy.
    pub folder: PathBuf,
    target: PathBuf,
    /// The features of the crate, where not the default ones.
    features: Option<String>,
}

/// A test program, with the arguments of one run.
pub struct Program {
    pub path: PathBuf,
    pub tests: &'static Tests,
}

impl CrateCopy {
    /// Copies all files that git tracks or would track.
    pub fn new(root: &Path, features: Option<String>) -> Result<CrateCopy> {
        let home = root.join("target/mutants");
        // The same folder for all rooms, of which the compiler knows what it compiled before.
        let folder = home.join("copy");
        let _ = fs::remove_dir_all(&folder);
        let listed = Command::new("git")
            .args([
                "ls-files",
                "-z",
                "--cached",
                "--others",
                "--exclude-standard",
            ])
            .current_dir(root)
            .output()?;
        for name in String::from_utf8(listed.stdout)?.split_terminator('\0') {
            let to = folder.join(name);
            fs::create_dir_all(to.parent().context(name.to_owned())?)?;
            // Files that were deleted and not yet committed are listed too.
            if root.join(name).exists() {
                fs::copy(root.join(name), to).with_context(|| name.to_owned())?;
            }
        }
        let lib = folder.join("src/lib.rs");
        let mut text = fs::read_to_string(&lib)?;
        text += &SWITCHES
            .replace("SWITCH", SWITCH)
            .replace("REACHED", REACHED);
        fs::write(lib, text)?;
        Ok(CrateCopy::last(root, features))
    }

    /// The copy that an earlier run made.
    pub fn last(root: &Path, features: Option<String>) -> CrateCopy {
        let home = root.join("target/mutants");
        CrateCopy {
            root: root.to_owned(),
            folder: home.join("copy"),
            target: home.join("target"),
            features,
        }
    }

    /// Where it is written which tests come by which faults.
    pub fn reached(&self) -> PathBuf {
        self.folder.join("reached.json")
    }

    /// Where it is written which faults are compiled in.
    pub fn list(&self) -> PathBuf {
        self.folder.join("faults.txt")
    }

    /// Puts all faults in that compile, and says which those are.
    pub fn inject(&self, faults: &[Fault]) -> Result<HashSet<u32>> {
        let mut files: BTreeMap<&str, Vec<&Fault>> = BTreeMap::new();
        for fault in faults {
            files.entry(&fault.file).or_default().push(fault);
        }
        let mut broken = HashSet::new();
        for _ in 0..MAX_ROUNDS {
            let mut injected = HashSet::new();
            for (file, faults) in &mut files {
                faults.retain(|fault| !broken.contains(&fault.id));
                let text = fs::read_to_string(self.root.join(file))?;
                let (text, ids) = inject(&text, faults).with_context(|| (*file).to_owned())?;
                fs::write(self.folder.join(file), text)?;
                injected.extend(ids);
            }
            let errors = self.errors()?;
            if errors.is_empty() {
                return Ok(injected);
            }
            let before = broken.len();
            broken.extend(errors);
            if broken.len() == before {
                bail!(
                    "an error of the compiler belongs to no fault: cargo check in {}",
                    self.folder.display()
                );
            }
        }
        bail!("after {MAX_ROUNDS} rounds faults are left that don't compile");
    }

    fn cargo(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("cargo");
        command
            .args(arguments)
            .arg("--message-format=json")
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", &self.target)
            .stderr(Stdio::null());
        if let Some(features) = &self.features {
            command.args(["--no-default-features", "--features", features]);
        }
        command
    }

    /// The faults that the compiler complains of.
    fn errors(&self) -> Result<HashSet<u32>> {
        let output = self
            .cargo(&["check", "--lib", "--profile", "test"])
            .output()?;
        let mut ids = HashSet::new();
        for message in messages(&output.stdout) {
            let message = &message["message"];
            if message["level"] != "error" {
                continue;
            }
            // What is moved by a fault is complained of where it is used after it: the fault is in another span.
            let spans = || message["spans"].as_array().into_iter().flatten();
            let before = ids.len();
            for span in spans().filter(|span| span["is_primary"] == true) {
                ids.extend(self.faults_near(span)?);
            }
            if ids.len() == before {
                for span in spans() {
                    ids.extend(self.faults_near(span)?);
                }
            }
        }
        if ids.is_empty() && !output.status.success() {
            bail!(
                "the copy doesn't compile: cargo check in {}",
                self.folder.display()
            );
        }
        Ok(ids)
    }

    /// The faults in the lines of an error, or in the nearest line above that has some.
    fn faults_near(&self, mut span: &Value) -> Result<Vec<u32>> {
        // What a macro expands to is elsewhere; what counts is where it is called.
        while span["expansion"]["span"].is_object() {
            span = &span["expansion"]["span"];
        }
        let number = |key: &str| span[key].as_u64().unwrap_or(1) as usize;
        let Ok(text) = fs::read_to_string(
            self.folder
                .join(span["file_name"].as_str().unwrap_or_default()),
        ) else {
            return Ok(Vec::new());
        };
        let lines: Vec<&str> = text.lines().collect();
        let (first, last) = (number("line_start") - 1, number("line_end"));
        let inside = ids(&lines[first..last.min(lines.len())].join("\n"));
        if !inside.is_empty() {
            return Ok(inside);
        }
        let above = (first.saturating_sub(NEAR)..first).rev();
        Ok(above
            .map(|line| ids(lines[line]))
            .find(|ids| !ids.is_empty())
            .unwrap_or_default())
    }

    /// Builds the test programs of rooms, and answers with those of each. Where some are named, those alone.
    pub fn build(&self, rooms: &[&'static Room], named: &[String]) -> Result<Vec<Vec<Program>>> {
        let is_asked = |tests: &&'static Tests| {
            named.is_empty() || named.iter().any(|name| name == tests.program)
        };
        let all = rooms.iter().flat_map(|room| room.tests).filter(is_asked);
        let names: BTreeSet<_> = all.map(|tests| tests.program).collect();
        let mut arguments = vec!["test", "--no-run", "--lib"];
        for name in names.into_iter().filter(|name| *name != "lib") {
            arguments.extend(["--test", name]);
        }
        let output = self.cargo(&arguments).output()?;
        let of_room = |room: &&'static Room| {
            let tests = room.tests.iter().filter(is_asked);
            tests.map(|tests| program(&output.stdout, tests)).collect()
        };
        rooms.iter().map(of_room).collect()
    }
}

/// A test program among what cargo says that it built.
fn program(built: &[u8], tests: &'static Tests) -> Result<Program> {
    let found = messages(built).find_map(|message| {
        let target = &message["target"];
        let is_lib = target["kind"][0] == "lib" && tests.program == "lib";
        let fits = message["profile"]["test"] == true
            && (is_lib || (target["name"] == tests.program && target["kind"][0] == "test"));
        message["executable"]
            .as_str()
            .filter(|_| fits)
            .map(PathBuf::from)
    });
    let path = found.with_context(|| format!("{} was not built", tests.program))?;
    Ok(Program { path, tests })
}

fn messages(output: &[u8]) -> impl Iterator<Item = Value> {
    output
        .split(|byte| *byte == b'\n')
        .filter_map(|line| serde_json::from_slice(line).ok())
}

/// The numbers in `__fault(17u32)`.
fn ids(text: &str) -> Vec<u32> {
    text.split("__fault(")
        .skip(1)
        .filter_map(|rest| rest.split_once("u32")?.0.parse().ok())
        .collect()
}
