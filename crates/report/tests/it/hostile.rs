//! Texts that are out to break a report, in every field that a sample, a toolchain or a page can fill.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use rescind_model::{Finding, Results, Rule};
use rescind_report::compare::Comparison;
use rescind_report::redact::{Redactor, Secret};
use rescind_report::terminal::{self, TerminalOptions};
use rescind_report::{Format, html, json, progress};

use crate::attack::results;
use crate::{every, junit, sarif};

/// The report, and that of a comparison in which every hostile case is new.
fn reports(format: Format) -> Vec<String> {
    let hostile = results();
    let base = Results { cases: Vec::new(), ..every::results() };
    let mut reports = vec![format.render(&hostile).unwrap()];
    if format.has_comparisons() {
        reports.push(format.render_comparison(&Comparison::of(&base, &hostile)).unwrap());
    }
    reports
}

#[test]
fn no_report_holds_what_cannot_be_seen_and_every_one_says_what_it_cut() {
    for format in Format::ALL.into_iter().filter(|format| *format != Format::Json) {
        for report in reports(format) {
            let hidden = |c: char| (c.is_control() && !matches!(c, '\n' | '\t')) || c == '\u{202e}';
            assert_eq!(report.find(hidden), None, "{format} lets a character through");
            assert!(report.contains('␛'), "{format} hides a character instead of showing it");
            let note = report.contains("more characters]") || report.contains("left out");
            assert!(note, "{format} does not say that it was cut");
            assert!(report.len() < 8 * 1024 * 1024, "{format} has {} bytes", report.len());
        }
    }
}

#[test]
fn results_themselves_are_kept_whole() {
    let results = results();
    assert_eq!(json::read(&json::render(&results).unwrap()), Ok(results));
}

#[test]
fn a_terminal_has_no_line_without_end() {
    for report in reports(Format::Terminal) {
        let longest = report.lines().map(|line| line.chars().count()).max().unwrap();
        assert!(longest < 3_000, "{longest} characters");
    }
}

/// The name of the command that GitHub's runner would take a line for, as its `ActionCommand.TryParseV2` and `TryParse` do.
fn command(line: &str) -> Option<&str> {
    let line = line.trim_start();
    if let Some(rest) = line.strip_prefix("::") {
        let (name, _) = rest.split_once("::")?;
        return name.split(' ').next();
    }
    let (_, rest) = line.split_once("##[")?;
    rest.split_once(']').map(|(name, _)| name)
}

#[test]
fn no_line_of_a_report_is_a_command_to_who_reads_the_log() {
    assert_eq!(command("  ::stop-commands::x"), Some("stop-commands"));
    assert_eq!(command("a ##[error]b"), Some("error"));
    for format in Format::ALL.into_iter().filter(|format| *format != Format::Github) {
        for report in reports(format) {
            // The runner ends a line at each of these.
            let smuggled = report.split(['\n', '\r']).find_map(command);
            assert_eq!(smuggled, None, "in {format}");
        }
    }
}

#[test]
fn every_width_of_a_terminal_is_drawn_to_and_none_makes_a_command() {
    let results = results();
    let widths = (0..=140).step_by(7).chain([usize::MAX, 99_999_999_999]);
    for width in widths {
        let text = terminal::render(&results, &TerminalOptions { width, color: false });
        assert_eq!(text.lines().find_map(command), None, "at {width}");
    }
}

#[test]
fn every_line_for_github_is_a_command_of_ours() {
    for report in reports(Format::Github) {
        for line in report.lines() {
            let command = line.split("::").nth(1).unwrap();
            let kind = command.split(' ').next().unwrap();
            assert_eq!(self::command(line), Some(kind), "{line:.100}");
            assert!(line.starts_with("::") && ["error", "warning", "notice"].contains(&kind), "{line:.100}");
            let file = command.split("file=").nth(1).map(|file| file.split(',').next().unwrap());
            assert!(file.is_none_or(|file| !file.contains("::") && file.contains("%3A")), "{line:.200}");
        }
    }
}

#[test]
fn junit_is_still_junit() {
    reports(Format::Junit).iter().for_each(|report| junit::check(report));
}

