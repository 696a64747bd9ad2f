//! What a rule is about, on a terminal.

use super::paint::{BOLD, DIM, Paint};
use super::{TerminalOptions, case, finished};
use crate::rules::{self, RuleHelp};

/// Draws the list of the rules, a sentence each.
pub fn render_rules(options: &TerminalOptions) -> String {
    let paint = Paint { color: options.color };
    let width = options.drawn_width();
    let mut out = String::new();
    for RuleHelp { id, description, .. } in rules::all() {
        out.push_str(&format!("{}\n", paint.text(BOLD, id)));
        case::wrap(&mut out, description, "    ", "    ", width);
    }
    out.push_str(
        "\n`rescind explain RULE` says what one of them means, and how it is mended and switched off\n",
    );
    finished(out)
}

/// Draws all that there is to say of a rule.
pub fn render_rule(rule: &RuleHelp, options: &TerminalOptions) -> String {
    let paint = Paint { color: options.color };
    let width = options.drawn_width();
    let mut out = format!("{}\n", paint.text(BOLD, rule.id));
    case::wrap(&mut out, rule.description, "", "", width);
    let parts = [
        ("What it means", rule.meaning),
        ("Example", rule.example),
        ("How to mend it", rule.mend),
        ("How to switch it off", rule.switch_off),
    ];
    for (heading, text) in parts {
        out.push_str(&format!("\n{}\n", paint.text(BOLD, heading)));
        draw_text(&mut out, text, width, paint);
    }
    finished(out)
}

/// Paragraphs wrapped, code as it is.
fn draw_text(out: &mut String, text: &str, width: usize, paint: Paint) {
    for (index, part) in text.split("```").enumerate() {
        if index % 2 == 1 {
            // The first line is the language's.
            for line in part.lines().skip(1) {
                out.push_str(&format!("      {}\n", paint.text(DIM, line)));
            }
            continue;
        }
        for paragraph in part.trim().split("\n\n").filter(|paragraph| !paragraph.is_empty()) {
            let paragraph = paragraph.lines().collect::<Vec<_>>().join(" ");
            case::wrap(out, &paragraph, "  ", "  ", width);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_explained_with_its_example() {
        let text = render_rule(rules::explain("leaked-backup").unwrap(), &TerminalOptions::default());
        insta::assert_snapshot!(text);
    }

    #[test]
    fn the_list_has_every_rule() {
        let text = render_rules(&TerminalOptions { width: 80, color: false });
        for rule in rules::all() {
            assert!(text.contains(&format!("{}\n    ", rule.id)), "{text}");
        }
        assert!(text.lines().all(|line| line.chars().count() <= 90), "{text}");
    }
}
