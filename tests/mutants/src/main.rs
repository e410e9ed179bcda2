//! Puts single faults into rooms of the code and asks the tests of each room whether they notice.
//!
//! `cargo mutants` lists the faults. All of them are compiled into one copy of the crate, each behind
//! `crate::__fault(ID)`, and an environment variable turns one of them on; so a fault costs a run of
//! the tests and no build. docs/testing.md says how to use it.

mod crate_copy;
mod faults;
mod inject;
mod isolation;
mod room;
mod run;

use std::collections::HashSet;
use std::path::Path;

use anyhow::{Context as _, Result, bail};

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (names, rest) = arguments
        .split_first()
        .context("say a room, as in `structs`, or several, as in `edit,gzip`")?;
    let rooms: Vec<_> = names.split(',').map(room::named).collect::<Result<_>>()?;
    let (mut every, mut start, mut only, mut from) = (1, 0, String::new(), None);
    for argument in rest {
        match argument.split_once('=') {
            Some(("--every", n)) => every = n.parse().context("--every wants a number")?,
            Some(("--start", n)) => start = n.parse().context("--start wants a number")?,
            Some(("--only", text)) => only = text.to_owned(),
            Some(("--from", file)) => from = Some(std::fs::read_to_string(file)?),
            _ => bail!("{argument}: neither --every=N, --start=N, --only=TEXT nor --from=FILE"),
        }
    }

    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()?;
    let from: Option<HashSet<&str>> = from.as_deref().map(|from| from.lines().collect());
    let mut faults = Vec::new();
    for (place, room) in rooms.iter().enumerate() {
        let listed = faults::listed(&root, room)?;
        println!("{} faults in {}", listed.len(), room.name);
        // Only the sample is compiled in: the more faults, the longer the compiler takes.
        let sample = listed
            .into_iter()
            .filter(|fault| fault.name.contains(&only))
            .filter(|fault| from.as_ref().is_none_or(|from| from.contains(&*fault.name)))
            .skip(start)
            .step_by(every);
        for mut fault in sample {
            fault.room = place;
            fault.id = u32::try_from(faults.len())?.saturating_add(1);
            faults.push(fault);
        }
    }
    let copy = crate_copy::CrateCopy::new(&root)?;
    let injected = copy.inject(&faults)?;
    println!("{} of {} can be compiled in", injected.len(), faults.len());
    let tests = copy.build(&rooms)?;
    let chosen: Vec<_> = faults
        .iter()
        .filter(|fault| injected.contains(&fault.id))
        .collect();
    let missed = run::all(&copy, &tests, &chosen)?;
    for (place, room) in rooms.iter().enumerate() {
        let of_room = |faults: &[&faults::Fault]| {
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
