//! A YAML file as it is written, key by key, each with its line.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::diagnostic::Log;
use crate::located::Located;
use crate::written::quoted;

/// A value of any form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Node {
    /// Keys with values.
    Keys(Vec<(Located<String>, Node)>),
    /// A list.
    List(Vec<Node>),
    /// A text.
    Text(String),
    /// A number, a truth value or nothing, as it is written.
    Plain(String),
}

/// A value that has no keys below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Leaf {
    /// The keys that lead to it.
    pub(crate) path: Vec<String>,
    /// The value, on one line of YAML.
    pub(crate) value: String,
    /// `FILE:LINE` of the last of the keys.
    pub(crate) place: String,
}

impl Node {
    /// All values that have no keys below them.
    pub(crate) fn leaves(&self, log: &Log<'_>) -> Vec<Leaf> {
        let mut leaves = Vec::new();
        if let Node::Keys(keys) = self {
            gather(keys, &[], log, &mut leaves);
        }
        leaves
    }

    /// The value below a key.
    pub(crate) fn get(&self, name: &str) -> Option<&Node> {
        let Node::Keys(keys) = self else { return None };
        keys.iter().find(|(key, _)| key.value == name).map(|(_, node)| node)
    }
}

fn gather(keys: &[(Located<String>, Node)], above: &[String], log: &Log<'_>, leaves: &mut Vec<Leaf>) {
    for (key, node) in keys {
        let path = [above, std::slice::from_ref(&key.value)].concat();
        match node {
            Node::Keys(below) if !below.is_empty() => gather(below, &path, log, leaves),
            _ => {
                let place = log.position(key.span.clone());
                leaves.push(Leaf { path, value: node.to_string(), place });
            }
        }
    }
}

impl fmt::Display for Node {
    /// On one line, as YAML takes it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Node::Text(text) => f.write_str(&quoted(text)),
            Node::Plain(text) => f.write_str(text),
            Node::List(items) => {
                let items: Vec<String> = items.iter().map(ToString::to_string).collect();
                write!(f, "[{}]", items.join(", "))
            }
            Node::Keys(keys) => {
                let keys: Vec<String> =
                    keys.iter().map(|(key, node)| format!("{}: {node}", key.value)).collect();
                if keys.is_empty() { f.write_str("{}") } else { write!(f, "{{ {} }}", keys.join(", ")) }
            }
        }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NodeVisitor;
        impl<'de> Visitor<'de> for NodeVisitor {
            type Value = Node;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value")
            }

            fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
                Ok(Node::Plain(value.to_string()))
            }

            fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
                Ok(Node::Plain(value.to_string()))
            }

            fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
                Ok(Node::Plain(value.to_string()))
            }

            fn visit_f64<E>(self, value: f64) -> Result<Node, E> {
                Ok(Node::Plain(value.to_string()))
            }

            fn visit_str<E>(self, value: &str) -> Result<Node, E> {
                Ok(Node::Text(value.to_owned()))
            }

            fn visit_unit<E>(self) -> Result<Node, E> {
                Ok(Node::Plain("null".to_owned()))
            }

            fn visit_none<E>(self) -> Result<Node, E> {
                Ok(Node::Plain("null".to_owned()))
            }

            fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<Node, D::Error> {
                Node::deserialize(inner)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Node, A::Error> {
                let mut list = Vec::new();
                while let Some(item) = items.next_element()? {
                    list.push(item);
                }
                Ok(Node::List(list))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Node, A::Error> {
                let mut keys = Vec::new();
                while let Some(entry) = entries.next_entry()? {
                    keys.push(entry);
                }
                Ok(Node::Keys(keys))
            }
        }
        deserializer.deserialize_any(NodeVisitor)
    }
}
