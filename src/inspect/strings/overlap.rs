//! Choosing the likeliest of several strings that overlap.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::Text;
use super::run::Candidate;

use crate::offset::Position;

/// Takes out of `found` the groups of overlapping strings that end before `settled`, and answers
/// with the best of each, in the order of the source. Without patience, a group that goes on
/// beyond is parted there. `answered` is how far the strings so far went.
pub(super) fn choose(
    found: &mut Vec<Candidate>,
    settled: u64,
    patient: bool,
    answered: &mut u64,
) -> Vec<Text> {
    found.sort_by_key(|candidate| candidate.text.offset);
    let mut chosen = Vec::new();
    let mut rest = std::mem::take(found).into_iter().peekable();
    while let Some(first) = rest.next() {
        let mut end = first.end();
        let mut group = vec![first];
        while let Some(next) = rest.next_if(|next| next.text.offset < end) {
            end = end.max(next.end());
            group.push(next);
        }
        if end > settled {
            if patient {
                found.extend(group);
            } else {
                let (whole, open) = group.into_iter().partition(|c| c.end() <= settled);
                best(whole, answered, &mut chosen);
                found.extend(open);
            }
            found.extend(rest);
            break;
        }
        best(group, answered, &mut chosen);
    }
    chosen
}

impl Candidate {
    fn end(&self) -> u64 {
        self.text.offset.past(self.text.size)
    }
}

/// The heaviest first; of equal ones the one whose encoding was named first.
fn best(mut group: Vec<Candidate>, answered: &mut u64, chosen: &mut Vec<Text>) {
    group.sort_by_key(|candidate| (Reverse(candidate.weight), candidate.rank));
    let mut taken: BTreeMap<u64, Candidate> = BTreeMap::new();
    for candidate in group {
        let before = taken.range(..candidate.end()).next_back();
        let free = before.is_none_or(|(_, other)| other.end() <= candidate.text.offset);
        if free && candidate.text.offset >= *answered {
            taken.insert(candidate.text.offset, candidate);
        }
    }
    if let Some((_, last)) = taken.last_key_value() {
        *answered = last.end();
    }
    chosen.extend(taken.into_values().map(|candidate| candidate.text));
}
