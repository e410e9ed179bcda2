//! Suggestions for misspelled names.

/// The least similarity of two names for one to be suggested for the other, from 0 to 1.
const ALIKE: f64 = 0.8;

/// Longer names, in bytes, and names after this many, are not compared.
const LONGEST: usize = 64;
const MOST: usize = 10_000;

/// The known name that is most like a mistyped one.
pub(crate) fn near<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    if name.len() > LONGEST {
        return None;
    }
    let name = name.to_ascii_lowercase();
    known
        .take(MOST)
        .filter(|known| known.len() <= LONGEST)
        .map(|known| {
            (
                strsim::jaro_winkler(&name, &known.to_ascii_lowercase()),
                known,
            )
        })
        .filter(|(alike, _)| *alike >= ALIKE)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, known)| known)
}
