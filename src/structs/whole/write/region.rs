//! Regions: bytes of a length that have a content.

use super::super::program::{Count, Item, ItemKind};
use super::super::read::Reader;
use super::LevelValues;
use super::output::Output;
use crate::offset::Position;
use crate::structs::code::Order;
use crate::structs::error::DataError;
use crate::value::Value;

impl<'p> Reader<'p, Output> {
    pub(in crate::structs::whole) fn write_region(
        &mut self,
        item: &'p Item,
        what: &'p ItemKind,
        order: Order,
        given: LevelValues<'_>,
        is_named: bool,
    ) -> Result<(), DataError> {
        let start = self.at;
        let slot = self.input.now.regions.len();
        self.input.now.regions.push(0);
        let known = self.input.before.regions.get(slot).copied();
        let (end, file) = (self.end, self.file);
        let reach = std::mem::replace(&mut self.reach, start);
        let known = match known {
            Some(size) => Some(size),
            None => self.stated(item),
        };
        self.end = known.map_or(u64::MAX, |size| start.saturating_add(size));
        let name = item.name.clone();
        let record = given.record.cloned();
        let value = record.map(Value::Record);
        let write = |writer: &mut Self, given: LevelValues<'_>| {
            writer.write_inside(what, order, given, (start, writer.end))
        };
        let result = match is_named {
            true => self.write_nested(item, value.as_ref(), Vec::new(), false, write),
            false => write(self, given),
        };
        self.end = end;
        self.file = file;
        result?;
        // A file inside the file ends after its last item at an offset.
        if matches!(what, ItemKind::Format(..)) {
            self.at = self.at.max(self.reach);
        }
        self.reach = reach.max(self.at);
        let mut size = self.at.since(start);
        match &item.count {
            Some(Count::Number(n)) => {
                if size > *n {
                    let message = format!("the region has {n} bytes, what is in it {size}");
                    return Err(DataError::other(message));
                }
                let fill = n.since(size);
                self.fill(fill)?;
                self.fill_region(name.as_deref(), fill)?;
                size = *n;
            }
            Some(Count::Computed(expression)) => {
                let segment = self.segment(item);
                let stop = self.at;
                // Its length is computed where it begins.
                self.at = start;
                // A length that is given may be larger than the content.
                let is_open = self.has_open(expression)?;
                let got = self.eval(expression)?;
                let stated = self.value_of(&got).and_then(|value| value.as_u64());
                let room = stated.filter(|stated| {
                    !is_open && *stated > size && self.base_has_rest(name.as_deref())
                });
                if room.is_none() {
                    self.settle(expression, size, "length")
                        .map_err(|e| e.within(segment))?;
                }
                self.at = stop;
                if let Some(stated) = room {
                    self.fill_region(name.as_deref(), stated.since(size))?;
                    size = stated;
                }
            }
            _ => {}
        }
        if let Some(region) = self.input.now.regions.get_mut(slot) {
            *region = size;
        }
        Ok(())
    }

    /// The length of a region, where it is computed from given fields.
    fn stated(&mut self, item: &'p Item) -> Option<u64> {
        match &item.count {
            Some(Count::Number(n)) => Some(*n),
            Some(Count::Computed(expression)) => {
                if self.has_open(expression).ok()? {
                    return None;
                }
                let got = self.eval(expression).ok()?;
                self.value_of(&got)?.as_u64()
            }
            _ => None,
        }
    }

    /// Whether the base's region has bytes that the format doesn't cover.
    pub(in crate::structs::whole) fn base_has_rest(&self, name: Option<&str>) -> bool {
        let node = match name {
            Some(name) => self.base_of(name),
            None => return self.base_of("rest").is_some(),
        };
        node.is_some_and(|node| node.made().iter().any(|child| child.name == "rest"))
    }

    pub(in crate::structs::whole) fn fill_region(
        &mut self,
        name: Option<&str>,
        size: u64,
    ) -> Result<(), DataError> {
        let rest = match name {
            Some(name) => self.base_of(name).and_then(|node| node.child("rest")),
            None => self.base_of("rest"),
        };
        let rest = rest
            .filter(|rest| rest.range.size == size)
            .map(|rest| rest.range);
        let bytes = rest.and_then(|range| Some(self.input.bytes_of_base(range)?.to_vec()));
        let zeros = || vec![0; usize::try_from(size).unwrap_or(0)];
        self.put(&bytes.unwrap_or_else(zeros))
    }

    pub(in crate::structs::whole) fn write_inside(
        &mut self,
        what: &'p ItemKind,
        order: Order,
        given: LevelValues<'_>,
        file: (u64, u64),
    ) -> Result<(), DataError> {
        match what {
            ItemKind::Group(level) => self.write_level(level, order, given),
            ItemKind::Choice(on, cases) => self.write_choice(on.as_ref(), cases, order, given),
            ItemKind::Format(name, arguments) => {
                let Some(level) = self.program.formats.get(name) else {
                    return Err(DataError::other(format!("%{name} is not known")));
                };
                let parameters = self.parameters(arguments)?;
                self.file = file;
                self.with_boundary(parameters, |writer| writer.write_level(level, order, given))
            }
            _ => Ok(()),
        }
    }
}
