//! The operations of a project.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use rescind_model::Code;

use super::name;
use super::operation::{Family, Key, Operation, parse_auto_id};
use super::status::Status;

/// The operations of a project, by number, by resource, and by list.
#[derive(Debug, Default)]
pub struct Operations {
    all: BTreeMap<Key, Operation>,
    latest: Key,
    by_parent: HashMap<Arc<str>, Vec<Key>>,
    /// Those that work on another resource than their parent.
    by_target: HashMap<Box<str>, Vec<Key>>,
    by_family: HashMap<(Box<str>, Family), Vec<Key>>,
}

impl Operations {
    /// Adds an operation.
    pub fn insert(&mut self, operation: Operation) -> Key {
        self.latest += 1;
        let key = self.latest;
        self.by_parent.entry(operation.parent.clone()).or_default().push(key);
        let target = operation.target();
        if target != &*operation.parent {
            self.by_target.entry(target.into()).or_default().push(key);
        }
        if let Some(family) = operation.task.family() {
            let owner = family.owner(&operation.parent);
            self.by_family.entry((owner.into(), family)).or_default().push(key);
        }
        self.all.insert(key, operation);
        key
    }

    /// The operation with this full name.
    ///
    /// # Errors
    /// INVALID_ARGUMENT if it is no name of an operation, NOT_FOUND if there is none of that name.
    pub fn find(&self, name: &str) -> Result<Key, Status> {
        let (parent, id) = name::operation(name)?;
        let automatic = parse_auto_id(id).and_then(|(prefix, key)| {
            let operation = self.get(key)?;
            let named = operation.id.is_none() && *operation.parent == *parent;
            (named && operation.task.id_prefix() == prefix).then_some(key)
        });
        let chosen = || self.find_chosen(parent, id);
        automatic
            .or_else(chosen)
            .ok_or_else(|| Status::new(Code::NotFound, format!("Operation not found: {name}")))
    }

    /// The operation of a resource with an id that the client chose.
    pub fn find_chosen(&self, parent: &str, id: &str) -> Option<Key> {
        let has_id = |key: &Key| self.get(*key).is_some_and(|operation| operation.id.as_deref() == Some(id));
        self.of_parent(parent).iter().copied().find(has_id)
    }

    /// The operation with this number.
    pub fn get(&self, key: Key) -> Option<&Operation> {
        self.all.get(&key)
    }

    /// The operation with this number, to be changed.
    pub fn get_mut(&mut self, key: Key) -> Option<&mut Operation> {
        self.all.get_mut(&key)
    }

    /// Takes an operation out, so that its task can change the world that it is a part of. It must be
    /// [put back](Self::attach).
    pub fn detach(&mut self, key: Key) -> Option<Operation> {
        self.all.remove(&key)
    }

    /// Puts a [detached](Self::detach) operation back.
    pub fn attach(&mut self, key: Key, operation: Operation) {
        self.all.insert(key, operation);
    }

    /// Removes an operation for good.
    pub fn remove(&mut self, key: Key) {
        let Some(operation) = self.all.remove(&key) else { return };
        let forget = |keys: &mut Vec<Key>| keys.retain(|other| *other != key);
        self.by_parent.get_mut(&operation.parent).map(forget);
        self.by_target.get_mut(operation.target()).map(forget);
        if let Some(family) = operation.task.family() {
            let owner = family.owner(&operation.parent);
            self.by_family.get_mut(&(owner.into(), family)).map(forget);
        }
    }

    /// All of them, the oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (Key, &Operation)> {
        self.all.iter().map(|(key, operation)| (*key, operation))
    }

    /// Those below one resource, the oldest first.
    pub fn of_parent(&self, parent: &str) -> &[Key] {
        self.by_parent.get(parent).map_or(&[], Vec::as_slice)
    }

    /// Those that work on one resource, the oldest first.
    pub fn of_target(&self, target: &str) -> &[Key] {
        let elsewhere = self.by_target.get(target).map(Vec::as_slice);
        elsewhere.unwrap_or_else(|| self.of_parent(target))
    }

    /// Those of one family below an instance or a project, the oldest first.
    pub fn of_family(&self, owner: &str, family: Family) -> &[Key] {
        self.by_family.get(&(owner.into(), family)).map_or(&[], Vec::as_slice)
    }
}

impl Family {
    /// The resource whose list an operation of this family is in: the beginning of its parent's name.
    fn owner(self, parent: &str) -> &str {
        let segments = match self {
            // projects/P
            Family::InstanceConfig => 2,
            // projects/P/instances/I
            Family::Backup | Family::Database | Family::InstancePartition => 4,
        };
        match parent.match_indices('/').nth(segments - 1) {
            Some((end, _)) => &parent[..end],
            None => parent,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_belong_to_the_instance_or_the_project() {
        assert_eq!(Family::Backup.owner("projects/p/instances/i/backups/b"), "projects/p/instances/i");
        assert_eq!(Family::InstanceConfig.owner("projects/p/instanceConfigs/c"), "projects/p");
        assert_eq!(Family::Backup.owner("short"), "short");
    }
}
