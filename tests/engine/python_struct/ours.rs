//! Our side: the same jobs, done with `Struct::python` and with the functions that take the
//! whole language.

use bytewright::{DataError, Record, Struct};
use serde_json::json;

use super::cases::{Job, hex};
use super::peer::Said;

/// Compares whether the format is one, and its size; an error is what ours say instead.
pub fn size_agrees(format: &str, said: &Said) -> Result<(), String> {
    let strict = Struct::python(format).map(|s| s.size());
    match said {
        Ok(size) => {
            let whole = bytewright::calcsize(format);
            match (strict, whole) {
                (Ok(Some(strict)), Ok(whole)) if json!(strict) == *size && strict == whole => {
                    Ok(())
                }
                (strict, whole) => Err(format!("Struct::python {strict:?}, calcsize {whole:?}")),
            }
        }
        Err(_) => match strict {
            Ok(size) => Err(format!("Struct::python accepts it, of size {size:?}")),
            Err(_) => Ok(()),
        },
    }
}

pub fn job_agrees(format: &str, job: &Job, said: &Said) -> Result<(), String> {
    let layout = match Struct::python(format) {
        Ok(layout) => layout,
        Err(e) => return Err(format!("Struct::python refuses the format: {e}")),
    };
    for ours in [strict(&layout, job)?, whole(format, job)?] {
        match (&ours, said) {
            (Ok(ours), Ok(theirs)) if theirs == ours => {}
            (Err(_), Err(_)) => {}
            (Ok(ours), _) => return Err(ours.clone()),
            (Err(e), _) => return Err(format!("error: {e}")),
        }
    }
    Ok(())
}

/// A result as Python prints it, or how it is refused.
type Outcome = Result<String, String>;

fn strict(layout: &Struct, job: &Job) -> Result<Outcome, String> {
    let text = |e: DataError| e.to_string();
    Ok(match job {
        Job::Pack(values) => layout.pack(values).map(|b| hex(&b)).map_err(text),
        Job::PackInto(buffer, offset, values) => {
            return into(buffer, |b| {
                layout.pack_into(b, *offset, values).map_err(text)
            });
        }
        Job::Unpack(data) => layout.unpack(data).map(|r| r.to_string()).map_err(text),
        Job::UnpackFrom(data, offset) => {
            let record = layout.unpack_from(data, *offset);
            record.map(|r| r.to_string()).map_err(text)
        }
        Job::IterUnpack(data) => {
            let records = layout.iter_unpack(data).and_then(Iterator::collect);
            records.map(|r: Vec<_>| list(&r)).map_err(text)
        }
        Job::Repr(values) => Ok(Record::new(values.clone()).to_string()),
    })
}

fn whole(format: &str, job: &Job) -> Result<Outcome, String> {
    let text = |e: bytewright::Error| e.to_string();
    Ok(match job {
        Job::Pack(values) => bytewright::pack(format, values)
            .map(|b| hex(&b))
            .map_err(text),
        Job::PackInto(buffer, offset, values) => {
            return into(buffer, |b| {
                bytewright::pack_into(format, b, *offset, values).map_err(text)
            });
        }
        Job::Unpack(data) => bytewright::unpack(format, data)
            .map(|r| r.to_string())
            .map_err(text),
        Job::UnpackFrom(data, offset) => bytewright::unpack_from(format, data, *offset)
            .map(|r| r.to_string())
            .map_err(text),
        Job::IterUnpack(data) => bytewright::iter_unpack(format, data)
            .map(|r| list(&r))
            .map_err(text),
        Job::Repr(values) => Ok(Record::new(values.clone()).to_string()),
    })
}

/// Where packing into a buffer fails, the buffer must be as before. (Python leaves half a record.)
fn into(
    buffer: &[u8],
    pack: impl FnOnce(&mut [u8]) -> Result<(), String>,
) -> Result<Outcome, String> {
    let mut written = buffer.to_vec();
    match pack(&mut written) {
        Err(e) if written != buffer => Err(format!("the buffer has changed, and: {e}")),
        Err(e) => Ok(Err(e)),
        Ok(()) => Ok(Ok(hex(&written))),
    }
}

fn list(records: &[Record]) -> String {
    let texts: Vec<String> = records.iter().map(Record::to_string).collect();
    format!("[{}]", texts.join(", "))
}
