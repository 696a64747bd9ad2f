//! All that is there of a service in a project, so that what a case has changed can be told.

use std::collections::BTreeMap;

use prost::{Message, Name};
use prost_reflect::DynamicMessage;
use rescind_model::{ChangeKind, ResourceChange};
use serde_json::{Map, Value};

use crate::proto;

/// A resource as it is at one moment.
#[derive(Clone, Debug)]
pub struct Described {
    kind: &'static str,
    name: String,
    about: About,
}

/// What is known of a resource. It is read only where it might have changed: most is never looked at.
#[derive(Clone, Debug, Default)]
struct About {
    fields: Map<String, Value>,
    /// The type and the bytes of the message that is the resource in the API.
    message: Option<(String, Vec<u8>)>,
    /// Its fields that the service changes by itself.
    except: &'static [&'static str],
}

impl About {
    /// All fields that a client can change.
    fn read(&self) -> Map<String, Value> {
        let mut all = self.fields.clone();
        let decoded = self.message.as_ref().and_then(|(name, bytes)| {
            DynamicMessage::decode(proto::pool().get_message_by_name(name)?, bytes.as_slice()).ok()
        });
        if let Some(Value::Object(fields)) = decoded.and_then(|message| serde_json::to_value(message).ok()) {
            all.extend(fields.into_iter().filter(|(field, _)| !self.except.contains(&field.as_str())));
        }
        all
    }

    /// The names of the fields in which another state of the resource differs, in order; none if it does in none.
    fn differing(&self, other: &About) -> Vec<String> {
        // Maps may be encoded in any order, so that other bytes may still say the same.
        if self.message == other.message && self.fields == other.fields {
            return Vec::new();
        }
        differing(&self.read(), &other.read())
    }
}

impl Described {
    /// A resource of this kind, in words (`backup schedule`), and of this full name, of which nothing is known but that it is
    /// there.
    pub fn new(kind: &'static str, name: &str) -> Described {
        Described { kind, name: name.to_owned(), about: About::default() }
    }

    /// The same, with a field that a client can change.
    #[must_use]
    pub fn with(mut self, field: &str, value: Value) -> Described {
        self.about.fields.insert(field.to_owned(), value);
        self
    }

    /// The same, with the fields of the message that is the resource in the API, but for these, which the service changes by
    /// itself.
    #[must_use]
    pub fn with_fields_of<M: Message + Name>(
        mut self,
        message: &M,
        except: &'static [&'static str],
    ) -> Described {
        self.about.message = Some((M::full_name(), message.encode_to_vec()));
        self.about.except = except;
        self
    }
}

/// The resources of a service in a project at one moment, by kind and full name.
#[derive(Clone, Debug, Default)]
pub struct Inventory(BTreeMap<(&'static str, String), About>);

impl FromIterator<Described> for Inventory {
    fn from_iter<I: IntoIterator<Item = Described>>(resources: I) -> Inventory {
        Inventory(resources.into_iter().map(|it| ((it.kind, it.name), it.about)).collect())
    }
}

impl Inventory {
    /// Gives the resources of a full name another one, as if they had always had it.
    pub fn rename(&mut self, name: &str, new: &str) {
        let kinds: Vec<&'static str> = self.0.keys().filter(|key| key.1 == name).map(|key| key.0).collect();
        for kind in kinds {
            if let Some(mut about) = self.0.remove(&(kind, name.to_owned())) {
                let mut fields = about.read();
                if let Some(field) = fields.get_mut("name") {
                    *field = new.into();
                }
                about = About { fields, ..About::default() };
                self.0.insert((kind, new.to_owned()), about);
            }
        }
    }

    /// How the resources of a later moment differ from these, in any order.
    pub fn changes(&self, later: &Inventory) -> Vec<ResourceChange> {
        let change = |(kind, name): &(&'static str, String), change, fields| ResourceChange {
            name: name.clone(),
            resource: (*kind).to_owned(),
            change,
            fields,
        };
        let mut changes = Vec::new();
        for (key, before) in &self.0 {
            match later.0.get(key) {
                None => changes.push(change(key, ChangeKind::Deleted, Vec::new())),
                Some(after) => {
                    let fields = before.differing(after);
                    if !fields.is_empty() {
                        changes.push(change(key, ChangeKind::Altered, fields));
                    }
                }
            }
        }
        let new = later.0.keys().filter(|key| !self.0.contains_key(*key));
        changes.extend(new.map(|key| change(key, ChangeKind::Created, Vec::new())));
        changes
    }
}

/// The names of the fields that two resources do not share, in order.
fn differing(before: &Map<String, Value>, after: &Map<String, Value>) -> Vec<String> {
    let mut names: Vec<&String> = before.keys().chain(after.keys()).collect();
    names.sort_unstable();
    names.dedup();
    names.into_iter().filter(|name| before.get(*name) != after.get(*name)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::database::Backup;

    fn backup(name: &str, size_bytes: i64, referencing: &[&str]) -> Described {
        let referencing_databases = referencing.iter().map(|&it| it.to_owned()).collect();
        let about = Backup { name: name.to_owned(), size_bytes, referencing_databases, ..Backup::default() };
        Described::new("backup", name).with_fields_of(&about, &["referencingDatabases"])
    }

    fn told(before: &[Described], after: &[Described]) -> Vec<String> {
        let inventory = |resources: &[Described]| resources.iter().cloned().collect::<Inventory>();
        inventory(before).changes(&inventory(after)).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_is_new_altered_or_gone_is_told_and_what_the_service_changes_by_itself_is_not() {
        let before = [backup("a", 1, &[]), backup("b", 1, &[]), backup("c", 1, &[])];
        let after = [backup("a", 1, &["d"]), backup("b", 2, &[]), Described::new("database", "c")];
        assert_eq!(
            told(&before, &after),
            ["altered sizeBytes of the backup b", "deleted the backup c", "created the database c"]
        );
        assert_eq!(told(&before, &before), [""; 0]);
    }

    #[test]
    fn a_resource_that_is_renamed_has_always_had_its_name() {
        let mut before: Inventory =
            [backup("a", 1, &[]), Described::new("IAM policy", "a")].into_iter().collect();
        before.rename("a", "b");
        let after = [backup("b", 1, &[]), Described::new("IAM policy", "b")].into_iter().collect();
        assert_eq!(before.changes(&after), []);
    }
}
