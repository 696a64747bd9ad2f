//! The page in a real browser. Where there is no Chromium, these tests are counted as ignored, with its name.

// Clippy takes only functions with `#[test]` for tests.
#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::process::Command;

use rescind_model::Results;
use rescind_report::html::render;
use rescind_test_support::{attack, every, need, trial};
use serde_json::Value;

const BROWSERS: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

/// Clicks through the page and leaves what it saw in an attribute of the document.
const PROBE: &str = include_str!("probe.js");

fn main() {
    let arguments = libtest_mimic::Arguments::from_args();
    let needs: Vec<_> = BROWSERS.map(|name| need("chromium", name, &["--version"])).into();
    let browser = needs.iter().find(|need| need.met).unwrap_or(&needs[0]);
    let tests = vec![
        trial(
            "the_matrix_filters_and_a_failing_cell_opens_with_its_chart",
            &[browser],
            the_matrix_filters_and_a_failing_cell_opens_with_its_chart,
        ),
        trial(
            "hostile_texts_run_nothing_and_load_nothing",
            &[browser],
            hostile_texts_run_nothing_and_load_nothing,
        ),
    ];
    libtest_mimic::run(&arguments, tests).exit();
}

/// What the probe saw, and what the page wrote to the console.
fn open(results: &Results) -> (Value, Vec<String>) {
    let there = |name: &&str| need("", name, &["--version"]).met;
    let chromium = BROWSERS.into_iter().find(there).unwrap();
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
    (serde_json::from_str(&seen).unwrap(), console)
}

fn url(file: &Path) -> String {
    format!("file://{}", file.display())
}

fn the_matrix_filters_and_a_failing_cell_opens_with_its_chart() {
    let results = every::results();
    let (seen, console) = open(&results);
    assert_eq!(console, Vec::<String>::new());
    insta::assert_snapshot!(
        "the_matrix_filters_and_a_failing_cell_opens_with_its_chart",
        serde_json::to_string_pretty(&seen).unwrap()
    );
    assert_eq!(seen["cells"], results.cases.len());
    assert_eq!(seen["articles"], results.cases.len());
}

fn hostile_texts_run_nothing_and_load_nothing() {
    let results = attack::results();
    let (seen, console) = open(&results);
    assert_eq!(console, Vec::<String>::new());
    // The page's own two, and the probe.
    assert_eq!(seen["scripts"], 3);
    assert_eq!(seen["loads"], 0);
    assert_eq!(seen["open"], true);
    assert_eq!(seen["articles"], results.cases.len());
}
