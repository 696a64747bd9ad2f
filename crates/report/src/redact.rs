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

/// Replaces each secret, wherever a text of the results holds it, by `[redacted NAME]`.
///
/// Lines and bytes of streams keep their count as it was observed.
pub fn redact(results: &mut Results, secrets: &[Secret]) {
    let mut secrets: Vec<&Secret> =
        secrets.iter().filter(|secret| secret.value.len() >= MIN_LENGTH).collect();
    if secrets.is_empty() {
        return;
    }
    // One that holds another one goes first, or a part of it would stay.
    secrets.sort_by_key(|secret| std::cmp::Reverse(secret.value.len()));
    let hide = |text: &mut String| {
        for secret in &secrets {
            if text.contains(&secret.value) {
                *text = text.replace(&secret.value, &format!("[redacted {}]", secret.name));
            }
        }
    };
    results.notices.iter_mut().for_each(hide);
    hide(&mut results.environment.source);
    hide(&mut results.environment.emulator);
    for case in &mut results.cases {
        each_text(case, &hide);
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
    }
}

fn each_observed(observation: &mut Observation, hide: &impl Fn(&mut String)) {
    let Observation { stdout, stderr, leaked_processes, journal, given, at_exit, settled, ended: _ } =
        observation;
    hide(&mut stdout.text);
    hide(&mut stderr.text);
    for process in leaked_processes {
        hide(&mut process.command);
    }
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
