//! Text for manual pages, in the macros of `man`.

use std::io::{self, Write};

/// Text in which nothing is a command of roff.
pub fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for line in text.lines() {
        if !escaped.is_empty() {
            escaped.push('\n');
        }
        // A line that begins so would be a command.
        if line.starts_with(['.', '\'']) {
            escaped.push_str("\\&");
        }
        for c in line.chars() {
            match c {
                '\\' => escaped.push_str("\\e"),
                '-' => escaped.push_str("\\-"),
                // These are typeset as quotation marks otherwise, which no shell takes.
                '\'' => escaped.push_str("\\(aq"),
                '`' => escaped.push_str("\\(ga"),
                '^' => escaped.push_str("\\(ha"),
                '~' => escaped.push_str("\\(ti"),
                c => escaped.push(c),
            }
        }
    }
    escaped
}

/// Writes a paragraph, whose lines are filled.
///
/// # Errors
///
/// When writing to `out` fails.
pub fn text(text: &str, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "{}", escaped(text))
}

/// Writes lines as they are.
///
/// # Errors
///
/// When writing to `out` fails.
pub fn verbatim(text: &str, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, ".PP\n.nf\n{}\n.fi", escaped(text.trim_end()))
}

/// Writes a document of Markdown as the sections of a page: headings, paragraphs, lists, tables and
/// blocks of code. The heading of the document is left out.
///
/// # Errors
///
/// When writing to `out` fails.
///
/// ```
/// use bytewright::render::roff;
///
/// let mut out = Vec::new();
/// roff::from_markdown("# Title\n\n## Part\n\nA `word` and *more*.\n", &mut out)?;
/// // `\&` keeps the full stop from being read as a request.
/// assert_eq!(out, b".SH \"PART\"\n.PP\nA \\fBword\\fR and \\fImore\\fR\\&.\n");
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn from_markdown(text: &str, out: &mut impl Write) -> io::Result<()> {
    let mut is_code = false;
    let mut is_paragraph = false;
    let mut has_section = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            is_code = !is_code;
            is_paragraph = false;
            writeln!(out, "{}", if is_code { ".PP\n.nf" } else { ".fi" })?;
            continue;
        }
        if is_code {
            writeln!(out, "{}", escaped(line))?;
            continue;
        }
        let level = line.bytes().take_while(|&byte| byte == b'#').count();
        let title = line.get(level..).unwrap_or_default().trim();
        match (level, line) {
            (1, _) => {}
            (2, _) => {
                has_section = true;
                writeln!(out, ".SH \"{}\"", escaped(&plain(title).to_uppercase()))?;
            }
            (3.., _) => writeln!(out, ".SS \"{}\"", escaped(&plain(title)))?,
            (_, line) if line.trim().is_empty() => {}
            // The line between the head of a table and its rows.
            (_, line)
                if line.starts_with('|')
                    && !line.contains(char::is_alphanumeric)
                    && line.contains("---") => {}
            (_, line) => {
                if !has_section {
                    has_section = true;
                    writeln!(out, ".SH DESCRIPTION")?;
                }
                if let Some(row) = line.strip_prefix('|') {
                    let mut cells = cells(row).into_iter();
                    let first = cells.next().unwrap_or_default();
                    writeln!(out, ".TP\n{}", inline(&first))?;
                    writeln!(out, "{}", inline(&cells.collect::<Vec<_>>().join(" — ")))?;
                } else if let Some(item) = line.strip_prefix("- ") {
                    writeln!(out, ".IP \\(bu 2\n{}", inline(item))?;
                } else {
                    if !is_paragraph && !line.starts_with("  ") {
                        writeln!(out, ".PP")?;
                    }
                    writeln!(out, "{}", inline(line.trim_start()))?;
                    is_paragraph = true;
                    continue;
                }
            }
        }
        is_paragraph = false;
    }
    Ok(())
}

/// The cells of a row of a table; a bar in code, or after a backslash, is none between cells.
fn cells(row: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut chars = row.trim_end().trim_end_matches('|').chars().peekable();
    let mut is_code = false;
    while let Some(c) = chars.next() {
        match c {
            '\\' if chars.peek() == Some(&'|') => continue,
            '|' if !is_code => {
                cells.push(String::new());
                continue;
            }
            '`' => is_code = !is_code,
            _ => {}
        }
        if let Some(cell) = cells.last_mut() {
            cell.push(c);
        }
    }
    cells.iter().map(|cell| cell.trim().to_owned()).collect()
}

/// Without marks of emphasis and code.
fn plain(text: &str) -> String {
    text.replace(['`', '*'], "")
}

/// A line with code in bold, and emphasis in italics; of a link, its words.
fn inline(text: &str) -> String {
    let mut out = String::new();
    for (i, part) in text.split('`').enumerate() {
        let is_code = i.checked_rem(2) == Some(1);
        if is_code {
            out.push_str(&format!("\\fB{}\\fR", escaped(part)));
            continue;
        }
        let words = unlinked(part).replace("**", "*");
        for (j, part) in words.split('*').enumerate() {
            match j.checked_rem(2) == Some(1) && !part.is_empty() {
                true => out.push_str(&format!("\\fI{}\\fR", escaped(part))),
                false => out.push_str(&escaped(part)),
            }
        }
    }
    out
}

/// `[words](place)` becomes the words.
fn unlinked(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('[') {
        out.push_str(before);
        let link = after.split_once("](").and_then(|(words, place)| {
            let (_, rest) = place.split_once(')')?;
            Some((words, rest))
        });
        match link.filter(|(words, _)| !words.contains('[')) {
            Some((words, after)) => {
                out.push_str(words);
                rest = after;
            }
            None => {
                out.push('[');
                rest = after;
            }
        }
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_is_a_command() {
        assert_eq!(escaped(".TH x\n'a\\b-c"), "\\&.TH x\n\\&\\(aqa\\eb\\-c");
    }

    #[test]
    fn markdown_becomes_sections_lists_and_code() {
        let mut out = Vec::new();
        let text = "\
# Title

Some [words](a.md) of it,
on two lines.

- an item
  that goes on

| written | means |
| --- | --- |
| `a|b` | `x` or y |

```console
$ .x
```
";
        from_markdown(text, &mut out).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "\
.SH DESCRIPTION
.PP
Some words of it,
on two lines.
.IP \\(bu 2
an item
that goes on
.TP
written
means
.TP
\\fBa|b\\fR
\\fBx\\fR or y
.PP
.nf
$ .x
.fi
"
        );
    }
}
