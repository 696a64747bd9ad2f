//! The operations of a project.

use std::collections::HashMap;
use std::sync::Arc;

use rescind_model::Code;
use smallvec::SmallVec;

use super::operation::{Family, Key, Operation, split_id};
use super::status::Status;

/// Numbers of operations, the oldest first. Most resources have one or two.
type Keys = SmallVec<[Key; 2]>;

/// The operations of a project, by number, by resource, and by list. There may be a million of them.
pub struct Operations<T> {
    /// Whether a resource can have operations: other names are none of operations.
    has_operations: fn(&str) -> bool,
    /// The operation of number 1 first. Those that were removed, or are detached, leave a gap.
    all: Vec<Option<Operation<T>>>,
    by_parent: HashMap<Arc<str>, Keys>,
    by_family: HashMap<(Box<str>, Family), Keys>,
}

impl<T> Operations<T> {
    /// No operations, of a service in which these resources can have some.
    pub fn new(has_operations: fn(&str) -> bool) -> Operations<T> {
        Operations { has_operations, all: Vec::new(), by_parent: HashMap::new(), by_family: HashMap::new() }
    }

    /// Adds an operation.
    pub fn insert(&mut self, mut operation: Operation<T>) -> Key {
        let key = self.all.len() as Key + 1;
        // All operations of one resource share its name.
        if let Some((parent, _)) = self.by_parent.get_key_value(&operation.parent) {
            operation.parent = parent.clone();
        }
        self.by_parent.entry(operation.parent.clone()).or_default().push(key);
        if let Some(family) = operation.task.family() {
            let owner = family.owner(&operation.parent);
            self.by_family.entry((owner.into(), family)).or_default().push(key);
        }
        self.all.push(Some(operation));
        key
    }

    /// The operation with this full name.
    ///
    /// # Errors
    /// INVALID_ARGUMENT if it is no name of an operation, NOT_FOUND if there is none of that name.
    pub fn find(&self, name: &str) -> Result<Key, Status> {
        let (parent, id) = self
            .split(name)
            .ok_or_else(|| Status::new(Code::InvalidArgument, format!("Invalid operation uri: {name}")))?;
        let automatic = split_id(id).and_then(|(prefix, key)| {
            let operation = self.get(key)?;
            let named = operation.id.is_none() && *operation.parent == *parent;
            (named && operation.task.id_prefix() == prefix).then_some(key)
        });
        let chosen = || self.find_chosen(parent, id);
        automatic
            .or_else(chosen)
            .ok_or_else(|| Status::new(Code::NotFound, format!("Operation not found: {name}")))
    }

    /// The parent and the id in the name of an operation, `PARENT/operations/ID`, below a resource that has some.
    pub fn split<'a>(&self, name: &'a str) -> Option<(&'a str, &'a str)> {
        let parts = name.rsplit_once("/operations/");
        parts.filter(|(parent, id)| !id.is_empty() && !id.contains('/') && (self.has_operations)(parent))
    }

    /// The operation of a resource with an id that the client chose.
    pub fn find_chosen(&self, parent: &str, id: &str) -> Option<Key> {
        let has_id = |key: &Key| self.get(*key).is_some_and(|operation| operation.id.as_deref() == Some(id));
        self.of_parent(parent).iter().copied().find(has_id)
    }

    /// The operation with this number.
    pub fn get(&self, key: Key) -> Option<&Operation<T>> {
        self.all.get(place(key)?)?.as_ref()
    }

    /// The operation with this number, to be changed.
    pub fn get_mut(&mut self, key: Key) -> Option<&mut Operation<T>> {
        self.all.get_mut(place(key)?)?.as_mut()
    }

    /// Takes an operation out, so that its task can change the store that it is a part of. It must be
    /// [put back](Self::attach).
    pub fn detach(&mut self, key: Key) -> Option<Operation<T>> {
        self.all.get_mut(place(key)?)?.take()
    }

    /// Puts a [detached](Self::detach) operation back.
    pub fn attach(&mut self, key: Key, operation: Operation<T>) {
        if let Some(gap) = place(key).and_then(|place| self.all.get_mut(place)) {
            *gap = Some(operation);
        }
    }

    /// Removes an operation for good.
    pub fn remove(&mut self, key: Key) {
        let Some(operation) = self.detach(key) else { return };
        let forget = |keys: &mut Keys| keys.binary_search(&key).ok().map(|at| keys.remove(at));
        self.by_parent.get_mut(&operation.parent).and_then(forget);
        if let Some(family) = operation.task.family() {
            let owner = family.owner(&operation.parent);
            self.by_family.get_mut(&(owner.into(), family)).and_then(forget);
        }
    }

    /// All of them, the oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (Key, &Operation<T>)> {
        let numbered = self.all.iter().enumerate();
        numbered.filter_map(|(place, operation)| Some((place as Key + 1, operation.as_ref()?)))
    }

    /// Those below one resource, the oldest first.
    pub fn of_parent(&self, parent: &str) -> &[Key] {
        self.by_parent.get(parent).map_or(&[], SmallVec::as_slice)
    }

    /// The latest one that creates the backup of this name. Only journals ask for it: operations that are not below what
    /// they work on are looked through, instead of an index of them being kept.
    pub fn creation_of(&self, backup: &str) -> Option<Key> {
        let creates =
            |operation: &Operation<T>| operation.task.creates_backup() && operation.target() == backup;
        match self.of_parent(backup) {
            [] => self.iter().rev().find(|(_, operation)| creates(operation)).map(|(key, _)| key),
            below => below.iter().rev().copied().find(|key| self.get(*key).is_some_and(creates)),
        }
    }

    /// Those of one family below an instance or a project, the oldest first.
    pub fn of_family(&self, owner: &str, family: Family) -> &[Key] {
        self.by_family.get(&(owner.into(), family)).map_or(&[], SmallVec::as_slice)
    }
}

/// Where an operation stands among all.
fn place(key: Key) -> Option<usize> {
    usize::try_from(key.checked_sub(1)?).ok()
}
