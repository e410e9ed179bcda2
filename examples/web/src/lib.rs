//! Any file, looked at in a browser: the library as WebAssembly.
//!
//! `examples/web/make` builds it into one page that needs no server and sends nothing anywhere. The page
//! writes a file into memory that [`input`] gives it, calls [`inspect`], and reads what [`output`] points to: the page
//! that `bytewright inspect --html` writes.

use std::sync::{Mutex, MutexGuard, PoisonError};

use bytewright::Source;
use bytewright::inspect::{Document, Path};
use bytewright::render::{escape, html};

/// The name of the file, and its bytes after it.
static INPUT: Mutex<Vec<u8>> = Mutex::new(Vec::new());

/// The page, or a sentence of what went wrong.
static OUTPUT: Mutex<Vec<u8>> = Mutex::new(Vec::new());

fn lock(bytes: &'static Mutex<Vec<u8>>) -> MutexGuard<'static, Vec<u8>> {
    bytes.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Room for so many bytes: of the name, and of the file after it.
#[unsafe(no_mangle)]
pub extern "C" fn input(length: usize) -> *mut u8 {
    let mut input = lock(&INPUT);
    input.clear();
    input.resize(length, 0);
    input.as_mut_ptr()
}

/// Makes the page of what was written, whose first bytes are the name. Answers whether that went well.
#[unsafe(no_mangle)]
pub extern "C" fn inspect(name_length: usize) -> bool {
    let mut input = std::mem::take(&mut *lock(&INPUT));
    let bytes = input.split_off(name_length.min(input.len()));
    let name = String::from_utf8_lossy(&input).into_owned();
    let mut page = Vec::new();
    let made = make(&name, bytes, &mut page);
    *lock(&OUTPUT) = match &made {
        Ok(()) => page,
        Err(error) => escape::message(&error.to_string()).to_string().into_bytes(),
    };
    made.is_ok()
}

/// Where the answer begins.
#[unsafe(no_mangle)]
pub extern "C" fn output() -> *const u8 {
    lock(&OUTPUT).as_ptr()
}

/// How long it is, in bytes.
#[unsafe(no_mangle)]
pub extern "C" fn output_length() -> usize {
    lock(&OUTPUT).len()
}

fn make(
    name: &str,
    bytes: Vec<u8>,
    page: &mut Vec<u8>,
) -> Result<(), Box<dyn std::error::Error>> {
    let document = Document::detect(Source::from(bytes), Some(std::path::Path::new(name)))?;
    let root = document.find(&Path::default())?;
    let root = root.first().ok_or("the file has no root")?;
    html::page(name, &document, root, None, None, page)?;
    Ok(())
}
