//! The printed form of values: what Python's `repr` prints.

use std::fmt::{self, Write};

use super::{Record, Value};

/// With `{:#}`, integers are in hexadecimal: `0xff`, `-0x1`.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Bool(true) => f.write_str("True"),
            Value::Bool(false) => f.write_str("False"),
            Value::Int(n) if f.alternate() => hex(*n < 0, n.unsigned_abs(), f),
            Value::Uint(n) if f.alternate() => hex(false, *n, f),
            Value::Int(n) => write!(f, "{n}"),
            Value::Uint(n) => write!(f, "{n}"),
            Value::Float(x) => float(*x, f),
            Value::Complex(re, im) => complex(*re, *im, f),
            Value::Bytes(b) => bytes(b, f),
            Value::List(items) => {
                f.write_char('[')?;
                comma_separated(items, f)?;
                f.write_char(']')
            }
            Value::Record(record) => fmt::Display::fmt(record, f),
        }
    }
}

fn hex(negative: bool, magnitude: u128, f: &mut impl Write) -> fmt::Result {
    let sign = if negative { "-" } else { "" };
    write!(f, "{sign}{magnitude:#x}")
}

/// As its values: with `{:#}`, integers are in hexadecimal.
impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('(')?;
        comma_separated(self, f)?;
        f.write_str(if self.len() == 1 { ",)" } else { ")" })
    }
}

fn comma_separated(items: &[Value], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            f.write_str(", ")?;
        }
        fmt::Display::fmt(item, f)?;
    }
    Ok(())
}

/// `b'…'`, in double quotes only where that saves escaping a single quote.
pub(super) fn bytes(bytes: &[u8], f: &mut impl Write) -> fmt::Result {
    let quote = if bytes.contains(&b'\'') && !bytes.contains(&b'"') {
        '"'
    } else {
        '\''
    };
    write!(f, "b{quote}")?;
    for &byte in bytes {
        match byte {
            b'\t' => f.write_str("\\t")?,
            b'\n' => f.write_str("\\n")?,
            b'\r' => f.write_str("\\r")?,
            b'\\' => f.write_str("\\\\")?,
            _ if char::from(byte) == quote => write!(f, "\\{quote}")?,
            b' '..=b'~' => f.write_char(char::from(byte))?,
            _ => write!(f, "\\x{byte:02x}")?,
        }
    }
    f.write_char(quote)
}

fn float(x: f64, f: &mut impl Write) -> fmt::Result {
    write_float(x, ".0", f)
}

/// The real part is left out where it is a positive zero, as in Python.
fn complex(re: f64, im: f64, f: &mut impl Write) -> fmt::Result {
    if re == 0.0 && re.is_sign_positive() {
        write_float(im, "", f)?;
        return f.write_char('j');
    }
    f.write_char('(')?;
    write_float(re, "", f)?;
    if im.is_nan() || im.is_sign_positive() {
        f.write_char('+')?;
    }
    write_float(im, "", f)?;
    f.write_str("j)")
}

/// The shortest digits that read back as `x`; scientific below 1e-4 and from 1e16 on.
/// `whole` follows a number that has no fraction.
fn write_float(x: f64, whole: &str, f: &mut impl Write) -> fmt::Result {
    if x.is_nan() {
        return f.write_str("nan");
    }
    if x.is_infinite() {
        return f.write_str(if x > 0.0 { "inf" } else { "-inf" });
    }
    let magnitude = x.abs();
    if magnitude != 0.0 && !(1e-4..1e16).contains(&magnitude) {
        let text = shortest(x, |decimals| match decimals {
            None => format!("{x:e}"),
            Some(decimals) => format!("{x:.decimals$e}"),
        });
        let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        return match exponent.strip_prefix('-') {
            Some(small) => write!(f, "{digits}e-{small:0>2}"),
            None => write!(f, "{digits}e+{exponent:0>2}"),
        };
    }
    let text = shortest(x, |decimals| match decimals {
        None => format!("{x}"),
        Some(decimals) => format!("{x:.decimals$}"),
    });
    f.write_str(&text)?;
    if text.contains('.') {
        Ok(())
    } else {
        f.write_str(whole)
    }
}

/// The shortest digits that read back as `x`. Where two are equally near, Rust takes the larger
/// and Python the even one, which formatting to as many decimals gives. `format` writes `x`
/// to this many decimals, or to as few as it needs.
fn shortest(x: f64, format: impl Fn(Option<usize>) -> String) -> String {
    let text = format(None);
    let mantissa = text.split('e').next().unwrap_or_default();
    // Fifteen digits tell all floats apart: only longer ones can lie midway.
    if mantissa.len() > 15
        && let Some((_, decimals)) = mantissa.split_once('.')
    {
        let even = format(Some(decimals.len()));
        if even.parse() == Ok(x) {
            return even;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[allow(clippy::excessive_precision, reason = "the last digits make the tie")]
    #[test]
    fn floats_print_as_python_prints_them() {
        for (x, text) in [
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (1.0, "1.0"),
            (0.1, "0.1"),
            (1e16, "1e+16"),
            (9_999_999_999_999_998.0, "9999999999999998.0"),
            (123_456_789_012_345_680.0, "1.2345678901234568e+17"),
            (1e-4, "0.0001"),
            (1e-5, "1e-05"),
            (5e-324, "5e-324"),
            // Midway between two numbers of as many digits: the even one.
            (2f64.powi(-25), "2.9802322387695312e-08"),
            (-276_467_377_739_319.625, "-276467377739319.62"),
            (276_467_377_739_319.875, "276467377739319.88"),
            (1.797_693_134_862_315_7e308, "1.7976931348623157e+308"),
            (f64::INFINITY, "inf"),
            (f64::NEG_INFINITY, "-inf"),
            (f64::NAN, "nan"),
        ] {
            assert_eq!(Value::Float(x).to_string(), text);
        }
    }

    #[test]
    fn complex_numbers_print_as_python_prints_them() {
        for (re, im, text) in [
            (1.0, 2.0, "(1+2j)"),
            (0.0, 1.0, "1j"),
            (-0.0, 1.0, "(-0+1j)"),
            (1.5, -0.0, "(1.5-0j)"),
            (f64::NAN, f64::NAN, "(nan+nanj)"),
            (0.0, f64::NEG_INFINITY, "-infj"),
            (1e20, 1e-7, "(1e+20+1e-07j)"),
        ] {
            assert_eq!(Value::Complex(re, im).to_string(), text);
        }
    }

    #[test]
    fn bytes_choose_their_quotes_as_python_does() {
        for (bytes, text) in [
            (&b"BM"[..], "b'BM'"),
            (b"it's", "b\"it's\""),
            (b"'\"", r#"b'\'"'"#),
            (b"\x00\t\n\r\\\x7f\xff", r"b'\x00\t\n\r\\\x7f\xff'"),
        ] {
            assert_eq!(Value::from(bytes).to_string(), text);
        }
    }
}
