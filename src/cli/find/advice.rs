//! Advice where a pattern isn't found, or isn't one argument.

use std::ffi::{OsStr, OsString};

use crate::cli::error::{Error, error};
use crate::cli::{Context, words};
use crate::inspect::find::Pattern;

/// Suggests `--hex` where a text that isn't found is hexadecimal digits, with 0x or of several
/// bytes.
pub(super) fn tell_of_bytes(text: &str, cx: &mut Context) {
    let is_bytes = text.len() >= 4
        && text.len().is_multiple_of(2)
        && text.bytes().all(|byte| byte.is_ascii_hexdigit())
        && text.bytes().any(|byte| byte.is_ascii_digit());
    if is_bytes {
        cx.note(format_args!(
            "{text} was looked for as a text; --hex {text} finds the bytes"
        ));
        return;
    }
    if let Some(digits) = text.strip_prefix("0x")
        && !digits.is_empty()
        && Pattern::hex(digits).is_ok()
    {
        let codes = [("<H", 4), ("<I", 8), ("<Q", 16)];
        let code = codes.iter().find(|(_, most)| digits.len() <= *most);
        let number = code.map(|(code, _)| format!(", --pack '{code}' {text} a number"));
        let number = number.unwrap_or_default();
        cx.note(format_args!(
            "{text} was looked for as a text; --hex {digits} finds the bytes{number}"
        ));
    }
}

/// Words in the place of one pattern: together one, or each for itself.
pub(super) fn several_words(file: &OsString, patterns: &[OsString]) -> Error {
    let pattern = patterns.join(OsStr::new(" "));
    let (together, each) = match Pattern::hex(&pattern.to_string_lossy()) {
        Ok(_) => (" --hex", " --hex "),
        Err(_) => ("", " -e "),
    };
    let each: String = patterns
        .iter()
        .map(|pattern| each.to_owned() + &words::quoted(pattern))
        .collect();
    let (file, pattern) = (words::quoted(file), words::quoted(&pattern));
    error!(
        "what to find is one argument after the file, or several with options:\n\n  \
         bytewright find {file}{together} {pattern}\n  \
         bytewright find {file}{each}\n"
    )
}