#[test]
fn sarif_is_still_sarif_and_its_messages_have_no_links() {
    for report in reports(Format::Sarif) {
        let sarif = sarif::check(&report);
        for result in sarif["runs"][0]["results"].as_array().unwrap() {
            let text = result["message"]["text"].as_str().unwrap();
            assert!(!text.contains("](") && !text.contains(" { "), "{text:.200}");
        }
    }
}

#[test]
fn markdown_has_no_tags_links_or_pictures_but_ours() {
    let marker = rescind_report::markdown::marker(&results().environment.source);
    let ours = [
        marker.as_str(),
        "<details>",
        "</details>",
        "<summary>",
        "</summary>",
        "<b>",
        "</b>",
        "<code>",
        "</code>",
        "<sub>",
        "</sub>",
        "<br>",
    ];
    for report in reports(Format::Markdown).into_iter().chain(reports(Format::Summary)) {
        let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
        let mut in_code = false;
        for event in Parser::new_ext(&report, options) {
            match event {
                Event::Start(Tag::CodeBlock(_)) => in_code = true,
                Event::End(TagEnd::CodeBlock) => in_code = false,
                Event::Html(tags) | Event::InlineHtml(tags) => {
                    let rest = ours.iter().fold(tags.to_string(), |rest, tag| rest.replace(tag, ""));
                    assert!(!rest.contains(['<', '>']), "{tags}");
                }
                Event::Start(Tag::Link { .. } | Tag::Image { .. } | Tag::Emphasis | Tag::Strikethrough) => {
                    panic!("{event:?}");
                }
                Event::Text(text) => assert!(in_code || !text.contains("@octocat"), "a mention: {text}"),
                _ => {}
            }
        }
    }
}

#[test]
fn html_has_its_two_scripts_and_no_tag_of_a_sample() {
    let page = html::render(&results()).unwrap();
    assert_eq!(page.matches("<script").count(), 2);
    assert!(!page.contains("<img"));
    assert!(!page.contains("onerror=alert(2)>"));
}

#[test]
fn progress_is_one_line() {
    for case in &results().cases {
        let line = progress::line(1, 20, case, false);
        assert!(!line.chars().any(char::is_control) && line.chars().count() < 500, "{line:.200}");
    }
}

#[test]
fn secrets_are_in_no_report() {
    let value = "s3cr3t-v4lu3-of-the-environment";
    let mut results = results();
    results.notices.push(format!("a notice with {value}"));
    results.environment.clock_reason = Some(format!("{value} forbids it"));
    for case in &mut results.cases {
        case.reason = case.reason.as_ref().map(|_| format!("because of {value}"));
        for finding in &mut case.findings {
            finding.message = format!("printed {value}");
            finding.diff = Some(format!("+{value}\n"));
        }
        for other in &mut case.other_tries {
            other.findings.push(Finding::new(Rule::FalseClaim, format!("printed {value}")));
            other.observation.stdout.text = format!("{value}\n");
        }
        if let Some(seen) = &mut case.observation {
            seen.stdout.text = format!("{value}\n");
            seen.stderr.text = format!("a{value}b\n");
            seen.out_of_reach.push(format!("the name {value}.example.com"));
            seen.journal.iter_mut().for_each(|entry| entry.reply.message = value.to_owned());
        }
    }
    let secret = |name: &str, value: &str| Secret { name: name.to_owned(), value: value.to_owned() };
    let secrets = [secret("PART", "s3cr3t-v4lu3"), secret("TOKEN", value), secret("SHORT", "the")];
    Redactor::new(secrets).results(&mut results);
    let base = Results { cases: Vec::new(), ..every::results() };
    let comparison = Comparison::of(&base, &results);
    for format in Format::ALL.into_iter().filter(|format| format.has_comparisons()) {
        let report = format.render_comparison(&comparison).unwrap();
        assert!(!report.contains("s3cr3t"), "{format} of a comparison tells a secret");
        assert!(
            report.contains("redacted TOKEN"),
            "{format} of a comparison does not say that it was redacted"
        );
    }
    for format in Format::ALL {
        let report = format.render(&results).unwrap();
        assert!(!report.contains("s3cr3t"), "{format} tells a secret");
        assert!(report.contains("redacted TOKEN"), "{format} does not say that it was redacted");
        assert!(!report.contains("redacted SHORT"), "a word is no secret");
    }
}
