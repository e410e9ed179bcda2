//! A randomized comparison with Python's own `struct`: thousands of formats, right and wrong,
//! with values and buffers, right and wrong, in one Python process.
//!
//! `BYTEWRIGHT_SEED` brings a run back, `BYTEWRIGHT_CASES` says how many formats (5,000 if it
//! doesn't), `BYTEWRIGHT_PYTHON` which Python (`python3` from the path).

mod cases;
mod formats;
mod ours;
mod peer;
mod pinned;
mod random;
mod table;
mod tokens;
mod values;
mod versions;

use std::env;
use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};

use cases::Case;
use peer::{Answer, Peer};
use table::Table;
use versions::{CLASSES, Part};

/// How many differences are listed.
const LISTED: usize = 20;

fn number_from(variable: &str) -> Option<u64> {
    let text = env::var(variable).ok()?;
    let number = text.parse();
    Some(number.unwrap_or_else(|_| panic!("{variable}={text} is not a number")))
}

#[test]
fn python_and_bytewright_agree() {
    let Some(mut peer) = Peer::start() else {
        return;
    };
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let seed = number_from("BYTEWRIGHT_SEED").unwrap_or(now.as_nanos() as u64);
    let cases = number_from("BYTEWRIGHT_CASES").unwrap_or(5_000);
    let version = peer.version;
    let (major, minor) = version;
    println!("{cases} formats against Python {major}.{minor}, BYTEWRIGHT_SEED={seed}");

    let mut run = Run::default();
    let mut input = peer.input.take().unwrap();
    thread::scope(|scope| {
        // Both sides make the cases from the seed, so that none has to be kept.
        scope.spawn(move || {
            for number in 0..cases {
                let mut case = Case::new(seed, number);
                versions::set_aside(&mut case, version);
                peer::send(&mut input, &case.to_json());
            }
        });
        for number in 0..cases {
            let mut case = Case::new(seed, number);
            let left_out = versions::set_aside(&mut case, version);
            for (sum, n) in run.left_out.iter_mut().zip(left_out) {
                *sum += n;
            }
            let comparable = versions::class_of(&case, Part::Size, version).is_none();
            run.compare(number, &case, comparable, &peer.answers.next());
        }
    });
    peer.finish();

    run.print();
    run.table.assert_filled(cases, version);
    assert_eq!(
        run.differences, 0,
        "BYTEWRIGHT_SEED={seed} brings them back"
    );
}

/// What came out so far.
#[derive(Default)]
struct Run {
    table: Table,
    differences: usize,
    accepted: u64,
    refused: u64,
    /// By class of [`CLASSES`].
    left_out: [u64; CLASSES.len()],
}

impl Run {
    fn compare(&mut self, number: u64, case: &Case, comparable: bool, answer: &Answer) {
        if comparable {
            match &answer.size {
                Ok(_) => self.accepted += 1,
                Err(_) => self.refused += 1,
            }
            if answer.size.is_err() {
                self.table.refused(case);
            }
            if let Err(ours) = ours::size_agrees(&case.format, &answer.size) {
                self.differ(number, case, "calcsize", &ours, &answer.size);
            }
        }
        for (job, said) in case.jobs.iter().zip(&answer.jobs) {
            match ours::job_agrees(&case.format, job, said) {
                Ok(()) => self.table.count(case, job, said.is_ok()),
                Err(ours) => self.differ(number, case, &format!("{job:?}"), &ours, said),
            }
        }
    }

    fn differ(&mut self, number: u64, case: &Case, job: &str, ours: &str, said: &peer::Said) {
        self.differences += 1;
        if self.differences <= LISTED {
            let format = &case.format;
            let python = match said {
                Ok(value) => value.to_string(),
                Err(e) => format!("error: {e}"),
            };
            println!("case {number}: {format:?} {job}\n  ours:   {ours}\n  Python: {python}");
        }
    }

    fn print(&self) {
        self.table.print();
        let (accepted, refused) = (self.accepted, self.refused);
        println!("{accepted} formats that Python accepts, {refused} that it refuses");
        for (class, n) in CLASSES.iter().zip(&self.left_out).filter(|(_, n)| **n > 0) {
            println!("left out: {n} of {}: {}", class.name, class.why);
        }
        println!("{} differences", self.differences);
    }
}
