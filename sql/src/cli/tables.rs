//! `--table NAME=FORMAT@PATH`.

use anyhow::{Context as _, anyhow, bail};
use bytewright::Struct;
use bytewright_sql::{Description, RecordTable};

/// What one `--table` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) name: String,
    pub(crate) format: String,
    pub(crate) path: String,
}

impl Said {
    /// Takes `NAME=FORMAT@PATH` apart. The path begins after the first `@` before which a whole format stands, since
    /// formats may have one too: `@` is a byte order.
    pub(crate) fn parse(text: &str) -> anyhow::Result<Said> {
        let is_name = |name: &str| {
            let mut chars = name.chars();
            let starts = chars.next().is_some_and(|c| c.is_alphabetic() || c == '_');
            starts && chars.all(|c| c.is_alphanumeric() || c == '_')
        };
        let (name, rest) = text
            .split_once('=')
            .filter(|(name, _)| is_name(name))
            .ok_or_else(|| {
                anyhow!(
                    "--table {text:?}: expected NAME=FORMAT@PATH, as in ticks='<I:qty s:side@data/*.bin'"
                )
            })?;
        let signs = rest
            .match_indices('@')
            .map(|(at, _)| at)
            .filter(|at| *at > 0);
        let mut last = None;
        for at in signs {
            let (format, path) = rest.split_at(at);
            let error = match Struct::new(format) {
                Ok(_) => {
                    return Ok(Said {
                        name: name.to_owned(),
                        format: format.to_owned(),
                        path: path.trim_start_matches('@').to_owned(),
                    });
                }
                Err(error) => error,
            };
            last = Some(error);
        }
        match last {
            Some(error) => Err(error).with_context(|| format!("--table {name}")),
            None => match Struct::new(rest) {
                // The format is wrong as well: that comes first.
                Err(error) if !rest.contains('/') => {
                    Err(error).with_context(|| format!("--table {name}"))
                }
                _ => {
                    bail!("--table {name}: after the format, expected @ and the path of its files")
                }
            },
        }
    }
}

/// What `--skip [NAME=]N` says: bytes before the first record, of one table or of all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Skip {
    table: Option<String>,
    bytes: u64,
}

impl Skip {
    pub(crate) fn parse(text: &str) -> Result<Skip, String> {
        let (table, number) = match text.split_once('=') {
            Some((table, number)) => (Some(table.to_owned()), number),
            None => (None, text),
        };
        let digits = number.replace('_', "");
        let bytes = match digits.strip_prefix("0x") {
            Some(hex) => u64::from_str_radix(hex, 16),
            None => digits.parse(),
        };
        match bytes {
            Ok(bytes) => Ok(Skip { table, bytes }),
            Err(error) => Err(format!("{number:?} is no number of bytes: {error}")),
        }
    }
}

/// The tables, by their names: several `--table` of one name and format are one.
pub(crate) fn tables(
    said: &[Said],
    skips: &[Skip],
    headers: &[String],
    allow_partial: bool,
) -> anyhow::Result<Vec<(String, RecordTable)>> {
    let mut descriptions: Vec<(String, Description)> = Vec::new();
    for Said { name, format, path } in said {
        let seen = descriptions.iter_mut().find(|(seen, _)| seen == name);
        match seen {
            Some((_, seen)) if seen.format == *format => *seen = seen.clone().file(path),
            Some(_) => bail!("--table {name}: it has another format already"),
            None => {
                let new = Description::new(format).file(path);
                descriptions.push((name.clone(), new.allow_partial(allow_partial)));
            }
        }
    }
    for Skip { table, bytes } in skips {
        let mut found = false;
        for (name, description) in &mut descriptions {
            if table.as_ref().is_none_or(|table| table == name) {
                description.skip = *bytes;
                found = true;
            }
        }
        if let (Some(table), false) = (table, found) {
            bail!("--skip {table}={bytes}: there is no table of this name");
        }
    }
    for text in headers {
        // A constant has an equals sign too: H=1.
        let named = text.split_once('=').filter(|(name, _)| {
            let mut names = descriptions.iter().map(|(name, _)| name);
            names.any(|own| own == name)
        });
        let (table, format) = match named {
            Some((table, format)) => (Some(table), format),
            None => (None, text.as_str()),
        };
        let size = header(format).with_context(|| match table {
            Some(table) => format!("--header {format} of the table {table}"),
            None => format!("--header {format}"),
        })?;
        for (name, description) in &mut descriptions {
            if table.is_none_or(|table| table == name) {
                let skip = description.skip;
                let sum = skip.checked_add(size);
                description.skip = sum.with_context(|| {
                    format!("--header {format} of {size} bytes after --skip {skip} lies beyond all files")
                })?;
            }
        }
    }
    let tables = descriptions.into_iter().map(|(name, description)| {
        let table = RecordTable::new(description).with_context(|| format!("--table {name}"))?;
        Ok((name, table))
    });
    tables.collect()
}

