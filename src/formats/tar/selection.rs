//! Which members a caller asked for, by name.

use super::error::{Error, ErrorKind};
use super::glob::Pattern;
use super::member_path::meaning_parts;

/// Names of members: each means the member of that name and everything below it.
///
/// A name is compared part by part: `./a/` is the same as `a`. Without any name, every member is
/// meant.
///
/// ```
/// use bytewright::formats::tar::Selection;
///
/// let mut selection = Selection::new([b"src".to_vec(), b"docs/a".to_vec()]);
/// assert!(selection.takes(b"src/"));
/// assert!(selection.takes(b"./src/lib.rs"));
/// assert!(!selection.takes(b"srcs"));
/// assert_eq!(selection.missing().collect::<Vec<_>>(), [b"docs/a"]);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Selection {
    names: Vec<Name>,
    excluded: Vec<Pattern>,
}

#[derive(Clone, Debug)]
struct Name {
    name: Vec<u8>,
    glob: Option<Pattern>,
    found: bool,
}

impl Selection {
    /// Members of these names; none means all.
    pub fn new(names: impl IntoIterator<Item = Vec<u8>>) -> Selection {
        let names = names.into_iter().map(|name| Name {
            name,
            glob: None,
            found: false,
        });
        Selection {
            names: names.collect(),
            excluded: Vec::new(),
        }
    }

    /// Names with `*`, `?` or `[` in them are globs as well as names, unless a member has exactly
    /// that name: see [`Selection::is_name`]. `*` and `?` match `/` too, and a glob means what is
    /// below a member that it matches, as in GNU tar. A name that can be no glob is a name alone.
    ///
    /// ```
    /// use bytewright::formats::tar::Selection;
    ///
    /// let mut selection = Selection::new([b"docs/*.md".to_vec()]).globs().exclude(["old"])?;
    /// assert!(selection.takes(b"docs/a.md"));
    /// assert!(!selection.takes(b"docs/old/a.md"));
    /// # Ok::<(), bytewright::formats::tar::Error>(())
    /// ```
    #[must_use]
    pub fn globs(mut self) -> Selection {
        for name in self.names.iter_mut().filter(|n| Pattern::is_in(&n.name)) {
            let parts: Vec<&[u8]> = meaning_parts(&name.name).collect();
            name.glob = Pattern::parse(&parts.join(&b'/')).ok();
        }
        self
    }

    /// Whether any name is a glob, so that it has to be known which members there are before one
    /// is taken.
    pub fn has_globs(&self) -> bool {
        self.names.iter().any(|name| name.glob.is_some())
    }

    /// Says that a member has this name: the caller who asked for exactly that, or for a folder that it
    /// lies in, means no glob.
    ///
    /// ```
    /// use bytewright::formats::tar::Selection;
    ///
    /// let mut selection = Selection::new([b"[id].js".to_vec()]).globs();
    /// assert!(selection.takes(b"i.js"));
    /// selection.is_name(b"[id].js");
    /// assert!(selection.takes(b"[id].js") && !selection.takes(b"i.js"));
    /// ```
    pub fn is_name(&mut self, name: &[u8]) {
        for wanted in &mut self.names {
            if wanted.glob.is_some() && wanted.is_name_of(name) {
                wanted.glob = None;
            }
        }
    }

    /// Leaves out members that one of these globs matches, and what is below them. A glob may
    /// begin at any part of a name; one that ends in `/` matches folders alone.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Glob`] when one of them can't be understood.
    pub fn exclude<S: AsRef<str>>(
        mut self,
        globs: impl IntoIterator<Item = S>,
    ) -> Result<Selection, Error> {
        for glob in globs {
            let glob = glob.as_ref();
            let wrong = |e| Error::new(ErrorKind::Glob(format!("the glob {glob:?}: {e}")));
            self.excluded
                .push(Pattern::parse(glob.as_bytes()).map_err(wrong)?);
        }
        Ok(self)
    }

    /// Whether a member is meant, which then is no longer [missing](Selection::missing).
    pub fn takes(&mut self, name: &[u8]) -> bool {
        let mut takes = self.names.is_empty();
        for wanted in self.names.iter_mut().filter(|wanted| wanted.means(name)) {
            wanted.found = true;
            takes = true;
        }
        let excludes = |glob: &Pattern| glob.matches_anywhere(name, name.ends_with(b"/"));
        takes && !self.excluded.iter().any(excludes)
    }

    /// The place of the first name that means a member, in the order of names; `None` where none does, or no name was
    /// given.
    ///
    /// ```
    /// use bytewright::formats::tar::Selection;
    ///
    /// let selection = Selection::new([b"src".to_vec(), b"src/lib.rs".to_vec(), b"docs".to_vec()]);
    /// assert_eq!(selection.first(b"src/lib.rs"), Some(0));
    /// assert_eq!(selection.first(b"docs/a.md"), Some(2));
    /// assert_eq!(selection.first(b"a"), None);
    /// ```
    pub fn first(&self, name: &[u8]) -> Option<usize> {
        self.names.iter().position(|wanted| wanted.means(name))
    }

    /// The names that no member had so far.
    pub fn missing(&self) -> impl Iterator<Item = &[u8]> {
        let missing = self.names.iter().filter(|name| !name.found);
        missing.map(|name| &*name.name)
    }
}

impl Name {
    fn means(&self, name: &[u8]) -> bool {
        let by_glob = |glob: &Pattern| {
            let parts: Vec<&[u8]> = meaning_parts(name).collect();
            glob.matches(&parts.join(&b'/'), name.ends_with(b"/"))
        };
        self.is_name_of(name) || self.glob.as_ref().is_some_and(by_glob)
    }

    /// Whether it is the member's name, or that of a folder that the member lies in.
    fn is_name_of(&self, member: &[u8]) -> bool {
        let mut parts = meaning_parts(member);
        meaning_parts(&self.name).all(|part| parts.next() == Some(part))
    }
}

#[cfg(test)]
mod tests;
