//! Names that are changed as `sed` changes lines.

use regex_automata::Input;
use regex_automata::meta::Regex;
use regex_automata::util::syntax;

use super::RuleError;

/// One `s/REGEX/REPLACEMENT/FLAGS`.
#[derive(Clone, Debug)]
pub(super) struct Transform {
    regex: Regex,
    replacement: Vec<Part>,
    /// Which match is the first to be replaced, from 0 on, and whether those after it are too.
    first: usize,
    all: bool,
    pub(super) names: bool,
    pub(super) symlinks: bool,
}

#[derive(Clone, Debug)]
enum Part {
    Text(String),
    /// What a group matched; 0 is everything.
    Group(usize),
}

/// What is left of an expression.
struct Rest<'a>(std::iter::Peekable<std::str::Chars<'a>>);

impl Transform {
    /// Several may follow each other, with `;` between them.
    pub(super) fn parse(text: &str) -> Result<Vec<Transform>, RuleError> {
        let mut rest = Rest(text.chars().peekable());
        let mut transforms = Vec::new();
        loop {
            let transform = Transform::one(&mut rest);
            transforms.push(transform.map_err(|e| RuleError::new("transform", text, e))?);
            // The ; in between was read with the flags.
            if rest.0.peek().is_none() {
                return Ok(transforms);
            }
        }
    }

    fn one(rest: &mut Rest<'_>) -> Result<Transform, String> {
        if rest.0.next() != Some('s') {
            return Err("expected s/REGEX/REPLACEMENT/".to_owned());
        }
        let delimiter = rest.0.next();
        let delimiter = delimiter
            .filter(|c| c.is_ascii_punctuation() && *c != '\\')
            .ok_or("expected a punctuation mark such as / after the s")?;
        let expression = rest.until(delimiter)?;
        let replacement = rest.until(delimiter)?;
        let (mut first, mut all, mut ignore_case) = (None, false, false);
        let (mut names, mut symlinks) = (true, false);
        while let Some(flag) = rest.0.next().filter(|flag| *flag != ';') {
            match flag {
                'g' => all = true,
                'i' => ignore_case = true,
                's' => symlinks = true,
                'S' => symlinks = false,
                'R' => names = false,
                'r' => names = true,
                // Expressions are written the extended way, and hard links follow names.
                'x' | 'h' => {}
                '0'..='9' => {
                    let digit = flag.to_digit(10).unwrap_or(0) as usize;
                    let number = first.unwrap_or(0usize).checked_mul(10);
                    let number = number.and_then(|number| number.checked_add(digit));
                    first = Some(number.ok_or("the number of the match is too large")?);
                }
                _ => {
                    return Err(format!(
                        "expected flags of g, i, s, R or a number, found {flag:?}"
                    ));
                }
            }
        }
        let first = match first {
            None => 0,
            Some(first) => first.checked_sub(1).ok_or("matches are counted from 1")?,
        };
        let regex = Regex::builder()
            .configure(Regex::config().utf8_empty(false))
            .syntax(
                syntax::Config::new()
                    .utf8(false)
                    .case_insensitive(ignore_case),
            )
            .build(&expression)
            .map_err(|e| match e.syntax_error() {
                Some(wrong) => wrong.to_string(),
                None => e.to_string(),
            })?;
        let replacement = parts(&replacement, delimiter)?;
        let groups = regex.captures_len();
        let most = |part: &Part| matches!(part, Part::Group(group) if *group >= groups);
        if replacement.iter().any(most) {
            return Err(format!(
                "the replacement refers to a group that isn't there: there are {}, each written \
                 ( ) without backslashes",
                groups.saturating_sub(1)
            ));
        }
        Ok(Transform {
            regex,
            replacement,
            first,
            all,
            names,
            symlinks,
        })
    }

    pub(super) fn apply(&self, name: &[u8]) -> Vec<u8> {
        let most = if self.all { usize::MAX } else { 1 };
        let mut changed = Vec::with_capacity(name.len());
        let mut done = 0;
        let matches = self.regex.captures_iter(Input::new(name));
        for captures in matches.skip(self.first).take(most) {
            let Some(whole) = captures.get_match() else {
                continue;
            };
            changed.extend_from_slice(name.get(done..whole.start()).unwrap_or_default());
            for part in &self.replacement {
                match part {
                    Part::Text(text) => changed.extend_from_slice(text.as_bytes()),
                    Part::Group(group) => {
                        let span = captures.get_group(*group);
                        let bytes = span.and_then(|span| name.get(span.range()));
                        changed.extend_from_slice(bytes.unwrap_or_default());
                    }
                }
            }
            done = whole.end();
        }
        changed.extend_from_slice(name.get(done..).unwrap_or_default());
        changed
    }
}

