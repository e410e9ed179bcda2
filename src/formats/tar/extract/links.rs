//! Where links may lead.

use std::borrow::Cow;

use super::{Filter, Policy, Refusal, system};
use crate::formats::tar::member_path::{LONGEST, is_relative, meaning_parts, parts_of};
use crate::offset::Tally;

/// Links that are followed to see where a link leads; the system follows no more.
const MOST_LINKS: usize = 40;

/// This many parts of a link's target are looked at. No link that a user made has more, and each
/// look takes time in proportion to the parts before it.
const MOST_PARTS: usize = 256;

/// What is in the folder, as far as links go.
pub(crate) trait Tree {
    /// Whether these parts lead to a directory, and none of them is a link.
    fn is_directory(&self, parts: &[&[u8]]) -> bool;

    /// What is there.
    fn entry(&self, parts: &[&[u8]]) -> Entry;
}

/// What a name leads to.
pub(crate) enum Entry {
    /// A symbolic link, with its target.
    Link(Vec<u8>),
    Other,
    Nothing,
}

/// Refuses a symbolic link in the folder `parent` unless it can only ever lead into the folder that is
/// extracted into; answers the target that it gets.
///
/// Its place is real, as no link is followed to get there, and stays a directory, since the link
/// is in it. From there `..` may lead up as far as the folder. After another part it may not, unless
/// that part is a directory that is there: a link in its place would make `..` lead to where nobody can
/// tell yet. As an empty directory may make room for a link later, such a `..` and the part before it
/// are left out of the target. Links on the way, which a user may have made before, have to lead
/// inside as well.
pub(crate) fn stays_inside<'a>(
    parent: &[&[u8]],
    target: &'a [u8],
    tree: &impl Tree,
) -> Result<Cow<'a, [u8]>, Refusal> {
    let outside = || Refusal::LinkOutside(target.to_vec());
    let is_fine = |link: &[u8]| !link.starts_with(b"/") && !link.contains(&0) && is_relative(link);
    let parts = |link: &[u8]| -> Vec<Vec<u8>> {
        let parts = link.split(|&b| b == b'/').rev();
        parts.map(<[u8]>::to_vec).collect()
    };
    if !is_fine(target) || target.len() > LONGEST {
        return Err(outside());
    }
    let mut at: Vec<Vec<u8>> = parent.iter().map(|part| part.to_vec()).collect();
    let mut real = parent.len();
    let mut rest = parts(target);
    let mut links: usize = 0;
    let mut looks: usize = 0;
    // What nothing is at has nothing in it either.
    let mut is_nothing = false;
    while let Some(part) = rest.pop() {
        match &*part {
            b"" | b"." => {}
            b".." => {
                if at.len() > real && !tree.is_directory(&borrowed(&at)) {
                    return Err(outside());
                }
                at.pop().ok_or_else(outside)?;
                real = real.min(at.len());
                is_nothing = false;
            }
            _ => {
                at.push(part);
                if is_nothing {
                    continue;
                }
                looks.tally(1);
                if looks > MOST_PARTS {
                    return Err(outside());
                }
                let link = match tree.entry(&borrowed(&at)) {
                    Entry::Link(link) => link,
                    Entry::Other => continue,
                    Entry::Nothing => {
                        is_nothing = true;
                        continue;
                    }
                };
                links.tally(1);
                let leads_up = rest.iter().any(|part| part == b"..");
                if leads_up || links > MOST_LINKS || !is_fine(&link) || turns_back(&link) {
                    return Err(outside());
                }
                at.pop();
                rest.extend(parts(&link));
            }
        }
    }
    Ok(match turns_back(target) {
        true => Cow::Owned(straight(target)),
        false => Cow::Borrowed(target),
    })
}

/// Refuses a second name in the folder `above` for the symbolic link `name`: it means something else
/// there, so that it counts as one that is made there.
pub(super) fn moves(
    target: &[u8],
    name: &[u8],
    above: &[&[u8]],
    tree: &impl Tree,
) -> Result<(), Refusal> {
    match stays_inside(above, target, tree)? {
        Cow::Borrowed(_) => Ok(()),
        // It can't get another target.
        Cow::Owned(_) => Err(Refusal::LinkOutside(name.to_vec())),
    }
}

/// Whether `..` follows another part.
pub(crate) fn turns_back(target: &[u8]) -> bool {
    let down = meaning_parts(target).skip_while(|part| *part == b"..");
    down.into_iter().any(|part| part == b"..")
}

