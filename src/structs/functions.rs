//! Python's `struct` module: functions that take a format and data together.

use super::{DataError, Error, Fields, Struct};
use crate::value::Record;

/// The size in bytes of the struct that `format` describes.
///
/// ```
/// assert_eq!(bytewright::calcsize("<ccIIIIIIHH")?, 30);
/// # Ok::<(), bytewright::Error>(())
/// ```
///
/// # Errors
///
/// When the format is wrong, or only data can tell its size.
pub fn calcsize(format: &str) -> Result<u64, Error> {
    let size = Struct::new(format)?.size();
    size.ok_or_else(|| DataError::other("only data can tell the size of this format").into())
}

/// The values of a struct that takes all of `data`.
///
/// ```
/// let values = bytewright::unpack(">IH", b"\xf0\xf0\xf0\xf0\x80\x80")?;
/// assert_eq!(values.to_string(), "(4042322160, 32896)");
/// # Ok::<(), bytewright::Error>(())
/// ```
///
/// # Errors
///
/// When the format is wrong, or as [`Struct::unpack`].
pub fn unpack(format: &str, data: &[u8]) -> Result<Record, Error> {
    Ok(Struct::new(format)?.unpack(data)?)
}

/// The values of the struct at `offset`, which counts from the end where it is negative.
///
/// ```
/// let values = bytewright::unpack_from("<H", b"\0\0\x01\x02", 2)?;
/// assert_eq!(values.to_string(), "(513,)");
/// # Ok::<(), bytewright::Error>(())
/// ```
///
/// # Errors
///
/// When the format is wrong, or as [`Struct::unpack_from`].
pub fn unpack_from(format: &str, data: &[u8], offset: i64) -> Result<Record, Error> {
    Ok(Struct::new(format)?.unpack_from(data, offset)?)
}

/// The values of structs one after another, to the end of `data`.
///
/// ```
/// let rows = bytewright::iter_unpack("<H", b"\x01\0\x02\0")?;
/// assert_eq!(rows.len(), 2);
/// # Ok::<(), bytewright::Error>(())
/// ```
///
/// # Errors
///
/// When the format is wrong, or as [`Struct::iter_unpack`].
pub fn iter_unpack(format: &str, data: &[u8]) -> Result<Vec<Record>, Error> {
    let layout = Struct::new(format)?;
    let records: Result<_, DataError> = layout.iter_unpack(data)?.collect();
    Ok(records?)
}

/// The bytes of these values.
///
/// ```
/// assert_eq!(bytewright::pack(">I", &(10_240_099,))?, b"\x00\x9c\x40\x63");
/// # Ok::<(), bytewright::Error>(())
/// ```
///
/// # Errors
///
/// When the format is wrong, or as [`Struct::pack`].
pub fn pack(format: &str, values: &(impl Fields + ?Sized)) -> Result<Vec<u8>, Error> {
    Ok(Struct::new(format)?.pack(values)?)
}

/// Packs into `buffer` from `offset` on, which counts from the end where it is negative.
///
/// ```
/// let mut buffer = [0; 4];
/// bytewright::pack_into(">H", &mut buffer, -2, &(513,))?;
/// assert_eq!(buffer, [0, 0, 2, 1]);
/// # Ok::<(), bytewright::Error>(())
/// ```
///
/// # Errors
///
/// When the format is wrong, or as [`Struct::pack_into`].
pub fn pack_into(
    format: &str,
    buffer: &mut [u8],
    offset: i64,
    values: &(impl Fields + ?Sized),
) -> Result<(), Error> {
    Ok(Struct::new(format)?.pack_into(buffer, offset, values)?)
}
