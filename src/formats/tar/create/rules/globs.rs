//! Patterns of names, matched as GNU tar matches those of `--exclude`.

use std::path::Path;

use globset::{Glob, GlobBuilder, GlobSet};

use super::RuleError;
use crate::formats::tar::text;

/// Any of some patterns.
#[derive(Clone, Debug, Default)]
pub(super) struct Globs {
    /// Those of names, and of everything below what they match.
    names: Patterns,
    /// Those of paths, from their first byte on.
    paths: Patterns,
}

#[derive(Clone, Debug, Default)]
struct Patterns {
    globs: Vec<Glob>,
    set: GlobSet,
}

impl Globs {
    pub(super) fn is_empty(&self) -> bool {
        self.names.globs.is_empty() && self.paths.globs.is_empty()
    }

    pub(super) fn push(&mut self, pattern: &str) -> Result<(), RuleError> {
        let wrong = |reason: String| RuleError::new("pattern", pattern, reason);
        let stem = pattern.trim_end_matches('/');
        if stem.is_empty() {
            return Err(wrong("it matches no name".to_owned()));
        }
        let (patterns, forms) = match pattern.starts_with('/') {
            true => (&mut self.paths, [pattern.to_owned(), format!("{stem}/**")]),
            // A match may begin behind any `/`, and means what is below it too.
            false => (
                &mut self.names,
                [format!("**/{pattern}"), format!("**/{stem}/**")],
            ),
        };
        for form in forms {
            let glob = GlobBuilder::new(&form)
                .literal_separator(false)
                .backslash_escape(true)
                .build();
            patterns
                .globs
                .push(glob.map_err(|e| wrong(e.kind().to_string()))?);
        }
        patterns.set = GlobSet::new(&patterns.globs).map_err(|e| wrong(e.kind().to_string()))?;
        Ok(())
    }

    pub(super) fn matches(&self, path: &Path, name: &[u8], is_folder: bool) -> bool {
        let by_name = || {
            let whole = |name: &[u8]| {
                text::os_str(name).is_some_and(|name| self.names.set.is_match(&*name))
            };
            // A pattern that ends in `/` means folders alone.
            whole(name) || is_folder && !name.ends_with(b"/") && whole(&[name, b"/"].concat())
        };
        let by_path = || {
            let mut folder = path.as_os_str().to_owned();
            folder.push("/");
            self.paths.set.is_match(path) || is_folder && self.paths.set.is_match(&folder)
        };
        !self.names.globs.is_empty() && by_name() || !self.paths.globs.is_empty() && by_path()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, name: &str) -> bool {
        let mut globs = Globs::default();
        globs.push(pattern).unwrap();
        let is_folder = name.ends_with('/');
        let name = name.trim_end_matches('/');
        let path = Path::new("/home").join(name);
        globs.matches(&path, name.as_bytes(), is_folder)
    }

    /// What `tar --exclude PATTERN` of GNU tar 1.34 leaves out, but for the slash behind folders.
    #[test]
    fn patterns_match_as_those_of_gnu_tar() {
        for (pattern, name) in [
            ("*.o", "a.o"),
            ("*.o", "d/e/a.o"),
            ("*.o", ".o"),
            ("a", "a"),
            ("a", "d/a"),
            ("a", "d/a/b"),
            ("d/a", "d/a"),
            ("d/a", "x/d/a"),
            ("d*a", "d/x/a"),
            ("d?a", "d/a"),
            ("[!b]", "a"),
            ("x/*", "x/y/z"),
            ("\\*", "*"),
            ("./a", "./a"),
            ("a", "./a"),
        ] {
            assert!(matches(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [
            ("a", "ab"),
            ("a", "ba"),
            ("a/b", "a"),
            ("*.o", "a.oo"),
            ("[!b]", "b"),
            ("\\*", "a"),
            ("./a", "a"),
        ] {
            assert!(!matches(pattern, name), "{pattern} {name}");
        }
    }

    #[test]
    fn slashes_at_the_ends_of_a_pattern_mean_something() {
        assert!(matches("build/", "x/build/"));
        assert!(matches("build/", "x/build/y"));
        assert!(!matches("build/", "x/build"));
        assert!(matches("/home/x", "x"));
        assert!(matches("/home/x", "x/y"));
        assert!(matches("/home/*.o", "x/y.o"));
        assert!(!matches("/x", "x"));
        assert!(!matches("/x", "y/x"));
        assert!(matches("/home/x/", "x/"));
        assert!(!matches("/home/x/", "x"));
    }

    #[test]
    fn names_are_bytes() {
        let mut globs = Globs::default();
        globs.push("*.o").unwrap();
        assert!(globs.matches(Path::new("x"), b"\xff/\xfe.o", false));
        assert!(!globs.matches(Path::new("x"), b"\xff/\xfe", false));
    }

    #[test]
    fn a_pattern_that_cannot_be_understood_is_an_error_that_names_it() {
        for pattern in ["", "/", "[a", "{a,b", "[z-a]"] {
            let error = Globs::default().push(pattern).unwrap_err().to_string();
            assert!(error.contains(&format!("{pattern:?}")), "{error}");
        }
    }
}
