//! Tests.

mod copying;
mod members;
mod sparse;
