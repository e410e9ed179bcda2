//! The extended headers before a member's own.

use super::{Archive, truncated};
use crate::formats::tar::codes::{T008, T010, T019, T020};
use crate::formats::tar::error::{Error, ErrorKind};
use crate::formats::tar::header::Header;
use crate::formats::tar::layout::{BLOCK, field};
use crate::formats::tar::member::{Extended, padded};
use crate::formats::tar::pax::PaxRecords;
use crate::formats::tar::text::shown;
use crate::offset::Position;
use crate::tree::Range;

impl Archive<'_> {
    /// Reads an extended header with its content.
    pub(super) fn extend(
        &mut self,
        header: &Header,
        offset: u64,
        extended: &mut Extended,
    ) -> Result<(), Error> {
        let size = header.number(field!("size")).map_err(|e| e.at(offset))?;
        let size = u64::try_from(size).map_err(|_| {
            let message = format!("the extended header has a size of {size}");
            Error::new(ErrorKind::Record { message }).at(offset)
        })?;
        let data_offset = self.input.position();
        let whole = padded(size).saturating_add(BLOCK as u64);
        let weight = extended.weight.saturating_add(whole);
        if weight > self.limit {
            return Err(self.beyond_limit(weight, offset));
        }
        let data = self.input.take(size)?;
        let missing = match size.since(data.len() as u64) {
            0 => self.skip_padding(padded(data_offset.past(size)), || {
                "an extended header".to_owned()
            })?,
            missing => missing,
        };
        if missing > 0 {
            let error = truncated("an extended header".to_owned(), missing);
            return Err(error.at(self.input.position()));
        }
        extended.weight = weight;
        extended.start.get_or_insert(offset);
        match header.typeflag() {
            b'g' => {
                let records = self.records(&data, data_offset, extended)?;
                let merged = self.globals.merge(records, self.limit);
                merged.map_err(|weight| self.beyond_limit(weight, offset))?;
            }
            flag @ (b'L' | b'K') => {
                let is_second = match flag {
                    b'L' => extended.long_name.is_some(),
                    _ => extended.long_link.is_some(),
                };
                if is_second {
                    self.note_duplicates(offset, extended);
                }
                let (text, after) = until_nul(&data);
                if after.iter().any(|&byte| byte != 0) {
                    let range = Range::new(self.space(), data_offset, size);
                    let message = format!("a long name goes on after a NUL: {}", shown(&data));
                    let problem = T008.problem(range, message);
                    extended.problems.push(problem);
                }
                let long = match flag {
                    b'L' => &mut extended.long_name,
                    _ => &mut extended.long_link,
                };
                *long = Some(text.to_vec());
            }
            _ => {
                if extended.has_pax {
                    self.note_duplicates(offset, extended);
                }
                extended.has_pax = true;
                let records = self.records(&data, data_offset, extended)?;
                self.note_empty_records(&records, data_offset, extended);
                extended.pax.extend(records);
            }
        }
        Ok(())
    }

    /// Notes a second extended header of one kind before a member, or a second record of one keyword: readers use the
    /// first, the last, or both.
    fn note_duplicates(&self, offset: u64, extended: &mut Extended) {
        // One problem is enough for thousands.
        if extended.problems.iter().any(|problem| problem.is(&T019)) {
            return;
        }
        let range = Range::new(self.space(), offset, 0);
        let message = "an extended header says again what one before it, or a record of its own, has \
                       said; the last counts";
        let problem = T019.problem(range, message);
        extended.problems.push(problem);
    }

    /// An empty value revokes a global one. Without a global one, some readers use the empty text, others the header's
    /// field.
    fn note_empty_records(&self, records: &PaxRecords, offset: u64, extended: &mut Extended) {
        const KNOWN: [&str; 8] = [
            "path", "linkpath", "size", "mtime", "uid", "gid", "uname", "gname",
        ];
        let is_odd = |keyword: &&str| {
            records.get(keyword) == Some(b"") && self.globals.get(keyword).is_none()
        };
        for keyword in KNOWN.into_iter().filter(|keyword| is_odd(keyword)) {
            let range = Range::new(self.space(), offset, 0);
            let message = format!("the pax record {keyword} is empty; the header's field counts");
            let problem = T020.problem(range, message);
            extended.problems.push(problem);
        }
    }

    /// The records of an extended header; one with an empty keyword is dropped, with a problem.
    fn records(
        &self,
        data: &[u8],
        offset: u64,
        extended: &mut Extended,
    ) -> Result<PaxRecords, Error> {
        let mut records = PaxRecords::parse(data, offset)?;
        if records.drop_nameless() {
            let range = Range::new(self.space(), offset, data.len() as u64);
            let message = "a pax record has an empty keyword; it is ignored";
            let problem = T010.problem(range, message);
            extended.problems.push(problem);
        }
        if records.contradicts_itself() {
            self.note_duplicates(offset, extended);
        }
        Ok(records)
    }

    fn beyond_limit(&self, size: u64, offset: u64) -> Error {
        let limit = self.limit;
        Error::new(ErrorKind::Limit { size, limit }).at(offset)
    }
}

fn until_nul(data: &[u8]) -> (&[u8], &[u8]) {
    let end = data.iter().position(|&byte| byte == 0);
    data.split_at(end.unwrap_or(data.len()))
}
