//! Any bytes as a stream of Arrow.
#![no_main]

use std::io::{self, Cursor};

use bytewright::records::arrow::{Container, Input, rows};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let stream = Input::Stream(Box::new(Cursor::new(input.to_vec())));
    let mut columns = None;
    let read = rows(Container::Stream, stream, &mut |names, cells| {
        assert_eq!(names.len(), cells.len());
        assert_eq!(*columns.get_or_insert(names.len()), names.len());
        Ok::<_, io::Error>(())
    });
    if let Err(error) = read {
        assert_eq!(error.kind(), io::ErrorKind::InvalidData, "{error}");
    }
});
