//! How many agreements each code had, by byte order and kind of count: a comparison that leaves
//! something out shows here.

use super::cases::{self, Case, Job};
use super::formats::ROUND;
use super::tokens::{CODES, PREFIXES, Token};
use super::versions::Version;

const COUNTS: [&str; 3] = ["0", "1", "many"];
const WAYS: [&str; 3] = ["pack", "unpack", "error"];

pub struct Table {
    /// By byte order, code, kind of count, and way.
    cells: Vec<[[[u64; WAYS.len()]; COUNTS.len()]; CODES.len()]>,
    reprs: u64,
}

impl Default for Table {
    fn default() -> Table {
        Table {
            cells: vec![Default::default(); PREFIXES.len()],
            reprs: 0,
        }
    }
}

impl Table {
    /// A format that both sides refuse.
    pub fn refused(&mut self, case: &Case) {
        self.add(case, 2);
    }

    /// A job on which both sides agree.
    pub fn count(&mut self, case: &Case, job: &Job, is_ok: bool) {
        match job {
            Job::Repr(_) => self.reprs += 1,
            _ if !is_ok => self.add(case, 2),
            Job::Pack(_) | Job::PackInto(..) => self.add(case, 0),
            Job::Unpack(_) | Job::UnpackFrom(..) | Job::IterUnpack(_) => self.add(case, 1),
        }
    }

    fn add(&mut self, case: &Case, way: usize) {
        let Some(tokens) = &case.tokens else { return };
        let mut met: Vec<(usize, usize)> = tokens.tokens.iter().map(|t| cell(*t)).collect();
        met.sort_unstable();
        met.dedup();
        for (code, count) in met {
            self.cells[tokens.prefix][code][count][way] += 1;
        }
    }

    pub fn print(&self) {
        let heads: Vec<String> = PREFIXES.iter().map(|p| format!("{p:>18}")).collect();
        println!("pack/unpack/error {}", heads.join(" "));
        for (code, letters) in CODES.iter().enumerate() {
            for (count, kind) in COUNTS.iter().enumerate() {
                let cells = (0..PREFIXES.len()).map(|prefix| {
                    let [pack, unpack, error] = self.cells[prefix][code][count];
                    format!("{:>18}", format!("{pack}/{unpack}/{error}"))
                });
                let cells: Vec<String> = cells.collect();
                println!("{letters:>2} × {kind:<12} {}", cells.join(" "));
            }
        }
        println!("printed forms: {}", self.reprs);
    }

    /// Every code had its turn with every byte order and kind of count, and each time at least
    /// one success and one failure in both directions.
    pub fn assert_filled(&self, cases: u64, version: Version) {
        let least = cases::right_formats(cases) / ROUND;
        for (prefix, codes) in self.cells.iter().enumerate() {
            for (code, counts) in codes.iter().enumerate() {
                for (count, ways) in counts.iter().enumerate() {
                    let letters = CODES[code];
                    let standard = prefix >= 2;
                    let refused = standard && matches!(letters, "n" | "N" | "P");
                    let unknown = match letters {
                        "F" | "D" => version < (3, 14),
                        "Zf" | "Zd" => version < (3, 15),
                        "p" => count == 0 && version < (3, 16),
                        _ => false,
                    };
                    for (way, n) in ways.iter().enumerate() {
                        let wanted = !unknown && (way == 2 || !refused);
                        assert!(
                            !wanted || *n >= least,
                            "{}{letters} × {}: {n} times {}, not {least}",
                            PREFIXES[prefix],
                            COUNTS[count],
                            WAYS[way]
                        );
                    }
                }
            }
        }
    }
}

fn cell(token: Token) -> (usize, usize) {
    let count = match token.repetitions() {
        0 => 0,
        1 => 1,
        _ => 2,
    };
    (token.code, count)
}
