//! Puts single faults into a room of the code and asks the tests of that room whether they notice.
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

use std::path::Path;

use anyhow::{Context as _, Result, bail};

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (name, rest) = arguments
        .split_first()
        .context("say a room, as in `structs`")?;
    let room = room::named(name)?;
    let (mut every, mut only, mut from) = (1, String::new(), None);
    for argument in rest {
        match argument.split_once('=') {
            Some(("--every", n)) => every = n.parse().context("--every wants a number")?,
            Some(("--only", text)) => only = text.to_owned(),
            Some(("--from", file)) => from = Some(std::fs::read_to_string(file)?),
            _ => bail!("{argument}: neither --every=N, --only=TEXT nor --from=FILE"),
        }
    }

    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()?;
    let faults = faults::listed(&root, &room)?;
    println!("{} faults in {}", faults.len(), room.name);
    // Only the sample is compiled in: the more faults, the longer the compiler takes.
    let faults: Vec<_> = faults
        .into_iter()
        .filter(|fault| fault.name.contains(&only))
        .filter(|fault| {
            from.as_ref()
                .is_none_or(|from| from.lines().any(|line| line == fault.name))
        })
        .step_by(every)
        .collect();
    let copy = crate_copy::CrateCopy::new(&root, &room)?;
    let injected = copy.inject(&faults)?;
    println!("{} can be compiled in", injected.len());
    let tests = copy.build(&room)?;
    let chosen: Vec<_> = faults
        .iter()
        .filter(|fault| injected.contains(&fault.id))
        .collect();
    let tally = run::all(&copy, &tests, &chosen)?;
    println!(
        "| {} | {} | {} | {} | {:.1} % |",
        room.name,
        chosen.len(),
        tally.caught,
        tally.missed.len(),
        100.0 * tally.caught as f64 / chosen.len().max(1) as f64
    );
    Ok(())
}
