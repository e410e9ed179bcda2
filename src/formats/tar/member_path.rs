//! Where a member would be put: what its name says by itself, before any file system is asked.

use super::extract::{Filter, Refusal};
use crate::offset::Position;

/// The longest name that is extracted: what Linux takes for a path.
pub(crate) const LONGEST: usize = 4096;

/// The part of a name that leads to the root of the file system.
const ROOT: &[u8] = b"/";

/// The parts of a name that are left when `strip` are taken off: none where it has no more.
/// What means nothing is left out: `.`, doubled slashes, and a `/` in front, unless the archive is
/// trusted.
pub(crate) fn parts_of(
    name: &[u8],
    strip: usize,
    filter: Filter,
) -> Result<Option<Vec<&[u8]>>, Refusal> {
    if name.contains(&0) {
        return Err(Refusal::Nul);
    }
    if name.len() > LONGEST {
        return Err(Refusal::TooLong(name.len()));
    }
    if name.is_empty() {
        return Err(Refusal::Empty);
    }
    let mut parts = Vec::new();
    if filter == Filter::Trusted && strip == 0 && name.starts_with(b"/") {
        parts.push(ROOT);
    }
    let mut left = strip;
    for part in name.split(|&b| b == b'/') {
        match part {
            b"" | b"." => continue,
            b".." if filter != Filter::Trusted => return Err(Refusal::Parent),
            part if !is_name(part) => return Err(Refusal::Name),
            _ if left > 0 => left = left.since(1),
            part => parts.push(part),
        }
    }
    // None are left either where it has no more than are taken off.
    let is_stripped = strip > 0 && parts.is_empty();
    Ok((!is_stripped).then_some(parts))
}

/// The parts of a name that was put together from parts.
pub(crate) fn split(name: &[u8]) -> Vec<&[u8]> {
    let mut parts = Vec::new();
    let name = match name.strip_prefix(b"/") {
        Some(rest) => {
            parts.push(ROOT);
            rest
        }
        None => name,
    };
    parts.extend(name.split(|&b| b == b'/').filter(|part| !part.is_empty()));
    parts
}

/// The parts that say where a name leads, whether it may lead there or not.
pub(crate) fn meaning_parts(name: &[u8]) -> impl Iterator<Item = &[u8]> {
    let parts = name.split(|&byte| byte == b'/');
    parts.filter(|part| !matches!(*part, b"" | b"."))
}

/// Whether a part of a name can be a file's name.
#[cfg(unix)]
fn is_name(_part: &[u8]) -> bool {
    true
}

/// Whether a link's target that doesn't begin with `/` is relative.
#[cfg(unix)]
pub(crate) fn is_relative(_target: &[u8]) -> bool {
    true
}

#[cfg(not(unix))]
use windows::is_name;
#[cfg(not(unix))]
pub(crate) use windows::is_relative;

/// The rules of Windows: "Naming Files, Paths, and Namespaces" in its documentation.
#[cfg(any(test, not(unix)))]
pub(super) mod windows {
    /// Whether a part of a name can be a file's name: nothing that Windows reads as a drive, a
    /// stream, a separator or a device, no control character, and nothing of which it cuts off the end.
    pub(crate) fn is_name(part: &[u8]) -> bool {
        let Ok(part) = std::str::from_utf8(part) else {
            return false;
        };
        // A device is one with whatever extension.
        let stem = part.split('.').next().unwrap_or(part).trim_end();
        !is_device(&stem.to_ascii_uppercase())
            && !part.ends_with([' ', '.'])
            && !part.contains(['\\', ':', '*', '?', '"', '<', '>', '|'])
            && !part.contains(|c: char| c.is_ascii_control() && c != '\x7f')
    }

    fn is_device(stem: &str) -> bool {
        let numbered = ["COM", "LPT"].into_iter();
        let mut numbers = numbered.filter_map(|device| stem.strip_prefix(device));
        matches!(stem, "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$")
            || numbers.any(|n| matches!(n.as_bytes(), [b'0'..=b'9'] | [0xc2, 0xb9 | 0xb2 | 0xb3]))
    }

    /// Whether a link's target that doesn't begin with `/` is relative.
    pub(crate) fn is_relative(target: &[u8]) -> bool {
        !target.contains(&b'\\') && !target.contains(&b':')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_leave_out_what_means_nothing_and_refuse_what_leads_up() {
        let data = |name: &'static str| parts_of(name.as_bytes(), 0, Filter::Data);
        assert_eq!(data("//a/./b//c/").unwrap().unwrap(), [b"a", b"b", b"c"]);
        assert!(data("./").unwrap().unwrap().is_empty());
        for name in ["..", "../a", "a/../b", "a/..", "/..", "a/b/../../.."] {
            assert!(matches!(data(name), Err(Refusal::Parent)), "{name}");
        }
        assert!(matches!(data(""), Err(Refusal::Empty)));
        assert!(matches!(data("a\0b"), Err(Refusal::Nul)));
        let long = [b'a'; 5000];
        let long = parts_of(&long, 0, Filter::Data);
        assert!(matches!(long, Err(Refusal::TooLong(5000))));
    }

    #[test]
    fn parts_are_taken_off_the_front() {
        let strip = |name: &'static str, n| parts_of(name.as_bytes(), n, Filter::Data).unwrap();
        assert_eq!(strip("/a/./b/c", 1).unwrap(), [b"b", b"c"]);
        assert_eq!(strip("a", 1), None);
        assert_eq!(strip("a", 2), None);
        assert_eq!(strip("./", 1), None);
    }

    #[test]
    fn a_trusted_name_leads_where_it_says() {
        let parts = parts_of(b"/a/../b", 0, Filter::Trusted).unwrap().unwrap();
        assert_eq!(parts, [&b"/"[..], b"a", b"..", b"b"]);
    }
}
