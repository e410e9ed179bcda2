//! Where a member would be put: what its name and the target of its link say by themselves,
//! before any file system is asked.

use super::extract::Refusal;

/// The longest name that is extracted: what Linux takes for a path.
const LONGEST: usize = 4096;

/// The parts of a name without what means nothing: a `/` in front, doubled ones, `.`.
pub(crate) fn parts_of(name: &[u8]) -> Result<Vec<&[u8]>, Refusal> {
    if name.contains(&0) {
        return Err(Refusal::Nul);
    }
    if name.len() > LONGEST {
        return Err(Refusal::TooLong(name.len()));
    }
    if name.is_empty() {
        return Err(Refusal::Empty);
    }
    meaning_parts(name)
        .map(|part| match part {
            b".." => Err(Refusal::Parent),
            part if is_name(part) => Ok(part),
            _ => Err(Refusal::Name),
        })
        .collect()
}

/// The parts that say where a name leads, whether it may lead there or not.
pub(crate) fn meaning_parts(name: &[u8]) -> impl Iterator<Item = &[u8]> {
    let parts = name.split(|&byte| byte == b'/');
    parts.filter(|part| !matches!(*part, b"" | b"."))
}

/// Whether a symbolic link in the folder `parent` can only ever lead into the folder.
///
/// Where it stands is real, as no link is followed to get there. From there `..` may lead up as
/// far as the folder; behind another part it may not, unless `is_directory` knows that part for
/// one that is there: a link in its place would make `..` lead to where nobody can tell yet.
pub(crate) fn stays_inside(
    parent: &[&[u8]],
    target: &[u8],
    is_directory: impl Fn(&[&[u8]]) -> bool,
) -> Result<(), Refusal> {
    let outside = || Refusal::LinkOutside(target.to_vec());
    if target.starts_with(b"/") || target.contains(&0) || !is_relative(target) {
        return Err(outside());
    }
    let mut at = parent.to_vec();
    let mut real = parent.len();
    for part in meaning_parts(target) {
        match part {
            b".." => {
                if at.len() > real && !is_directory(&at) {
                    return Err(outside());
                }
                at.pop().ok_or_else(outside)?;
                real = real.min(at.len());
            }
            part => at.push(part),
        }
    }
    Ok(())
}

/// Whether a part of a name can be a file's name.
#[cfg(unix)]
fn is_name(_part: &[u8]) -> bool {
    true
}

/// Whether a link's target that doesn't begin with `/` is relative.
#[cfg(unix)]
fn is_relative(_target: &[u8]) -> bool {
    true
}

/// Whether a part of a name can be a file's name: nothing that Windows reads as a drive, a
/// stream, a separator or a device.
#[cfg(not(unix))]
fn is_name(part: &[u8]) -> bool {
    const DEVICES: [&str; 6] = ["CON", "PRN", "AUX", "NUL", "COM", "LPT"];
    let Ok(part) = std::str::from_utf8(part) else {
        return false;
    };
    let stem = part
        .split('.')
        .next()
        .unwrap_or(part)
        .trim_end()
        .to_ascii_uppercase();
    let device = DEVICES.iter().any(|device| {
        stem.strip_prefix(device)
            .is_some_and(|n| n.is_empty() || n.chars().count() == 1)
    });
    !device
        && !part.ends_with([' ', '.'])
        && !part.contains(['\\', ':', '*', '?', '"', '<', '>', '|'])
}

/// Whether a link's target that doesn't begin with `/` is relative.
#[cfg(not(unix))]
fn is_relative(target: &[u8]) -> bool {
    !target.contains(&b'\\') && !target.contains(&b':')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_leave_out_what_means_nothing_and_refuse_what_leads_up() {
        assert_eq!(parts_of(b"//a/./b//c/").unwrap(), [b"a", b"b", b"c"]);
        assert!(parts_of(b"./").unwrap().is_empty());
        for name in ["..", "../a", "a/../b", "a/..", "/..", "a/b/../../.."] {
            assert!(
                matches!(parts_of(name.as_bytes()), Err(Refusal::Parent)),
                "{name}"
            );
        }
        assert!(matches!(parts_of(b""), Err(Refusal::Empty)));
        assert!(matches!(parts_of(b"a\0b"), Err(Refusal::Nul)));
        assert!(matches!(
            parts_of(&[b'a'; 5000]),
            Err(Refusal::TooLong(5000))
        ));
    }
}
