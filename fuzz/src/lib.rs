//! What the targets share: the promises of the engine, formats and archives made from
//! noise.

pub mod archive;
pub mod indexed;

mod check;
mod generate;

pub use check::check;
pub use generate::Generated;
