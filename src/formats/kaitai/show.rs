//! Reading for display alone: instances that nothing needed, and lines that describe objects.

use super::draft::{Draft, Inner};
use super::fault::{Fault, LIMIT};
use super::read::{Environment, Reader};
use super::values::Val;

/// A task that is left. Tasks are in the order of the tree, since an instance without a position moves the stream whose
/// position others use.
enum Task {
    /// An object, after those in its fields.
    Object(usize),
    Instance(usize, usize),
    Describe(usize),
}

impl Reader<'_> {
    /// Reads the instances of an object and of those in it; faults go to the tree, except a limit that is reached.
    pub(super) fn show(&mut self, root: usize) -> Option<Fault> {
        let mut tasks = vec![Task::Object(root)];
        while let Some(task) = tasks.pop() {
            match task {
                Task::Object(id) => self.open(id, &mut tasks),
                Task::Instance(id, index) => {
                    match self.instance(id, index) {
                        Err(fault) if fault.code == LIMIT => return Some(fault),
                        _ => {}
                    }
                    let mut inner = Vec::new();
                    let object = self.objects.get(id);
                    let drafts = object.and_then(|object| {
                        let spot = object.spots.get(index)?;
                        object.drafts.get(spot.clone())
                    });
                    objects(drafts.unwrap_or_default().iter(), &mut inner);
                    tasks.extend(inner.into_iter().rev().map(Task::Object));
                }
                Task::Describe(id) => self.describe(id),
            }
        }
        None
    }

    fn open(&self, id: usize, tasks: &mut Vec<Task>) {
        let Some(object) = self.objects.get(id) else {
            return;
        };
        // The instances of an incomplete object would fail for its missing fields.
        if object.is_whole {
            tasks.push(Task::Describe(id));
            let count = object.instances.len();
            tasks.extend((0..count).rev().map(|index| Task::Instance(id, index)));
        }
        let mut inner = Vec::new();
        let own = object.drafts.iter().filter(|draft| draft.order == 0);
        objects(own, &mut inner);
        tasks.extend(inner.into_iter().rev().map(Task::Object));
    }

    fn describe(&mut self, id: usize) {
        let spec = self.spec;
        let of = self
            .objects
            .get(id)
            .and_then(|object| spec.types.get(object.of));
        let Some(shown) = of.and_then(|of| of.to_string.as_ref()) else {
            return;
        };
        if let Ok(Val::Text(text)) = self.eval(&Environment::of(id), shown)
            && let Some(object) = self.objects.get_mut(id)
        {
            object.meaning = Some(text.to_string());
        }
    }
}

/// The objects among drafts, in their order.
fn objects<'d>(drafts: impl Iterator<Item = &'d Draft>, into: &mut Vec<usize>) {
    for draft in drafts {
        match &draft.inner {
            Inner::Object(id) => into.push(*id),
            Inner::Items(items) => items_of(items, into),
            Inner::None | Inner::Again(_) => {}
        }
    }
}

/// Recursion is as deep as lists are nested, which values bound.
fn items_of(items: &[Draft], into: &mut Vec<usize>) {
    objects(items.iter(), into);
}
