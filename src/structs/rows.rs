//! A few fields of each of many equal structs, as tuples: types and byte orders are decided once, before the loop.

use std::iter::FusedIterator;
use std::marker::PhantomData;
use std::slice::ChunksExact;

use super::Struct;
use super::error::{DataError, DataErrorKind, counted};
use super::typed::{FromField, FromFields, MAX_FIELDS, Values};

/// Tuples of fields, one for each of the structs in some bytes; see [`Struct::rows`].
#[derive(Clone, Debug)]
pub struct Rows<'a, T> {
    data: ChunksExact<'a, u8>,
    places: [usize; MAX_FIELDS],
    swap: Swap,
    row: PhantomData<fn() -> T>,
}

/// Which fields are in the other byte order than the machine's.
#[derive(Clone, Copy, Debug)]
enum Swap {
    None,
    All,
    /// Groups may state an order of their own.
    Some([bool; MAX_FIELDS]),
}

impl Struct {
    /// Fields of structs of fixed size one after another, to the end of `data`, as tuples: the
    /// fastest way to read some fields of millions of records.
    ///
    /// Each type is the one that the field is by its code: `u32` for `I`, `[u8; 4]` for `4s`.
    ///
    /// ```
    /// let point = bytewright::Struct::new("<h:x h:y B:color")?;
    /// let data = [1, 0, 2, 0, 7, 3, 0, 4, 0, 9];
    /// let mut area = 0;
    /// for (y, x) in point.rows::<(i16, i16)>(&["y", "x"], &data)? {
    ///     area += i32::from(x) * i32::from(y);
    /// }
    /// assert_eq!(area, 1 * 2 + 3 * 4);
    ///
    /// let colors = point.rows::<(u8,)>(&["color"], &data)?;
    /// assert_eq!(colors.map(|(color,)| color).max(), Some(9));
    /// # Ok::<(), bytewright::Error>(())
    /// ```
    ///
    /// Paths are those of [`Struct::field`]. Constants are not looked at.
    ///
    /// # Errors
    ///
    /// When only data can tell the size of the format, when it is 0, or when `data` can't be cut
    /// into pieces of it; when a path leads to no single field, when a type is not the field's
    /// own, or when there are more or fewer paths than types.
    pub fn rows<'a, T: FromFields<'a>>(
        &self,
        paths: &[&str],
        data: &'a [u8],
    ) -> Result<Rows<'a, T>, DataError> {
        if paths.len() != T::TYPES.len() {
            return Err(DataError::new(DataErrorKind::Count {
                expected: counted(T::TYPES.len() as u64, "path"),
                found: paths.len() as u64,
            }));
        }
        let mut places = [0; MAX_FIELDS];
        let mut swapped = [false; MAX_FIELDS];
        let slots = places.iter_mut().zip(&mut swapped);
        for ((path, wanted), (at, swap)) in paths.iter().zip(T::TYPES).zip(slots) {
            let place = self.single(path)?;
            *swap = place.holds(wanted).ok_or_else(|| {
                let own = place.own_type();
                let own = own.unwrap_or_else(|| "no type of Rust".to_owned());
                DataError::new(DataErrorKind::Name(format!(
                    "{path}: lies there as {own}, not as {}; a handle of Struct::field converts",
                    wanted.name
                )))
            })?;
            *at = place.at();
        }
        let used = swapped.get(..paths.len()).unwrap_or_default();
        Ok(Rows {
            data: self.pieces(data)?,
            places,
            swap: match (used.contains(&true), used.contains(&false)) {
                (true, true) => Swap::Some(swapped),
                (true, false) => Swap::All,
                _ => Swap::None,
            },
            row: PhantomData,
        })
    }
}

impl<'a, T: FromFields<'a>> Iterator for Rows<'a, T> {
    type Item = T;

    #[inline]
    fn next(&mut self) -> Option<T> {
        let data = self.data.next()?;
        match &self.swap {
            Swap::None => row(data, &self.places, |_| false),
            Swap::All => row(data, &self.places, |_| true),
            Swap::Some(swapped) => row(data, &self.places, |i| nth(swapped, i)),
        }
    }

    /// `sum`, `for_each` and others use this: the byte order is decided before the loop.
    #[inline]
    fn fold<B, F: FnMut(B, T) -> B>(self, init: B, f: F) -> B {
        let Rows {
            data, places, swap, ..
        } = self;
        match swap {
            Swap::None => data
                .filter_map(|data| row(data, &places, |_| false))
                .fold(init, f),
            Swap::All => data
                .filter_map(|data| row(data, &places, |_| true))
                .fold(init, f),
            Swap::Some(swapped) => data
                .filter_map(|data| row(data, &places, |i| nth(&swapped, i)))
                .fold(init, f),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.data.size_hint()
    }
}

impl<'a, T: FromFields<'a>> ExactSizeIterator for Rows<'a, T> {}
impl<'a, T: FromFields<'a>> FusedIterator for Rows<'a, T> {}

/// A row. It can't fail: all places were checked to be in the struct and of their types.
#[inline(always)]
fn row<'a, T: FromFields<'a>>(
    data: &'a [u8],
    places: &[usize; MAX_FIELDS],
    swapped: impl Fn(usize) -> bool,
) -> Option<T> {
    let next = 0;
    T::from_values(Plain {
        data,
        places,
        swapped,
        next,
    })
    .ok()
}

#[inline(always)]
fn nth<T: Copy + Default>(all: &[T; MAX_FIELDS], i: usize) -> T {
    all.get(i).copied().unwrap_or_default()
}

/// Values whose bytes are those of their types, but for the byte order.
struct Plain<'a, 'p, S> {
    data: &'a [u8],
    places: &'p [usize; MAX_FIELDS],
    swapped: S,
    next: usize,
}

impl<'a, S: Fn(usize) -> bool> Values<'a> for Plain<'a, '_, S> {
    #[inline(always)]
    fn next<T: FromField<'a>>(&mut self) -> Option<Result<T, DataError>> {
        let i = self.next;
        self.next = i.wrapping_add(1);
        let bytes = self.data.get(nth(self.places, i)..)?;
        T::from_plain(bytes, (self.swapped)(i)).map(Ok)
    }
}
