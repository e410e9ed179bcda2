//! Runs the tool under strace, which makes one system call of it fail, or kills it there.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use crate::is_missing;

/// What becomes of a call.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Fault {
    Eio,
    Enospc,
    Kill,
}

impl Fault {
    const ALL: [Fault; 3] = [Fault::Eio, Fault::Enospc, Fault::Kill];

    fn injection(self) -> &'static str {
        match self {
            Fault::Eio => "error=EIO",
            Fault::Enospc => "error=ENOSPC",
            Fault::Kill => "signal=KILL",
        }
    }
}

/// A run in which something was made to fail.
#[derive(Debug)]
pub(crate) struct Injected {
    /// The call, which one of its name, and what became of it.
    pub(crate) place: (&'static str, usize, Fault),
    pub(crate) output: Output,
    /// The line of strace's log.
    pub(crate) line: String,
}

impl Injected {
    pub(crate) fn is_kill(&self) -> bool {
        self.place.2 == Fault::Kill
    }

    /// Whether a file has to do with it, and no terminal, pipe or waiting thread.
    pub(crate) fn is_of_a_file(&self) -> bool {
        let on_file = self.line.contains("</") && !self.line.contains("</dev/");
        on_file || self.place.0.starts_with("rename")
    }

    pub(crate) fn stderr(&self) -> String {
        String::from_utf8_lossy(&self.output.stderr).into_owned()
    }
}

/// Whether no faults can be injected here.
pub(crate) fn is_impossible() -> bool {
    is_missing("strace", &["-f", "true"])
}

/// Runs the tool in `folder` once for each of `calls` that it makes and each fault; of many calls
/// of one name, `most` from the first to the last. Each time `reset` puts the files in place
/// before, and `check` looks at them afterwards. Each fault must have been injected somewhere.
pub(crate) fn each_fault(
    folder: &Path,
    args: &[&str],
    calls: &[&'static str],
    most: usize,
    reset: &dyn Fn(),
    check: &dyn Fn(&Injected),
) {
    reset();
    let (_, log) = strace(folder, args, &calls.join(","), None);
    let made = count(&log);
    let mut injected = [0; Fault::ALL.len()];
    for &call in calls {
        let made = made.get(call).copied().unwrap_or(0);
        for nth in steps(made, most) {
            for fault in Fault::ALL {
                reset();
                let inject = format!("{call}:{}:when={nth}", fault.injection());
                let (output, log) = strace(folder, args, call, Some(&inject));
                let killed = fault == Fault::Kill && log.contains("+++ killed by SIGKILL");
                let line = log.lines().find(|line| line.contains("(INJECTED)"));
                // Threads share their work differently each time.
                if line.is_none() && !killed {
                    continue;
                }
                injected[fault as usize] += 1;
                check(&Injected {
                    place: (call, nth, fault),
                    output,
                    line: line.unwrap_or_default().to_owned(),
                });
            }
        }
    }
    println!("{args:?}: {injected:?} of {:?}", Fault::ALL);
    assert!(injected.iter().all(|&n| n >= 2), "{args:?}: {injected:?}");
}

/// From 1 to `count`, no more than `most`, evenly, with both ends.
fn steps(count: usize, most: usize) -> Vec<usize> {
    if count <= most {
        return (1..=count).collect();
    }
    (0..most)
        .map(|i| 1 + i * (count - 1) / (most - 1))
        .collect()
}

/// Where this is set, the test program itself is run instead of the tool, with a variable of the environment:
/// for what the tool does only at a terminal.
pub(crate) static ITSELF: OnceLock<(&str, PathBuf)> = OnceLock::new();

fn tool() -> Command {
    let Some((name, value)) = ITSELF.get() else {
        let path = option_env!("CARGO_BIN_EXE_bytewright");
        return Command::new(path.expect("the tool is built with its tests"));
    };
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.env(name, value);
    command
}

pub(crate) fn strace(
    folder: &Path,
    args: &[&str],
    trace: &str,
    inject: Option<&str>,
) -> (Output, String) {
    let log = tempfile::NamedTempFile::new().unwrap();
    let tool = tool();
    let mut command = Command::new("strace");
    command.envs(
        tool.get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    command.args(["-f", "-y", "-e", &format!("trace={trace}")]);
    if let Some(inject) = inject {
        command.args(["-e", &format!("inject={inject}")]);
    }
    let output = command
        .arg("-o")
        .arg(log.path())
        .arg(tool.get_program())
        .args(args)
        .current_dir(folder)
        .output()
        .unwrap();
    (output, fs::read_to_string(log.path()).unwrap())
}

/// How often the thread that makes most of them makes each call: strace counts for each thread.
fn count(log: &str) -> HashMap<String, usize> {
    let mut threads: HashMap<(&str, &str), usize> = HashMap::new();
    for line in log.lines() {
        let Some((thread, rest)) = line.split_once(' ') else {
            continue;
        };
        if let Some((call, _)) = rest.trim_start().split_once('(') {
            *threads.entry((thread, call)).or_default() += 1;
        }
    }
    let mut most = HashMap::new();
    for ((_, call), count) in threads {
        let known: &mut usize = most.entry(call.to_owned()).or_default();
        *known = count.max(*known);
    }
    most
}

/// The temporary files in a folder, which are removed.
pub(crate) fn take_temporaries(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let names: Vec<_> = names.filter(|name| name.ends_with(".tmp")).collect();
    for name in &names {
        fs::remove_file(folder.join(name)).unwrap();
    }
    names
}
