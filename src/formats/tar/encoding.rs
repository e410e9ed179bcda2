//! Names in the encodings of systems before Unicode: an archive doesn't say which one, so the one who
//! reads it has to.

use std::fmt;

use super::member::{Member, RawNames};

/// An encoding that names may be in: GBK, Shift-JIS, Windows-1252….
///
/// ```
/// use bytewright::formats::tar::Encoding;
///
/// let gbk = Encoding::named("gbk").unwrap();
/// assert_eq!(gbk.decode(b"\xcd\xbc\xcf\xf1").unwrap(), "图像");
/// assert!(gbk.decode(b"\xff").is_none());
/// assert!(Encoding::named("utf-16").is_none(), "in names, ASCII is ASCII");
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Encoding(&'static encoding_rs::Encoding);

impl Encoding {
    /// The encoding with this label of the WHATWG's Encoding Standard, where it has `/` and the
    /// rest of ASCII as everybody has them.
    pub fn named(label: &str) -> Option<Encoding> {
        // Python's spelling, which the standard lacks.
        let label = if label == "latin-1" { "latin1" } else { label };
        let encoding = encoding_rs::Encoding::for_label_no_replacement(label.as_bytes())?;
        encoding.is_ascii_compatible().then_some(Encoding(encoding))
    }

    /// Its name in the standard.
    pub fn name(self) -> &'static str {
        self.0.name()
    }

    /// Bytes as text; `None` where they aren't of this encoding.
    pub fn decode(self, bytes: &[u8]) -> Option<String> {
        let text = self
            .0
            .decode_without_bom_handling_and_without_replacement(bytes);
        text.map(std::borrow::Cow::into_owned)
    }

    /// Puts UTF-8 in place of a member's names that are of this encoding. Those of pax records
    /// that are said to be mere bytes stay.
    pub(super) fn convert(self, member: &mut Member, binary: bool) {
        let raw = RawNames {
            name: member.name.clone(),
            link: member.link.clone(),
            uname: member.uname.clone(),
            gname: member.gname.clone(),
        };
        let mut converted = false;
        for (name, keyword) in [
            (&mut member.name, "path"),
            (&mut member.link, "linkpath"),
            (&mut member.uname, "uname"),
            (&mut member.gname, "gname"),
        ] {
            if std::str::from_utf8(name).is_ok() || binary && member.pax.get(keyword).is_some() {
                continue;
            }
            if let Some(text) = self.decode(name) {
                *name = text.into_bytes();
                converted = true;
            }
        }
        if converted {
            member.raw = Some(Box::new(raw));
        }
    }
}

impl fmt::Debug for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests;
