//! Patterns of names, as `fnmatch` of POSIX matches them without any flag but GNU's
//! `FNM_LEADING_DIR`: those of GNU tar.
//!
//! `*` is any text, `?` any character, both with `/` among them; `[a-z]`, `[!a-z]` and
//! `[[:upper:]]` are one character; `\` takes the meaning from what follows it. A `[` that nothing
//! closes, braces and everything else are themselves.

use std::char::REPLACEMENT_CHARACTER;

use crate::value::text::trim_end;

/// A pattern that can't match anything: why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WrongPattern(String);

impl std::fmt::Display for WrongPattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A pattern of names. One that ends in `/` means folders, and what is in them.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    tokens: Vec<Token>,
    of_folders: bool,
}

#[derive(Clone, Debug)]
enum Token {
    Unit(Unit),
    /// `?`
    One,
    /// `*`
    Any,
    Set {
        negated: bool,
        items: Vec<Item>,
    },
}

#[derive(Clone, Copy, Debug)]
enum Item {
    Range(Unit, Unit),
    Class(fn(char) -> bool),
}

/// A character, or a byte that is part of none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Unit {
    Char(char),
    Byte(u8),
}

/// The characters of a name one by one.
#[derive(Clone, Copy)]
struct Units<'a>(&'a [u8]);

impl Iterator for Units<'_> {
    type Item = Unit;

    fn next(&mut self) -> Option<Unit> {
        let (&first, rest) = self.0.split_first()?;
        if first.is_ascii() {
            self.0 = rest;
            return Some(Unit::Char(char::from(first)));
        }
        let chunk = self.0.utf8_chunks().next();
        let c = chunk.and_then(|chunk| chunk.valid().chars().next());
        let (unit, size) = match c {
            Some(c) => (Unit::Char(c), c.len_utf8()),
            None => (Unit::Byte(first), 1),
        };
        self.0 = self.0.get(size..).unwrap_or_default();
        Some(unit)
    }
}

impl Pattern {
    /// Whether a name could be a pattern that matches others than itself.
    pub(crate) fn is_in(name: &[u8]) -> bool {
        name.iter().any(|byte| b"*?[".contains(byte))
    }

    pub(crate) fn parse(pattern: &[u8]) -> Result<Pattern, WrongPattern> {
        let stem = trim_end(pattern, b'/');
        let of_folders = stem.len() < pattern.len();
        let mut units = Units(stem);
        if stem.is_empty() {
            return Err(WrongPattern("it matches no name".to_owned()));
        }
        let mut tokens = Vec::new();
        while let Some(unit) = units.next() {
            tokens.push(match unit {
                Unit::Char('?') => Token::One,
                Unit::Char('*') => Token::Any,
                Unit::Char('[') => match set(units)? {
                    Some((set, rest)) => {
                        units = rest;
                        set
                    }
                    None => Token::Unit(unit),
                },
                Unit::Char('\\') => {
                    let nothing = || WrongPattern("a backslash is followed by nothing".to_owned());
                    Token::Unit(units.next().ok_or_else(nothing)?)
                }
                unit => Token::Unit(unit),
            });
        }
        Ok(Pattern { tokens, of_folders })
    }

    /// Whether the name, or a folder that it lies in, matches.
    pub(crate) fn matches(&self, name: &[u8], is_folder: bool) -> bool {
        self.name(name, is_folder)
            .is_some_and(|name| self.matches_from_here(name))
    }

    /// The same, from the first byte of the name or from after any `/` on.
    pub(crate) fn matches_anywhere(&self, name: &[u8], is_folder: bool) -> bool {
        let Some(name) = self.name(name, is_folder) else {
            return false;
        };
        let slashes = name.iter().enumerate().filter(|(_, byte)| **byte == b'/');
        let after = slashes.filter_map(|(at, _)| name.get(at.checked_add(1)?..));
        std::iter::once(name)
            .chain(after.filter(|rest| !matches!(rest.first(), None | Some(b'/'))))
            .any(|rest| self.matches_from_here(rest))
    }

    /// What of a name may match: of a file, the folder that it lies in where only folders are
    /// meant.
    fn name<'a>(&self, name: &'a [u8], is_folder: bool) -> Option<&'a [u8]> {
        let name = name.strip_suffix(b"/").unwrap_or(name);
        if !self.of_folders || is_folder {
            return Some(name);
        }
        let last = name.iter().rposition(|&byte| byte == b'/')?;
        name.get(..last)
    }

    fn matches_from_here(&self, name: &[u8]) -> bool {
        let (mut tokens, mut units) = (self.tokens.as_slice(), Units(name));
        // Where to go on once the last star has taken one character more.
        let mut retry: Option<(&[Token], Units<'_>)> = None;
        loop {
            let matched = match tokens.split_first() {
                None if matches!(units.0.first(), None | Some(b'/')) => return true,
                None => false,
                Some((Token::Any, rest)) => {
                    retry = Some((rest, units));
                    tokens = rest;
                    continue;
                }
                Some((token, rest)) => {
                    tokens = rest;
                    units.next().is_some_and(|unit| token.takes(unit))
                }
            };
            if matched {
                continue;
            }
            let Some((rest, from)) = &mut retry else {
                return false;
            };
            if from.next().is_none() {
                return false;
            }
            (tokens, units) = (rest, *from);
        }
    }
}

