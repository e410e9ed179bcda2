//! Declarations of a C header.

mod body;

use std::collections::HashMap;

use super::layout::{Packing, Struct};
use super::number::{Constants, constant};
use super::tokens::{Directive, Token, Word, directive, tokens};
use super::types::{Kind, Type, named, of_keywords};

use crate::offset::{Position, Tally};

/// How deep structs may be in one another.
const MAX_DEPTH: usize = 64;

const KEYWORDS: [&str; 10] = [
    "char", "short", "int", "long", "float", "double", "signed", "unsigned", "void", "__int128",
];

/// What a header declares.
#[derive(Debug, Default)]
pub(super) struct Declarations {
    pub(super) structs: Vec<Struct>,
    /// Names and values of the members of enums.
    pub(super) enums: Vec<Vec<(String, i128)>>,
}

/// An error with its line.
type Wrong = (usize, String);

struct Parser<'t> {
    words: Vec<Token<'t>>,
    at: usize,
    found: Declarations,
    tags: HashMap<String, Type>,
    types: HashMap<String, Type>,
    constants: Constants,
    pack: Option<u64>,
    packs: Vec<Option<u64>>,
    /// Whether the names of the structs are taken.
    names: std::collections::HashSet<String>,
    /// Errors of lines of the preprocessor.
    wrong: Vec<Wrong>,
}

/// Reads all declarations; unsupported ones are reported.
pub(super) fn header(text: &str, tell: &mut dyn FnMut(usize, String)) -> Declarations {
    let mut parser = Parser {
        words: tokens(text, 1),
        at: 0,
        found: Declarations::default(),
        tags: HashMap::new(),
        types: HashMap::new(),
        constants: HashMap::new(),
        pack: None,
        packs: Vec::new(),
        names: std::collections::HashSet::new(),
        wrong: Vec::new(),
    };
    while parser.peek().is_some() {
        let from = parser.at;
        if let Err((line, message)) = parser.declaration() {
            tell(line, message);
            parser.at = from;
            parser.skip();
        }
    }
    for (line, message) in parser.wrong {
        tell(line, message);
    }
    parser.found
}

