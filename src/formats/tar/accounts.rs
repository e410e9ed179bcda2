//! The users and groups of this system, as `/etc/passwd` and `/etc/group` have them.

/// The text of `/etc/passwd`; none where it can't be read.
pub(super) fn users() -> Vec<u8> {
    std::fs::read("/etc/passwd").unwrap_or_default()
}

/// The text of `/etc/group`; none where it can't be read.
pub(super) fn groups() -> Vec<u8> {
    std::fs::read("/etc/group").unwrap_or_default()
}

/// Names with their numbers, from lines of `name:password:number:…`.
pub(super) fn parse(table: &[u8]) -> impl Iterator<Item = (&[u8], u64)> {
    table.split(|&byte| byte == b'\n').filter_map(|line| {
        let mut fields = line.split(|&byte| byte == b':');
        let (name, number) = (fields.next()?, fields.nth(1)?);
        Some((name, std::str::from_utf8(number).ok()?.parse().ok()?))
    })
}
