//! Times: what integers count, as text, and back.

use crate::calendar;
use crate::offset::Position;
use crate::structs;

/// The epoch that times count from, and their unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Epoch {
    /// Seconds since 1970.
    Unix,
    /// Milliseconds since 1970.
    UnixMillis,
    /// Units of 100 ns since 1601: Windows.
    Filetime,
    /// Seconds since 1904: HFS.
    Hfs,
    /// MS-DOS's date in the upper half and its time in the lower half, of no stated zone.
    Dos,
}

/// Seconds from 1601 to 1970.
const FILETIME: i128 = 11_644_473_600;

/// Seconds from 1904 to 1970.
const HFS: i128 = 2_082_844_800;

/// Nanoseconds of a second.
const NANOS: i128 = 1_000_000_000;

impl From<structs::Epoch> for Epoch {
    fn from(epoch: structs::Epoch) -> Epoch {
        match epoch {
            structs::Epoch::Unix => Epoch::Unix,
            structs::Epoch::UnixMillis => Epoch::UnixMillis,
            structs::Epoch::Filetime => Epoch::Filetime,
            structs::Epoch::Hfs => Epoch::Hfs,
            structs::Epoch::Dos => Epoch::Dos,
        }
    }
}

impl Epoch {
    /// The ticks of a second, and how many digits a fraction of one has.
    fn ticks(self) -> (i128, usize) {
        match self {
            Epoch::UnixMillis => (1000, 3),
            Epoch::Filetime => (10_000_000, 7),
            Epoch::Unix | Epoch::Hfs | Epoch::Dos => (1, 0),
        }
    }

    /// The seconds between 1970 and what it counts from.
    fn start(self) -> i128 {
        match self {
            Epoch::Filetime => FILETIME,
            Epoch::Hfs => HFS,
            _ => 0,
        }
    }

    /// Whether its times are those of a zone that is known: UTC.
    pub fn is_utc(self) -> bool {
        self != Epoch::Dos
    }

    /// Nanoseconds since 1970; `None` where it is no time.
    pub fn nanos(self, count: i128) -> Option<i128> {
        if self == Epoch::Dos {
            return dos_seconds(count)?.checked_mul(NANOS);
        }
        let (ticks, _) = self.ticks();
        let of_tick = NANOS.checked_div(ticks)?;
        let start = self.start().checked_mul(NANOS)?;
        count.checked_mul(of_tick)?.checked_sub(start)
    }

    /// The stored count for nanoseconds since 1970; `None` where they are no multiple of its unit.
    pub fn of_nanos(self, nanos: i128) -> Option<i128> {
        if self == Epoch::Dos {
            return dos_of_seconds(whole(nanos, NANOS)?);
        }
        let (ticks, _) = self.ticks();
        let start = self.start().checked_mul(NANOS)?;
        whole(nanos.checked_add(start)?, NANOS.checked_div(ticks)?)
    }

    /// As text: `2024-02-29T12:00:00Z`; `None` where it is no time, or one that calendars don't write in
    /// four digits of a year.
    pub fn text(self, count: i128) -> Option<String> {
        let mut text = Vec::with_capacity(32);
        let is_time = self.write(count, &mut text);
        is_time.then(|| String::from_utf8(text).ok())?
    }

    /// Adds the same to `out`; where there is no text, adds nothing and answers false.
    pub(crate) fn write(self, count: i128, out: &mut Vec<u8>) -> bool {
        let Some((seconds, fraction)) = self.seconds(count) else {
            return false;
        };
        // From year 0 to 9999.
        if !(-62_167_219_200..=253_402_300_799).contains(&seconds) {
            return false;
        }
        let date = calendar::date(seconds);
        decimal(date.year, 4, out);
        for (before, part) in [
            (b'-', date.month),
            (b'-', date.day),
            (b'T', date.hour),
            (b':', date.minute),
            (b':', date.second),
        ] {
            out.push(before);
            decimal(part, 2, out);
        }
        let (_, digits) = self.ticks();
        if digits > 0 {
            out.push(b'.');
            decimal(fraction, digits, out);
        }
        if self.is_utc() {
            out.push(b'Z');
        }
        true
    }

    /// Seconds since 1970, and the ticks of a second after them.
    fn seconds(self, count: i128) -> Option<(i64, i64)> {
        if self == Epoch::Dos {
            return Some((i64::try_from(dos_seconds(count)?).ok()?, 0));
        }
        let (ticks, _) = self.ticks();
        let seconds = count.checked_div_euclid(ticks)?.checked_sub(self.start())?;
        let fraction = count.checked_rem_euclid(ticks)?;
        Some((i64::try_from(seconds).ok()?, i64::try_from(fraction).ok()?))
    }

