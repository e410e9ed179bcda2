//! Formats of the whole language, made from noise: every one of them is right.

use std::fmt::Write;

use arbitrary::{Arbitrary, Result, Unstructured};

/// A format by the rules of the language, and data for it.
#[derive(Debug)]
pub struct Generated {
    /// The text of the format.
    pub format: String,
    /// Data that may fit it or not.
    pub data: Vec<u8>,
}

impl<'a> Arbitrary<'a> for Generated {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Generated> {
        let mut maker = Maker {
            u: &mut *u,
            text: String::new(),
            names: 0,
        };
        maker.format(0, true)?;
        let format = maker.text;
        let data = u.bytes(u.len())?.to_vec();
        Ok(Generated { format, data })
    }
}

const ORDERS: [&str; 7] = ["", "", "<", ">", "=", "!", "@"];
const CODES: [&str; 31] = [
    "c", "b", "B", "?", "h", "H", "i", "I", "l", "L", "q", "Q", "e", "f", "d", "F", "D", "Zf",
    "Zd", "s", "p", "z", "v", "V", "j", "J", "k", "K", "y", "Y", "x",
];
const SIZED: [&str; 8] = ["B", "h", "I", "q", "e", "J", "D", "?"];
const COUNTS: [&str; 7] = ["b", "B", "H", "v", "V", "J", "y"];
const BITS: [(&str, u32); 7] = [
    ("B", 8),
    ("b", 8),
    ("H", 16),
    ("j", 24),
    ("I", 32),
    ("q", 64),
    ("Y", 128),
];
const CONSTANTS: [&str; 9] = [
    "B=0",
    "h=-2",
    "2s=\"BM\"",
    "4s=x\"00\"",
    "c='\\0'",
    "z=''",
    "4p=\"ab\"",
    "?=false",
    "d=nan",
];
/// Names that mean something elsewhere: in paths, in the JSON of bytes and complex numbers.
const NAMES: [&str; 6] = ["hex", "re", "im", "a", "_0", "x"];

struct Maker<'u, 'a> {
    u: &'u mut Unstructured<'a>,
    text: String,
    names: u32,
}

impl Maker<'_, '_> {
    fn format(&mut self, depth: u32, last: bool) -> Result<()> {
        self.text += self.u.choose(&ORDERS)?;
        self.items(depth, last)
    }

    fn items(&mut self, depth: u32, last: bool) -> Result<()> {
        let items = self.u.int_in_range(0..=if depth == 0 { 8 } else { 4 })?;
        let mut special = NAMES.iter();
        for _ in 0..items {
            let name = match self.u.int_in_range(0..=5)? {
                0 => special.next().map(|name| format!(":{name} ")),
                1 | 2 => Some(format!(":{} ", self.name())),
                _ => None,
            };
            self.item(depth, name.as_deref().unwrap_or(" "))?;
        }
        if last && self.u.ratio(1, 3)? {
            self.tail(depth)?;
        }
        Ok(())
    }

    fn name(&mut self) -> String {
        self.names += 1;
        format!("n{}", self.names)
    }

    fn item(&mut self, depth: u32, name: &str) -> Result<()> {
        let count = match self.u.int_in_range(0..=3)? {
            0 => self.u.int_in_range(0..=4)?.to_string(),
            _ => String::new(),
        };
        match self.u.int_in_range(0..=9)? {
            0 => {
                let constant = self.u.choose(&CONSTANTS)?;
                let (code, value) = constant.split_once('=').unwrap_or((constant, "0"));
                let name = name.trim_end();
                self.text += &format!("{code}{name}={value} ");
            }
            1 => self.bits(&count, name)?,
            2 => self.text += &format!("|{} ", self.u.int_in_range(1..=12)?),
            3 | 4 => self.counted(depth, name)?,
            5 | 6 if depth < 4 => {
                self.text += &format!("{count}(");
                self.format(depth + 1, false)?;
                self.text += &format!("){name}");
            }
            _ => self.text += &format!("{count}{}{name}", self.u.choose(&CODES)?),
        }
        Ok(())
    }

    fn bits(&mut self, count: &str, name: &str) -> Result<()> {
        let (code, width) = *self.u.choose(&BITS)?;
        let direction = *self.u.choose(&["", "<", ">"])?;
        let _ = write!(self.text, "{count}{code}{{{direction}");
        let mut left = width;
        while left > 0 {
            let cut = self.u.int_in_range(1..=left)?;
            left -= cut;
            match self.u.ratio(1, 5)? {
                true => self.text += &format!("_:{cut} "),
                false => {
                    let name = self.name();
                    let _ = write!(self.text, "{name}:{cut} ");
                }
            }
        }
        let _ = write!(self.text, "}}{name}");
        Ok(())
    }

    fn counted(&mut self, depth: u32, name: &str) -> Result<()> {
        let n = self.name();
        let integer = *self.u.choose(&COUNTS)?;
        let count = match self.u.int_in_range(0..=5)? {
            0 => format!("[{n}+1]"),
            1 => format!("[{n}*2-1]"),
            2 => format!("[ ({n} + 1)/2 ]"),
            _ => format!("[{n}]"),
        };
        let _ = write!(self.text, "{integer}:{n} ");
        match self.u.int_in_range(0..=5)? {
            0 => self.text += &format!("{count}s{name}"),
            1 => self.text += &format!("{count}p{name}"),
            2 => self.text += &format!("{count}x{name}"),
            3 if depth < 4 => {
                self.text += &format!("{count}(");
                self.format(depth + 1, false)?;
                self.text += &format!("){name}");
            }
            4 => self.text += &format!("{count}H{name}(>{count}s I) "),
            _ => self.text += &format!("{count}{}{name}", self.u.choose(&SIZED)?),
        }
        Ok(())
    }

    fn tail(&mut self, depth: u32) -> Result<()> {
        match self.u.int_in_range(0..=4)? {
            0 => self.text += "*s",
            1 => self.text += "*z",
            2 if depth < 4 => {
                self.text += "(";
                self.format(depth + 1, true)?;
                self.text += ")";
            }
            3 if depth < 4 => {
                // An item must have bytes.
                self.text += "*(B ";
                self.items(depth + 1, false)?;
                self.text += ")";
            }
            _ => self.text += &format!("*{}", self.u.choose(&SIZED)?),
        }
        Ok(())
    }
}
