//! Meanings that follow from a number alone, for [`Fact::Shown`](super::Fact::Shown).

use crate::calendar;
use crate::value::Value;

/// Seconds since 1970 as a date and a time: `2024-02-29 23:59:59 UTC`.
pub fn unix_time(value: &Value) -> Option<String> {
    let seconds = i64::try_from(value.as_int()?).ok()?;
    Some(format!("{} UTC", calendar::utc(seconds)))
}

/// In octal digits: `0o644`.
pub fn octal(value: &Value) -> Option<String> {
    Some(format!("{:#o}", value.as_int()?))
}