/// A target without parts that a `..` takes back.
fn straight(target: &[u8]) -> Vec<u8> {
    let mut straight: Vec<&[u8]> = Vec::new();
    for part in meaning_parts(target) {
        match straight.last() {
            Some(&last) if part == b".." && last != b".." => {
                straight.pop();
            }
            _ => straight.push(part),
        }
    }
    match straight.is_empty() {
        true => b".".to_vec(),
        false => straight.join(&b'/'),
    }
}

fn borrowed(parts: &[Vec<u8>]) -> Vec<&[u8]> {
    parts.iter().map(Vec::as_slice).collect()
}

impl Tree for system::Folder {
    fn is_directory(&self, parts: &[&[u8]]) -> bool {
        matches!(self.existing_parent(parts), Ok(Some(_)))
    }

    fn entry(&self, parts: &[&[u8]]) -> Entry {
        let Some((name, parent)) = parts.split_last() else {
            return Entry::Other;
        };
        match self.existing_parent(parent) {
            Ok(None) => Entry::Nothing,
            Ok(Some(parent)) => match system::read_link(&parent, name) {
                Some(link) => Entry::Link(link),
                // Where nothing is, the next part has no parent.
                None => Entry::Other,
            },
            // Not a directory, or not for us.
            Err(_) => Entry::Other,
        }
    }
}

