//! Running the tests of a room with one fault turned on at a time.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Result, bail};

use crate::crate_copy::{CrateCopy, SWITCH};
use crate::faults::Fault;
use crate::isolation::Isolated;
use crate::reached::{Test, Tests, in_parallel};

/// Tests with a fault may take this many times the time that they took without, in processor time, and some
/// seconds: beyond that they run in circles, which is noticed. Processor time, because a busy machine
/// makes a program late and not wrong.
const PATIENCE: u64 = 4;
const SECONDS: u64 = 5;

/// A program that waits uses no processor time: it hangs after this many times the limit by the clock.
const WAITING: u64 = 10;

/// How long the tests take, in seconds, that are first asked about a fault. Those that follow may take twice as
/// long each time: most faults are noticed by a quick test.
const FIRST: f64 = 0.3;

/// The harness starts no test after the first that fails. It is an option of the harness that isn't stable, which
/// this variable allows.
const FAIL_FAST: [&str; 3] = ["-Z", "unstable-options", "--fail-fast"];
const UNSTABLE: (&str, &str) = ("RUSTC_BOOTSTRAP", "1");

/// What is said after the name of a fault that nothing asks for.
pub const UNREACHED: &str = " (no test comes by it)";

/// The status of a test program of which a test failed.
const TEST_FAILED: i32 = 101;

/// The faults that are missed, each of which is printed as it is found. The tests that are asked about a fault
/// may take that many seconds in all.
pub fn all<'f>(
    copy: &CrateCopy,
    tests: &Tests,
    faults: &[&'f Fault],
    seconds: f64,
) -> Result<Vec<&'f Fault>> {
    let next = AtomicUsize::new(0);
    let missed = Mutex::new(Vec::new());
    in_parallel(|worker| {
        while let Some(fault) = faults.get(next.fetch_add(1, Ordering::Relaxed)) {
            let mut taken = 0.0;
            let tests = tests.that_reach(fault).into_iter().take_while(|test| {
                taken += test.seconds;
                taken <= seconds
            });
            let tests: Vec<_> = tests.collect();
            if is_noticed(copy, fault, &tests, worker)? {
                continue;
            }
            match tests.len() {
                0 => println!("{}{UNREACHED}", fault.name),
                _ => println!("{}", fault.name),
            }
            let Ok(mut missed) = missed.lock() else {
                bail!("a thread failed")
            };
            missed.push(*fault);
        }
        Ok(())
    })?;
    missed
        .into_inner()
        .map_err(|_| anyhow::anyhow!("a thread failed"))
}

/// Whether one of these tests fails or hangs with that fault.
fn is_noticed(copy: &CrateCopy, fault: &Fault, tests: &[&Test], worker: usize) -> Result<bool> {
    let mut rest = tests;
    let mut time = FIRST;
    while !rest.is_empty() {
        let mut taken = 0.0;
        let fits = rest.iter().take_while(|test| {
            taken += test.seconds;
            taken <= time
        });
        let (now, later) = rest.split_at(fits.count().max(1));
        let mut programs: BTreeMap<_, Vec<&Test>> = BTreeMap::new();
        for test in now {
            let of_program = programs.entry(&*test.program).or_default();
            of_program.push(test);
        }
        for (program, of_program) in programs {
            let seconds: f64 = of_program.iter().map(|test| test.seconds).sum();
            let names: Vec<&str> = of_program.iter().map(|test| &*test.name).collect();
            let limit = seconds.ceil() as u64 * PATIENCE + SECONDS;
            let status = run(copy, program, &names, fault.id, limit, worker)?;
            // A program that was ended because it took too long is told, so that it can be run again alone.
            if status.code() != Some(TEST_FAILED) && !status.success() {
                println!("ended with {status}: {}", fault.name);
            }
            if !status.success() {
                return Ok(true);
            }
        }
        rest = later;
        time *= 2.0;
    }
    Ok(false)
}

/// What a test program says of some tests with that fault.
fn run(
    copy: &CrateCopy,
    program: &Path,
    names: &[&str],
    id: u32,
    limit: u64,
    worker: usize,
) -> Result<ExitStatus> {
    let mut isolated = Isolated::new(&copy.folder, worker, None)?;
    isolated
        .command()
        .args(["timeout", "-k", "2"])
        .arg((limit * WAITING).to_string())
        .args(["prlimit", &format!("--cpu={limit}"), "--"])
        .arg(program)
        .args(["-q", "--test-threads=1", "--exact"])
        .args(FAIL_FAST)
        .args(names)
        .env(UNSTABLE.0, UNSTABLE.1)
        .env(SWITCH, id.to_string())
        .env("PROPTEST_MAX_SHRINK_ITERS", "0")
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    Ok(isolated.output()?.status)
}
