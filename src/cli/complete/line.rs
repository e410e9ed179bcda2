//! A line of bash, split into words as bash splits it, and words quoted so that bash takes them.

use crate::offset::Position;

/// The words of a line, and how the last one is quoted.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// Without quotes, and without the name of the program; the last one is begun, maybe empty.
    pub(super) words: Vec<String>,
    /// The quote that the last one is in.
    quote: Option<char>,
    /// The beginning of the last word that bash doesn't replace, quoted as in the line.
    before: String,
}

impl Line {
    /// Splits a line; `current` is the part that bash is going to replace, since it splits words at `=` and `:` too.
    pub(super) fn split(line: &str, current: &str) -> Line {
        let mut words = vec![String::new()];
        let mut begins = 0;
        let mut is_begun = false;
        let mut quote = None;
        let mut chars = line.char_indices();
        while let Some((at, c)) = chars.next() {
            let word = words.last_mut();
            match (quote, c) {
                (None, ' ' | '\t' | '\n') => {
                    if is_begun {
                        words.push(String::new());
                    }
                    is_begun = false;
                    begins = at.past(c.len_utf8());
                    continue;
                }
                // Another command begins here.
                (None, '|' | ';' | '&') => {
                    words = vec![String::new()];
                    is_begun = false;
                    begins = at.past(c.len_utf8());
                    continue;
                }
                (None, '\'' | '"') => quote = Some(c),
                (Some(open), c) if open == c => quote = None,
                (None | Some('"'), '\\') => {
                    if let (Some((_, next)), Some(word)) = (chars.next(), word) {
                        word.push(next);
                    }
                }
                (_, c) => {
                    if let Some(word) = word {
                        word.push(c);
                    }
                }
            }
            is_begun = true;
        }
        let raw = line.get(begins..).unwrap_or_default();
        let raw = raw.trim_start_matches(|c| quote == Some(c));
        let before = raw.strip_suffix(current).unwrap_or_default();
        words.remove(0);
        Line {
            words,
            quote,
            before: before.to_owned(),
        }
    }

    /// A word, quoted, without the beginning that bash keeps.
    pub(super) fn replacing(&self, word: &str) -> String {
        let quoted: String = match self.quote {
            Some('\'') => word.replace('\'', r"'\''"),
            Some(_) => quoted(word, |c| "\"\\$`!".contains(c)),
            None => quoted(word, |c| !c.is_alphanumeric() && !"._/-+=:,@%".contains(c)),
        };
        match quoted.strip_prefix(&self.before) {
            Some(rest) => rest.to_owned(),
            None => quoted,
        }
    }
}

fn quoted(word: &str, must: impl Fn(char) -> bool) -> String {
    let mut quoted = String::new();
    for c in word.chars() {
        if must(c) {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_split_as_bash_splits_them() {
        for (line, current, words) in [
            ("bytewright ", "", &[""][..]),
            ("bytewright in", "in", &["in"]),
            ("bytewright get a.bmp ", "", &["get", "a.bmp", ""]),
            ("cat x | bytewright du", "du", &["du"]),
            ("bytewright get 'a b' \"c d", "c d", &["get", "a b", "c d"]),
            (r"bytewright get a\ b c\[", r"c\[", &["get", "a b", "c["]),
            ("bytewright --color=al", "al", &["--color=al"]),
        ] {
            assert_eq!(Line::split(line, current).words, words, "{line}");
        }
    }

    #[test]
    fn words_are_quoted_and_replace_what_bash_replaces() {
        let replacing = |line, current, word| Line::split(line, current).replacing(word);
        assert_eq!(replacing("x --color=al", "al", "--color=always"), "always");
        assert_eq!(replacing("x get f ", "", "a[0].b"), r"a\[0\].b");
        assert_eq!(replacing("x get f 'a", "a", "a[\"b\"]"), "a[\"b\"]");
        assert_eq!(replacing("x get f \"a", "a", "a[\"b\"]"), "a[\\\"b\\\"]");
        assert_eq!(replacing("x a:b", "b", "a:bc"), "bc");
    }
}
