//! Structs from readers and into writers.

use std::io::{Read, Write};

use super::error::{DataError, DataErrorKind};
use super::{Fields, StreamError, Struct};
use crate::value::Record;

impl Struct {
    /// Reads the bytes of one struct, and no more, and unpacks them.
    ///
    /// ```
    /// let pair = bytewright::Struct::new("<H:a H:b")?;
    /// let mut file = &b"\x01\0\x02\0rest"[..];
    /// assert_eq!(pair.read_from(&mut file)?.to_string(), "(1, 2)");
    /// assert_eq!(file, b"rest");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When reading fails or ends too soon, when the data break a rule of the format, and when
    /// only data can tell the size of the format, and so how much to read.
    pub fn read_from(&self, reader: impl Read) -> Result<Record, StreamError> {
        let size = self.size().ok_or_else(|| {
            DataError::other("only data can tell the size of this format, and how much to read")
        })?;
        // Grows with the bytes that are there, whatever size the format claims.
        let mut data = Vec::new();
        reader.take(size).read_to_end(&mut data)?;
        if (data.len() as u64) < size {
            let end = data.len() as u64;
            let needed = size;
            return Err(DataError::new(DataErrorKind::Short { needed, end })
                .at(0)
                .into());
        }
        Ok(self.unpack(&data)?)
    }

    /// Writes what [`Struct::pack`] makes of these values.
    ///
    /// ```
    /// let pair = bytewright::Struct::new("<H H")?;
    /// let mut file = Vec::new();
    /// pair.write_to(&mut file, &(1, 2))?;
    /// assert_eq!(file, b"\x01\0\x02\0");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Struct::pack`], before anything is written; and when writing fails.
    pub fn write_to(
        &self,
        mut writer: impl Write,
        values: &(impl Fields + ?Sized),
    ) -> Result<(), StreamError> {
        let bytes = self.pack(values)?;
        Ok(writer.write_all(&bytes)?)
    }
}
