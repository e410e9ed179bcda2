//! The Python process: one for all cases.

use std::env;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::Value;

pub struct Peer {
    child: Child,
    pub input: Option<BufWriter<ChildStdin>>,
    pub answers: Answers,
    pub version: (u64, u64),
}

pub struct Answers(BufReader<ChildStdout>);

/// Older ones end a format at a NUL, and much else.
const OLDEST: (u64, u64) = (3, 8);

/// What Python says: its answer, or how it refuses.
pub type Said = Result<Value, String>;

pub struct Answer {
    pub size: Said,
    pub jobs: Vec<Said>,
}

impl Peer {
    /// `None` where there is no Python of this machine's kind to compare with, which is said.
    pub fn start() -> Option<Peer> {
        let python = env::var("BYTEWRIGHT_PYTHON").unwrap_or_else(|_| "python3".to_owned());
        let script = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/engine/python_struct/peer.py"
        );
        let started = Command::new(&python)
            .args(["-I", script])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn();
        let mut child = match started {
            Ok(child) => child,
            Err(e) => return missing(&format!("{python} doesn't start: {e}")),
        };
        let input = child.stdin.take().map(BufWriter::new);
        let mut answers = Answers(BufReader::new(child.stdout.take().unwrap()));
        // The script's first line is the only one that comes unasked.
        let Some(hello) = answers.line() else {
            return missing(&format!("{python} doesn't run the script"));
        };
        let version = (
            hello["version"][0].as_u64().unwrap(),
            hello["version"][1].as_u64().unwrap(),
        );
        if version < OLDEST {
            return missing(&format!("{python} is older than 3.8"));
        }
        let alike = hello["bits"] == 64 && hello["little"] == cfg!(target_endian = "little");
        if !alike || cfg!(not(all(unix, target_pointer_width = "64"))) {
            return missing(&format!("{python} or bytewright isn't of 64-bit Unix"));
        }
        Some(Peer {
            child,
            input,
            answers,
            version,
        })
    }

    pub fn finish(mut self) {
        assert!(self.child.wait().unwrap().success(), "Python failed");
    }
}

fn missing(why: &str) -> Option<Peer> {
    crate::common::skip("python3", why);
    None
}

impl Answers {
    fn line(&mut self) -> Option<Value> {
        let mut line = String::new();
        match self.0.read_line(&mut line) {
            Ok(1..) => serde_json::from_str(&line).ok(),
            _ => None,
        }
    }

    /// The answer to the next case.
    pub fn next(&mut self) -> Answer {
        let line = self.line().expect("Python answers every case");
        Answer {
            size: said(&line["size"]),
            jobs: line["jobs"].as_array().unwrap().iter().map(said).collect(),
        }
    }
}

fn said(outcome: &Value) -> Said {
    match outcome.get("ok") {
        Some(value) => Ok(value.clone()),
        None => Err(outcome["error"].as_str().unwrap().to_owned()),
    }
}

/// Writes a case; flushing is the buffer's affair.
pub fn send(input: &mut impl Write, case: &Value) {
    writeln!(input, "{case}").expect("Python reads every case");
}
