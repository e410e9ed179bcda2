//! stub
pub struct Align;
pub enum Kind {
    A,
}
