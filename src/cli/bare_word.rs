//! A bare word where a format is expected, such as `elf`: three codes of Python's `struct`, and most
//! likely meant as the name of a format.

use crate::formats::user::Known;
use crate::formats::{Registry, shelf};

/// Names of file formats that consist of codes alone, so that nothing else tells them from formats.
const NAMES: [&str; 53] = [
    "bik", "bin", "bsp", "cdf", "cel", "cpl", "css", "dbf", "dcx", "dds", "dex", "dib", "dll",
    "dxf", "elf", "eps", "exe", "flc", "fli", "flic", "flv", "hdf", "heic", "heif", "hex", "icns",
    "ics", "iff", "ini", "jfif", "lnk", "nef", "nes", "pbf", "pcl", "pcx", "pdb", "pdf", "pe",
    "pes", "pfb", "pic", "pkl", "psd", "sff", "sid", "sql", "svf", "vcf", "vhd", "vhdx", "xex",
    "zip",
];

/// Whether a text could be a name: two characters at least, all of them letters, digits and `_`.
pub(super) fn is_word(text: &str) -> bool {
    text.len() > 1
        && text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// What to write instead of a word that is the name of a format; `None` where it is none.
pub(super) fn advice(word: &str, known: &Known) -> Option<String> {
    let same = |name: &&str| name.eq_ignore_ascii_case(word);
    let stored = || known.iter().map(|format| &*format.schema.name);
    if let Some(name) = stored().find(same) {
        return Some(format!("the stored format of that name is written %{name}"));
    }
    if let Some(described) = shelf::named(word) {
        let name = described.name;
        return Some(format!("the format of that name is written %{name}"));
    }
    if let Some(built_in) = Registry::built_in().named(word) {
        return Some(of_built_in(built_in.name()));
    }
    NAMES.iter().copied().find(same)?;
    let lower = word.to_ascii_lowercase();
    let longer: Vec<String> = stored()
        .filter(|name| name.to_ascii_lowercase().starts_with(&lower))
        .map(|name| format!("%{name}"))
        .collect();
    Some(match longer.is_empty() {
        true => "no stored format has it; formats lists those that are known, and --formats FILE \
                 adds some"
            .to_owned(),
        false => format!("stored formats with longer names are {}", longer.join(", ")),
    })
}

/// The advice for a format that is implemented in Rust.
fn of_built_in(name: &str) -> String {
    format!("the built-in format {name} is for inspect and its kin: inspect -f {name} FILE")
}

/// A suggestion for an unknown name: a built-in format, or one with a similar name, as a question; may be empty.
pub(super) fn did_you_mean(name: &str, known: &Known) -> String {
    let name = name.to_ascii_lowercase();
    if let Some(built_in) = Registry::built_in().named(&name) {
        return format!("; {}", of_built_in(built_in.name()));
    }
    let stored = known.iter().map(|format| &*format.schema.name);
    let described = shelf::all().map(|described| described.name);
    let built_in = Registry::built_in().iter().map(|format| format.name());
    let names = stored.chain(described).chain(built_in);
    // One typing error in four letters, at least one; short names are all similar.
    let most = (name.len() / 4).max(1);
    let slips = names.map(|known| (strsim::damerau_levenshtein(known, &name), known));
    let nearest = slips
        .filter(|(slips, _)| *slips <= most && name.len() > 2)
        .min_by_key(|(slips, _)| *slips);
    nearest.map_or_else(String::new, |(_, name)| format!("; did you mean {name}?"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Struct;

    #[test]
    fn the_listed_names_are_formats_too_or_they_would_not_need_to_be_listed() {
        for name in NAMES {
            assert!(Struct::new(name).is_ok() && is_word(name), "{name}");
        }
        assert!(NAMES.is_sorted());
    }

    #[test]
    fn built_in_formats_are_told_from_slips() {
        let known = Known::default();
        let meant = did_you_mean("ico", &known);
        assert!(meant.ends_with("inspect -f ico FILE"), "{meant}");
        assert_eq!(did_you_mean("gzp", &known), "; did you mean gzip?");
        assert_eq!(did_you_mean("elg", &known), "; did you mean elf?");
        assert_eq!(did_you_mean("nothing_like_it", &known), "");
    }

    #[test]
    fn names_in_any_case_are_told_from_formats() {
        let known = Known::from_text("f.toml", "[formats.Hi]\nformat = 'H'").unwrap();
        for word in ["zip", "ELF", "hi", "HI", "Tar", "bmp"] {
            assert!(advice(word, &known).is_some(), "{word}");
        }
        assert!(advice("hi", &known).unwrap().ends_with("written %Hi"));
        let known = Known::from_text("f.toml", "[formats.dxf2]\nformat = 'H'").unwrap();
        assert!(advice("DXF", &known).unwrap().ends_with("are %dxf2"));
        for word in ["hhl", "ccIIIIIIHH", "bb"] {
            assert_eq!(advice(word, &known), None, "{word}");
        }
        for text in ["<I", "I", "3H", "hi ", "%zip", "", "@elf"] {
            assert!(!is_word(text), "{text}");
        }
    }
}
