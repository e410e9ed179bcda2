//! The shortest edit script of two small pieces, after Eugene W. Myers: "An O(ND) Difference
//! Algorithm and Its Variations", Algorithmica 1, 1986.

use super::pair::Region;

/// The differences of two pieces whose first bytes or items are at the start of `region`, if
/// together they insert and delete no more than `limit` of them.
#[expect(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "the indices are those of the algorithm: |k| <= d <= limit, x <= a.len() + 1"
)]
pub(super) fn differences<T: PartialEq>(
    a: &[T],
    b: &[T],
    region: Region,
    limit: usize,
) -> Option<Vec<Region>> {
    // Diagonal k = x - y has its place at k + limit + 1.
    let middle = limit + 1;
    let mut furthest = vec![0usize; 2 * limit + 3];
    let mut rounds: Vec<Vec<usize>> = Vec::new();
    for d in 0..=limit {
        rounds.push(furthest[middle - d..=middle + d].to_vec());
        for place in (middle - d..=middle + d).step_by(2) {
            let down = place == middle - d
                || (place != middle + d && furthest[place - 1] < furthest[place + 1]);
            let mut x = if down {
                furthest[place + 1]
            } else {
                furthest[place - 1] + 1
            };
            // Down from the first diagonals leads out of the left edge for a moment only.
            let mut y = (x + middle).checked_sub(place)?;
            while x < a.len() && y < b.len() && a[x] == b[y] {
                x += 1;
                y += 1;
            }
            furthest[place] = x;
            if x >= a.len() && y >= b.len() {
                return Some(backwards(&rounds, a.len(), b.len(), region));
            }
        }
    }
    None
}

/// Follows the way back from the end. `rounds[d]` holds how far the diagonals from -d to d were
/// before step d.
#[expect(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "it goes the way that was gone"
)]
fn backwards(rounds: &[Vec<usize>], a: usize, b: usize, region: Region) -> Vec<Region> {
    let mut found: Vec<Region> = Vec::new();
    let (mut x, mut y) = (a, b);
    for (d, before) in rounds.iter().enumerate().skip(1).rev() {
        let place = (x + d) - y;
        let down = place == 0 || (place != 2 * d && before[place - 1] < before[place + 1]);
        let (old_x, deleted) = if down {
            (before[place + 1], 0)
        } else {
            (before[place - 1], 1)
        };
        // One diagonal up or down: x - y = place - d, before the step.
        let old_y = if down {
            old_x + d - (place + 1)
        } else {
            old_x + d + 1 - place
        };
        let (at_a, at_b) = (region.a.start + old_x as u64, region.b.start + old_y as u64);
        let one = Region::new(at_a..at_a + deleted, at_b..at_b + (1 - deleted));
        match found.last_mut() {
            Some(next) if one.a.end == next.a.start && one.b.end == next.b.start => {
                *next = one.up_to(*next);
            }
            _ => found.push(one),
        }
        (x, y) = (old_x, old_y);
    }
    found.reverse();
    found
}

#[cfg(test)]
mod tests {
    use super::super::Span;
    use super::*;

    fn script(a: &str, b: &str, limit: usize) -> Option<Vec<(String, String)>> {
        let region = Region::new(0..a.len() as u64, 0..b.len() as u64);
        let found = differences(a.as_bytes(), b.as_bytes(), region, limit)?;
        let cut = |text: &str, span: Span| {
            let behind = text.chars().skip(span.start.try_into().unwrap());
            behind.take(span.size().try_into().unwrap()).collect()
        };
        Some(found.iter().map(|d| (cut(a, d.a), cut(b, d.b))).collect())
    }

    #[test]
    fn the_example_of_the_paper_takes_five_steps() {
        let found = script("ABCABBA", "CBABAC", 5).unwrap();
        let steps: usize = found.iter().map(|(a, b)| a.len() + b.len()).sum();
        assert_eq!(steps, 5, "{found:?}");
        assert_eq!(script("ABCABBA", "CBABAC", 4), None);
    }

    #[test]
    fn steps_in_a_row_are_one_difference() {
        let pair = |a: &str, b: &str| vec![(a.to_owned(), b.to_owned())];
        assert_eq!(script("abcdef", "abXYdef", 9).unwrap(), pair("c", "XY"));
        assert_eq!(script("", "xyz", 3).unwrap(), pair("", "xyz"));
        assert_eq!(script("xyz", "", 3).unwrap(), pair("xyz", ""));
        assert_eq!(script("same", "same", 0).unwrap(), []);
    }
}
