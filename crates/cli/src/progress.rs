//! What is shown while cases run: a bar on a terminal, a line for each ended case elsewhere. All of it goes to
//! standard error; standard output has the report alone.

use indicatif::{ProgressBar, ProgressStyle};
use rescind_report::redact::Redactor;
use rescind_runner::{Event, Timing};
use tokio::sync::mpsc::UnboundedReceiver;

use crate::output;

/// Characters of a reason that are shown while cases run; the report has all of it.
const REASON_CHARS: usize = 300;

/// How events are shown.
pub struct ProgressOptions {
    /// How many cases there are.
    pub cases: usize,
    /// True for a bar, false for lines.
    pub interactive: bool,
    /// True for colours.
    pub color: bool,
    /// What is not to be shown.
    pub redactor: Redactor,
}

/// Shows events until there are no more. Not within a runtime: it waits for them, and for whoever reads what is shown.
pub fn show(mut events: UnboundedReceiver<Event>, options: ProgressOptions) {
    let ProgressOptions { cases, interactive, color, redactor } = options;
    let bar = if interactive { bar(cases) } else { ProgressBar::hidden() };
    let mut done = 0;
    while let Some(event) = events.blocking_recv() {
        let say = |line: String| if interactive { bar.println(line) } else { output::say(line) };
        match event {
            Event::Preparing { sample } => bar.set_message(format!("preparing {sample}")),
            Event::Prepared { sample, cached } => {
                bar.set_message("");
                if !cached {
                    say(format!("prepared {sample}"));
                }
            }
            Event::NotPrepared { sample, mut reason } => {
                redactor.text(&mut reason);
                say(format!(
                    "cannot run {sample}: {}",
                    rescind_report::text::one_line(&reason, REASON_CHARS)
                ));
            }
            Event::Exploring { sample, processes, histories, left, faults } => bar.set_message(format!(
                "{sample}: {histories} histories, {processes} runs, {left} schedules to do, {faults} faults"
            )),
            Event::CaseStarted { id } => bar.set_message(id.to_string()),
            Event::CaseRetried { id, number } => bar.set_message(format!("{id}, try {number}")),
            Event::CaseFinished { mut case } => {
                done += 1;
                bar.inc(1);
                if !interactive {
                    redactor.case(&mut case);
                    say(rescind_report::progress::line(done, cases, &case, color));
                }
            }
        }
    }
    bar.finish_and_clear();
}

fn bar(cases: usize) -> ProgressBar {
    let bar = ProgressBar::new(u64::try_from(cases).unwrap_or(u64::MAX));
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} {elapsed} {wide_msg}") {
        bar.set_style(style);
    }
    bar
}

/// One line that says how long the run took, and how long it had to take.
pub fn timing(timing: &Timing) -> String {
    let Timing { wall, cpu, cores } = timing;
    format!(
        "took {:.1} s; the lower bound is {:.1} s: the samples' processor time, {:.1} s, on {cores} core{}",
        wall.as_secs_f64(),
        timing.lower_bound().as_secs_f64(),
        cpu.as_secs_f64(),
        if *cores == 1 { "" } else { "s" }
    )
}
