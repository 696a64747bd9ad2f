//! A comparison as a comment on a pull request: what it broke in full, all else in lists.

use super::document::{Document, Passage};
use super::escape::inline;
use super::{Size, case, footer, marker, notes};
use crate::cause::ToldCase;
use crate::compare::{CaseChange, Comparison, Delta};
use crate::text::{capital, plural};

/// Renders the comparison, at most as long as the size allows.
pub fn render_comparison(comparison: &Comparison<'_>, size: Size) -> String {
    let mut document = Document::new(size.bytes());
    let regressions = comparison.regressions().count();
    let changed = CaseChange::ALL.iter().take(4).any(|change| comparison.count(*change) > 0);
    let title = match regressions {
        0 if !changed => "no changes".to_owned(),
        0 => "no regressions".to_owned(),
        count => format!("{count} regression{}", plural(count)),
    };
    let marker = marker(&comparison.head.environment.source);
    document.push(&format!("{marker}\n## rescind: {title}\n\n{}\n", comparison.headline()));
    let told = comparison.told();
    let blocks: Vec<Passage> =
        told.iter().filter_map(|(delta, told)| Some(regression(delta, told.as_ref()?))).collect();
    document.push_blocks(&blocks, "regression");
    let alike = told.iter().filter(|(_, told)| told.is_none());
    let alike: Vec<String> = alike.map(|(delta, _)| line(delta)).collect();
    if !alike.is_empty() {
        let head = format!("\n<details><summary>Of the same causes ({})</summary>\n\n", alike.len());
        if document.push(&head) {
            document.push_lines(&alike, document.room() / 4, "case");
            document.push_reserved("\n</details>\n");
        }
    }
    let mistakes: Vec<String> =
        comparison.list_mistakes().iter().map(|mistake| format!("- {}\n", inline(mistake))).collect();
    if !mistakes.is_empty()
        && document.push(&format!("\n### Wrong in the list of known failures ({})\n\n", mistakes.len()))
    {
        document.push_lines(&mistakes, document.room() / 4, "mistake");
    }
    for change in CaseChange::ALL {
        let listed = |delta: &&Delta<'_>| !delta.is_regression();
        let lines: Vec<String> = comparison.with(change).filter(listed).map(line).collect();
        if lines.is_empty() || change == CaseChange::Unchanged {
            continue;
        }
        // What changed is read, what did not is looked up: it opens.
        let opens = matches!(change, CaseChange::StillFailing | CaseChange::NotCompared);
        let title = format!("{} ({})", capital(&change.to_string()), lines.len());
        let (head, tail) = if opens {
            (format!("\n<details><summary>{title}</summary>\n\n"), "\n</details>\n")
        } else {
            (format!("\n### {title}\n\n"), "")
        };
        if document.push(&head) {
            document.push_lines(&lines, document.room() / 2, "case");
            document.push_reserved(tail);
        }
    }
    let notes: Vec<String> = notes(comparison.head).collect();
    if !notes.is_empty() && document.push("\n### Notes\n\n") {
        document.push_lines(&notes, document.room() / 4, "note");
    }
    document.finish(&footer(comparison.head))
}

fn regression(delta: &Delta<'_>, told: &ToldCase<'_>) -> Passage {
    let note = format!("{}: {}", delta.change, delta.phrases().join("; "));
    case::block(told, Some(&note), delta.output_diff().as_deref())
}

fn line(delta: &Delta<'_>) -> String {
    format!("- `{}`: {}\n", delta.id, inline(&delta.phrases().join("; ")))
}
