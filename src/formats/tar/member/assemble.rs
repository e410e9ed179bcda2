//! What a header and the extended headers before it say together.

use super::{Format, Kind, Member};
use crate::formats::tar::codes::{T004, T005, T006, T007, T008, T010, T011, T017, T018};
use crate::formats::tar::error::{Error, ErrorKind};
use crate::formats::tar::header::Header;
use crate::formats::tar::layout::{BLOCK, Layout, field};
use crate::formats::tar::number::{NumberFault, is_ambiguous, plain};
use crate::formats::tar::pax::{Globals, PaxRecords};
use crate::formats::tar::text::shown;
use crate::formats::tar::time::Time;
use crate::offset::Position;
use crate::schema::Field;
use crate::tree::{Code, Problem, Range, Space};

/// What the extended headers before a member have said.
#[derive(Clone, Debug, Default)]
pub(crate) struct Extended {
    /// Where the first of them is.
    pub(crate) start: Option<u64>,
    /// How many bytes they take, headers included.
    pub(crate) weight: u64,
    pub(crate) long_name: Option<Vec<u8>>,
    pub(crate) long_link: Option<Vec<u8>>,
    pub(crate) pax: PaxRecords,
    /// Whether one of them had records, if only none.
    pub(crate) has_pax: bool,
    /// What was odd on the way.
    pub(crate) problems: Vec<Problem>,
}

/// Puts a member together. What decides where the next header is is an error where it is
/// wrong; everything else is a problem of the member.
pub(crate) fn assemble(
    header: &Header,
    header_offset: u64,
    space: Space,
    extended: Extended,
    globals: &Globals,
) -> Result<Member, Error> {
    let mut reading = Reading {
        header,
        globals,
        range: Range::new(space, header_offset, BLOCK as u64),
        extended,
        unread: Vec::new(),
    };
    let flag = header.typeflag();
    let name = reading.name();
    let kind = reading.kind(flag, &name);
    let link = match kind {
        Kind::Symlink | Kind::Hardlink => reading.link(),
        _ => Vec::new(),
    };
    reading.no_nul("path", &name);
    reading.no_nul("linkpath", &link);
    let stored_size = reading.stored_size(kind, flag)?;
    let sparse = flag == b'S' || reading.pax_starts_with("GNU.sparse.");
    let size = match sparse {
        true => reading.real_size(stored_size),
        false => stored_size,
    };
    let device = match kind {
        Kind::CharDevice | Kind::BlockDevice => (
            reading.number(field!("devmajor")),
            reading.number(field!("devminor")),
        ),
        _ => (0, 0),
    };
    Ok(Member {
        kind,
        size,
        stored_size,
        mode: reading.number::<u32>(field!("mode")) & 0o7777,
        mtime: reading.mtime(),
        uid: reading.number(field!("uid")),
        gid: reading.number(field!("gid")),
        uname: reading.owner(field!("uname")),
        gname: reading.owner(field!("gname")),
        link,
        device,
        format: reading.format(),
        typeflag: flag,
        sparse,
        offset: reading.extended.start.unwrap_or(header_offset),
        header_offset,
        data_offset: header_offset.past(BLOCK as u64),
        pax: reading.extended.pax,
        problems: reading.extended.problems,
        raw: None,
        unread: reading.unread,
        name,
    })
}

struct Reading<'a> {
    header: &'a Header,
    globals: &'a Globals,
    range: Range,
    extended: Extended,
    unread: Vec<Field>,
}

