//! Keys of the cache: a digest over everything that decides what a folder of it holds.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

/// Changes when the layout of the cache or the meaning of a key does, so that old folders are not taken for new ones.
const LAYOUT: &str = "1";

/// A digest over a list of fields. Each is taken with its length: no two lists have the same bytes.
pub(crate) struct Digest(Sha256);

impl Digest {
    /// The digest of nothing but the layout.
    pub(crate) fn new() -> Digest {
        Digest(Sha256::new()).field(LAYOUT)
    }

    /// Takes one field.
    pub(crate) fn field(mut self, bytes: impl AsRef<[u8]>) -> Digest {
        let bytes = bytes.as_ref();
        self.0.update((bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
        self
    }

    /// Takes a list, with its length.
    pub(crate) fn list<T: AsRef<[u8]>>(self, items: impl ExactSizeIterator<Item = T>) -> Digest {
        let digest = self.field((items.len() as u64).to_le_bytes());
        items.fold(digest, Digest::field)
    }

    /// 80 bits in hexadecimal: short enough for paths, and none collide by chance.
    pub(crate) fn key(self) -> String {
        let mut key = String::with_capacity(20);
        for byte in &self.0.finalize()[..10] {
            // Writing to a string cannot fail.
            let _ = write!(key, "{byte:02x}");
        }
        key
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_a_field_ends_matters() {
        let key =
            |fields: &[&str]| fields.iter().fold(Digest::new(), |digest, field| digest.field(field)).key();
        assert_ne!(key(&["ab", "c"]), key(&["a", "bc"]));
        assert_ne!(key(&["a"]), key(&["a", ""]));
        assert_eq!(key(&["a"]).len(), 20);
        let lists =
            |first: &[&str], second: &[&str]| Digest::new().list(first.iter()).list(second.iter()).key();
        assert_ne!(lists(&["a"], &["b"]), lists(&["a", "b"], &[]));
    }
}