impl<'t> Parser<'t> {
    /// The next word; lines of the preprocessor before it do what they say.
    fn peek(&mut self) -> Option<Word<'t>> {
        loop {
            let token = self.words.get(self.at)?;
            let Word::Line(text) = token.word else {
                return Some(token.word.clone());
            };
            let line = token.line;
            self.at.advance(1);
            self.preprocess(line, text);
        }
    }

    fn line(&self) -> usize {
        let token = self.words.get(self.at).or(self.words.last());
        token.map_or(1, |token| token.line)
    }

    fn next(&mut self) -> Option<Word<'t>> {
        let word = self.peek()?;
        self.at.advance(1);
        Some(word)
    }

    fn takes(&mut self, sign: &str) -> bool {
        let is_it = match self.peek() {
            Some(Word::Sign(found) | Word::Name(found)) => found == sign,
            _ => false,
        };
        self.at.advance(usize::from(is_it));
        is_it
    }

    fn wanted(&mut self, sign: &str) -> Result<(), Wrong> {
        match self.takes(sign) {
            true => Ok(()),
            false => Err((self.line(), format!("{sign:?} is expected here"))),
        }
    }

    fn name(&mut self) -> Option<&'t str> {
        match self.peek() {
            Some(Word::Name(name)) => {
                self.at.advance(1);
                Some(name)
            }
            _ => None,
        }
    }

    fn preprocess(&mut self, line: usize, text: &'t str) {
        match directive(text) {
            Directive::Define(name, Some(value)) => {
                let words = tokens(value, line);
                if let Ok((value, taken)) = constant(&words, &self.constants)
                    && taken == words.len()
                {
                    self.constants.insert(name.to_owned(), value);
                }
            }
            Directive::Pack(inside) => {
                for word in inside.split(',').map(str::trim) {
                    match (word, super::tokens::integer(word)) {
                        ("push", _) => self.packs.push(self.pack),
                        ("pop", _) => self.pack = self.packs.pop().flatten(),
                        ("", _) | (_, Some(0)) => self.pack = None,
                        (_, Some(n)) => self.pack = u64::try_from(n).ok(),
                        _ => self
                            .wrong
                            .push((line, format!("pack({inside}) is not known"))),
                    }
                }
            }
            Directive::Condition("ifndef", _) | Directive::End | Directive::Nothing => {}
            Directive::Condition("ifdef", "__cplusplus") => {
                // Skips what is for C++ alone.
                while let Some(token) = self.words.get(self.at) {
                    self.at.advance(1);
                    if let Word::Line(text) = token.word
                        && !matches!(directive(text), Directive::Nothing | Directive::Define(..))
                    {
                        break;
                    }
                }
            }
            Directive::Condition(word, condition) => {
                let message = format!("#{word} {condition}: both sides of a condition are read");
                self.wrong.push((line, message));
            }
            Directive::Define(_, None) => {}
        }
    }

    /// Skips an unsupported declaration, up to its semicolon or the closing brace of a function.
    fn skip(&mut self) {
        let mut depth = 0usize;
        while let Some(word) = self.next() {
            match word {
                Word::Sign("{" | "(" | "[") => depth.tally(1),
                Word::Sign(")" | "]") => depth = depth.saturating_sub(1),
                Word::Sign("}") => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 && !self.names_follow() {
                        return;
                    }
                }
                Word::Sign(";") if depth == 0 => return,
                _ => {}
            }
        }
    }

    /// Whether the declaration goes on after a brace: with names that have the type, or its end.
    fn names_follow(&mut self) -> bool {
        match self.peek() {
            Some(Word::Sign(";" | "*") | Word::Name("__attribute__")) => true,
            Some(Word::Name(_)) => {
                let after = self.words.get(self.at.past(1));
                matches!(
                    after.map(|token| &token.word),
                    Some(Word::Sign(";" | "," | "["))
                )
            }
            _ => false,
        }
    }

    fn declaration(&mut self) -> Result<(), Wrong> {
        if self.takes(";") {
            return Ok(());
        }
        if self.takes("static_assert") || self.takes("_Static_assert") {
            self.skip();
            return Ok(());
        }
        let line = self.line();
        let is_typedef = self.takes("typedef");
        let known = self.found.structs.len();
        let of = self.specifiers(0)?;
        if self.takes(";") {
            return Ok(());
        }
        loop {
            let (name, dims, of) = self.declarator(of.clone())?;
            let Some(name) = name else {
                return Err((line, "a name is expected here".to_owned()));
            };
            if !is_typedef {
                return Err((
                    line,
                    format!("{name} is a variable or a function, not a type"),
                ));
            }
            self.attributes(&mut Packing::default())?;
            // A struct is called as the typedef that defines it.
            if let (Kind::Struct(index), true) = (&of.kind, dims.is_empty())
                && *index >= known
                && let Some(made) = self.found.structs.get_mut(*index)
                && made.name.as_ref().is_none_or(|tag| !tag.eq(name))
                && self.names.insert(name.to_owned())
            {
                made.name = Some(name.to_owned());
            }
            let of = Type {
                dims: [dims, of.dims].concat(),
                ..of
            };
            self.types.insert(name.to_owned(), of);
            if self.takes(";") {
                return Ok(());
            }
            self.wanted(",")?;
        }
    }

    /// The type before the names that have it.
    fn specifiers(&mut self, depth: usize) -> Result<Type, Wrong> {
        let line = self.line();
        let mut keywords = Vec::new();
        let mut found = None;
        while let Some(Word::Name(word)) = self.peek() {
            let is_typed = found.is_some() || !keywords.is_empty();
            match word {
                "const" | "volatile" | "extern" | "static" | "restrict" | "__extension__" => {
                    self.at.advance(1);
                }
                "__attribute__" => {
                    let mut packing = Packing::default();
                    self.attributes(&mut packing)?;
                }
                word if KEYWORDS.contains(&word) => {
                    self.at.advance(1);
                    keywords.push(word);
                }
                "struct" if !is_typed => {
                    self.at.advance(1);
                    found = Some(self.structure(depth)?);
                }
                "enum" if !is_typed => {
                    self.at.advance(1);
                    found = Some(self.enumeration()?);
                }
                "union" => return Err((line, "a union has no counterpart".to_owned())),
                "_Alignas" | "alignas" => {
                    return Err((
                        line,
                        format!("{word} isn't read: __attribute__((aligned(n))) is"),
                    ));
                }
                _ if is_typed => break,
                word => {
                    let known = self.types.get(word).cloned().or_else(|| named(word));
                    let known =
                        known.ok_or_else(|| (line, format!("{word} is no type that is known")))?;
                    self.at.advance(1);
                    found = Some(known);
                }
            }
        }
        match (found, keywords.is_empty()) {
            (Some(found), true) => Ok(found),
            (None, false) => of_keywords(&keywords)
                .ok_or_else(|| (line, format!("{} is no type", keywords.join(" ")))),
            _ => Err((line, "a type is expected here".to_owned())),
        }
    }

    /// A name with its stars and brackets; answers the lengths of arrays, and the type with them.
    fn declarator(&mut self, mut of: Type) -> Result<(Option<&'t str>, Vec<u64>, Type), Wrong> {
        while self.takes("*") {
            of = Type::code("Q", 8);
            while self.takes("const") || self.takes("volatile") || self.takes("restrict") {}
        }
        if matches!(self.peek(), Some(Word::Sign("("))) {
            return Err((
                self.line(),
                "pointers to functions and arrays are not read".to_owned(),
            ));
        }
        let name = self.name();
        let mut dims = Vec::new();
        while self.takes("[") {
            if self.takes("]") {
                dims.push(0);
                continue;
            }
            let line = self.line();
            let length = self.constant()?;
            let length = u64::try_from(length);
            dims.push(length.map_err(|_| (line, "a length is below 0, or too large".to_owned()))?);
            self.wanted("]")?;
        }
        if matches!(self.peek(), Some(Word::Sign("("))) {
            return Err((self.line(), "a function is no type".to_owned()));
        }
        Ok((name, dims, of))
    }

    fn constant(&mut self) -> Result<i128, Wrong> {
        // Lines of the preprocessor before it.
        let _ = self.peek();
        let line = self.line();
        let words = self.words.get(self.at..).unwrap_or_default();
        let (value, taken) = constant(words, &self.constants).map_err(|why| (line, why))?;
        self.at.advance(taken);
        Ok(value)
    }

    /// `__attribute__((…))`: whether it packs, and how it aligns.
    fn attributes(&mut self, packing: &mut Packing) -> Result<(), Wrong> {
        loop {
            if self.takes("__packed") {
                packing.packed = true;
                continue;
            }
            if !self.takes("__attribute__") {
                return Ok(());
            }
            self.wanted("(")?;
            self.wanted("(")?;
            while !self.takes(")") {
                let line = self.line();
                match self.name() {
                    Some("packed" | "__packed__") => packing.packed = true,
                    Some("aligned" | "__aligned__") => {
                        self.wanted("(")?;
                        let least = self.constant()?;
                        let least = u64::try_from(least).ok().filter(|n| n.is_power_of_two());
                        let wrong = || (line, "an alignment is a power of two".to_owned());
                        packing.least = Some(least.ok_or_else(wrong)?);
                        self.wanted(")")?;
                    }
                    other => {
                        let message =
                            format!("the attribute {} is not read", other.unwrap_or_default());
                        return Err((line, message));
                    }
                }
                let _ = self.takes(",");
            }
            self.wanted(")")?;
        }
    }
}
