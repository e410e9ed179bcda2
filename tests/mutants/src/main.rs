//! Puts single faults into rooms of the code and asks the tests of each room whether they notice.
//!
//! `cargo mutants` lists the faults. All of them are compiled into one copy of the crate, each behind
//! `crate::__fault(ID)`, and an environment variable turns one of them on; so a fault costs a run of
//! the tests and no build. docs/testing.md says how to use it.

mod checks;
mod crate_copy;
mod faults;
mod inject;
mod isolation;
mod reached;
mod room;
mod run;

use std::collections::HashSet;
use std::path::Path;

use anyhow::{Context as _, Result, bail};

use crate_copy::CrateCopy;
use faults::Fault;
use reached::Tests;
use room::Room;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (names, rest) = arguments
        .split_first()
        .context("say a room, as in `structs`, or several, as in `edit,gzip`")?;
    let rooms: Vec<_> = names.split(',').map(room::named).collect::<Result<_>>()?;
    let mut sample = Sample {
        every: 1,
        ..Sample::default()
    };
    let mut again = false;
    // Without them, the default features.
    let mut features: Option<String> = None;
    // Of the rooms' programs, those that are run; all where none is named.
    let mut programs: Vec<String> = Vec::new();
    // How long the tests may take that are asked about one fault.
    let mut seconds = f64::INFINITY;
    for argument in rest {
        match argument.split_once('=') {
            Some(("--every", n)) => sample.every = n.parse().context("--every wants a number")?,
            Some(("--start", n)) => sample.start = n.parse().context("--start wants a number")?,
            Some(("--only", text)) => sample.only = text.to_owned(),
            Some(("--from", file)) => sample.from = Some(std::fs::read_to_string(file)?),
            Some(("--features", names)) => features = Some(names.to_owned()),
            Some(("--seconds", n)) => seconds = n.parse().context("--seconds wants a number")?,
            Some(("--programs", names)) => {
                programs = names.split(',').map(str::to_owned).collect();
            }
            None if argument == "--again" => again = true,
            None if argument == "--checks" => sample.are_checks = true,
            _ => bail!(
                "{argument}: neither --every=N, --start=N, --only=TEXT, --from=FILE, --programs=NAMES, --seconds=N, --features=NAMES --checks nor --again"
            ),
        }
    }

    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()?;
    let (copy, faults) = match again {
        true => built(&root, &rooms, &sample, features)?,
        false => build(&root, &rooms, &sample, features)?,
    };
    let programs = copy.build(&rooms, &programs)?;
    let tests = match again && copy.reached().exists() {
        true => Tests::remembered(&copy)?,
        false => Tests::measured(&copy, &programs)?,
    };
    println!("{} tests take {:.0} s", tests.len(), tests.seconds());
    let chosen: Vec<_> = faults.iter().collect();
    let missed = run::all(&copy, &tests, &chosen, seconds)?;
    for (place, room) in rooms.iter().enumerate() {
        let of_room = |faults: &[&Fault]| {
            let of_room = faults.iter().filter(|fault| fault.room == place);
            of_room.count()
        };
        let (all, missed) = (of_room(&chosen), of_room(&missed));
        println!(
            "| {} | {all} | {} | {missed} | {:.1} % |",
            room.name,
            all - missed,
            100.0 * (all - missed) as f64 / all.max(1) as f64
        );
    }
    Ok(())
}

/// Which faults of a room are put in.
#[derive(Default)]
struct Sample {
    every: usize,
    start: usize,
    only: String,
    /// Calls, assignments and checks that are left out, and what else [`checks`] lists.
    are_checks: bool,
    /// The names of the faults, one a line.
    from: Option<String>,
}

impl Sample {
    fn of(&self, listed: Vec<Fault>) -> impl Iterator<Item = Fault> {
        let from: Option<HashSet<&str>> = self.from.as_deref().map(|from| {
            let names = from.lines();
            names
                .map(|line| line.trim_end_matches(run::UNREACHED))
                .collect()
        });
        listed
            .into_iter()
            .filter(|fault| fault.name.contains(&self.only))
            .filter(move |fault| from.as_ref().is_none_or(|from| from.contains(&*fault.name)))
            .skip(self.start)
            .step_by(self.every)
    }
}

/// A copy of the crate with a sample of the faults in it, and those that compile.
fn build(
    root: &Path,
    rooms: &[&'static Room],
    sample: &Sample,
    features: Option<String>,
) -> Result<(CrateCopy, Vec<Fault>)> {
    let mut faults = Vec::new();
    for (place, room) in rooms.iter().enumerate() {
        let listed = faults::listed(root, room, sample.are_checks)?;
        println!("{} faults in {}", listed.len(), room.name);
        // Only the sample is compiled in: the more faults, the longer the compiler takes.
        for mut fault in sample.of(listed) {
            fault.room = place;
            fault.id = u32::try_from(faults.len())?.saturating_add(1);
            faults.push(fault);
        }
    }
    let copy = CrateCopy::new(root, features)?;
    let injected = copy.inject(&faults)?;
    println!("{} of {} can be compiled in", injected.len(), faults.len());
    faults.retain(|fault| injected.contains(&fault.id));
    let lines: String = faults.iter().map(|fault| fault.line(rooms)).collect();
    std::fs::write(copy.list(), lines)?;
    Ok((copy, faults))
}

/// The copy of the run before, and a sample of what is compiled into it.
fn built(
    root: &Path,
    rooms: &[&'static Room],
    sample: &Sample,
    features: Option<String>,
) -> Result<(CrateCopy, Vec<Fault>)> {
    let copy = CrateCopy::last(root, features);
    let lines = std::fs::read_to_string(copy.list()).context("no run was built before")?;
    let all = lines.lines().filter_map(|line| Fault::of_line(line, rooms));
    let faults = sample.of(all.collect()).collect();
    Ok((copy, faults))
}
