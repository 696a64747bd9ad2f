//! What programs asked for that is not in their world.

/// How many different things are noted. A program that asks for more has said enough.
const MOST: usize = 100;

/// What programs asked for, each once, in the order in which they first did: `connect to 192.0.2.1:80`, `the name
/// example.com`, `/proc/1/environ`, `signal 9 to process 1`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked(Vec<String>);

impl Asked {
    /// Notes one thing.
    pub fn note(&mut self, what: String) {
        if self.0.len() < MOST && !self.0.contains(&what) {
            self.0.push(what);
        }
    }

    /// All of them.
    pub fn into_list(self) -> Vec<String> {
        self.0
    }
}
