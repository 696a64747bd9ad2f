//! Results with an attack in every field that a sample, a toolchain or a page can fill.

use rescind_model::{Captured, CaseResult, LeakedProcess, Results};

use crate::every;

/// What no report may let through as it is.
pub const ATTACK: &str = "    ::stop-commands::held\n\u{3000}\t::add-mask::a\n##[error]a ##vso[task.setvariable]b\n\
    =====\n- [ ] a\n1. a\n| a | b |\n| - | - |\n<!-- a\n<https://example.com> ftp://example.com a@example.com GH-1\n\
    \u{2066}isolate\u{2069} \u{2028}::warning::b\n\u{feff}\u{fffe}\u{ffff}\u{7f} &lt; &#60;a> `````\n~~~\n\u{1b}[31mred\u{1b}[0m ]]> <script>alert(1)</script> <img src=x onerror=alert(2)> \u{0}\u{9b}1m \
    \u{202e}gnp \" ' & `tick` {{ braces }} [link](https://example.com) @octocat #1 %0A | </details> </pre> -->\r\n\
    ::error file=x::pwned\n```\n````\n# heading\n";

/// The attack, on a long line.
pub fn attack() -> String {
    format!("{ATTACK}{}", "long line ".repeat(1_000))
}

/// One line of a megabyte.
fn megabyte() -> String {
    format!("{ATTACK}{}", "long line ".repeat(100_000))
}

/// Every text of every case is an attack.
pub fn results() -> Results {
    let mut results = every::results();
    results.notices.push(attack());
    for entry in &mut results.stale_entries {
        entry.place.file = attack();
        entry.pattern = attack();
    }
    results.environment.source = attack();
    results.environment.emulator = attack();
    results.environment.clock_reason = Some(attack());
    results.environment.toolchains.insert(ATTACK.to_owned(), attack());
    for source in &mut results.sources {
        source.file = attack();
        source.pieces.iter_mut().for_each(|piece| piece.text = attack());
    }
    for (index, case) in results.cases.iter_mut().enumerate() {
        // A few such lines do; more of them only take time.
        let longest = if index % 6 == 0 { megabyte() } else { attack() };
        let CaseResult {
            title, schedule, reason, findings, observation, location, replay, other_tries, ..
        } = case;
        for other in other_tries {
            other.findings.iter_mut().for_each(|finding| finding.message = attack());
            other.observation.stdout = Captured::whole(longest.clone());
            other.observation.journal.iter_mut().for_each(|entry| entry.reply.message = attack());
        }
        (*title, *schedule, *replay) = (attack(), attack(), attack());
        *reason = reason.is_some().then(attack);
        for finding in findings {
            finding.message = longest.clone();
            finding.printed = Some(longest.clone());
            if let Some(place) = &mut finding.place {
                place.file = attack();
            }
            finding.diff = finding.diff.is_some().then(|| longest.replace('\n', "\n+"));
        }
        if let Some(location) = location {
            location.file = attack();
        }
        if let Some(seen) = observation {
            seen.stdout = Captured { dropped: 7, invalid_utf8: true, ..Captured::whole(longest.clone()) };
            seen.stderr = Captured::whole(longest.repeat(2));
            seen.leaked_processes.push(LeakedProcess { command: attack() });
            seen.out_of_reach.push(attack());
            for entry in &mut seen.journal {
                entry.rpc = attack();
                entry.resource = attack();
                entry.reply.message = attack();
            }
            for snapshot in [&mut seen.given, &mut seen.at_exit, &mut seen.settled] {
                snapshot.backups.iter_mut().for_each(|backup| backup.name = attack());
            }
        }
    }
    results
}
