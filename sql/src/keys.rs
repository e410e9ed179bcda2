//! Short texts and bytes as integers. An engine that groups rows hashes and compares each value: an integer takes a
//! third of the time of a text.
//!
//! A key is the bytes of a value, the first one lowest, with zeros after them. Two records have one key exactly where
//! they have one value in SQL, which for text is more than the bytes that lie in the record: NULs that fill a field are
//! no part of it, and bytes that are no UTF-8 are shown as U+FFFD, whichever they are. A byte that UTF-8 never has
//! stands for this character, another for a NUL that ends a text, so that no key is longer than its field.

use bytewright::records::{Columns, Meaning, Type, Values};
use datafusion::arrow::datatypes::DataType;
use serde::{Deserialize, Serialize};

/// Bytes that a key has.
const SIZE: usize = 8;

/// What stands for U+FFFD in a key.
const REPLACED: u8 = 0xff;

/// What stands for a NUL at the end of a text that has bytes which are no UTF-8: such text keeps all NULs.
const LAST_NUL: u8 = 0xfe;

/// What keys are made of, and what is made of them again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Keys {
    /// Text in UTF-8.
    Text,
    /// Bytes of this size.
    Bytes(i32),
}

impl Keys {
    /// The type of keys themselves: those of few bytes can be looked up.
    pub(crate) fn of_width(width: usize) -> Type {
        let bits = match width {
            0 | 1 => 8,
            2 => 16,
            _ => 64,
        };
        Type::Int {
            signed: false,
            bits,
        }
    }

    /// Those of a column, and the columns with its bytes; `None` where it has no keys.
    pub(crate) fn of(columns: &Columns, index: usize) -> Option<(Keys, Columns)> {
        let field = columns.schema().fields.get(index)?;
        let (is_text, columns) = match (&field.data, &field.meaning) {
            (Type::Text, Meaning::Plain) => (true, columns.clone().with_bytes(index)?),
            (Type::Bytes { .. }, Meaning::Plain) => (false, columns.clone()),
            _ => return None,
        };
        let field = columns.schema().fields.get(index)?;
        let Type::Bytes {
            width: Some(width @ 1..=SIZE),
        } = field.data
        else {
            return None;
        };
        let keys = match is_text {
            true => Keys::Text,
            false => Keys::Bytes(i32::try_from(width).ok()?),
        };
        Some((keys, columns))
    }

    /// Whether there are such keys. Plans come from other machines, and may say what isn't.
    pub(crate) fn are_possible(self) -> bool {
        match self {
            Keys::Text => true,
            Keys::Bytes(width) => {
                usize::try_from(width).is_ok_and(|width| (1..=SIZE).contains(&width))
            }
        }
    }

    /// The type of the values in SQL.
    pub(crate) fn data_type(self) -> DataType {
        match self {
            Keys::Text => DataType::Utf8,
            Keys::Bytes(width) => DataType::FixedSizeBinary(width),
        }
    }

    /// Makes keys of the bytes of records, and counts texts that have bytes which are no UTF-8.
    pub(crate) fn make(self, values: &mut Values) -> u64 {
        let Values::Fixed { width, bytes, .. } = values else {
            return 0;
        };
        let mut lost = 0u64;
        let width = (*width).max(1);
        if self == Keys::Text && !bytes.is_ascii() {
            for field in bytes.chunks_exact_mut(width) {
                if field.is_ascii() {
                    continue;
                }
                let (key, is_lost) = of_text(field);
                for (byte, key) in field.iter_mut().zip(key) {
                    *byte = key;
                }
                lost = lost.saturating_add(is_lost.into());
            }
        }
        *values = match width {
            1 => Values::U8(std::mem::take(bytes)),
            2 => {
                let (keys, _) = bytes.as_chunks();
                Values::U16(keys.iter().map(|key| u16::from_le_bytes(*key)).collect())
            }
            _ => Values::U64(plain(bytes, width)),
        };
        lost
    }
}

/// The bytes of fields of one size as they are.
fn plain(bytes: &[u8], width: usize) -> Vec<u64> {
    fn sized<const N: usize>(bytes: &[u8]) -> Vec<u64> {
        let (fields, _) = bytes.as_chunks::<N>();
        let key = |field: &[u8; N]| {
            let bytes = field.iter().rev();
            bytes.fold(0, |key, byte| key << 8 | u64::from(*byte))
        };
        fields.iter().map(key).collect()
    }
    match width {
        3 => sized::<3>(bytes),
        4 => sized::<4>(bytes),
        5 => sized::<5>(bytes),
        6 => sized::<6>(bytes),
        7 => sized::<7>(bytes),
        _ => sized::<8>(bytes),
    }
}

/// The key of a text that isn't ASCII alone, and whether it has bytes that are no UTF-8.
fn of_text(field: &[u8]) -> ([u8; SIZE], bool) {
    let mut bytes = Vec::with_capacity(SIZE);
    let mut is_lost = false;
    for chunk in field.utf8_chunks() {
        for (at, part) in chunk.valid().split(char::REPLACEMENT_CHARACTER).enumerate() {
            if at > 0 {
                bytes.push(REPLACED);
            }
            bytes.extend_from_slice(part.as_bytes());
        }
        if !chunk.invalid().is_empty() {
            bytes.push(REPLACED);
            is_lost = true;
        }
    }
    if is_lost {
        let last = bytes.iter_mut().rev();
        last.take_while(|byte| **byte == 0)
            .for_each(|byte| *byte = LAST_NUL);
    }
    let mut key = [0; SIZE];
    for (key, byte) in key.iter_mut().zip(bytes) {
        *key = byte;
    }
    (key, is_lost)
}

