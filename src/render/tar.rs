//! Members of an archive as lines for people and as JSON.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Serialize, Serializer, ser::SerializeMap};

use super::{escape, json};
use crate::formats::tar::{Kind, Member};

/// A member as `tar tvf` shows it: permissions, owner, size, time in UTC, name.
pub fn long(member: &Member) -> impl fmt::Display {
    Long(member)
}

struct Long<'a>(&'a Member);

impl fmt::Display for Long<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let member = self.0;
        let owner = format!(
            "{}/{}",
            owner(&member.uname, member.uid),
            owner(&member.gname, member.gid)
        );
        let size = match member.kind {
            Kind::CharDevice | Kind::BlockDevice => {
                format!("{},{}", member.device.0, member.device.1)
            }
            _ => member.size.to_string(),
        };
        // Wide enough for most: one long owner doesn't move the others' columns.
        let width = 19_usize
            .saturating_sub(owner.chars().count())
            .max(size.len());
        let (mode, time) = (permissions(member), member.mtime.to_utc());
        let name = escape::text(&member.name);
        write!(f, "{mode} {owner} {size:>width$} {time} {name}")?;
        match member.kind {
            Kind::Symlink => write!(f, " -> {}", escape::text(&member.link)),
            Kind::Hardlink => write!(f, " link to {}", escape::text(&member.link)),
            _ => Ok(()),
        }
    }
}

fn owner(name: &[u8], number: u64) -> String {
    match name {
        b"" => number.to_string(),
        name => escape::text(name).to_string(),
    }
}

/// `-rwxr-xr-x`, with setuid, setgid and sticky in the places of `x`.
fn permissions(member: &Member) -> String {
    let mut text = String::with_capacity(10);
    text.push(match member.kind {
        Kind::File => '-',
        Kind::Directory => 'd',
        Kind::Symlink => 'l',
        Kind::Hardlink => 'h',
        Kind::CharDevice => 'c',
        Kind::BlockDevice => 'b',
        Kind::Fifo => 'p',
        Kind::Other => '?',
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
    text
}

/// A member as a JSON object.
///
/// The keys are `name`, `type`, `size`, `link` (for links), `mode` (four octal digits), `mtime`
/// (seconds since 1970 as decimals in a string, nothing lost), `uid`, `gid`, `uname`, `gname`,
/// `device` (for devices: major and minor), `sparse` (where true), `format`, `header_offset`,
/// `data_offset`, `pax` (where there are records: a list of keyword and value) and `problems`
/// (where there are some). Names that aren't UTF-8 in the archive are in `name_b64`, `link_b64`,
/// `uname_b64` and `gname_b64`; the keys without the ending have them where they were converted.
pub fn json(member: &Member) -> impl Serialize {
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
            let problems: Vec<_> = member.problems.iter().map(Problem).collect();
            map.serialize_entry("problems", &problems)?;
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

struct Problem<'a>(&'a crate::tree::Problem);

impl Serialize for Problem<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("code", self.0.code)?;
        map.serialize_entry("severity", &self.0.severity.to_string())?;
        map.serialize_entry("offset", &self.0.range.offset)?;
        map.serialize_entry("message", &self.0.message)?;
        map.end()
    }
}
