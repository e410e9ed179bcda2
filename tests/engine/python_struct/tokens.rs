//! A reader of Python's formats that is as plain as can be: it tells the cases' makers which
//! codes a format has. Whether the format is right is for Python to say.

/// The codes of Python 3.15.
pub const CODES: [&str; 25] = [
    "x", "c", "b", "B", "?", "h", "H", "i", "I", "l", "L", "q", "Q", "n", "N", "e", "f", "d", "F",
    "D", "Zf", "Zd", "s", "p", "P",
];

pub const PREFIXES: [&str; 6] = ["", "@", "=", "<", ">", "!"];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// The code's place in [`CODES`].
    pub code: usize,
    pub count: Option<u64>,
}

impl Token {
    pub fn letters(self) -> &'static str {
        CODES[self.code]
    }

    pub fn repetitions(self) -> u64 {
        self.count.unwrap_or(1)
    }

    /// How many values it wants.
    pub fn arity(self) -> u64 {
        match self.letters() {
            "x" => 0,
            "s" | "p" => 1,
            _ => self.repetitions(),
        }
    }
}

pub struct Tokens {
    /// The place of the byte order in [`PREFIXES`].
    pub prefix: usize,
    pub tokens: Vec<Token>,
}

impl Tokens {
    pub fn is_native(&self) -> bool {
        self.prefix < 2
    }

    pub fn arity(&self) -> u64 {
        let arities = self.tokens.iter().map(|token| token.arity());
        arities.fold(0, u64::saturating_add)
    }
}

/// The parts of a format; `None` where it has others than Python's.
pub fn read(format: &str) -> Option<Tokens> {
    let prefix = match format.chars().next() {
        Some(c @ ('@' | '=' | '<' | '>' | '!')) => {
            PREFIXES.iter().position(|p| p.starts_with(c))?
        }
        _ => 0,
    };
    let mut rest = &format[PREFIXES[prefix].len()..];
    let mut tokens = Vec::new();
    loop {
        rest = rest.trim_start_matches([' ', '\t', '\n', '\r', '\u{b}', '\u{c}']);
        if rest.is_empty() {
            return Some(Tokens { prefix, tokens });
        }
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let count = match digits {
            0 => None,
            _ => Some(rest[..digits].parse().ok()?),
        };
        rest = &rest[digits..];
        let code = CODES.iter().position(|code| rest.starts_with(code))?;
        rest = &rest[CODES[code].len()..];
        tokens.push(Token { code, count });
    }
}
