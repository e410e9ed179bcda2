//! Names in a file, a line each or with a NUL after each, as `--files-from` takes them.

use std::ffi::OsString;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use crate::cli::error::{Context as _, Result, bail};
use crate::cli::input;
use crate::render::escape;

/// The longest line of a list: a path, a name, and more than enough of each.
const LONGEST: u64 = 1 << 20;

/// Hands over each name of the list in a file; `-` is standard input. Empty ones are left out.
pub(super) fn each(
    list: &Path,
    null: bool,
    take: impl FnMut(&[u8], u64) -> Result<()>,
) -> Result<()> {
    if list == Path::new("-") {
        input::say_waiting();
        return read(std::io::stdin().lock(), "standard input", null, take);
    }
    let name = escape::path(list).to_string();
    let file = File::open(list).with_context(|| name.clone())?;
    read(BufReader::new(file), &name, null, take)
}

fn read(
    mut list: impl BufRead,
    name: &str,
    null: bool,
    mut take: impl FnMut(&[u8], u64) -> Result<()>,
) -> Result<()> {
    let end = if null { 0 } else { b'\n' };
    let mut line = Vec::new();
    for number in 1u64.. {
        line.clear();
        let read = list.by_ref().take(LONGEST).read_until(end, &mut line);
        if read.with_context(|| name.to_owned())? == 0 {
            break;
        }
        let ended = line.pop_if(|last| *last == end).is_some();
        if !ended && line.len() as u64 == LONGEST {
            bail!("{name}: line {number} is longer than any path");
        }
        if !line.is_empty() {
            take(&line, number).with_context(|| name.to_owned())?;
        }
    }
    Ok(())
}

#[cfg(unix)]
pub(super) fn os_string(bytes: &[u8]) -> Option<OsString> {
    use std::os::unix::ffi::OsStrExt;
    Some(std::ffi::OsStr::from_bytes(bytes).to_owned())
}

#[cfg(not(unix))]
pub(super) fn os_string(bytes: &[u8]) -> Option<OsString> {
    std::str::from_utf8(bytes).ok().map(OsString::from)
}
