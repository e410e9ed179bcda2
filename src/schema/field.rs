//! Fields of headers by name, where a name that no header has is an error of the compiler.

/// A field of a header, or of some headers that share the names of fields.
///
/// Where the field lies in each of the headers is looked up once; see [`Header`](super::Header).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Which of the names in the formats it is.
    index: usize,
    path: &'static str,
}

impl Field {
    /// The field at a path, which is a name, or names with dots between them, in one of these
    /// formats. Of names that are in a group, the last is that of no other field.
    ///
    /// ```
    /// use bytewright::schema::Field;
    ///
    /// const POINT: &str = "<H:x H:y B{red:4 _:4}:color";
    /// const Y: Field = Field::of(&[POINT], "y");
    /// const RED: Field = Field::of(&[POINT], "color.red");
    /// assert_eq!((Y.path(), RED.path()), ("y", "color.red"));
    /// ```
    ///
    /// ```compile_fail
    /// use bytewright::schema::Field;
    ///
    /// const Z: Field = Field::of(&["<H:x H:y"], "z");
    /// ```
    ///
    /// # Panics
    ///
    /// Where there is no such field: in a constant, that ends compiling.
    #[expect(
        clippy::panic,
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects,
        reason = "it runs in the compiler, on constants"
    )]
    pub const fn of(formats: &[&str], path: &'static str) -> Field {
        let bytes = path.as_bytes();
        let mut start = 0;
        let mut index = None;
        let mut end = 0;
        while end <= bytes.len() {
            if end == bytes.len() || bytes[end] == b'.' {
                let (first, count) = find(formats, bytes, start, end);
                if count == 0 || (start > 0 && count > 1) {
                    panic!("no header has this field, or more than one");
                }
                index = Some(first);
                start = end + 1;
            }
            end += 1;
        }
        match index {
            Some(index) => Field { index, path },
            None => panic!("a path has a name"),
        }
    }

    /// The path of the field.
    pub const fn path(self) -> &'static str {
        self.path
    }

    /// The name of the field, without those of the groups around it.
    pub fn name(self) -> &'static str {
        self.path.rsplit('.').next().unwrap_or(self.path)
    }

    pub(super) const fn index(self) -> usize {
        self.index
    }
}

/// How many names some formats have.
pub(super) const fn count(formats: &[&str]) -> usize {
    find(formats, b"", 0, 0).0
}

/// Which of the names in the formats `path[start..end]` is first, and how often it is there; where
/// it isn't, how many names there are.
#[expect(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "it runs on constants, and every place is compared with a length"
)]
const fn find(formats: &[&str], path: &[u8], start: usize, end: usize) -> (usize, usize) {
    let (mut names, mut first, mut found) = (0, 0, 0);
    let mut i = 0;
    while i < formats.len() {
        let text = formats[i].as_bytes();
        let mut at = 0;
        while at < text.len() {
            if text[at] == b':' {
                // A field's name follows the colon; the colon follows the name of some bits.
                let (mut from, mut to) = (at + 1, at + 1);
                while to < text.len() && is_letter(text[to]) {
                    to += 1;
                }
                if from < text.len() && text[from].is_ascii_digit() {
                    to = at;
                    from = at;
                    while from > 0 && is_letter(text[from - 1]) {
                        from -= 1;
                    }
                }
                let mut same = to - from == end - start;
                let mut k = 0;
                while same && k < end - start {
                    same = text[from + k] == path[start + k];
                    k += 1;
                }
                if same && end > start {
                    if found == 0 {
                        first = names;
                    }
                    found += 1;
                }
                names += 1;
            }
            at += 1;
        }
        i += 1;
    }
    match found {
        0 => (names, 0),
        _ => (first, found),
    }
}

const fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAIR: [&str; 2] = [
        "<2s:id='a:b' 2(H:x):points z:type",
        "<H:x B{low:4 _:4}:y I:type",
    ];

    #[test]
    fn a_field_is_the_same_in_all_headers_that_have_it() {
        let names = ["id", "x", "points", "type", "low", "y"];
        let fields = names.map(|name| Field::of(&PAIR, name));
        for (i, field) in fields.iter().enumerate() {
            assert_eq!(
                fields.iter().position(|other| other.index == field.index),
                Some(i)
            );
            assert!(field.index < count(&PAIR));
        }
        assert_eq!(
            Field::of(&PAIR, "y.low").index,
            Field::of(&PAIR, "low").index
        );
    }

    #[test]
    fn what_is_no_name_is_none() {
        for path in ["", "i", "ids", "points.w", "points.x", "H", "x.", ".x"] {
            let found = std::panic::catch_unwind(|| Field::of(&PAIR, path));
            assert!(found.is_err(), "{path:?}");
        }
    }
}
