//! Problems of files as lines for people and as JSON.

use std::io::{self, Write};

use anstyle::Style;
use serde::Serialize;
use unicode_width::UnicodeWidthStr;

use super::{escape, json, wrap};
use crate::render::text_color;
use crate::tree::{Problem, Severity};

/// Writes a problem on a line of its own: the file, how much it weighs, its code, its place, the
/// part of the file it is about where that has a name, and what is wrong.
///
/// ```
/// use bytewright::render::problem;
/// use bytewright::tree::{Problem, Range, Severity};
///
/// let problem = Problem::new("B003", Severity::Warning, Range::file(2, 4), "the size is wrong");
/// let mut out = anstream::StripStream::new(Vec::new());
/// problem::text("a.bmp", None, &problem, &mut out)?;
/// let text = String::from_utf8(out.into_inner())?;
/// assert_eq!(text, "a.bmp: warning B003 at 0x2: the size is wrong\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// When writing to `out` fails.
pub fn text(
    file: &str,
    part: Option<&[u8]>,
    problem: &Problem,
    out: &mut impl Write,
) -> io::Result<()> {
    fitted(file, part, problem, None, out)
}

/// The same, on as many lines as a terminal of this width takes, broken between words.
///
/// # Errors
///
/// When writing to `out` fails.
pub fn fitted(
    file: &str,
    part: Option<&[u8]>,
    problem: &Problem,
    width: Option<usize>,
    out: &mut impl Write,
) -> io::Result<()> {
    let (code, severity, style) = (problem.code, problem.severity, style(problem.severity));
    let label = format!("{severity} {code}");
    let mut message = format!("at {:#x}: ", problem.range.offset);
    if let Some(part) = part {
        message += &format!("{}: ", escape::name(part));
    }
    message += &escape::message(&problem.message).to_string();
    if let Some(width) = width {
        let taken = file.width().saturating_add(label.len()).saturating_add(3);
        message = wrap::message(&message, taken, width);
    }
    writeln!(out, "{file}: {style}{label}{style:#} {message}")
}

fn style(severity: Severity) -> Style {
    Style::new()
        .bold()
        .fg_color(Some(text_color::of(severity).into()))
}

/// A problem as a JSON object: `file`, `member` where it is about one, `code`, `severity`,
/// `offset`, `size`, `message`.
pub fn json<'a>(
    file: &'a str,
    member: Option<&'a [u8]>,
    problem: &'a Problem,
) -> impl Serialize + use<'a> {
    Json {
        file,
        member: member.map(json::bytes),
        problem,
    }
}

#[derive(Serialize)]
struct Json<'a, M> {
    file: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    member: Option<M>,
    #[serde(flatten)]
    problem: &'a Problem,
}
