//! Bytes, text and objects of a size, or up to a terminator.

use super::super::expression::Expression;
use super::super::spec::{Field, Kind, Process, Shape, Size};
use super::field::Body;
use super::{Level, quoted};
use crate::value::encoding::Encoding;

/// The end of bytes, as expressions of the language.
struct Ends {
    /// Where they end.
    at: String,
    /// What skips the terminator.
    skip: &'static str,
}

impl Level<'_, '_> {
    /// The code of an integer of the size in bytes.
    fn code(&mut self, size: &Size, is_last: bool) -> Result<String, String> {
        Ok(match size {
            Size::Computed(Expression::Int(n)) if *n >= 0 => format!("{n}s"),
            Size::Computed(size) => format!("[{}]s", self.expression(size)?),
            Size::Rest | Size::None if is_last => "*s".to_owned(),
            Size::Rest | Size::None => "[@end - @at]s".to_owned(),
        })
    }

    /// An object, which has a stream of its own where it has a size.
    pub(super) fn object(
        &mut self,
        (field, shape): (&Field, &Shape),
        reference: &str,
        name: &str,
        is_last: bool,
    ) -> Result<Body, String> {
        let named = match name {
            "" => String::new(),
            name => format!(":{name}"),
        };
        let coding = self.coding(shape)?;
        let Some(terminator) = shape.terminator else {
            if matches!(shape.size, Size::None) {
                return Ok(format!("{reference}{named}").into());
            }
            if shape.pad_right.is_some() {
                self.keep(field, "what pads it stays a part of it");
            }
            let code = self.code(&shape.size, is_last)?;
            return Ok(format!("{code}{coding}{named}={reference}").into());
        };
        let is_sized = !matches!(shape.size, Size::None);
        let ends = ends(shape, terminator, is_sized)?;
        let body = format!("[{} - @at]s{coding}{named}={reference}", ends.at);
        if shape.pad_right.is_some() {
            return Err("what pads an object can't be told from it".to_owned());
        }
        if !is_sized {
            return Ok(format!("{body}{}", ends.skip).into());
        }
        let code = self.code(&shape.size, is_last)?;
        Ok(format!("{code}=({body})").into())
    }

    fn coding(&mut self, shape: &Shape) -> Result<String, String> {
        Ok(match &shape.process {
            None => String::new(),
            Some(Process::Zlib) => "~zlib".to_owned(),
            Some(Process::Xor(key)) => format!("~xor({})", self.expression(key)?),
            Some(Process::RotateLeft(Expression::Int(n @ 1..=7))) => format!("~rotate({n})"),
            Some(Process::RotateRight(Expression::Int(n @ 1..=7))) => format!("~rotate(-{n})"),
            Some(Process::Program(name, _)) => {
                return Err(format!("the process {name} is a program of one's own"));
            }
            Some(_) => {
                return Err("bytes are rotated by 1 to 7 bits, and by a number alone".to_owned());
            }
        })
    }

