//! Runs the binary and looks at what it did.

use std::ffi::OsStr;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

/// The first 30 bytes of a BMP file of 640 × 360 pixels, 24 bits each.
pub(crate) const BMP: &[u8] =
    b"\x42\x4d\x38\x8c\x0a\x00\x00\x00\x00\x00\x36\x00\x00\x00\x28\x00\x00\x00\
\x80\x02\x00\x00\x68\x01\x00\x00\x01\x00\x18\x00";

/// A run that ended.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) status: i32,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: String,
}

/// The binary with these arguments, not started yet.
pub(crate) fn command<S: AsRef<OsStr>>(args: impl IntoIterator<Item = S>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bytewright"));
    command.args(args);
    for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
        command.env_remove(variable);
    }
    command
}

/// Runs the binary with nothing on standard input.
pub(crate) fn run<S: AsRef<OsStr>>(args: impl IntoIterator<Item = S>) -> Run {
    run_with(args, b"")
}

/// Runs the binary with these bytes on standard input.
pub(crate) fn run_with<S: AsRef<OsStr>>(args: impl IntoIterator<Item = S>, stdin: &[u8]) -> Run {
    let mut child = command(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut pipe = child.stdin.take().unwrap();
    let stdin = stdin.to_vec();
    // A program that reads no further than it needs closes the pipe; that is its right.
    let writer = std::thread::spawn(move || drop(pipe.write_all(&stdin)));
    let run = child.wait_with_output().unwrap().into();
    writer.join().unwrap();
    run
}

impl From<Output> for Run {
    fn from(output: Output) -> Run {
        Run {
            status: output.status.code().expect("ended by a signal"),
            stdout: output.stdout,
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Run {
    /// Standard output, of a run that went well and had nothing to complain about.
    #[track_caller]
    pub(crate) fn out(self) -> String {
        assert_eq!((self.status, self.stderr.as_str()), (0, ""));
        String::from_utf8(self.stdout).unwrap()
    }

    /// Standard error, of a run that ended with this status and printed nothing else.
    #[track_caller]
    pub(crate) fn fails(self, status: i32) -> String {
        assert_eq!(String::from_utf8_lossy(&self.stdout), "", "{}", self.stderr);
        assert_eq!(self.status, status, "{}", self.stderr);
        self.stderr
    }

    /// The JSON document on standard output.
    #[track_caller]
    pub(crate) fn json(self) -> serde_json::Value {
        serde_json::from_str(&self.out()).unwrap()
    }
}

/// A folder that goes away, with files in it.
pub(crate) struct Folder(tempfile::TempDir);

impl Folder {
    pub(crate) fn new() -> Folder {
        Folder(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// The path of a new file, as an argument.
    pub(crate) fn file(&self, name: &str, bytes: &[u8]) -> String {
        std::fs::write(self.path(name), bytes).unwrap();
        self.path(name).into_os_string().into_string().unwrap()
    }

    pub(crate) fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.0.path()).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

/// The output of a tool that the test compares with; `None`, said aloud, where it is missing.
pub(crate) fn peer(program: &str, args: &[&str]) -> Option<String> {
    let output = crate::common::peer_output(Command::new(program).args(args))?;
    Some(String::from_utf8(output).unwrap())
}
