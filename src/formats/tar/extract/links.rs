//! Where links may lead.

use super::names::parts_of;
use super::{Filter, Policy, Refusal, system};

/// Whether a symbolic link in the folder `parent` can only ever lead into the folder.
///
/// Where it stands is real, as no link is followed to get there. From there `..` may lead up
/// as far as the folder; behind another part it may not, unless that part is a directory
/// that is there: a link in its place would make `..` lead to where nobody can tell yet.
pub(super) fn stays_inside(
    parent: &[&[u8]],
    target: &[u8],
    is_directory: impl Fn(&[&[u8]]) -> bool,
) -> Result<(), Refusal> {
    let outside = || Refusal::LinkOutside(target.to_vec());
    if target.starts_with(b"/") || target.contains(&0) || !system::is_relative(target) {
        return Err(outside());
    }
    let mut at = parent.to_vec();
    let mut real = parent.len();
    for part in target.split(|&b| b == b'/') {
        match part {
            b"" | b"." => {}
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

/// The parts of a hard link's target, and whether they are to be followed wherever they lead.
///
/// The target is a member's name, so that it is stripped as names are. Under the `data` filter it
/// has to stay inside and to be relative; under `tar` it may have `..` in it.
pub(super) fn target<'a>(
    link: &'a [u8],
    policy: &Policy,
) -> Result<(Vec<&'a [u8]>, bool), Refusal> {
    let strip = policy.strip_components;
    let outside = |_| Refusal::LinkOutside(link.to_vec());
    let (target, followed) = match policy.filter {
        Filter::Data if link.starts_with(b"/") => return Err(outside(())),
        filter => match parts_of(link, strip, filter) {
            Err(Refusal::Parent) if filter == Filter::Tar => {
                let slashes = link.iter().take_while(|&&byte| byte == b'/').count();
                let relative = link.get(slashes..).unwrap_or_default();
                (parts_of(relative, strip, Filter::Trusted), true)
            }
            parts => (parts, false),
        },
    };
    let target = target.map_err(|_| outside(()))?;
    Ok((target.unwrap_or_default(), followed))
}