    /// The stored count for a text: a date, with a time or without one.
    pub fn read(self, text: &str) -> Option<i128> {
        self.of_nanos(nanos_of(text)?)
    }
}

/// The last digits of a number that is not negative, with zeros before it.
fn decimal(n: i64, digits: usize, out: &mut Vec<u8>) {
    let start = out.len();
    out.resize(start.past(digits), b'0');
    let mut left = n.unsigned_abs();
    for place in out.iter_mut().skip(start).rev() {
        let (rest, digit) = (left / 10, left % 10);
        *place = b'0'.saturating_add(u8::try_from(digit).unwrap_or(0));
        left = rest;
    }
}

/// A number of units that leaves nothing over.
fn whole(n: i128, unit: i128) -> Option<i128> {
    (n.checked_rem(unit)? == 0).then(|| n.checked_div(unit))?
}

/// Nanoseconds since 1970 of `2024-02-29`, `2024-02-29T12:00:00.5Z`, `2024-02-29 12:00`,
/// `2024-02-29T12:00:00+01:00`.
fn nanos_of(text: &str) -> Option<i128> {
    let text = text.trim();
    let date = text.get(..10)?;
    let mut parts = date.split('-');
    let mut part = |length: usize| {
        let part = parts.next().filter(|part| part.len() == length)?;
        part.bytes()
            .all(|b| b.is_ascii_digit())
            .then(|| part.parse::<i64>().ok())?
    };
    let (year, month, day) = (part(4)?, part(2)?, part(2)?);
    let seconds = days(year, month, day)?.checked_mul(86_400)?;
    let rest = text.get(10..)?;
    let rest = rest.strip_suffix(" UTC").unwrap_or(rest);
    let (rest, zone) = zone(rest)?;
    let of_day = match rest.strip_prefix(['T', ' ']) {
        Some(time) => time_of_day(time)?,
        None if rest.is_empty() => 0,
        None => return None,
    };
    let nanos = i128::from(seconds)
        .checked_mul(NANOS)?
        .checked_add(of_day)?;
    nanos.checked_sub(i128::from(zone).checked_mul(NANOS)?)
}

/// The text before a zone, and the zone's offset in seconds.
fn zone(text: &str) -> Option<(&str, i64)> {
    if let Some(rest) = text.strip_suffix('Z') {
        return Some((rest, 0));
    }
    let Some(at) = text.rfind(['+', '-']) else {
        return Some((text, 0));
    };
    let (rest, zone) = text.split_at_checked(at)?;
    let (hours, minutes) = zone.get(1..)?.split_once(':')?;
    let minutes = two(hours)?.checked_mul(60)?.checked_add(two(minutes)?)?;
    let seconds = minutes.checked_mul(60)?;
    Some((
        rest,
        if zone.starts_with('-') {
            seconds.checked_neg()?
        } else {
            seconds
        },
    ))
}

fn two(digits: &str) -> Option<i64> {
    let is_two = digits.len() == 2 && digits.bytes().all(|b| b.is_ascii_digit());
    is_two.then(|| digits.parse().ok())?
}

fn time_of_day(text: &str) -> Option<i128> {
    let (clock, fraction) = text.split_once('.').unwrap_or((text, ""));
    let mut parts = clock.split(':');
    let hour = two(parts.next()?).filter(|n| *n < 24)?;
    let minute = two(parts.next()?).filter(|n| *n < 60)?;
    let second = match parts.next() {
        Some(second) => two(second).filter(|n| *n < 60)?,
        None => 0,
    };
    if parts.next().is_some() || fraction.len() > 9 {
        return None;
    }
    let nanos: i128 = match fraction.is_empty() {
        true => 0,
        false if fraction.bytes().all(|b| b.is_ascii_digit()) => {
            format!("{fraction:0<9}").parse().ok()?
        }
        false => return None,
    };
    let seconds = hour
        .checked_mul(60)?
        .checked_add(minute)?
        .checked_mul(60)?
        .checked_add(second)?;
    i128::from(seconds).checked_mul(NANOS)?.checked_add(nanos)
}

