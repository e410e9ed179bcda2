//! Flattens nested parts into one list of steps with jumps.

use super::{Case, Format, Labels, Part, Read, Select, Step, Term};

/// The steps of the items of an array, and where each format begins in them.
pub(super) fn steps<'p>(
    item: Part<'p>,
    formats: Vec<Format<'p>>,
    selects: &[Vec<Select>],
) -> (Vec<Step<'p>>, Vec<(usize, usize)>) {
    let mut steps = Steps {
        steps: Vec::new(),
        selects,
    };
    steps.part(item);
    steps.steps.push(Step::End);
    let formats = formats.into_iter().map(|format| {
        let first = steps.here();
        steps.parts(format.parts);
        steps.steps.push(Step::Return);
        (first, format.frame)
    });
    let formats = formats.collect();
    (steps.steps, formats)
}

struct Steps<'p, 's> {
    steps: Vec<Step<'p>>,
    selects: &'s [Vec<Select>],
}

impl<'p> Steps<'p, '_> {
    fn here(&self) -> usize {
        self.steps.len()
    }

    /// Reserves a step that is filled in once the target of its jump is known.
    fn later(&mut self) -> usize {
        let at = self.here();
        self.steps.push(Step::End);
        at
    }

    fn set(&mut self, at: usize, step: Step<'p>) {
        if let Some(there) = self.steps.get_mut(at) {
            *there = step;
        }
    }

    fn parts(&mut self, parts: Vec<Part<'p>>) {
        parts.into_iter().for_each(|part| self.part(part));
    }

    /// Recursion is as deep as the format, which the grammar bounds.
    fn part(&mut self, part: Part<'p>) {
        match part {
            Part::Read(Read::Finish { array, until: None }) if !self.is_searched(array) => {}
            Part::Fixed(fixed) => self.steps.push(Step::Fixed(fixed)),
            Part::Read(read) => self.steps.push(Step::Read(read)),
            Part::Several(parts) => self.parts(parts),
            Part::Level { parts, slots } => {
                self.steps.push(Step::Level(slots));
                self.parts(parts);
                self.steps.push(Step::EndLevel);
            }
            Part::Call(call) => self.steps.push(Step::Call(call)),
            Part::Choice { on, cases } => self.choice(on, cases),
            Part::Region { size, parts } => {
                self.steps.push(Step::Region(size));
                self.parts(parts);
                self.steps.push(Step::EndRegion);
            }
            Part::Place { offset, item, part } => {
                self.steps.push(Step::Place(offset, item));
                self.part(*part);
                self.steps.push(Step::EndPlace);
            }
            Part::Array { times, part } => {
                self.steps.push(Step::Array(times));
                let item = self.later();
                self.part(*part);
                self.steps.push(Step::NextItem(item));
                self.set(item, Step::Item(self.here()));
            }
            Part::Wanted { field, part } => {
                self.steps.push(Step::Wanted);
                self.part(*part);
                self.steps.push(Step::EndWanted(field));
            }
        }
    }

    /// Whether selectors search the items of an array.
    fn is_searched(&self, array: Option<usize>) -> bool {
        let selects = array.and_then(|array| self.selects.get(array));
        selects.is_some_and(|selects| !selects.is_empty())
    }

    fn choice(&mut self, on: Option<Term>, mut cases: Vec<Case<'p>>) {
        if let (None, [case]) = (&on, &mut *cases)
            && let Labels::Terms(terms) = &mut case.labels
            && terms.len() == 1
            && let Some((condition, _)) = terms.pop()
        {
            let unless = self.later();
            self.parts(std::mem::take(&mut case.parts));
            self.set(unless, Step::Unless(condition, self.here()));
            return;
        }
        let choose = self.later();
        let mut places = Vec::with_capacity(cases.len());
        let mut ends = Vec::with_capacity(cases.len());
        for case in cases {
            places.push((case.labels, self.here()));
            self.parts(case.parts);
            ends.push(self.later());
        }
        let end = self.here();
        ends.into_iter().for_each(|at| self.set(at, Step::Go(end)));
        let cases = places;
        self.set(choose, Step::Choose { on, cases, end });
    }
}
