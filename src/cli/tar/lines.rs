//! Members of an archive as lines for people.

use std::io::Write as _;

use crate::calendar::{self, Date};
use crate::formats::tar::{Kind, Member, Zone};
use crate::offset::Position;
use crate::render::escape;

/// Puts a member at the end of a line as `tar tvf` shows it: permissions, owner, size, time in
/// UTC or of a zone, name.
///
/// Lists are long: the parts of a line are written directly, without `std::fmt`.
pub(super) fn long(member: &Member, zone: Option<&Zone>, line: &mut Vec<u8>) {
    permissions(member, line);
    let start = line.len();
    owner(&member.uname, member.uid, line);
    line.push(b'/');
    owner(&member.gname, member.gid, line);
    let owners = line.get(start..).unwrap_or_default();
    // One byte of each character is none that continues another.
    let width = owners.iter().filter(|byte| **byte & 0xc0 != 0x80).count();
    line.push(b' ');
    // Wide enough for most: one long owner doesn't move the others' columns.
    let width = 19_usize.saturating_sub(width);
    match member.kind {
        Kind::CharDevice | Kind::BlockDevice => {
            let device = format!("{},{}", member.device.0, member.device.1);
            padding(b' ', width, device.len(), line);
            line.extend_from_slice(device.as_bytes());
        }
        _ => number(member.size, b' ', width, line),
    }
    line.push(b' ');
    time(member, zone, line);
    line.push(b' ');
    name_of(&member.name, line);
    match member.kind {
        Kind::Symlink => {
            line.extend_from_slice(b" -> ");
            name_of(&member.link, line);
        }
        Kind::Hardlink => {
            line.extend_from_slice(b" link to ");
            name_of(&member.link, line);
        }
        _ => {}
    }
}

/// A name at the end of a line, with escapes where it would harm a terminal.
pub(super) fn name_of(name: &[u8], line: &mut Vec<u8>) {
    // All bytes are checked without a branch for each, so that many are checked at a time.
    let plain = |byte: &u8| matches!(byte, b' '..=b'~') & (*byte != b'\\');
    match name.iter().fold(true, |all, byte| all & plain(byte)) {
        true => line.extend_from_slice(name),
        // A vector takes everything.
        false => drop(write!(line, "{}", escape::text(name))),
    }
}

fn owner(name: &[u8], id: u64, line: &mut Vec<u8>) {
    match name {
        b"" => number(id, b' ', 0, line),
        name => name_of(name, line),
    }
}

/// To the minute.
fn time(member: &Member, zone: Option<&Zone>, line: &mut Vec<u8>) {
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
    match year {
        0..=9999 => {
            let [[a, b], [c, d]] = [year / 100, year % 100].map(two_digits);
            line.extend_from_slice(&[a, b, c, d]);
        }
        _ => drop(write!(line, "{year:04}")),
    }
    let [[a, b], [c, d], [e, f], [g, h]] = [month, day, hour, minute].map(two_digits);
    line.extend_from_slice(&[b'-', a, b, b'-', c, d, b' ', e, f, b':', g, h]);
}

/// The digits of a number below 100.
fn two_digits(value: i64) -> [u8; 2] {
    let digit = |value: i64| {
        let [low, ..] = value.to_le_bytes();
        b'0' | low
    };
    [digit(value / 10 % 10), digit(value % 10)]
}

/// Decimal digits, filled up on their left.
fn number(value: u64, fill: u8, width: usize, line: &mut Vec<u8>) {
    let mut digits = [b'0'; 20];
    let mut rest = value;
    let mut used = 0usize;
    for digit in digits.iter_mut().rev() {
        let [last, ..] = (rest % 10).to_le_bytes();
        *digit = b'0' | last;
        rest /= 10;
        used.advance(1);
        if rest == 0 {
            break;
        }
    }
    padding(fill, width, used, line);
    let digits = digits.get(digits.len().since(used)..);
    line.extend_from_slice(digits.unwrap_or_default());
}

fn padding(fill: u8, width: usize, used: usize, line: &mut Vec<u8>) {
    let missing = width.saturating_sub(used);
    line.resize(line.len().past(missing), fill);
}

/// `-rwxr-xr-x `, with setuid, setgid and sticky in the places of `x`.
fn permissions(member: &Member, line: &mut Vec<u8>) {
    let kind = match member.kind {
        Kind::File => b'-',
        Kind::Directory => b'd',
        Kind::Symlink => b'l',
        Kind::Hardlink => b'h',
        Kind::CharDevice => b'c',
        Kind::BlockDevice => b'b',
        Kind::Fifo => b'p',
        // What it is by its type: V, a volume's label; M, the rest of a file; N, long names.
        Kind::Other => member.typeflag,
    };
    let mode = member.mode;
    let three = |shift, special, letter: u8| {
        let bits = mode.wrapping_shr(shift);
        [
            if bits & 4 != 0 { b'r' } else { b'-' },
            if bits & 2 != 0 { b'w' } else { b'-' },
            match (mode & special != 0, bits & 1 != 0) {
                (true, true) => letter,
                (true, false) => letter.to_ascii_uppercase(),
                (false, true) => b'x',
                (false, false) => b'-',
            },
        ]
    };
    let [a, b, c] = three(6, 0o4000, b's');
    let [d, e, f] = three(3, 0o2000, b's');
    let [g, h, i] = three(0, 0o1000, b't');
    line.extend_from_slice(&[kind, a, b, c, d, e, f, g, h, i, b' ']);
}
