//! Input in whole lines.

use std::io::{self, Read};

/// How much is read at a time: what becomes of it still fits a processor's second cache.
pub(super) const PAGE: usize = 32 << 10;

/// Hands over what `input` gives as soon as it is there, in whole lines of `columns` bytes; the
/// last line may be short.
///
/// At most [`PAGE`] bytes or one line are handed over at once.
pub(super) fn pages(
    mut input: impl Read,
    columns: usize,
    mut each: impl FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<()> {
    let mut bytes = vec![0; PAGE.max(columns)];
    let mut have = 0usize;
    loop {
        let read = match input.read(bytes.get_mut(have..).unwrap_or_default()) {
            Ok(0) => break,
            Ok(read) => read,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
            Err(e) => return Err(e),
        };
        have = have.saturating_add(read).min(bytes.len());
        let rest = have.checked_rem(columns).unwrap_or(0);
        let whole = have.saturating_sub(rest);
        if whole > 0 {
            each(bytes.get(..whole).unwrap_or_default())?;
        }
        bytes.copy_within(whole..have, 0);
        have = rest;
    }
    if have > 0 {
        each(bytes.get(..have).unwrap_or_default())?;
    }
    Ok(())
}
