//! Members of an archive as lines for people.

use std::fmt::Write as _;

use crate::calendar::{self, Date};
use crate::formats::tar::{Kind, Member, Zone};
use crate::render::escape;

/// Puts a member at the end of a line as `tar tvf` shows it: permissions, owner, size, time in
/// UTC or of a zone, name.
///
/// Lists are long: what a line takes is written piece by piece, without the machinery of formats.
pub(super) fn long(member: &Member, zone: Option<&Zone>, line: &mut String) {
    permissions(member, line);
    line.push(' ');
    let start = line.len();
    owner(&member.uname, member.uid, line);
    line.push('/');
    owner(&member.gname, member.gid, line);
    let owners = line.get(start..).unwrap_or_default();
    let width = if owners.is_ascii() {
        owners.len()
    } else {
        owners.chars().count()
    };
    line.push(' ');
    // Wide enough for most: one long owner doesn't move the others' columns.
    let width = 19_usize.saturating_sub(width);
    match member.kind {
        Kind::CharDevice | Kind::BlockDevice => {
            let device = format!("{},{}", member.device.0, member.device.1);
            padding(b' ', width, device.len(), line);
            line.push_str(&device);
        }
        _ => number(member.size, b' ', width, line),
    }
    line.push(' ');
    time(member, zone, line);
    line.push(' ');
    name_of(&member.name, line);
    match member.kind {
        Kind::Symlink => {
            line.push_str(" -> ");
            name_of(&member.link, line);
        }
        Kind::Hardlink => {
            line.push_str(" link to ");
            name_of(&member.link, line);
        }
        _ => {}
    }
}

/// A name at the end of a line, with escapes where it would harm a terminal.
pub(super) fn name_of(name: &[u8], line: &mut String) {
    let plain = |byte: &u8| matches!(byte, b' '..=b'~') && *byte != b'\\';
    match std::str::from_utf8(name) {
        Ok(text) if name.iter().all(plain) => line.push_str(text),
        // A string takes everything.
        _ => drop(write!(line, "{}", escape::text(name))),
    }
}

fn owner(name: &[u8], id: u64, line: &mut String) {
    match name {
        b"" => number(id, b' ', 0, line),
        name => name_of(name, line),
    }
}

/// To the minute.
fn time(member: &Member, zone: Option<&Zone>, line: &mut String) {
    let seconds = member.mtime.seconds;
    let seconds = zone.map_or(seconds, |zone| zone.local(seconds));
    let Date {
        year,
        month,
        day,
        hour,
        minute,
        ..
    } = calendar::date(seconds);
    match u64::try_from(year) {
        Ok(year) => number(year, b'0', 4, line),
        Err(_) => drop(write!(line, "{year:04}")),
    }
    for (separator, part) in [('-', month), ('-', day), (' ', hour), (':', minute)] {
        line.push(separator);
        number(part.unsigned_abs(), b'0', 2, line);
    }
}

/// Decimal digits, filled up on their left.
fn number(value: u64, fill: u8, width: usize, line: &mut String) {
    let mut digits = [b'0'; 20];
    let mut rest = value;
    let mut used = 0usize;
    for digit in digits.iter_mut().rev() {
        let [last, ..] = (rest % 10).to_le_bytes();
        *digit = b'0' | last;
        rest /= 10;
        used = used.saturating_add(1);
        if rest == 0 {
            break;
        }
    }
    padding(fill, width, used, line);
    let digits = digits.get(digits.len().saturating_sub(used)..);
    line.push_str(
        digits
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .unwrap_or_default(),
    );
}

fn padding(fill: u8, width: usize, used: usize, line: &mut String) {
    for _ in used..width {
        line.push(char::from(fill));
    }
}

/// `-rwxr-xr-x`, with setuid, setgid and sticky in the places of `x`.
fn permissions(member: &Member, text: &mut String) {
    text.push(match member.kind {
        Kind::File => '-',
        Kind::Directory => 'd',
        Kind::Symlink => 'l',
        Kind::Hardlink => 'h',
        Kind::CharDevice => 'c',
        Kind::BlockDevice => 'b',
        Kind::Fifo => 'p',
        // What it is by its type: V, a volume's label; M, the rest of a file; N, long names.
        Kind::Other => char::from(member.typeflag),
    });
    let mode = member.mode;
    for (shift, special, letter) in [(6, 0o4000, 's'), (3, 0o2000, 's'), (0, 0o1000, 't')] {
        let bits = mode.wrapping_shr(shift);
        text.push(if bits & 4 != 0 { 'r' } else { '-' });
        text.push(if bits & 2 != 0 { 'w' } else { '-' });
        text.push(match (mode & special != 0, bits & 1 != 0) {
            (true, true) => letter,
            (true, false) => letter.to_ascii_uppercase(),
            (false, true) => 'x',
            (false, false) => '-',
        });
    }
}
