//! Tests that are counted as ignored where what they need is missing.

use std::process::{Command, Stdio};

use libtest_mimic::{Completion, Trial};

/// Something that a test needs.
pub struct Need {
    /// What it is called.
    pub name: &'static str,
    /// Whether it is there.
    pub met: bool,
}

/// A program that is there if it succeeds with these arguments.
pub fn need(name: &'static str, program: &str, arguments: &[&str]) -> Need {
    let mut command = Command::new(program);
    let status = command.args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).status();
    Need { name, met: status.is_ok_and(|status| status.success()) }
}

/// A program that is there if, with these arguments, the first version that it prints is this one or a later one.
pub fn need_version(name: &'static str, program: &str, arguments: &[&str], minimum: [u32; 2]) -> Need {
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).output();
    let output = output.ok().filter(|output| output.status.success());
    // (Java prints its version to standard error.)
    let told = output.map(|output| [output.stdout, output.stderr].concat());
    let version = told.and_then(|told| version(&String::from_utf8_lossy(&told)));
    Need { name, met: version.is_some_and(|version| version >= minimum) }
}

/// The first two numbers with a dot between them, else the first number.
fn version(text: &str) -> Option<[u32; 2]> {
    let words = || text.split(|letter: char| !letter.is_ascii_digit() && letter != '.');
    let dotted = |word: &str| {
        let mut numbers = word.split('.').map(str::parse);
        Some([numbers.next()?.ok()?, numbers.next()?.ok()?])
    };
    words().find_map(dotted).or_else(|| words().find_map(|word| Some([word.parse().ok()?, 0])))
}

/// How a test can end that does not fail.
pub trait IntoCompletion {
    /// The same, as the harness takes it.
    fn into_completion(self) -> Completion;
}

impl IntoCompletion for () {
    fn into_completion(self) -> Completion {
        Completion::Completed
    }
}

impl IntoCompletion for Completion {
    fn into_completion(self) -> Completion {
        self
    }
}

/// A test that runs where its needs are met, and is counted as ignored elsewhere. It fails by a panic.
pub fn trial<E: IntoCompletion>(
    name: &str,
    needs: &[&Need],
    test: impl FnOnce() -> E + Send + 'static,
) -> Trial {
    let missing: Vec<&str> = needs.iter().filter(|need| !need.met).map(|need| need.name).collect();
    let name = match missing.as_slice() {
        [] => name.to_owned(),
        missing => format!("{name} (needs {})", missing.join(", ")),
    };
    Trial::ignorable_test(name, move || Ok(test().into_completion())).with_ignored_flag(!missing.is_empty())
}

#[cfg(test)]
mod tests {
    use super::version;

    #[test]
    fn the_first_version_counts() {
        assert_eq!(version("go version go1.26.8 linux/amd64"), Some([1, 26]));
        assert_eq!(version("openjdk version \"17.0.15\" 2025-04-15"), Some([17, 0]));
        assert_eq!(version("cmake version 3.25.1\n\nCMake suite 9.9"), Some([3, 25]));
        assert_eq!(version("v20.11.1"), Some([20, 11]));
        assert_eq!(version("javac 21"), Some([21, 0]));
        // With a colour.
        assert_eq!(version("\u{1b}[0mApache Maven 3.8.7"), Some([3, 8]));
        assert_eq!(version("no version."), None);
    }
}