impl Token {
    fn takes(&self, unit: Unit) -> bool {
        match self {
            Token::Unit(own) => *own == unit,
            Token::One | Token::Any => true,
            Token::Set { negated, items } => items.iter().any(|item| item.takes(unit)) != *negated,
        }
    }
}

impl Item {
    fn takes(&self, unit: Unit) -> bool {
        match (self, unit) {
            (Item::Range(from, to), unit) => (*from..=*to).contains(&unit),
            (Item::Class(is_in), Unit::Char(c)) => is_in(c),
            (Item::Class(_), Unit::Byte(_)) => false,
        }
    }
}

/// The set after a `[`, and what follows its `]`. `None` where it has none, so that the `[` is
/// itself.
fn set(mut units: Units<'_>) -> Result<Option<(Token, Units<'_>)>, WrongPattern> {
    if !is_closed(units) {
        return Ok(None);
    }
    let negated = matches!(units.0.first(), Some(b'!' | b'^'));
    if negated {
        units.next();
    }
    let mut items = Vec::new();
    loop {
        // A `]` in front is one of the set.
        if units.0.first() == Some(&b']') && !items.is_empty() {
            units.next();
            return Ok(Some((Token::Set { negated, items }, units)));
        }
        if let Some((class, rest)) = class(units)? {
            items.push(class);
            units = rest;
            continue;
        }
        let Some(from) = member(&mut units) else {
            return Ok(None);
        };
        let mut range = units;
        let is_range = range.next() == Some(Unit::Char('-')) && range.0.first() != Some(&b']');
        let to = match is_range {
            true => member(&mut range),
            false => None,
        };
        let Some(to) = to else {
            items.push(Item::Range(from, from));
            continue;
        };
        if from > to {
            let message = format!("the range {}-{} is empty", from.shown(), to.shown());
            return Err(WrongPattern(message));
        }
        items.push(Item::Range(from, to));
        units = range;
    }
}

/// Whether a set has its `]`.
fn is_closed(mut units: Units<'_>) -> bool {
    if matches!(units.0.first(), Some(b'!' | b'^')) {
        units.next();
    }
    let mut is_first = true;
    loop {
        if let Some((_, rest)) = delimited(units) {
            units = rest;
            is_first = false;
            continue;
        }
        match units.next() {
            None => return false,
            Some(Unit::Char(']')) if !is_first => return true,
            Some(Unit::Char('\\')) => drop(units.next()),
            Some(_) => {}
        }
        is_first = false;
    }
}

/// What lies between `[:` and `:]`, `[=` and `=]`, `[.` and `.]`, and which of these it is.
fn delimited(units: Units<'_>) -> Option<((u8, &[u8]), Units<'_>)> {
    let rest = units.0.strip_prefix(b"[")?;
    let (&kind, rest) = rest.split_first()?;
    let is_word = |text: &[u8]| !text.is_empty() && text.iter().all(u8::is_ascii_lowercase);
    let end = rest
        .windows(2)
        .position(|pair| pair == [kind, b']'].as_slice())?;
    let (text, rest) = rest.split_at_checked(end)?;
    let fits = match kind {
        b':' => is_word(text),
        b'=' | b'.' => Units(text).count() == 1,
        _ => false,
    };
    fits.then_some(((kind, text), Units(rest.get(2..)?)))
}

/// A class such as `[:upper:]`.
fn class(units: Units<'_>) -> Result<Option<(Item, Units<'_>)>, WrongPattern> {
    let Some(((b':', name), rest)) = delimited(units) else {
        return Ok(None);
    };
    let is_in: fn(char) -> bool = match name {
        b"alpha" => char::is_alphabetic,
        b"digit" => |c| c.is_ascii_digit(),
        b"alnum" => char::is_alphanumeric,
        b"upper" => char::is_uppercase,
        b"lower" => char::is_lowercase,
        b"space" => char::is_whitespace,
        b"blank" => |c| matches!(c, ' ' | '\t'),
        b"punct" => |c| c.is_ascii_punctuation(),
        b"cntrl" => char::is_control,
        b"xdigit" => |c| c.is_ascii_hexdigit(),
        b"print" => |c| !c.is_control(),
        b"graph" => |c| !c.is_control() && !c.is_whitespace(),
        name => {
            let name = String::from_utf8_lossy(name);
            return Err(WrongPattern(format!(
                "[:{name}:] is no class of characters"
            )));
        }
    };
    Ok(Some((Item::Class(is_in), rest)))
}

/// A character of a set: itself, one after a `\`, or one in `[=` `=]` or `[.` `.]`.
fn member(units: &mut Units<'_>) -> Option<Unit> {
    if let Some(((b'=' | b'.', text), rest)) = delimited(*units) {
        *units = rest;
        return Units(text).next();
    }
    match units.next() {
        Some(Unit::Char('\\')) => units.next(),
        unit => unit,
    }
}

impl Unit {
    fn shown(self) -> char {
        match self {
            Unit::Char(c) => c,
            Unit::Byte(_) => REPLACEMENT_CHARACTER,
        }
    }
}

#[cfg(test)]
mod tests;