    /// Bytes or text.
    pub(super) fn bytes(
        &mut self,
        (field, shape, kind): (&Field, &Shape, &Kind),
        name: &str,
        constant: &str,
        is_last: bool,
    ) -> Result<Body, String> {
        let is_text = matches!(kind, Kind::Text | Kind::Terminated);
        let unit = match (shape.terminator, &shape.encoding, kind) {
            (None, Some(encoding), Kind::Terminated) => encoding.unit(),
            _ => 1,
        };
        let mut text_kind = String::new();
        if let (true, Some(encoding)) = (is_text, &shape.encoding) {
            match encoding.known().and_then(kind_of) {
                Some(kind) => text_kind = format!("~{kind}"),
                None => self.keep(field, &format!("text in {} stays bytes", encoding.name())),
            }
        }
        let terminator = match kind {
            Kind::Terminated => Some(shape.terminator.unwrap_or(0)),
            _ => shape.terminator,
        };
        let coding = self.coding(shape)?;
        if matches!(shape.size, Size::None) {
            let terminator = terminator.ok_or("nothing says how long it is")?;
            let is_simple = !shape.include && shape.consume && shape.eos_error && coding.is_empty();
            if unit > 1 && (!is_simple || text_kind.is_empty() || unit > 2) {
                return Err("text of wide characters is read up to a NUL alone".to_owned());
            }
            if is_simple {
                let z = z(terminator);
                return Ok(format!("{z}{text_kind}:{name}").into());
            }
            if is_text && terminator == 0 && shape.include {
                self.keep(field, "text is without the NUL that ends it");
            }
            let ends = ends(shape, terminator, false)?;
            let kinds = format!("{coding}{text_kind}");
            return Ok(format!("[{} - @at]s{kinds}:{name}{}", ends.at, ends.skip).into());
        }
        let code = self.code(&shape.size, is_last)?;
        let is_padded = match shape.pad_right {
            // Text is without the NULs that fill it.
            Some(0) => !(is_text && terminator.is_none() && !text_kind.is_empty()),
            Some(_) => true,
            None => false,
        };
        if is_padded {
            self.keep(field, "what pads it stays a part of it");
            return Ok(format!("{code}{coding}{text_kind}:{name}").into());
        }
        let Some(terminator) = terminator else {
            return Ok(format!("{code}{coding}{text_kind}:{name}{constant}").into());
        };
        if unit > 1 || !coding.is_empty() {
            self.keep(field, "what follows a terminator stays a part of it");
            return Ok(format!("{code}{coding}{text_kind}:{name}").into());
        }
        if shape.include {
            if is_text && terminator == 0 {
                self.keep(field, "text is without the NUL that ends it");
            }
            let ends = ends(shape, terminator, true)?;
            return Ok(format!("{code}=([{} - @at]s{text_kind}:{name})", ends.at).into());
        }
        let (z, find) = (z(terminator), find(terminator));
        Ok(
            format!("{code}={{{find} < @end: {z}{text_kind}:{name} ; else: *s{text_kind}:{name}}}")
                .into(),
        )
    }

    /// Reports bytes that become a part of the value here, but not in the description.
    fn keep(&mut self, field: &Field, why: &str) {
        let message = format!("{}: {why}", field.name);
        self.converter.leave_out(self.of, field.line, message);
    }
}

/// The code of bytes up to a terminator.
fn z(terminator: u8) -> String {
    match terminator {
        0 => "z".to_owned(),
        byte => format!("z{}", quoted(&[byte])),
    }
}

fn find(terminator: u8) -> String {
    format!("find({})", quoted(&[terminator]))
}

/// Where bytes end that a terminator ends, or the end of what they are in.
fn ends(shape: &Shape, terminator: u8, in_region: bool) -> Result<Ends, String> {
    if shape.include && !shape.consume {
        return Err("a terminator is a part of a value and read again".to_owned());
    }
    let find = find(terminator);
    let end = match shape.include {
        true => format!("({find} + 1)"),
        false => find.clone(),
    };
    let may_lack = !shape.eos_error || in_region;
    Ok(Ends {
        at: match may_lack {
            true => format!("({find} < @end ? {end} : @end)"),
            false => end,
        },
        skip: match (shape.consume && !shape.include, may_lack) {
            (true, true) => " {@at < @end: x}",
            (true, false) => " x",
            (false, _) => "",
        },
    })
}

/// The kind that takes text of an encoding.
fn kind_of(encoding: Encoding) -> Option<&'static str> {
    Some(match encoding {
        Encoding::Ascii => "ascii",
        Encoding::Utf8 => "utf8",
        Encoding::Latin1 => "latin1",
        Encoding::Page(page) if page.number == 437 => "cp437",
        Encoding::Utf16 { little: true } => "utf16le",
        Encoding::Utf16 { little: false } => "utf16be",
        Encoding::Utf32 { little: true } => "utf32le",
        Encoding::Utf32 { little: false } => "utf32be",
        Encoding::Mutf8 => "mutf8",
        Encoding::Iso(_) | Encoding::Page(_) => return None,
        Encoding::Standard(standard) => match standard.name() {
            "GBK" => "gbk",
            "gb18030" => "gb18030",
            "Big5" => "big5",
            "Shift_JIS" => "shiftjis",
            "EUC-JP" => "eucjp",
            "EUC-KR" => "euckr",
            "KOI8-R" => "koi8r",
            "KOI8-U" => "koi8u",
            "ISO-8859-2" => "iso88592",
            "ISO-8859-5" => "iso88595",
            "ISO-8859-7" => "iso88597",
            "ISO-8859-15" => "iso885915",
            "macintosh" => "macroman",
            "IBM866" => "cp866",
            "windows-1250" => "cp1250",
            "windows-1251" => "cp1251",
            "windows-1252" => "cp1252",
            _ => return None,
        },
    })
}
