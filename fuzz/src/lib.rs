//! What the targets share: the promises of the engine, and formats made from noise.

mod check;
mod generate;

pub use check::check;
pub use generate::Generated;