/// The size of a header of this format.
fn header(format: &str) -> anyhow::Result<u64> {
    let size = Struct::new(format)?.size();
    size.ok_or_else(|| {
        anyhow!(
            "its size depends on its data, and files may differ: --skip says how many bytes come before the records"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> (String, String, String) {
        let Said { name, format, path } = Said::parse(text).unwrap();
        (name, format, path)
    }

    fn owned(name: &str, format: &str, path: &str) -> (String, String, String) {
        (name.to_owned(), format.to_owned(), path.to_owned())
    }

    #[test]
    fn a_path_begins_after_the_first_whole_format() {
        assert_eq!(parts("t=<I:a@x.bin"), owned("t", "<I:a", "x.bin"));
        assert_eq!(parts("t=@I:a@x.bin"), owned("t", "@I:a", "x.bin"));
        assert_eq!(
            parts("t=(@I:a):g@x@y.bin"),
            owned("t", "(@I:a):g", "x@y.bin")
        );
        assert_eq!(
            parts("t=2s:a=\"@@\" H:n=1@d/*.bin"),
            owned("t", "2s:a=\"@@\" H:n=1", "d/*.bin")
        );
        assert_eq!(
            parts("t=<I:a@s3://bucket/x.bin"),
            owned("t", "<I:a", "s3://bucket/x.bin")
        );
    }

    #[test]
    fn errors_say_what_is_missing() {
        let error = |text: &str| format!("{:#}", Said::parse(text).unwrap_err());
        assert!(error("<I:a@x").contains("expected NAME=FORMAT@PATH"));
        assert!(error("t=<I:a").contains("expected @ and the path"));
        assert!(error("t=<I:a 3@x").contains('^'), "{}", error("t=<I:a 3@x"));
    }

    #[test]
    fn bytes_to_skip_are_those_of_a_table_or_of_all() {
        let said = [
            Said::parse("a=<I:x@a").unwrap(),
            Said::parse("b=<I:x@b").unwrap(),
        ];
        let skips = [Skip::parse("16").unwrap(), Skip::parse("b=0x20").unwrap()];
        let tables = tables(&said, &skips, &[], false).unwrap();
        let skips: Vec<u64> = tables.iter().map(|(_, t)| t.description().skip).collect();
        assert_eq!(skips, [16, 32]);
        assert!(Skip::parse("b=x").is_err());
    }

    #[test]
    fn headers_are_passed_over_after_what_is_skipped() {
        let said = [
            Said::parse("a=<I:x@a").unwrap(),
            Said::parse("b=<I:x@b").unwrap(),
        ];
        let skips = [Skip::parse("16").unwrap()];
        let with = |headers: &[&str]| {
            let headers: Vec<String> = headers.iter().map(|text| (*text).to_owned()).collect();
            let tables = tables(&said, &skips, &headers, false)?;
            let skips = tables.iter().map(|(_, table)| table.description().skip);
            anyhow::Ok(skips.collect::<Vec<u64>>())
        };
        assert_eq!(with(&["<4sI:count"]).unwrap(), [24, 24]);
        assert_eq!(with(&["b=4s=\"LOG1\" I:n"]).unwrap(), [16, 24]);
        // No table is called H.
        assert_eq!(with(&["H=1"]).unwrap(), [18, 18]);
        let error = |text| format!("{:#}", with(&[text]).unwrap_err());
        assert!(error("z:name").contains("--skip says how many bytes"));
        assert!(error("4 3").contains('^'));
    }

    #[test]
    fn one_name_is_one_table() {
        let same = [
            Said::parse("a=<I:x@a").unwrap(),
            Said::parse("a=<I:x@b").unwrap(),
        ];
        let made = tables(&same, &[], &[], false).unwrap();
        assert_eq!(made[0].1.description().paths.len(), 2);
        let other = [
            Said::parse("a=<I:x@a").unwrap(),
            Said::parse("a=<H:x@b").unwrap(),
        ];
        assert!(tables(&other, &[], &[], false).is_err());
    }
}
