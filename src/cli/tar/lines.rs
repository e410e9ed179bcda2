//! Members of an archive as lines for people and as JSON.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Serialize, Serializer, ser::SerializeMap};

use crate::calendar::{self, Date};
use crate::formats::tar::{Kind, Member};
use crate::render::{escape, json};

/// Puts a member at the end of a line as `tar tvf` shows it: permissions, owner, size, time in
/// UTC, name.
///
/// Lists are long: what a line takes is written piece by piece, without the machinery of formats.
pub(super) fn long(member: &Member, line: &mut String) {
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
    time(member, line);
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
fn time(member: &Member, line: &mut String) {
    let Date {
        year,
        month,
        day,
        hour,
        minute,
        ..
    } = calendar::date(member.mtime.seconds);
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

/// A member as a JSON object.
///
/// The keys are `name`, `type`, `size`, `link` (for links), `mode` (four octal digits), `mtime`
/// (seconds since 1970 as decimals in a string, nothing lost), `uid`, `gid`, `uname`, `gname`,
/// `device` (for devices: major and minor), `sparse` (where true), `format`, `header_offset`,
/// `data_offset`, `pax` (where there are records: a list of keyword and value) and `problems`
/// (where there are some). Names that aren't UTF-8 in the archive are in `name_b64`, `link_b64`,
/// `uname_b64` and `gname_b64`; the keys without the ending have them where they were converted.
pub(super) fn json(member: &Member) -> impl Serialize {
    Json(member)
}

struct Json<'a>(&'a Member);

impl Serialize for Json<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let member = self.0;
        let mut map = serializer.serialize_map(None)?;
        name(
            &mut map,
            ["name", "name_b64"],
            &member.name,
            member.raw_name(),
        )?;
        map.serialize_entry("type", member.kind.name())?;
        map.serialize_entry("size", &member.size)?;
        if matches!(member.kind, Kind::Symlink | Kind::Hardlink) {
            name(
                &mut map,
                ["link", "link_b64"],
                &member.link,
                member.raw_link(),
            )?;
        }
        map.serialize_entry("mode", &format!("{:04o}", member.mode))?;
        map.serialize_entry("mtime", &member.mtime.to_string())?;
        map.serialize_entry("uid", &member.uid)?;
        map.serialize_entry("gid", &member.gid)?;
        name(
            &mut map,
            ["uname", "uname_b64"],
            &member.uname,
            member.raw_uname(),
        )?;
        name(
            &mut map,
            ["gname", "gname_b64"],
            &member.gname,
            member.raw_gname(),
        )?;
        if matches!(member.kind, Kind::CharDevice | Kind::BlockDevice) {
            map.serialize_entry("device", &member.device)?;
        }
        if member.sparse {
            map.serialize_entry("sparse", &true)?;
        }
        map.serialize_entry("format", member.format.name())?;
        map.serialize_entry("header_offset", &member.header_offset)?;
        map.serialize_entry("data_offset", &member.data_offset)?;
        if !member.pax.is_empty() {
            let records = member.pax.iter();
            let records: Vec<_> = records
                .map(|r| (json::bytes(&r.keyword), json::bytes(&r.value)))
                .collect();
            map.serialize_entry("pax", &records)?;
        }
        if !member.problems.is_empty() {
            map.serialize_entry("problems", &member.problems)?;
        }
        map.end()
    }
}

/// A name as text, where it is text; its bytes in Base64, where those of the archive aren't.
fn name<M: SerializeMap>(
    map: &mut M,
    [text_key, raw_key]: [&'static str; 2],
    name: &[u8],
    raw: &[u8],
) -> Result<(), M::Error> {
    if let Ok(text) = std::str::from_utf8(name) {
        map.serialize_entry(text_key, text)?;
    }
    match std::str::from_utf8(raw) {
        Ok(_) => Ok(()),
        Err(_) => map.serialize_entry(raw_key, &STANDARD.encode(raw)),
    }
}
