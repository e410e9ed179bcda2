//! The error of the flat (de)serializers, on which the general way is tried; that one says what is wrong.

use std::fmt;

/// The type doesn't match the list of places; the general way may still take it.
#[derive(Debug, thiserror::Error)]
#[error("no plain row of fields")]
pub(super) struct Misfit;

impl serde::ser::Error for Misfit {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Misfit
    }
}

impl serde::de::Error for Misfit {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Misfit
    }
}
