//! Secrets out of results, before anything is written.

use std::fmt;

use rescind_model::{CaseResult, Finding, Observation, Results};

/// A value that no report may show.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret {
    /// Its name, which stands in its place.
    pub name: String,
    /// The value.
    pub value: String,
}

impl fmt::Debug for Secret {
    /// Only the name: what is printed for debugging ends in logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secret").field("name", &self.name).finish_non_exhaustive()
    }
}

/// Values that are shorter than this are no secrets but words, and replacing them would spoil the texts.
const MIN_LENGTH: usize = 8;

/// True if the name of an environment variable says that its value is a secret.
pub fn is_secret_name(name: &str) -> bool {
    let words =
        ["TOKEN", "SECRET", "PASSWORD", "PASSWD", "CREDENTIAL", "PRIVATE", "APIKEY", "API_KEY", "ACCESS_KEY"];
    let name = name.to_ascii_uppercase();
    words.iter().any(|word| name.contains(word))
}

/// Replaces secrets, wherever a text holds one, by `[redacted NAME]`.
///
/// Lines and bytes of streams keep their count as it was observed.
#[derive(Clone, Debug, Default)]
pub struct Redactor {
    /// The longest first: one that holds another one has to go before it, or a part of it would stay.
    secrets: Vec<Secret>,
}

impl Redactor {
    /// Knows these secrets.
    pub fn new(secrets: impl IntoIterator<Item = Secret>) -> Redactor {
        let mut secrets: Vec<Secret> =
            secrets.into_iter().filter(|secret| secret.value.len() >= MIN_LENGTH).collect();
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.value.len()));
        Redactor { secrets }
    }

    /// Redacts a text.
    pub fn text(&self, text: &mut String) {
        for secret in &self.secrets {
            if text.contains(&secret.value) {
                *text = text.replace(&secret.value, &format!("[redacted {}]", secret.name));
            }
        }
    }

    /// Redacts what the results say of a case.
    pub fn case(&self, case: &mut CaseResult) {
        if !self.secrets.is_empty() {
            each_text(case, &|text| self.text(text));
        }
    }

    /// Redacts results.
    pub fn results(&self, results: &mut Results) {
        results.notices.iter_mut().for_each(|notice| self.text(notice));
        self.text(&mut results.environment.source);
        self.text(&mut results.environment.emulator);
        results.environment.clock_reason.iter_mut().for_each(|reason| self.text(reason));
        for piece in results.sources.iter_mut().flat_map(|source| &mut source.pieces) {
            self.text(&mut piece.text);
        }
        results.cases.iter_mut().for_each(|case| self.case(case));
    }
}

/// Every text of a case that a sample, a toolchain or a user has written.
fn each_text(case: &mut CaseResult, hide: &impl Fn(&mut String)) {
    case.reason.iter_mut().for_each(hide);
    hide(&mut case.replay);
    each_finding(&mut case.findings, hide);
    if let Some(observation) = &mut case.observation {
        each_observed(observation, hide);
    }
    for other in &mut case.other_tries {
        each_finding(&mut other.findings, hide);
        each_observed(&mut other.observation, hide);
    }
}

fn each_finding(findings: &mut [Finding], hide: &impl Fn(&mut String)) {
    for finding in findings {
        hide(&mut finding.message);
        finding.diff.iter_mut().for_each(hide);
        finding.printed.iter_mut().for_each(hide);
    }
}

fn each_observed(observation: &mut Observation, hide: &impl Fn(&mut String)) {
    let Observation {
        ended: _,
        limits: _,
        stdout,
        stderr,
        leaked_processes,
        out_of_reach,
        leaked_credentials: _,
        journal,
        given,
        at_exit,
        settled,
        changes,
    } = observation;
    hide(&mut stdout.text);
    hide(&mut stderr.text);
    for process in leaked_processes {
        hide(&mut process.command);
    }
    out_of_reach.iter_mut().for_each(hide);
    for entry in journal {
        hide(&mut entry.rpc);
        hide(&mut entry.resource);
        hide(&mut entry.reply.message);
        entry.reply.operation.iter_mut().for_each(|operation| hide(&mut operation.name));
    }
    for snapshot in [given, at_exit, settled] {
        snapshot.backups.iter_mut().for_each(|backup| hide(&mut backup.name));
        snapshot.operations.iter_mut().for_each(|operation| hide(&mut operation.name));
    }
    changes.iter_mut().for_each(|change| hide(&mut change.name));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_secrets() {
        for name in
            ["GITHUB_TOKEN", "DB_PASSWORD", "client_secret", "AWS_SECRET_ACCESS_KEY", "OPENAI_API_KEY"]
        {
            assert!(is_secret_name(name), "{name}");
        }
        for name in ["PATH", "HOME", "KEYBOARD", "SPANNER_EMULATOR_HOST"] {
            assert!(!is_secret_name(name), "{name}");
        }
    }

    #[test]
    fn debugging_does_not_show_the_value() {
        let secret = Secret { name: "T".to_owned(), value: "hunter22hunter22".to_owned() };
        assert_eq!(format!("{secret:?}"), "Secret { name: \"T\", .. }");
    }
}
