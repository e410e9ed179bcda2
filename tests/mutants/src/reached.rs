//! Which tests come by which faults: no other test can notice one.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use serde::{Deserialize, Serialize};

use crate::crate_copy::{CrateCopy, Program, REACHED};
use crate::faults::Fault;
use crate::isolation::Isolated;

/// A test, run without a fault.
#[derive(Clone, Deserialize, Serialize)]
pub struct Test {
    /// The rooms whose faults it is asked about.
    rooms: BTreeSet<usize>,
    pub program: PathBuf,
    pub name: String,
    /// How long it takes by itself.
    pub seconds: f64,
    /// The faults that it comes by. `None` when it fails under the switch's own calls of the system, as a test
    /// that counts calls does: it may come by all.
    reached: Option<BTreeSet<u32>>,
}

/// All tests of all rooms, the quick ones first.
#[derive(Deserialize, Serialize)]
pub struct Tests(Vec<Test>);

impl Tests {
    /// Runs each test by itself. The programs are those of each room.
    pub fn measured(copy: &CrateCopy, programs: &[Vec<Program>]) -> Result<Tests> {
        // Rooms have tests in common, which are run once.
        let mut names: BTreeMap<_, BTreeSet<usize>> = BTreeMap::new();
        for (room, programs) in programs.iter().enumerate() {
            for program in programs {
                for name in names_of(program)? {
                    let rooms = names.entry((&program.path, name)).or_default();
                    rooms.insert(room);
                }
            }
        }
        let unmeasured = names.into_iter().map(|((program, name), rooms)| Test {
            rooms,
            program: program.clone(),
            name,
            seconds: 0.0,
            reached: None,
        });
        let unmeasured: Vec<_> = unmeasured.collect();
        let next = AtomicUsize::new(0);
        let tests = Mutex::new(Vec::new());
        in_parallel(|worker| {
            while let Some(test) = unmeasured.get(next.fetch_add(1, Ordering::Relaxed)) {
                let mut test = test.clone();
                test.measure(copy, worker)?;
                let Ok(mut tests) = tests.lock() else {
                    bail!("a thread failed")
                };
                tests.push(test);
            }
            Ok(())
        })?;
        let Ok(mut tests) = tests.into_inner() else {
            bail!("a thread failed")
        };
        tests.sort_by(|a, b| a.seconds.total_cmp(&b.seconds));
        let tests = Tests(tests);
        fs::write(copy.reached(), serde_json::to_vec(&tests)?)?;
        Ok(tests)
    }

    /// What an earlier run of the same programs measured.
    pub fn remembered(copy: &CrateCopy) -> Result<Tests> {
        let text = fs::read(copy.reached()).context("no run was measured before")?;
        Ok(serde_json::from_slice(&text)?)
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn seconds(&self) -> f64 {
        self.0.iter().map(|test| test.seconds).sum()
    }

    /// The tests of a room that come by a fault: those beside the code first, and of these and the others the quick ones.
    pub fn that_reach(&self, fault: &Fault) -> Vec<&Test> {
        let module = fault.module();
        let reach = self.0.iter().filter(|test| {
            let reached = test.reached.as_ref();
            let comes_by = reached.is_none_or(|reached| reached.contains(&fault.id));
            comes_by && test.rooms.contains(&fault.room)
        });
        let (beside, others): (Vec<_>, Vec<_>) =
            reach.partition(|test| test.name.starts_with(&module));
        [beside, others].concat()
    }
}

impl Test {
    fn measure(&mut self, copy: &CrateCopy, worker: usize) -> Result<()> {
        let record = copy.folder.join(format!("reached-{worker}"));
        fs::write(&record, [])?;
        let started = Instant::now();
        // As it runs with a fault: in isolation.
        let mut isolated = Isolated::new(&copy.folder, worker, Some(&record))?;
        let command = isolated.command();
        command
            .arg(&self.program)
            .args(["--test-threads=1", "--exact", &self.name])
            .env(REACHED, &record);
        let is_recorded = isolated.output()?.status.success();
        self.seconds = started.elapsed().as_secs_f64();
        if is_recorded {
            let numbers = fs::read(record)?;
            let (numbers, _) = numbers.as_chunks();
            let numbers = numbers.iter().map(|number| u32::from_ne_bytes(*number));
            self.reached = Some(numbers.collect());
            return Ok(());
        }
        isolated.command().env_remove(REACHED);
        let output = isolated.output()?;
        if !output.status.success() {
            bail!(
                "{} fails without a fault ({}):\n{}{}",
                self.name,
                output.status,
                String::from_utf8_lossy(&output.stdout),
                String::from_utf8_lossy(&output.stderr),
            );
        }
        Ok(())
    }
}

/// The names of the tests that a room asks a program for.
fn names_of(program: &Program) -> Result<Vec<String>> {
    let output = Command::new(&program.path)
        .args(program.tests.arguments)
        .args(["--list", "--format=terse"])
        .output()?;
    let text = String::from_utf8(output.stdout)?;
    let names = text.lines().filter_map(|line| line.strip_suffix(": test"));
    Ok(names.map(str::to_owned).collect())
}

/// Does work on as many threads as there are processors; each is told its number.
pub fn in_parallel(work: impl Fn(usize) -> Result<()> + Sync) -> Result<()> {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        let work = &work;
        let workers: Vec<_> = (0..threads)
            .map(|number| scope.spawn(move || work(number)))
            .collect();
        for worker in workers {
            match worker.join() {
                Ok(result) => result?,
                Err(_) => bail!("a thread failed"),
            }
        }
        Ok(())
    })
}
