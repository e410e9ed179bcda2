//! Points in time as people write them.

use std::path::Path;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::RuleError;
use crate::formats::tar::create::metadata::Details;
use crate::formats::tar::time::Time;

pub(super) fn parse(text: &str) -> Result<Time, RuleError> {
    let wrong = |reason: &str| RuleError::new("time", text, reason);
    if let Some(seconds) = text.strip_prefix('@') {
        return Time::parse(seconds.as_bytes())
            .ok_or_else(|| wrong("expected seconds since 1970 after the @"));
    }
    // With an offset, or without one.
    let date = text.parse::<Timestamp>().or_else(|_| {
        let date = text.parse::<DateTime>()?;
        Ok::<_, jiff::Error>(date.to_zoned(TimeZone::UTC)?.timestamp())
    });
    if let Ok(date) = date {
        let nanosecond = date.as_nanosecond();
        let second = i128::from(NANOSECONDS);
        let seconds = i64::try_from(nanosecond.div_euclid(second)).unwrap_or_default();
        let nanoseconds = u32::try_from(nanosecond.rem_euclid(second)).unwrap_or_default();
        return Ok(Time {
            seconds,
            nanoseconds,
        });
    }
    let file = Path::new(text);
    let details = file.metadata().and_then(|m| Details::of(file, &m));
    details.map(|details| details.mtime).map_err(|_| {
        wrong(
            "expected a date such as 2024-02-29 or 2024-02-29T13:45:00Z, @ and seconds since \
             1970, or a file that is there",
        )
    })
}

const NANOSECONDS: u32 = 1_000_000_000;

#[cfg(test)]
mod tests {
    use super::*;

    /// As `date -u -d TEXT +%s` has them.
    #[test]
    fn dates_are_read_in_utc_unless_they_say_otherwise() {
        for (text, seconds) in [
            ("1970-01-01", 0),
            ("1969-12-31 23:59:59", -1),
            ("2024-02-29T23:59", 1_709_251_140),
            ("2024-02-29T23:59:59Z", 1_709_251_199),
            ("2024-02-29 23:59:59-08:00", 1_709_279_999),
            ("@-5", -5),
            ("@0", 0),
        ] {
            assert_eq!(parse(text).unwrap(), Time::at(seconds), "{text}");
        }
        let before = parse("1969-12-31 23:59:59.25").unwrap();
        assert_eq!((before.seconds, before.nanoseconds), (-1, 250_000_000));
    }

    #[test]
    fn a_file_stands_for_its_time() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("f");
        let file = std::fs::File::create(&path).unwrap();
        let time = std::time::UNIX_EPOCH + std::time::Duration::from_secs(77);
        file.set_modified(time).unwrap();
        assert_eq!(parse(path.to_str().unwrap()).unwrap(), Time::at(77));
    }

    #[test]
    fn what_is_no_time_is_an_error() {
        for text in ["", "@", "@x", "yesterday", "2024-13-01", "2023-02-29", "12"] {
            let error = parse(text).unwrap_err().to_string();
            assert!(
                error.starts_with(&format!("the time {text:?}: ")),
                "{error}"
            );
        }
    }
}