impl Reading<'_> {
    /// A record's value: the member's own, else a global one. An empty value takes it back.
    #[inline]
    fn pax(&self, keyword: &str) -> Option<&[u8]> {
        match self.has_records() {
            true => self.record(keyword),
            false => None,
        }
    }

    #[inline]
    fn has_records(&self) -> bool {
        !self.extended.pax.is_empty() || !self.globals.is_empty()
    }

    fn record(&self, keyword: &str) -> Option<&[u8]> {
        let value = self
            .extended
            .pax
            .get(keyword)
            .or_else(|| self.globals.get(keyword))?;
        (!value.is_empty()).then_some(value)
    }

    /// The record of the same name as a field of the header.
    #[inline]
    fn pax_of(&self, field: Field) -> Option<&[u8]> {
        // The name is a part of the field's path: it is only looked for where there are records.
        match self.has_records() {
            true => self.record(field.name()),
            false => None,
        }
    }

    fn pax_starts_with(&self, start: &str) -> bool {
        self.extended
            .pax
            .iter()
            .any(|r| r.keyword.starts_with(start.as_bytes()))
    }

    fn problem(&mut self, code: &Code, message: impl Into<String>) {
        let problem = code.problem(self.range, message);
        self.extended.problems.push(problem);
    }

    fn name(&mut self) -> Vec<u8> {
        if self.extended.pax.get("path").is_none() && self.globals.get("path").is_some() {
            let message = "the name comes from a global header, which names every member alike";
            self.problem(&T011, message.to_owned());
        }
        self.agree("path", self.extended.long_name.clone());
        let pax = self.pax("GNU.sparse.name").or_else(|| self.pax("path"));
        let name = pax.or(self.extended.long_name.as_deref());
        name.map_or_else(|| self.header.name(), <[u8]>::to_vec)
    }

    /// A pax record and a long name of GNU's before one member: readers take the one or the other.
    fn agree(&mut self, keyword: &str, long: Option<Vec<u8>>) {
        let (Some(long), Some(record)) = (long, self.pax(keyword)) else {
            return;
        };
        if long != record {
            let message = format!(
                "the pax record {keyword} says {}, a GNU header {}; the record counts",
                shown(record),
                shown(&long)
            );
            self.problem(&T018, message);
        }
    }

    fn link(&mut self) -> Vec<u8> {
        if self.extended.pax.get("linkpath").is_none() && self.pax("linkpath").is_some() {
            let message = "the target comes from a global header, which gives every link the same";
            self.problem(&T011, message.to_owned());
        }
        self.agree("linkpath", self.extended.long_link.clone());
        let link = self.pax("linkpath").or(self.extended.long_link.as_deref());
        link.unwrap_or_else(|| self.header.text(field!("linkname")))
            .to_vec()
    }

    fn kind(&mut self, flag: u8, name: &[u8]) -> Kind {
        match flag {
            // Version 7 has no letter for directories, and some who write later formats none either.
            b'0' | 0 if name.ends_with(b"/") => Kind::Directory,
            b'0' | 0 | b'7' | b'S' => Kind::File,
            b'1' => Kind::Hardlink,
            b'2' => Kind::Symlink,
            b'3' => Kind::CharDevice,
            b'4' => Kind::BlockDevice,
            b'5' | b'D' => Kind::Directory,
            b'6' => Kind::Fifo,
            b'M' | b'V' | b'N' => Kind::Other,
            unknown => {
                let message = format!(
                    "the type {:?} is unknown; the member is read as a regular file",
                    char::from(unknown)
                );
                self.problem(&T006, message);
                Kind::File
            }
        }
    }

    /// POSIX has no way to write a NUL into a file name; who puts one there wants two readers
    /// to see two names.
    fn no_nul(&mut self, field: &str, value: &[u8]) {
        if value.contains(&0) {
            let message = format!("{field} holds a NUL: {}", shown(value));
            self.problem(&T008, message);
        }
    }

    /// How many bytes of data follow.
    fn stored_size(&mut self, kind: Kind, flag: u8) -> Result<u64, Error> {
        let size = self.stated_size()?;
        let has_data = match kind {
            Kind::File | Kind::Other | Kind::Hardlink => true,
            // GNU's incremental archives list a directory's content in its data; what is a
            // directory by its name alone may have some.
            Kind::Directory => flag != b'5',
            _ => false,
        };
        if has_data {
            return Ok(size);
        }
        if size != 0 {
            let message = format!(
                "a member of type {} has no data, but its size says {size}; the size is ignored",
                kind.name()
            );
            self.problem(&T005, message);
        }
        Ok(0)
    }

    /// The pax record's size where there is one, else the header's.
    fn stated_size(&mut self) -> Result<u64, Error> {
        // Eleven octal digits at most.
        if let (Some(size), false) = (plain(self.header.get(field!("size"))), self.has_records()) {
            return Ok(size);
        }
        self.unambiguous(field!("size"));
        let largest = i64::MAX.unsigned_abs();
        let in_header = self.header.number(field!("size")).and_then(|size| {
            let fault = match u64::try_from(size) {
                Ok(size) if size <= largest => return Ok(size),
                Err(_) if size.is_negative() => NumberFault::Negative,
                _ => NumberFault::TooLarge,
            };
            let found = self.header.get(field!("size")).to_vec();
            Err(Error::new(ErrorKind::Number {
                field: "size",
                found,
                fault,
            }))
        });
        let Some(record) = self.pax("size") else {
            return in_header.map_err(|e| e.at(self.range.offset));
        };
        let size = match decimal(record) {
            Some(size) if size <= largest => size,
            _ => {
                let message = format!("size is {}, not a number of bytes", shown(record));
                return Err(Error::new(ErrorKind::Record { message }).at(self.range.offset));
            }
        };
        // Writers put 0 where the field is too small.
        let is_stand_in = |other: u64| other == 0 && size > LARGEST_OCTAL;
        if in_header
            .as_ref()
            .ok()
            .is_none_or(|&other| other != size && !is_stand_in(other))
        {
            let other = in_header.map_or_else(|_| "no number".to_owned(), |n| n.to_string());
            let message = format!("the pax record says {size} bytes, the header {other}");
            self.problem(&T007, message);
        }
        Ok(size)
    }

    fn real_size(&mut self, stored: u64) -> u64 {
        let record = self
            .pax("GNU.sparse.realsize")
            .or_else(|| self.pax("GNU.sparse.size"))
            .or_else(|| self.pax("SCHILY.realsize"));
        match record.map(decimal) {
            Some(Some(size)) => size,
            None => self.number(field!("realsize")),
            Some(None) => {
                let message = "the size of the sparse file is no number".to_owned();
                self.problem(&T010, message);
                stored
            }
        }
    }

    /// A number that nothing else depends on: 0, and a problem, where it is wrong. A wrong record
    /// is as if it weren't there.
    fn number<T: TryFrom<i128> + Default>(&mut self, field: Field) -> T {
        if let Some(record) = self.pax_of(field) {
            let name = field.name();
            let value = decimal(record).and_then(|value| T::try_from(i128::from(value)).ok());
            if let Some(value) = value {
                return value;
            }
            let message = format!("the pax record {name} is {}, no number", shown(record));
            self.problem(&T010, message);
            self.unread.push(field);
        }
        self.number_of_header(field)
    }

    /// A field of which two readers make two numbers.
    fn unambiguous(&mut self, field: Field) {
        let found = self.header.get(field);
        if is_ambiguous(found) {
            let message = format!(
                "{} is {}: readers disagree about a number that begins with a NUL, or has \
                 something after its end",
                field.name(),
                shown(found)
            );
            self.problem(&T017, message);
        }
    }

    fn number_of_header<T: TryFrom<i128> + Default>(&mut self, field: Field) -> T {
        // What nearly all fields have is neither ambiguous nor wrong.
        let plain = plain(self.header.get(field)).map(i128::from);
        if let Some(value) = plain.and_then(|number| T::try_from(number).ok()) {
            return value;
        }
        self.unambiguous(field);
        let message = match self.header.number(field) {
            Ok(number) => match T::try_from(number) {
                Ok(value) => return value,
                Err(_) => format!("{}: {number} is out of range", field.name()),
            },
            Err(e) => e.to_string(),
        };
        self.problem(&T004, message);
        self.unread.push(field);
        T::default()
    }

    fn mtime(&mut self) -> Time {
        let record = self.pax("mtime");
        if let Some(time) = record.and_then(Time::parse) {
            return time;
        }
        if let Some(record) = record {
            let message = format!("the pax record mtime is {}, no time", shown(record));
            self.problem(&T010, message);
        }
        Time::at(self.number_of_header(field!("mtime")))
    }

    fn owner(&self, field: Field) -> Vec<u8> {
        self.pax_of(field)
            .unwrap_or_else(|| self.header.text(field))
            .to_vec()
    }

    fn format(&self) -> Format {
        let extended = &self.extended;
        match self.header.layout() {
            _ if !extended.pax.is_empty() => Format::Pax,
            _ if extended.long_name.is_some() || extended.long_link.is_some() => Format::Gnu,
            Layout::Gnu | Layout::GnuSparse => Format::Gnu,
            Layout::V7 => Format::V7,
            Layout::Ustar => Format::Ustar,
            Layout::Star => Format::Star,
        }
    }
}

/// The largest size that eleven octal digits hold.
const LARGEST_OCTAL: u64 = (1 << 33) - 1;

/// Decimal digits and nothing else.
pub(crate) fn decimal(text: &[u8]) -> Option<u64> {
    let digits = std::str::from_utf8(text).ok()?;
    digits
        .bytes()
        .all(|b| b.is_ascii_digit())
        .then(|| digits.parse().ok())?
}
