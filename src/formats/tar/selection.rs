//! Which members somebody asked for, by name.

use super::place::meaning_parts;

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
    #[cfg(feature = "globs")]
    excluded: globset::GlobSet,
}

#[derive(Clone, Debug)]
struct Name {
    name: Vec<u8>,
    #[cfg(feature = "globs")]
    glob: globset::GlobSet,
    found: bool,
}

impl Selection {
    /// Members of these names; none means all.
    pub fn new(names: impl IntoIterator<Item = Vec<u8>>) -> Selection {
        let names = names.into_iter().map(|name| Name {
            name,
            #[cfg(feature = "globs")]
            glob: globset::GlobSet::empty(),
            found: false,
        });
        Selection {
            names: names.collect(),
            #[cfg(feature = "globs")]
            excluded: globset::GlobSet::empty(),
        }
    }

    /// Whether a member is meant, which then is no longer [missing](Selection::missing).
    pub fn takes(&mut self, name: &[u8]) -> bool {
        let mut takes = self.names.is_empty();
        for wanted in self.names.iter_mut().filter(|wanted| wanted.means(name)) {
            wanted.found = true;
            takes = true;
        }
        takes && !self.excludes(name)
    }

    #[cfg(feature = "globs")]
    fn excludes(&self, name: &[u8]) -> bool {
        globs::matches(&self.excluded, name)
    }

    #[cfg(not(feature = "globs"))]
    fn excludes(&self, _: &[u8]) -> bool {
        false
    }

    /// The names that no member had so far.
    pub fn missing(&self) -> impl Iterator<Item = &[u8]> {
        let missing = self.names.iter().filter(|name| !name.found);
        missing.map(|name| &*name.name)
    }
}

impl Name {
    fn means(&self, name: &[u8]) -> bool {
        let mut parts = meaning_parts(name);
        let named = meaning_parts(&self.name).all(|part| parts.next() == Some(part));
        #[cfg(feature = "globs")]
        let named = named || globs::matches(&self.glob, name);
        named
    }
}

#[cfg(feature = "globs")]
mod globs {
    use std::path::Path;

    use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

    use super::super::error::{Error, ErrorKind};
    use super::super::text::os_str;
    use super::Selection;

    impl Selection {
        /// Names with `*`, `?` or `[` in them are globs as well as names: `*` and `?` match `/`
        /// too, as in other tools for tar.
        ///
        /// ```
        /// use bytewright::formats::tar::Selection;
        ///
        /// let mut selection = Selection::new([b"docs/*.md".to_vec()]).globs()?.exclude(["old"])?;
        /// assert!(selection.takes(b"docs/a.md"));
        /// assert!(!selection.takes(b"docs/old/a.md"));
        /// # Ok::<(), bytewright::formats::tar::Error>(())
        /// ```
        ///
        /// # Errors
        ///
        /// [`ErrorKind::Glob`].
        pub fn globs(mut self) -> Result<Selection, Error> {
            for name in &mut self.names {
                if name.name.iter().any(|byte| b"*?[".contains(byte)) {
                    let pattern = String::from_utf8_lossy(&name.name);
                    let pattern = pattern.trim_start_matches("./").trim_matches('/');
                    name.glob = set(&[pattern], &["{}", "{}/*"])?;
                }
            }
            Ok(self)
        }

        /// Leaves out members that one of these globs matches, and what is below them. A glob
        /// may begin at any part of a name.
        ///
        /// # Errors
        ///
        /// [`ErrorKind::Glob`].
        pub fn exclude<S: AsRef<str>>(
            mut self,
            globs: impl IntoIterator<Item = S>,
        ) -> Result<Selection, Error> {
            let globs: Vec<S> = globs.into_iter().collect();
            let globs: Vec<&str> = globs.iter().map(AsRef::as_ref).collect();
            self.excluded = set(&globs, &["{}", "{}/*", "*/{}", "*/{}/*"])?;
            Ok(self)
        }
    }

    /// A pattern in each of its frames.
    fn set(patterns: &[&str], frames: &[&str]) -> Result<GlobSet, Error> {
        let mut set = GlobSetBuilder::new();
        let wrong = |e: globset::Error| Error::new(ErrorKind::Glob(e.to_string()));
        for pattern in patterns {
            for frame in frames {
                let pattern = frame.replace("{}", pattern.trim_end_matches('/'));
                let glob = GlobBuilder::new(&pattern).literal_separator(false).build();
                set.add(glob.map_err(wrong)?);
            }
        }
        set.build().map_err(wrong)
    }

    pub(super) fn matches(set: &GlobSet, name: &[u8]) -> bool {
        if set.is_empty() {
            return false;
        }
        let name = name.strip_prefix(b"./").unwrap_or(name);
        let name = name.strip_suffix(b"/").unwrap_or(name);
        let name = name.strip_prefix(b"/").unwrap_or(name);
        os_str(name).is_some_and(|name| set.is_match(Path::new(&name)))
    }
}