/// Days from 1970 to a date of the Gregorian calendar; `None` where it has no such day.
fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    // Howard Hinnant's days_from_civil: years begin in March.
    let year_of_march = if month <= 2 {
        year.checked_sub(1)?
    } else {
        year
    };
    let era = year_of_march.div_euclid(400);
    let year_of_era = year_of_march.rem_euclid(400);
    let month_of_year = month.checked_add(9)?.checked_rem(12)?;
    let day_of_year = month_of_year
        .checked_mul(153)?
        .checked_add(2)?
        .checked_div(5)?
        .checked_add(day)?
        .checked_sub(1)?;
    let leaps = year_of_era
        .checked_div(4)?
        .checked_sub(year_of_era.checked_div(100)?)?;
    let day_of_era = year_of_era
        .checked_mul(365)?
        .checked_add(leaps)?
        .checked_add(day_of_year)?;
    let days = era
        .checked_mul(146_097)?
        .checked_add(day_of_era)?
        .checked_sub(719_468)?;
    // The 31st of a month that has none is another day.
    let date = calendar::date(days.checked_mul(86_400)?);
    ((date.year, date.month, date.day) == (year, month, day)).then_some(days)
}

/// FAT's date and time as seconds since 1970, as if it were UTC.
fn dos_seconds(count: i128) -> Option<i128> {
    let n = u32::try_from(count).ok()?;
    let bits = |from: u32, count: u32| i64::from((n >> from) & ((1u32 << count).wrapping_sub(1)));
    let days = days(bits(25, 7).checked_add(1980)?, bits(21, 4), bits(16, 5))?;
    let (hour, minute, second) = (bits(11, 5), bits(5, 6), bits(0, 5).checked_mul(2)?);
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let of_day = hour
        .checked_mul(60)?
        .checked_add(minute)?
        .checked_mul(60)?
        .checked_add(second)?;
    Some(i128::from(days.checked_mul(86_400)?.checked_add(of_day)?))
}

fn dos_of_seconds(seconds: i128) -> Option<i128> {
    let date = calendar::date(
        i64::try_from(seconds)
            .ok()
            .filter(|s| s.unsigned_abs() < 1 << 40)?,
    );
    let year = date
        .year
        .checked_sub(1980)
        .filter(|year| (0..128).contains(year))?;
    if date.second % 2 != 0 {
        return None;
    }
    let half = date.second.checked_div(2)?;
    let n =
        year << 25 | date.month << 21 | date.day << 16 | date.hour << 11 | date.minute << 5 | half;
    Some(i128::from(n))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_text_and_back() {
        for (epoch, count, text) in [
            (Epoch::Unix, 0, "1970-01-01T00:00:00Z"),
            (Epoch::Unix, -1, "1969-12-31T23:59:59Z"),
            (Epoch::Unix, 1_709_208_000, "2024-02-29T12:00:00Z"),
            (
                Epoch::UnixMillis,
                1_709_208_000_123,
                "2024-02-29T12:00:00.123Z",
            ),
            (
                Epoch::Filetime,
                116_444_736_000_000_001,
                "1970-01-01T00:00:00.0000001Z",
            ),
            (Epoch::Filetime, 0, "1601-01-01T00:00:00.0000000Z"),
            (Epoch::Hfs, 0, "1904-01-01T00:00:00Z"),
            // 2024-02-29 12:34:56: year 44, month 2, day 29; 12, 34, 28.
            (Epoch::Dos, 0x585d_645c, "2024-02-29T12:34:56"),
        ] {
            assert_eq!(
                epoch.text(count).as_deref(),
                Some(text),
                "{epoch:?} {count}"
            );
            assert_eq!(epoch.read(text), Some(count), "{epoch:?} {text}");
        }
    }

    #[test]
    fn what_is_no_time_has_no_text() {
        assert_eq!(Epoch::Dos.text(0), None);
        assert_eq!(Epoch::Unix.text(i128::MAX), None);
        assert_eq!(Epoch::Unix.text(1 << 60), None);
        for text in [
            "",
            "2024-02-30",
            "2024-13-01",
            "2024-01-01T24:00",
            "24-01-01",
            "2024-01-01T00:00:00.5",
        ] {
            assert_eq!(Epoch::Unix.read(text), None, "{text}");
        }
    }

    #[test]
    fn dates_are_read_with_zones_and_without_times() {
        assert_eq!(Epoch::Unix.read("1970-01-02"), Some(86_400));
        assert_eq!(Epoch::Unix.read("1970-01-01 01:00"), Some(3600));
        assert_eq!(Epoch::Unix.read("1970-01-01T01:00:00+01:00"), Some(0));
        assert_eq!(Epoch::Unix.read("1970-01-01T00:00:00-00:30"), Some(1800));
    }
}
