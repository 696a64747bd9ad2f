//! A changed sample: a patch, and above it what is changed and what has to come of it.
//!
//! ```text
//! The operation is waited for, but nobody asks to cancel it.
//!
//! Rules: cancel-not-sent
//!
//! --- a/samples/spanner/curl/cancel-backup.sh
//! +++ b/samples/spanner/curl/cancel-backup.sh
//! @@ -95,11 +95,6 @@
//! ```
//!
//! `git apply` takes such a file as it is.

use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;
use std::str::FromStr;

use diffy::Patch;
use rescind_model::{Rule, SampleId, Schedule};

/// What a patch says of itself, above its diff.
#[derive(Debug, PartialEq, Eq)]
pub struct Mutant {
    /// What is changed, in a sentence.
    pub title: String,
    /// The rules that the changed sample breaks: all of them, and no other. None for a change that is harmless.
    pub rules: BTreeSet<Rule>,
    /// The scenarios that it is run in; without any, all of its service.
    pub scenarios: Vec<String>,
    /// The schedule that is played in the place of scenarios, where none of them shows the mistake.
    pub schedule: Option<Schedule>,
    /// It is explored in the place of that, with so many faults in a case.
    pub faults: Option<u32>,
    /// The file that is changed, relative to the root of the repository.
    pub file: String,
    /// The unified diff of that file.
    diff: String,
}

impl Mutant {
    /// Reads the text of a patch of this sample.
    ///
    /// # Errors
    /// What is wrong with the text, and what to write.
    pub fn parse(text: &str, sample: &SampleId) -> Result<Mutant, String> {
        let start = if text.starts_with("--- ") { Some(0) } else { text.find("\n--- ").map(|at| at + 1) };
        let start = start.ok_or("there is no line `--- a/FILE`, by which a diff begins")?;
        let (header, diff) = (&text[..start], &text[start..]);
        let file = changed_file(diff, sample)?;
        let (title, fields) = header.split_once("\n\n").unwrap_or(("", header));
        let mut mutant = Mutant {
            title: title.replace('\n', " "),
            rules: BTreeSet::new(),
            scenarios: Vec::new(),
            schedule: None,
            faults: None,
            file,
            diff: diff.to_owned(),
        };
        let mut harmless = false;
        // Above a diff, Git says which it is.
        let is_field = |line: &&str| !["diff --git ", "index "].iter().any(|git| line.starts_with(git));
        for line in fields.lines().filter(|line| !line.is_empty()).filter(is_field) {
            match line.split_once(": ") {
                None if line == "Harmless" => harmless = true,
                Some(("Rules", rules)) => mutant.rules = list(rules)?.into_iter().collect(),
                Some(("Scenarios", names)) => mutant.scenarios = list(names)?,
                Some(("Schedule", terms)) => mutant.schedule = Some(one(terms)?),
                Some(("Faults", number)) => mutant.faults = Some(one(number)?),
                _ => {
                    return Err(format!(
                        "`{line}` is neither Rules, Harmless, Scenarios, Schedule nor Faults"
                    ));
                }
            }
        }
        if mutant.title.trim().is_empty() {
            return Err("the first paragraph says in a sentence what is changed; there is none".to_owned());
        }
        if harmless != mutant.rules.is_empty() {
            return Err("either `Rules: ` names what it breaks, or it is `Harmless`".to_owned());
        }
        let ways = [!mutant.scenarios.is_empty(), mutant.schedule.is_some(), mutant.faults.is_some()];
        if ways.into_iter().filter(|chosen| *chosen).count() > 1 {
            return Err("of `Scenarios`, `Schedule` and `Faults` there can be one".to_owned());
        }
        Ok(mutant)
    }

    /// True if nothing that matters is changed.
    pub fn is_harmless(&self) -> bool {
        self.rules.is_empty()
    }

    /// Changes the file, which lies below this root.
    ///
    /// # Errors
    /// The sample is no longer what was changed.
    pub fn apply(&self, root: &Path) -> Result<(), String> {
        let path = root.join(&self.file);
        let read = std::fs::read_to_string(&path);
        let original = read.map_err(|error| format!("{} cannot be read: {error}", self.file))?;
        let patch = Patch::from_str(&self.diff).map_err(|error| error.to_string())?;
        let changed = diffy::apply(&original, &patch).map_err(|error| {
            format!("no longer applies to {}, which has changed: {error}; make the change anew", self.file)
        })?;
        std::fs::write(&path, changed).map_err(|error| format!("{}: {error}", path.display()))
    }
}

