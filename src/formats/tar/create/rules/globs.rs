//! Patterns of names, matched as GNU tar matches those of `--exclude`.

use std::path::Path;

use super::RuleError;
use crate::formats::tar::glob::Pattern;
use crate::formats::tar::text;

/// Any of some patterns.
#[derive(Clone, Debug, Default)]
pub(super) struct Globs(Vec<Glob>);

#[derive(Clone, Debug)]
struct Glob {
    pattern: Pattern,
    /// It begins with `/`, and is matched with the path from its first byte on.
    of_path: bool,
}

impl Globs {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn push(&mut self, pattern: &str) -> Result<(), RuleError> {
        let parsed = Pattern::parse(pattern.as_bytes());
        self.0.push(Glob {
            pattern: parsed.map_err(|e| RuleError::new("pattern", pattern, e.to_string()))?,
            of_path: pattern.starts_with('/'),
        });
        Ok(())
    }

    pub(super) fn matches(&self, path: &Path, name: &[u8], is_folder: bool) -> bool {
        self.0.iter().any(|glob| match glob.of_path {
            true => text::bytes_of(path.as_os_str())
                .is_some_and(|path| glob.pattern.matches(&path, is_folder)),
            false => glob.pattern.matches_anywhere(name, is_folder),
        })
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

    /// What `tar --exclude PATTERN` of GNU tar 1.34 leaves out, but for the slash after folders.
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
            ("d/*", "d/x"),
            ("d/*", "x/d/y/z"),
            ("{a,b}", "{a,b}"),
            ("{{x}}", "c/{{x}}"),
            ("[[:upper:]]*", "Ab"),
            ("[^[:upper:]]", "a"),
            ("[[:digit:]x-]", "-"),
            ("[]]", "]"),
            ("[!]]", "a"),
            ("[a", "[a"),
            ("x[y", "d/x[y"),
            ("[[:upper:]", "[u"),
            ("[[:upper]", "u"),
            ("[\\]]", "]"),
            ("[[=a=]]", "a"),
            ("[[.-.]z]", "-"),
            ("?", "ä"),
            ("**", "a/b"),
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
            ("d/*", "d/"),
            ("d/*", "x/d/"),
            ("{a,b}", "a"),
            ("[[:upper:]]", "a"),
            ("[^[:upper:]]", "A"),
            ("[a", "a"),
            ("??", "ä"),
            ("[]]", "["),
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
        for pattern in ["", "/", "a\\", "[z-a]", "[[:uper:]]"] {
            let error = Globs::default().push(pattern).unwrap_err().to_string();
            assert!(error.contains(&format!("{pattern:?}")), "{error}");
        }
    }
}
