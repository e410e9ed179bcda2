//! Running the tests of a room with one fault turned on at a time.

use std::fs;
use std::process::{Output, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use anyhow::{Context as _, Result, bail};

use crate::crate_copy::{CrateCopy, Program, SWITCH};
use crate::faults::Fault;
use crate::isolation;

/// A test program with a fault may take this many times the processor time that it took without, and some
/// seconds: beyond that it runs in circles, which is noticed. Processor time, because a busy machine
/// makes a program late and not wrong.
const PATIENCE: u64 = 4;
const SECONDS: u64 = 10;

/// A program that waits uses no processor time: it hangs after this many times the limit by the clock.
const WAITING: u64 = 10;

/// The harness starts no test after the first that fails. It is an option of the harness that isn't stable, which
/// this variable allows.
const FAIL_FAST: [&str; 3] = ["-Z", "unstable-options", "--fail-fast"];
const UNSTABLE: (&str, &str) = ("RUSTC_BOOTSTRAP", "1");

/// The faults that are missed, each of which is printed as it is found. The programs are those of each room.
pub fn all<'f>(
    copy: &CrateCopy,
    programs: &[Vec<Program>],
    faults: &[&'f Fault],
) -> Result<Vec<&'f Fault>> {
    let mut limits: Vec<Vec<u64>> = Vec::new();
    for (room, programs) in programs.iter().enumerate() {
        let mut of_room = Vec::new();
        // A room without faults in the sample needs no limits.
        let is_asked = faults.iter().any(|fault| fault.room == room);
        for program in programs.iter().filter(|_| is_asked) {
            let before = processor_seconds()?;
            let output = run(copy, program, 0, 900)?;
            if !output.status.success() {
                bail!(
                    "{} fails without a fault ({}):\n{}{}",
                    program.path.display(),
                    output.status,
                    String::from_utf8_lossy(&output.stdout),
                    String::from_utf8_lossy(&output.stderr),
                );
            }
            let taken = processor_seconds()? - before;
            println!(
                "{} {:?}: {taken} s",
                program.tests.program, program.tests.arguments
            );
            of_room.push(taken * PATIENCE + SECONDS);
        }
        limits.push(of_room);
    }
    let next = AtomicUsize::new(0);
    let missed = Mutex::new(Vec::new());
    let work = || -> Result<()> {
        while let Some(fault) = faults.get(next.fetch_add(1, Ordering::Relaxed)) {
            let mut caught = false;
            for (program, limit) in programs[fault.room].iter().zip(&limits[fault.room]) {
                let status = run(copy, program, fault.id, *limit)?.status;
                caught = !status.success();
                // A program that was ended because it took too long is told, so that it can be run again alone.
                if status.code() != Some(TEST_FAILED) && caught {
                    println!("ended with {status}: {}", fault.name);
                }
                if caught {
                    break;
                }
            }
            if caught {
                continue;
            }
            println!("{}", fault.name);
            let Ok(mut missed) = missed.lock() else {
                bail!("a thread failed")
            };
            missed.push(*fault);
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
    missed
        .into_inner()
        .map_err(|_| anyhow::anyhow!("a thread failed"))
}

/// The status of a test program of which a test failed.
const TEST_FAILED: i32 = 101;

/// The processor time in seconds that programs took which were waited for: fields 16 and 17 of what
/// proc(5) describes, in hundredths of a second.
fn processor_seconds() -> Result<u64> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    let after_name = stat.rsplit(") ").next().unwrap_or_default();
    let fields: Vec<&str> = after_name.split(' ').collect();
    let mut ticks = 0;
    for place in [13, 14] {
        let field = fields.get(place).context("/proc/self/stat is short")?;
        ticks += field.parse::<u64>()?;
    }
    Ok(ticks / 100)
}

/// What a test program says with that fault, and whether it fails or hangs.
fn run(copy: &CrateCopy, program: &Program, id: u32, limit: u64) -> Result<Output> {
    let scratch = copy
        .folder
        .join(format!("scratch/{:?}", thread::current().id()));
    fs::create_dir_all(&scratch)?;
    let mut command = isolation::command(&scratch);
    command
        .args(["timeout", "-k", "2"])
        .arg((limit * WAITING).to_string())
        .args(["prlimit", &format!("--cpu={}", limit), "--"])
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
        command.args(FAIL_FAST).env(UNSTABLE.0, UNSTABLE.1);
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