/// The one file of a diff, which is one of the sample's.
fn changed_file(diff: &str, sample: &SampleId) -> Result<String, String> {
    let patch = Patch::from_str(diff).map_err(|error| format!("the diff cannot be read: {error}"))?;
    let file = patch.original().and_then(|name| name.strip_prefix("a/")).unwrap_or_default();
    if patch.modified().and_then(|name| name.strip_prefix("b/")) != Some(file) {
        return Err("the diff is not one of `a/FILE` and `b/FILE`".to_owned());
    }
    let folder = format!("samples/{sample}/");
    if !file.starts_with(&folder) || file.contains("..") {
        return Err(format!("`{file}` is no file in {folder}"));
    }
    Ok(file.to_owned())
}

/// What stands in a list with commas.
fn list<T: FromStr<Err: fmt::Display>>(text: &str) -> Result<Vec<T>, String> {
    text.split(", ").map(one).collect()
}

fn one<T: FromStr<Err: fmt::Display>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|error: T::Err| format!("`{text}`: {error}"))
}

/// What is asked of the reader of patches, as trials: this target's harness is not the one that finds `#[test]`.
pub mod tests {
    use super::*;

    const DIFF: &str = "--- a/samples/spanner/curl/cancel-backup.sh
+++ b/samples/spanner/curl/cancel-backup.sh
@@ -1,2 +1,2 @@
 one
-two
+three
";

    fn parse(header: &str) -> Result<Mutant, String> {
        Mutant::parse(&format!("{header}{DIFF}"), &"spanner/curl".parse().unwrap())
    }

    pub fn headers() {
        let mutant =
            parse("Never\ncancels.\n\nRules: wrong-exit, early-exit\nScenarios: cancel-wins\n\n").unwrap();
        assert_eq!(mutant.title, "Never cancels.");
        assert_eq!(mutant.rules, BTreeSet::from([Rule::WrongExit, Rule::EarlyExit]));
        assert_eq!((mutant.scenarios.as_slice(), mutant.faults), (&["cancel-wins".to_owned()][..], None));
        assert_eq!(parse("Less.\n\nRules: wrong-exit\nFaults: 1\n\n").unwrap().faults, Some(1));
        let schedule = parse("Less.\n\nHarmless\nSchedule: create1:lost\n\n").unwrap().schedule;
        assert_eq!(schedule.unwrap().to_string(), "create1:lost");
        let git = "diff --git a/samples/x b/samples/x\nindex 1b2..3c4 100644\n";
        assert!(parse(&format!("Other names.\n\nHarmless\n\n{git}")).unwrap().is_harmless());
    }

    pub fn mistakes() {
        let error = |header: &str| parse(header).unwrap_err();
        let either = "either `Rules: ` names what it breaks, or it is `Harmless`";
        assert_eq!(error("Less.\n\n"), either);
        assert_eq!(error("Less.\n\nHarmless\nRules: wrong-exit\n\n"), either);
        assert!(error("\n\nHarmless\n\n").starts_with("the first paragraph says"));
        assert!(error("Less.\n\nRules: wrong-exits\n\n").contains("did you mean `wrong-exit`?"));
        assert!(error("Less.\n\nRule: wrong-exit\n\n").starts_with("`Rule: wrong-exit` is neither"));
        assert!(error("Less.\n\nHarmless\nFaults: 1\nScenarios: x\n\n").starts_with("of `Scenarios`"));
        assert!(error("Less.\n\nHarmless\nSchedule: create1:lots\n\n").contains("lots"));
        let other = Mutant::parse(&format!("Less.\n\nHarmless\n\n{DIFF}"), &"spanner/go".parse().unwrap());
        assert!(other.unwrap_err().ends_with("is no file in samples/spanner/go/"));
    }

    pub fn applying() {
        let folder = tempfile::tempdir().unwrap();
        let mutant = parse("Less.\n\nHarmless\n\n").unwrap();
        let file = folder.path().join(&mutant.file);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, "zero\none\ntwo\n").unwrap();
        mutant.apply(folder.path()).unwrap();
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "zero\none\nthree\n");
        // What it changes is not there any more.
        let error = mutant.apply(folder.path()).unwrap_err();
        assert!(error.starts_with("no longer applies to samples/spanner/curl/cancel-backup.sh"), "{error}");
    }
}