impl Rest<'_> {
    /// Up to a delimiter without a backslash before it; backslashes stay.
    fn until(&mut self, delimiter: char) -> Result<String, String> {
        let mut text = String::new();
        while let Some(c) = self.0.next() {
            match c {
                c if c == delimiter => return Ok(text),
                '\\' => {
                    text.push(c);
                    text.extend(self.0.next());
                }
                c => text.push(c),
            }
        }
        Err(format!("expected another {delimiter}"))
    }
}

fn parts(replacement: &str, delimiter: char) -> Result<Vec<Part>, String> {
    let mut parts = Vec::new();
    let mut text = String::new();
    let mut characters = replacement.chars();
    while let Some(c) = characters.next() {
        let group = match c {
            '&' => 0,
            '\\' => match characters.next() {
                Some(c @ '0'..='9') => c.to_digit(10).unwrap_or(0) as usize,
                Some(c) if c == delimiter || matches!(c, '&' | '\\') => {
                    text.push(c);
                    continue;
                }
                Some('n') => {
                    text.push('\n');
                    continue;
                }
                other => {
                    let found = other.map(String::from).unwrap_or_default();
                    return Err(format!(
                        "a backslash in the replacement stands before & \\ {delimiter} n or a \
                         digit, and not before {found:?}"
                    ));
                }
            },
            c => {
                text.push(c);
                continue;
            }
        };
        parts.push(Part::Text(std::mem::take(&mut text)));
        parts.push(Part::Group(group));
    }
    parts.push(Part::Text(text));
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn apply(expression: &str, name: &[u8]) -> Vec<u8> {
        let transforms = Transform::parse(expression).unwrap();
        transforms
            .iter()
            .fold(name.to_vec(), |name, transform| transform.apply(&name))
    }

    /// What GNU sed makes of a line with `-E`.
    #[test]
    fn names_change_as_lines_do_in_sed() {
        for (expression, name, expected) in [
            ("s/a/b/", "aaa", "baa"),
            ("s/a/b/g", "aaa", "bbb"),
            ("s/a/b/2", "aaa", "aba"),
            ("s/a/b/2g", "aaaa", "abbb"),
            ("s/A/b/i", "a", "b"),
            ("s/a/[&]/", "xay", "x[a]y"),
            ("s/a/\\&/", "a", "&"),
            (r"s/(.*)-(.*)/\2-\1/", "a-b", "b-a"),
            ("s,^,tool/,", "a", "tool/a"),
            ("s,usr/,,", "usr/bin", "bin"),
            (r"s/a\/b/c/", "a/b", "c"),
            ("s/x*/-/g", "abc", "-a-b-c-"),
            ("s/a/b/;s/b/c/", "a", "c"),
            ("s/a;b/x/", "a;b", "x"),
            ("s/$/.old/", "a", "a.old"),
            ("s/(b)?c/<\\1>/", "ac", "a<>"),
            ("s/a/b/xrh", "a", "b"),
        ] {
            let found = apply(expression, name.as_bytes());
            assert_eq!(found, expected.as_bytes(), "{expression} {name}");
        }
    }

    /// To sed it has the meaning that it has in expressions, in some versions.
    #[test]
    fn a_delimiter_behind_a_backslash_is_that_character() {
        assert_eq!(apply(r"s|a\|b|c|g", b"a|b"), b"c");
        assert_eq!(apply(r"s.a\.b.c.", b"axb a.b"), b"axb c");
    }

    #[test]
    fn names_are_bytes() {
        assert_eq!(apply("s/b/c/", b"\xffb\xfe"), b"\xffc\xfe");
        assert_eq!(apply(r"s/(?-u:\xff)/y/", b"\xffb"), b"yb");
        assert_eq!(apply("s/ä/ö/", "ä".as_bytes()), "ö".as_bytes());
    }

    #[test]
    fn flags_say_what_is_changed() {
        let one = |text| Transform::parse(text).unwrap().remove(0);
        assert!(one("s/a/b/").names && !one("s/a/b/").symlinks);
        assert!(one("s/a/b/s").names && one("s/a/b/s").symlinks);
        assert!(!one("s/a/b/Rs").names && one("s/a/b/Rr").names);
    }

    #[test]
    fn what_is_no_transform_is_an_error() {
        for text in [
            "",
            "a",
            "s",
            "s/a",
            "s/a/b",
            "saxbxa",
            "y/a/b/",
            "s/(/b/",
            "s/a/b/q",
            "s/a/b/H",
            "s/a/b/0",
            "s/a/b/99999999999999999999",
            r"s/\(a\)/\1/",
            r"s/a/\L&/",
            "s/a/b/;x",
            "s\\a\\b\\",
        ] {
            let error = Transform::parse(text).unwrap_err().to_string();
            assert!(error.starts_with("the transform "), "{error}");
        }
    }
}
