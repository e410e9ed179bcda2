//! Archives made to do harm: each is refused with a reason, or read right; nothing is written
//! outside the folder, and nothing takes long.
#![cfg(unix)]

mod again;
mod damaged;
mod escaping;
mod formats;
mod hard_links;
mod headers;
mod in_order;
mod limits;
pub(crate) mod maker;
mod ownership;
mod place;
mod policies;
mod reading;
mod replacing;
mod sparse;
