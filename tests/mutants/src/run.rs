//! Running the tests of a room with one fault turned on at a time.

use std::fs;
use std::process::{Output, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::crate_copy::{CrateCopy, Program, SWITCH};
use crate::faults::Fault;
use crate::isolation;

/// A test program with a fault may take this many times the processor time that it took without, and some
/// seconds: beyond that it runs in circles, which is noticed. Processor time, because a busy machine
/// makes a program late and not wrong.
const PATIENCE: u32 = 5;
const SECONDS: Duration = Duration::from_secs(20);

/// A program that waits uses no processor time: it hangs after this many times the limit by the clock.
const WAITING: u64 = 10;

#[derive(Default)]
pub struct Tally {
    pub caught: usize,
    pub missed: Vec<String>,
}

/// Prints what is missed as it is found.
pub fn all(copy: &CrateCopy, programs: &[Program], faults: &[&Fault]) -> Result<Tally> {
    let mut limits = Vec::new();
    for program in programs {
        let start = Instant::now();
        let output = run(copy, program, 0, Duration::from_secs(900))?;
        if !output.status.success() {
            bail!(
                "{} fails without a fault ({}):\n{}{}",
                program.path.display(),
                output.status,
                String::from_utf8_lossy(&output.stdout),
                String::from_utf8_lossy(&output.stderr),
            );
        }
        // On a busy machine the clock shows more than the processor time, and the limit is larger.
        limits.push(start.elapsed() * PATIENCE + SECONDS);
    }
    let next = AtomicUsize::new(0);
    let tally = Mutex::new(Tally::default());
    let work = || -> Result<()> {
        while let Some(fault) = faults.get(next.fetch_add(1, Ordering::Relaxed)) {
            let mut caught = false;
            for (program, limit) in programs.iter().zip(&limits) {
                caught = !run(copy, program, fault.id, *limit)?.status.success();
                if caught {
                    break;
                }
            }
            let Ok(mut tally) = tally.lock() else {
                bail!("a thread failed")
            };
            if caught {
                tally.caught += 1;
            } else {
                println!("{}", fault.name);
                tally.missed.push(fault.name.clone());
            }
        }
        Ok(())
    };
    let threads = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        for worker in workers {
            match worker.join() {
                Ok(result) => result?,
                Err(_) => bail!("a thread failed"),
            }
        }
        Ok(())
    })?;
    tally
        .into_inner()
        .map_err(|_| anyhow::anyhow!("a thread failed"))
}

/// What a test program says with that fault, and whether it fails or hangs.
fn run(copy: &CrateCopy, program: &Program, id: u32, limit: Duration) -> Result<Output> {
    let scratch = copy
        .folder
        .join(format!("scratch/{:?}", thread::current().id()));
    fs::create_dir_all(&scratch)?;
    let mut command = isolation::command(&scratch);
    command
        .args(["timeout", "-k", "2"])
        .arg((limit.as_secs() * WAITING).to_string())
        .args(["prlimit", &format!("--cpu={}", limit.as_secs()), "--"])
        .arg(&program.path)
        .args(program.tests.arguments)
        .arg("-q")
        .current_dir(&copy.folder)
        .env(SWITCH, id.to_string())
        .env("RUST_BACKTRACE", "0")
        .env("PROPTEST_MAX_SHRINK_ITERS", "0")
        .env("TMPDIR", &scratch)
        .stdin(Stdio::null());
    if id != 0 {
        command.stdout(Stdio::null()).stderr(Stdio::null());
    }
    let output = command.output()?;
    let _ = fs::remove_dir_all(&scratch);
    if output.status.code() == Some(isolation::FAILED) {
        bail!(
            "a test program could not be isolated: see `unshare --mount` and tests/mutants/src/isolation.rs"
        );
    }
    Ok(output)
}