/// The parts of a hard link's target, and whether they are to be followed wherever they lead.
///
/// The target is a member's name, so that it is stripped as names are. Under the `data` filter it
/// has to stay inside and to be relative; under `tar` it may have `..` in it.
pub(crate) fn target<'a>(
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    /// A folder by the paths of what is in it: directories end in `/`, links have a target.
    struct Listed(HashMap<Vec<u8>, Option<Vec<u8>>>);

    impl Listed {
        fn of(entries: &[(&str, &str)]) -> Listed {
            let entry = |&(path, target): &(&str, &str)| {
                let link = (!target.is_empty()).then(|| target.as_bytes().to_vec());
                (path.as_bytes().to_vec(), link)
            };
            Listed(entries.iter().map(entry).collect())
        }
    }

    impl Tree for Listed {
        fn is_directory(&self, parts: &[&[u8]]) -> bool {
            let path = [&parts.join(&b'/')[..], b"/"].concat();
            parts.is_empty() || self.0.contains_key(&path)
        }

        fn entry(&self, parts: &[&[u8]]) -> Entry {
            let path = parts.join(&b'/');
            match self.0.get(&path) {
                Some(Some(target)) => Entry::Link(target.clone()),
                Some(None) => Entry::Other,
                None if self.is_directory(parts) => Entry::Other,
                None => Entry::Nothing,
            }
        }
    }

    /// What a link in the folder `parent` would lead to; `None` where it is refused.
    fn made(parent: &str, target: &[u8], tree: &Listed) -> Option<String> {
        let parent: Vec<&[u8]> = parent.split_terminator('/').map(str::as_bytes).collect();
        let made = stays_inside(&parent, target, tree);
        made.ok()
            .map(|made| String::from_utf8_lossy(&made).into_owned())
    }

    #[test]
    fn a_link_leads_up_to_the_folder_and_no_further() {
        let tree = Listed::of(&[
            ("d/", ""),
            ("d/e/", ""),
            ("file", ""),
            ("d/in", "e"),
            ("d/up", ".."),
            ("d/turning", "e/../e"),
            ("absolute", "/etc"),
            ("out", "../x"),
            ("circle", "circle"),
            ("nul", "a\0b"),
            ("d/twice", "in"),
        ]);
        for (parent, target, expected) in [
            ("", "x", Some("x")),
            ("", "x/y/z", Some("x/y/z")),
            ("", ".", Some(".")),
            ("", "./d//e/", Some("./d//e/")),
            // The folder that a link is in need not be there yet.
            ("a/b", "../../x", Some("../../x")),
            ("a/b", "../..", Some("../..")),
            ("a/b", "../../..", None),
            ("a/b", "../../../into", None),
            ("", "..", None),
            ("", "../x", None),
            ("", "/x", None),
            ("", "/", None),
            ("", "a\0", None),
            // After another part `..` leads up from directories alone, and is left out.
            ("", "d/..", Some(".")),
            ("", "d/e/../x", Some("d/x")),
            ("d", "e/../../x", Some("../x")),
            ("d", "e/../../../x", None),
            ("", "d/../../x", None),
            ("", "nothing/../x", None),
            ("", "nothing/more/../../x", None),
            ("", "file/../x", None),
            ("a", "../nothing/../x", None),
            // What is up there again may be a link.
            ("d", "../d/in/../x", None),
            ("", "d/in/../x", None),
            ("", "d/in/x", Some("d/in/x")),
            ("", "d/twice/x", Some("d/twice/x")),
            ("d", "twice", Some("twice")),
            ("", "d/up/x", Some("d/up/x")),
            ("", "d/turning", None),
            ("", "absolute", None),
            ("", "out", None),
            ("", "nul", None),
            ("", "circle", None),
            ("x", "../out", None),
        ] {
            let found = made(parent, target.as_bytes(), &tree);
            assert_eq!(found.as_deref(), expected, "{parent}: {target}");
        }
    }

    #[test]
    fn as_many_links_and_parts_are_looked_at_as_the_system_follows() {
        let names: Vec<_> = (0..=MOST_LINKS + 1).map(|i| i.to_string()).collect();
        let chain: Vec<_> = names.windows(2).map(|w| (&*w[1], &*w[0])).collect();
        let tree = Listed::of(&chain);
        for (links, is_made) in [(1, true), (MOST_LINKS, true), (MOST_LINKS + 1, false)] {
            let found = made("", names[links].as_bytes(), &tree);
            assert_eq!(found.is_some(), is_made, "{links}");
        }
        let folders: Vec<_> = (1..=MOST_PARTS + 1).map(|i| "d/".repeat(i)).collect();
        let entries: Vec<_> = folders.iter().map(|folder| (&**folder, "")).collect();
        let tree = Listed::of(&entries);
        for (parts, is_made) in [(MOST_PARTS, true), (MOST_PARTS + 1, false)] {
            let found = made("", folders[parts - 1].as_bytes(), &tree);
            assert_eq!(found.is_some(), is_made, "{parts}");
        }
        // Where nothing is, nothing has to be looked at.
        let tree = Listed::of(&[]);
        let found = made("", "n/".repeat(MOST_PARTS + 1).as_bytes(), &tree);
        assert!(found.is_some());
        for (size, is_made) in [(LONGEST, true), (LONGEST + 1, false)] {
            let found = made("", &vec![b'x'; size], &tree);
            assert_eq!(found.is_some(), is_made, "{size}");
        }
    }

    /// Another name of a link can't get another target.
    #[test]
    fn a_link_gets_a_second_name_only_where_it_stays_as_it_is() {
        let tree = Listed::of(&[("d/", "")]);
        let moves = |above: &[&[u8]], target: &[u8]| moves(target, b"link", above, &tree);
        assert!(moves(&[], b"d/x").is_ok());
        assert!(moves(&[b"d"], b"../x").is_ok());
        assert!(moves(&[], b"../x").is_err());
        let refused = moves(&[], b"d/../x").unwrap_err();
        assert!(matches!(refused, Refusal::LinkOutside(name) if name == b"link"));
    }

    #[test]
    fn the_target_of_a_hard_link_is_a_name_as_the_filter_has_names() {
        let target = |link: &str, filter, strip| {
            let mut policy = Policy::new(filter);
            policy.strip_components = strip;
            let (parts, followed) = target(link.as_bytes(), &policy).ok()?;
            let path = String::from_utf8(parts.join(&b'/')).unwrap();
            Some((path, followed))
        };
        let plain = |path: &str| Some((path.to_owned(), false));
        let followed = |path: &str| Some((path.to_owned(), true));
        for (link, data, tar, trusted) in [
            ("a/./b", plain("a/b"), plain("a/b"), plain("a/b")),
            ("/a/b", None, plain("a/b"), plain("//a/b")),
            ("../a", None, followed("../a"), plain("../a")),
            ("//../a", None, followed("../a"), plain("//../a")),
            ("a/../b", None, followed("a/../b"), plain("a/../b")),
            ("", None, None, None),
            ("a\0", None, None, None),
        ] {
            assert_eq!(target(link, Filter::Data, 0), data, "{link}");
            assert_eq!(target(link, Filter::Tar, 0), tar, "{link}");
            assert_eq!(target(link, Filter::Trusted, 0), trusted, "{link}");
        }
        assert_eq!(target("a/b/c", Filter::Data, 1), plain("b/c"));
        assert_eq!(target("a", Filter::Data, 1), plain(""));
    }

    #[test]
    fn a_target_is_straight_when_every_way_up_comes_first() {
        for (target, expected) in [
            ("a/b", None),
            ("../../a/./b/", None),
            (".", None),
            ("..", None),
            ("a/..", Some(".")),
            ("a/../b", Some("b")),
            ("../a/../b", Some("../b")),
            ("a/b/../../c", Some("c")),
            ("a/../../b", Some("../b")),
            ("../a/b//.././c/", Some("../a/c")),
        ] {
            let target = target.as_bytes();
            assert_eq!(turns_back(target), expected.is_some(), "{target:?}");
            if let Some(expected) = expected {
                assert_eq!(straight(target), expected.as_bytes());
            }
        }
    }
}
