//! Members as JSON.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::{Format, Kind, Member};
use crate::formats::tar::time::Time;
use crate::tree;
use crate::value::plain::Readable;

/// The word that listings use.
impl Serialize for Kind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// The word that listings use.
impl Serialize for Format {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// Seconds since 1970 as decimals in a string, so that nothing is lost.
impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The keys are `name`, `type`, `size`, `link` (for links), `mode` (four octal digits), `mtime`
/// (seconds since 1970 as decimals in a string, nothing lost), `uid`, `gid`, `uname`, `gname`,
/// `device` (for devices: major and minor), `sparse` (where true), `format`, `header_offset`,
/// `data_offset`, `pax` (where there are records: a list of keyword and value) and `problems`
/// (where there are some). Names that aren't UTF-8 in the archive are in `name_b64`, `link_b64`,
/// `uname_b64` and `gname_b64`; the keys without the ending have them where they were converted.
///
/// ```
/// use bytewright::formats::tar::{Archive, Builder, NewMember};
///
/// let mut builder = Builder::new(Vec::new());
/// builder.add_bytes(NewMember::file("a"), b"content")?;
/// let mut archive = Archive::new(builder.finish()?.into())?;
/// let member = archive.next_member()?.unwrap();
/// let json = serde_json::to_value(&member)?;
/// assert_eq!((&json["name"], &json["mode"]), (&"a".into(), &"0644".into()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
impl Serialize for Member {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let member = self;
        let mut map = serializer.serialize_map(None)?;
        name(
            &mut map,
            ["name", "name_b64"],
            &member.name,
            member.raw_name(),
        )?;
        map.serialize_entry("type", &member.kind)?;
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
        map.serialize_entry("mtime", &member.mtime)?;
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
        map.serialize_entry("format", &member.format)?;
        map.serialize_entry("header_offset", &member.header_offset)?;
        map.serialize_entry("data_offset", &member.data_offset)?;
        if !member.pax.is_empty() {
            let records = member.pax.iter();
            let records: Vec<_> = records
                .map(|r| (Readable::of(&*r.keyword), Readable::of(&*r.value)))
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

struct Problem<'a>(&'a tree::Problem);

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
