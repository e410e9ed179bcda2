//! The local time of day.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// A time zone.
#[derive(Clone, Debug)]
pub struct Zone(TimeZone);

impl Zone {
    /// Where the variable `TZ`, or else the system, says that this is; UTC where neither does.
    pub fn here() -> Zone {
        Zone(TimeZone::try_system().unwrap_or(TimeZone::UTC))
    }

    /// Seconds since 1970 by the clocks of the zone, of seconds in UTC. Times that no calendar has are
    /// left as they are.
    ///
    /// ```
    /// use bytewright::formats::tar::Zone;
    ///
    /// let away = Zone::here().local(1_000_000_000) - 1_000_000_000;
    /// assert!(away.abs() <= 26 * 3600);
    /// ```
    pub fn local(&self, seconds: i64) -> i64 {
        match Timestamp::from_second(seconds) {
            Ok(at) => seconds.saturating_add(i64::from(self.0.to_offset(at).seconds())),
            Err(_) => seconds,
        }
    }
}
