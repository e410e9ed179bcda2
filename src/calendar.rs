//! Seconds since 1970 as a date and a time.

/// In UTC, to the second: `2024-02-29 23:59:59`.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "128 bits hold any calendar of 64"
)]
pub(crate) fn utc(seconds: i64) -> String {
    const DAY: i128 = 86_400;
    let seconds = i128::from(seconds);
    let (days, second) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
    // Howard Hinnant's civil_from_days: years begin in March, so that a leap day ends one.
    let shifted = days + 719_468;
    let (era, day) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (month, next) = if month < 10 {
        (month + 3, 0)
    } else {
        (month - 9, 1)
    };
    let year = year + era * 400 + next;
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
}
