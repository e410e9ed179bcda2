//! A test program with a fault in it writes, renames and deletes what it likes: what it can reach.
//!
//! As root it runs in a mount namespace where every file system is read-only but two of its own in
//! memory, of a bounded size. Another user can't harm the system, and gets bounds of memory and of
//! the size of a file alone.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use anyhow::{Result, bail};
use rustix::process::geteuid;

/// The exit status when the namespace can't be made. A test program ends with 101 or by a signal.
const FAILED: i32 = 96;

/// The memory that a test program may ask for, in KiB.
const MEMORY: &str = "8000000";

/// The size of one file that a test program may write, in blocks of 512 bytes: 8 TiB, as the tests make
/// sparse files of four. What is in them is bounded by the file systems in memory.
const FILE: &str = "17179869184";

/// The bytes of each file system in memory.
const SPACE: &str = "2g";

/// `$1` is the folder for temporary files, `$2` the memory, `$3` the size of a file, `$4` the space, `$5` a file
/// that can be written, or nothing.
const AS_ROOT: &str = r#"
set -e
trap 'exit 96' EXIT
mount --make-rprivate /
for folder in /dev/shm "$1"; do
    mount -t tmpfs -o "size=$4,mode=1777" tmpfs "$folder"
done
for folder in / /dev $(awk '$3 ~ /^(ext|xfs|btrfs|overlay|zfs)/ && $2 != "/" { print $2 }' /proc/self/mounts); do
    mount -o remount,bind,ro "$folder"
done
if [ -n "$5" ]; then
    mount --bind "$5" "$5"
    mount -o remount,bind,rw "$5"
fi
ulimit -v "$2"
ulimit -f "$3"
shift 5
trap - EXIT
exec "$@"
"#;

const AS_USER: &str = r#"
ulimit -v "$2" && ulimit -f "$3" || exit 96
shift 5
exec "$@"
"#;

/// A command that can't do harm.
pub struct Isolated {
    command: Command,
    /// A folder for temporary files.
    scratch: PathBuf,
}

impl Isolated {
    /// In a folder, for one of several threads. The command is to follow, as arguments; it can write to `record`.
    pub fn new(folder: &Path, worker: usize, record: Option<&Path>) -> Result<Isolated> {
        let scratch = folder.join(format!("scratch/{worker}"));
        fs::create_dir_all(&scratch)?;
        let is_root = geteuid().is_root();
        let mut command = Command::new(if is_root { "unshare" } else { "sh" });
        if is_root {
            command.args(["--mount", "sh"]);
        }
        command
            .args(["-c", if is_root { AS_ROOT } else { AS_USER }, "sh"])
            .arg(&scratch)
            .args([MEMORY, FILE, SPACE])
            .arg(record.unwrap_or(Path::new("")))
            .current_dir(folder)
            .env("TMPDIR", &scratch)
            .env("RUST_BACKTRACE", "0")
            .stdin(Stdio::null());
        Ok(Isolated { command, scratch })
    }

    pub fn command(&mut self) -> &mut Command {
        &mut self.command
    }

    pub fn output(&mut self) -> Result<Output> {
        let output = self.command.output()?;
        if output.status.code() == Some(FAILED) {
            bail!(
                "a test program could not be isolated: see `unshare --mount` and tests/mutants/src/isolation.rs"
            );
        }
        Ok(output)
    }
}

impl Drop for Isolated {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.scratch);
    }
}