/// The text of a key.
pub(crate) fn text(key: u64) -> String {
    let bytes = key.to_le_bytes();
    let end = bytes.iter().rposition(|byte| *byte != 0);
    let bytes = bytes.get(..=end.unwrap_or(0)).filter(|_| end.is_some());
    let mut text = String::new();
    for chunk in bytes.unwrap_or_default().utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|byte| match *byte {
            LAST_NUL => '\0',
            _ => char::REPLACEMENT_CHARACTER,
        }));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytewright::Struct;
    use bytewright::records::{Batch, arrow::Converter};
    use datafusion::arrow::array::{Array as _, AsArray as _};
    use proptest::prelude::*;

    /// The texts and the keys of the same fields, and how many texts were lost by either way.
    fn both(bytes: &[u8], width: usize) -> (Vec<String>, Vec<u64>, [u64; 2]) {
        let format = Struct::new(&format!("{width}s~utf8:a")).unwrap();
        let columns = Columns::new(&format.into()).unwrap();
        let mut batch = Batch::default();
        columns.decode(bytes, 0, &mut batch).unwrap();
        let converter = Converter::new(columns.schema());
        let texts = converter.convert(batch).unwrap();
        let texts = texts.column(0).as_string::<i32>();
        assert_eq!(texts.null_count(), 0);
        let texts = texts.iter().map(|text| text.unwrap().to_owned()).collect();

        let (keys, columns) = Keys::of(&columns, 0).unwrap();
        let mut batch = Batch::default();
        columns.decode(bytes, 0, &mut batch).unwrap();
        let lost = keys.make(&mut batch.columns[0].values);
        let keys: Vec<u64> = match &batch.columns[0].values {
            Values::U8(keys) => keys.iter().map(|key| u64::from(*key)).collect(),
            Values::U16(keys) => keys.iter().map(|key| u64::from(*key)).collect(),
            Values::U64(keys) => keys.clone(),
            _ => panic!("keys are integers"),
        };
        (texts, keys, [converter.lost(), lost])
    }

    #[test]
    fn keys_are_the_bytes_of_their_texts() {
        let (texts, keys, lost) = both(b"ab\0\0a\0b\0\0\0\0\0", 4);
        assert_eq!(texts, ["ab", "a\0b", ""]);
        assert_eq!(keys, [0x6261, 0x62_0061, 0]);
        assert_eq!(lost, [0, 0]);
    }

    #[test]
    fn bytes_that_are_no_text_are_one_character_whichever_they_are() {
        // 0xff, 0xfe, the first two bytes of a character of three, and U+FFFD itself.
        let (texts, keys, lost) = both(b"\xff\0\0\xfe\0\0\xe2\x82\0\xef\xbf\xbd\xff\xfea", 3);
        assert_eq!(
            texts,
            [
                "\u{fffd}\0\0",
                "\u{fffd}\0\0",
                "\u{fffd}\0",
                "\u{fffd}",
                "\u{fffd}\u{fffd}a"
            ]
        );
        assert_eq!(keys, [0xfe_feff, 0xfe_feff, 0xfeff, 0xff, 0x61_ffff]);
        assert_eq!(lost, [4, 4]);
    }

    #[test]
    fn columns_with_other_values_have_no_keys() {
        for format in [
            "<I:a",
            "9s~utf8:a",
            "9s:a",
            "0s:a B:b",
            "4s~utf16le:a",
            "p:a",
            "4s~ipv4:a",
            "16s~uuid:a",
            "2(2s):a",
        ] {
            let columns = Columns::new(&Struct::new(format).unwrap().into()).unwrap();
            assert!(Keys::of(&columns, 0).is_none(), "{format}");
        }
        for (format, keys) in [
            ("c:a", Keys::Bytes(1)),
            ("8s:a", Keys::Bytes(8)),
            ("8s~ascii:a", Keys::Text),
        ] {
            let columns = Columns::new(&Struct::new(format).unwrap().into()).unwrap();
            assert_eq!(Keys::of(&columns, 0).unwrap().0, keys, "{format}");
        }
    }

    /// Bytes that characters of every length are made of, whole and cut.
    fn bytes() -> impl Strategy<Value = Vec<u8>> {
        let pool = b"\0\0\0ab\xc3\xa9\xe2\x82\xac\xef\xbf\xbd\xf0\x9f\x98\x80\xff\xfe\xed\xa0";
        prop::collection::vec(prop::sample::select(pool.to_vec()), 0..400)
    }

    proptest! {
        #[test]
        fn texts_are_made_again_of_their_keys(bytes in bytes(), width in 1..=8usize) {
            let (texts, keys, [lost, own]) = both(&bytes, width);
            prop_assert_eq!(lost, own);
            let again: Vec<String> = keys.iter().map(|key| text(*key)).collect();
            prop_assert_eq!(&texts, &again);
            // The other way round, equal texts have equal keys.
            for (text, key) in texts.iter().zip(&keys) {
                let at = texts.iter().position(|other| other == text).unwrap();
                prop_assert_eq!(keys[at], *key);
            }
        }
    }
}
