//! Points in time: whole seconds in a header, decimals in a pax record.

use std::fmt;

use crate::calendar;
use crate::offset::Position;

/// A time: seconds since 1970-01-01 UTC, and nanoseconds after that second.
///
/// ```
/// use bytewright::formats::tar::Time;
///
/// let time = Time::parse(b"-1.25").unwrap();
/// assert_eq!((time.seconds, time.nanoseconds), (-2, 750_000_000));
/// assert_eq!(time.to_string(), "-1.25");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time {
    /// Whole seconds, rounded down.
    pub seconds: i64,
    /// Nanoseconds from there on, below 1,000,000,000.
    pub nanoseconds: u32,
}

const NANOSECONDS: u32 = 1_000_000_000;

impl Time {
    /// A whole second.
    pub const fn at(seconds: i64) -> Time {
        Time {
            seconds,
            nanoseconds: 0,
        }
    }

    /// This moment; the first second of 1970 where the system's clock is before it.
    pub fn now() -> Time {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let now = now.unwrap_or_default();
        Time {
            seconds: i64::try_from(now.as_secs()).unwrap_or(i64::MAX),
            nanoseconds: now.subsec_nanos(),
        }
    }

    /// Reads a pax time: decimal digits, with a sign before and a fraction after them where
    /// there are any. Digits below the nanosecond are dropped. `None` for anything else.
    pub fn parse(text: &[u8]) -> Option<Time> {
        let text = std::str::from_utf8(text).ok()?;
        let (negative, digits) = match text.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        if whole.is_empty()
            || !whole
                .bytes()
                .chain(fraction.bytes())
                .all(|b| b.is_ascii_digit())
        {
            return None;
        }
        let seconds: i64 = whole.parse().ok()?;
        let nine: String = fraction
            .chars()
            .chain("000000000".chars())
            .take(9)
            .collect();
        let nanoseconds: u32 = nine.parse().ok()?;
        Some(match (negative, nanoseconds) {
            (false, nanoseconds) => Time {
                seconds,
                nanoseconds,
            },
            (true, 0) => Time::at(seconds.checked_neg()?),
            (true, nanoseconds) => Time {
                seconds: seconds.checked_neg()?.checked_sub(1)?,
                nanoseconds: NANOSECONDS.checked_sub(nanoseconds)?,
            },
        })
    }
}

impl Time {
    /// The date and the time of day in UTC, to the minute: `2024-02-29 23:59`.
    ///
    /// ```
    /// use bytewright::formats::tar::Time;
    ///
    /// assert_eq!(Time::at(1_709_251_199).to_utc(), "2024-02-29 23:59");
    /// assert_eq!(Time::at(-1).to_utc(), "1969-12-31 23:59");
    /// ```
    pub fn to_utc(self) -> String {
        let mut date = calendar::utc(self.seconds);
        date.truncate(date.len().since(":00".len()));
        date
    }
}

/// The decimals of a pax record, no more of them than there are.
impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, seconds, nanoseconds) = match (self.seconds, self.nanoseconds) {
            (s, n) if s < 0 && n > 0 => (
                "-",
                s.saturating_add(1).unsigned_abs(),
                NANOSECONDS.since(n),
            ),
            (s, n) => (if s < 0 { "-" } else { "" }, s.unsigned_abs(), n),
        };
        write!(f, "{sign}{seconds}")?;
        if nanoseconds == 0 {
            return Ok(());
        }
        let (mut fraction, mut digits) = (nanoseconds, 9_usize);
        while fraction.is_multiple_of(10) {
            fraction /= 10;
            digits = digits.since(1);
        }
        write!(f, ".{fraction:0digits$}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_reads_back() {
        for (seconds, nanoseconds, text) in [
            (0, 0, "0"),
            (0, 1, "0.000000001"),
            (1_700_000_000, 120_000_000, "1700000000.12"),
            (-1, 0, "-1"),
            (-1, 500_000_000, "-0.5"),
            (-2, 750_000_000, "-1.25"),
            (i64::MAX, 0, "9223372036854775807"),
        ] {
            let time = Time {
                seconds,
                nanoseconds,
            };
            assert_eq!(time.to_string(), text);
            assert_eq!(Time::parse(text.as_bytes()), Some(time), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_none() {
        for bad in [
            "",
            "-",
            ".5",
            "1e9",
            "1.2.3",
            "--1",
            "+1",
            " 1",
            "9223372036854775808",
            "٣",
        ] {
            assert_eq!(Time::parse(bad.as_bytes()), None, "{bad}");
        }
    }

    /// As `date -u -d @SECONDS '+%F %R'` prints them.
    #[test]
    fn dates_are_those_of_the_calendar() {
        for (seconds, date) in [
            (0, "1970-01-01 00:00"),
            (951_782_400, "2000-02-29 00:00"),
            (951_868_799, "2000-02-29 23:59"),
            (4_107_542_400, "2100-03-01 00:00"),
            (-2_203_891_200, "1900-03-01 00:00"),
            (253_402_300_800, "10000-01-01 00:00"),
        ] {
            assert_eq!(Time::at(seconds).to_utc(), date);
        }
        assert!(
            Time::at(i64::MAX)
                .to_utc()
                .starts_with("292277026596-12-04")
        );
        assert!(
            Time::at(i64::MIN)
                .to_utc()
                .starts_with("-292277022657-01-27")
        );
    }

    #[test]
    fn digits_below_the_nanosecond_are_dropped() {
        assert_eq!(
            Time::parse(b"1.1234567899").unwrap().nanoseconds,
            123_456_789
        );
    }
}
