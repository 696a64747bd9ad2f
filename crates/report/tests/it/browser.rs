//! The page in a real browser. Without Chromium these tests say so and pass.

use std::path::Path;
use std::process::{Command, Stdio};

use rescind_model::Results;
use rescind_report::html::render;
use serde_json::Value;

use crate::{every, hostile};

/// Clicks through the page and leaves what it saw in an attribute of the document.
const PROBE: &str = include_str!("probe.js");

/// What the probe saw, and what the page wrote to the console; none without a browser.
fn open(results: &Results) -> Option<(Value, Vec<String>)> {
    let Some(chromium) = ["chromium", "chromium-browser", "google-chrome"].into_iter().find(|name| {
        Command::new(name).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
    }) else {
        eprintln!("skipped: needs chromium; install it with: apt-get install chromium");
        return None;
    };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.html");
    let page = render(results).unwrap().replace("</body>", &format!("<script>{PROBE}</script></body>"));
    std::fs::write(&file, page).unwrap();
    let output = Command::new(chromium)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"])
        .args(["--disable-component-update", "--disable-sync", "--no-first-run", "--window-size=1400,1000"])
        .args(["--enable-logging=stderr", "--virtual-time-budget=10000", "--dump-dom"])
        .arg(format!("--user-data-dir={}", folder.path().join("profile").display()))
        .arg(url(&file))
        .output()
        .unwrap();
    let dom = String::from_utf8_lossy(&output.stdout);
    let attribute = dom.split("data-seen=\"").nth(1).and_then(|rest| rest.split('"').next());
    let log = String::from_utf8_lossy(&output.stderr);
    let seen = attribute.unwrap_or_else(|| panic!("the probe did not end\n{log}"));
    let seen = seen.replace("&quot;", "\"").replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">");
    let console = log.lines().filter(|line| line.contains("CONSOLE")).map(str::to_owned).collect();
    Some((serde_json::from_str(&seen).unwrap(), console))
}

fn url(file: &Path) -> String {
    format!("file://{}", file.display())
}

#[test]
fn the_matrix_filters_and_a_failing_cell_opens_with_its_chart() {
    let results = every::results();
    let Some((seen, console)) = open(&results) else { return };
    assert_eq!(console, Vec::<String>::new());
    insta::assert_snapshot!(serde_json::to_string_pretty(&seen).unwrap());
    assert_eq!(seen["cells"], results.cases.len());
    assert_eq!(seen["articles"], results.cases.len());
}

#[test]
fn hostile_texts_run_nothing_and_load_nothing() {
    let results = hostile::results();
    let Some((seen, console)) = open(&results) else { return };
    assert_eq!(console, Vec::<String>::new());
    // The page's own two, and the probe.
    assert_eq!(seen["scripts"], 3);
    assert_eq!(seen["loads"], 0);
    assert_eq!(seen["open"], true);
    assert_eq!(seen["articles"], results.cases.len());
}
