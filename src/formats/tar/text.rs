//! Names of members in messages, and as paths of this system: they are bytes, of any sort.

use std::borrow::Cow;
use std::ffi::OsStr;

/// A name for a message: in quotes, with escapes for everything that isn't plain text.
pub(crate) fn shown(name: &[u8]) -> String {
    /// What fits on a line, with room for the rest of the message.
    const LONGEST: usize = 120;
    let text = String::from_utf8_lossy(name);
    if text.chars().count() <= LONGEST {
        return format!("{text:?}");
    }
    let start: String = text.chars().take(LONGEST).collect();
    format!("{start:?}… ({} bytes)", name.len())
}

/// A name as this system's file names are. `None` where it can't be one.
#[cfg(unix)]
pub(crate) fn os_str(name: &[u8]) -> Option<Cow<'_, OsStr>> {
    use std::os::unix::ffi::OsStrExt;
    Some(Cow::Borrowed(OsStr::from_bytes(name)))
}

/// A name as this system's file names are. `None` where it can't be one.
#[cfg(not(unix))]
pub(crate) fn os_str(name: &[u8]) -> Option<Cow<'_, OsStr>> {
    std::str::from_utf8(name)
        .ok()
        .map(|name| Cow::Borrowed(OsStr::new(name)))
}

/// The bytes of a file name. `None` where it has none that an archive could hold.
#[cfg(unix)]
pub(crate) fn bytes_of(name: &OsStr) -> Option<Cow<'_, [u8]>> {
    use std::os::unix::ffi::OsStrExt;
    Some(Cow::Borrowed(name.as_bytes()))
}

/// The bytes of a file name, with `/` between its parts. `None` where it isn't Unicode.
#[cfg(not(unix))]
pub(crate) fn bytes_of(name: &OsStr) -> Option<Cow<'_, [u8]>> {
    let text = name.to_str()?.replace('\\', "/");
    Some(Cow::Owned(text.into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_moves_a_terminal_is_escaped() {
        assert_eq!(shown(b"a\x1b[2J\n"), r#""a\u{1b}[2J\n""#);
        assert_eq!(shown("ä".as_bytes()), "\"ä\"");
    }

    #[cfg(unix)]
    #[test]
    fn a_name_of_this_system_is_its_bytes() {
        for name in [&b"a"[..], b"", b"d/\xff\n"] {
            let own = os_str(name).unwrap();
            assert_eq!(own.as_encoded_bytes(), name);
            assert_eq!(bytes_of(&own).as_deref(), Some(name));
        }
    }

    #[test]
    fn a_long_name_is_cut() {
        assert!(shown(&[b'a'; 10_000]).len() < 200);
    }
}
