//! The command line, as typed.

mod backend;
mod duration;
mod emulator;
mod explore;
mod host;
mod http_address;
mod report;
mod run;
mod team;
mod token;

pub use backend::EmulatorChoice;
pub use emulator::{DatabasePath, EmulatorArgs, LogFormat};
pub use explore::{ExploreArgs, ReplayArgs};
pub use host::ListenHost;
pub use report::{AcceptArgs, CompareArgs, FailOnArg, ReportArgs, ReportTarget};
pub use run::{CaseArgs, CodeArgs, OutputArgs, RunArgs};
pub use team::{ConfigArgs, InitArgs, PromisesArgs};

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Tells whether "cancel a backup" code samples are true.
///
/// Runs the sample of each language against an emulator that plays every outcome which best-effort cancellation
/// allows, and checks what the sample said, how it exited and what it left behind.
#[derive(Debug, Parser)]
#[command(
    version,
    // Whatever the file is called: the end-to-end tests run it under another name.
    bin_name = "rescind",
    after_help = "Exit codes: 0 all as expected, 1 findings, 2 usage or manifest error, 3 set-up or emulator failure, 4 nothing selected, 130 interrupted."
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: CliCommand,
    /// The folder with `manifests` and `samples` [default: the nearest one at or above the current folder, else those that
    /// the program carries with it]
    #[arg(long, global = true, value_name = "DIR")]
    pub root: Option<PathBuf>,
    /// The folder that keeps dependencies and builds [default: `rescind` in the user's cache folder]
    #[arg(long, global = true, value_name = "DIR")]
    pub cache_dir: Option<PathBuf>,
    /// What the team says of its repository [default: the nearest `rescind.yaml` at or above the current folder]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum CliCommand {
    /// Find what can be run in this repository, run it, and write a `rescind.yaml` with proposed promises
    Init(InitArgs),
    /// Run samples in scenarios and report what is not as it should be
    Run(RunArgs),
    /// Play every legal schedule up to a bound, and report each distinct fault with the shortest one that shows it
    Explore(ExploreArgs),
    /// Play one schedule with one sample
    Replay(ReplayArgs),
    /// List the cases that `run` would run; of pages, what of them would be run, and what not
    List(ListArgs),
    /// Show how the promises in `rescind.yaml` would have to change to be what the samples print
    Promises(PromisesArgs),
    /// Print what holds, and where each value comes from
    Config(ConfigArgs),
    /// Tell which languages can run here, and how to get what is missing
    Doctor(DoctorArgs),
    /// Write reports of results that an earlier run wrote
    Report(ReportArgs),
    /// Compare results with those of a base: what regressed, what is fixed, what is new
    Compare(CompareArgs),
    /// Take results for the baseline, which later runs are compared with
    Accept(AcceptArgs),
    /// Say what a rule means, with an example, and how it is mended and switched off
    Explain(ExplainArgs),
    /// Run the emulator by itself, for any client
    Emulator(EmulatorArgs),
}

/// Which samples.
#[derive(Debug, Clone, Default, Args)]
pub struct SampleArgs {
    /// Only these languages; a name (`csharp`, `C#`, `cs`) or a glob, may be repeated
    #[arg(long, value_name = "GLOB")]
    pub language: Vec<String>,
    /// Only these services; a name or a glob, may be repeated
    #[arg(long, value_name = "GLOB")]
    pub service: Vec<String>,
}

impl SampleArgs {
    /// What is asked for by it.
    pub fn resolved(&self) -> rescind_catalog::Selection {
        rescind_catalog::Selection {
            languages: self.language.clone(),
            services: self.service.clone(),
            scenarios: Vec::new(),
        }
    }
}

/// Which cases.
#[derive(Debug, Clone, Default, Args)]
pub struct SelectionArgs {
    /// Of which samples.
    #[command(flatten)]
    pub samples: SampleArgs,
    /// Only these scenarios; a name or a glob, may be repeated
    #[arg(long, value_name = "GLOB")]
    pub scenario: Vec<String>,
}

impl SelectionArgs {
    /// What is asked for by it.
    pub fn resolved(&self) -> rescind_catalog::Selection {
        rescind_catalog::Selection { scenarios: self.scenario.clone(), ..self.samples.resolved() }
    }
}

/// The options of `list`.
#[derive(Debug, Args)]
pub struct ListArgs {
    /// Which cases.
    #[command(flatten)]
    pub selection: SelectionArgs,
    /// With which code.
    #[command(flatten)]
    pub code: CodeArgs,
}

/// The options of `explain`.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// The rule, `leaked-backup`; without one, all of them are listed
    #[arg(value_name = "RULE")]
    pub rule: Option<String>,
}

/// The options of `doctor`.
#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use clap::CommandFactory;
    use rescind_model::{Rule, Verdict};

    use super::*;

    #[test]
    fn the_definition_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn the_readme_names_every_rule_and_every_verdict() {
        let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../README.md");
        let readme = fs::read_to_string(readme).unwrap();
        let rules = Rule::ALL.iter().map(|rule| rule.id().to_owned());
        for word in rules.chain(Verdict::ALL.map(|verdict| verdict.to_string())) {
            assert!(readme.contains(&format!("`{word}`")), "{word}");
        }
    }

    /// The words of a command line of rescind's in a text, without what a shell makes of it.
    fn words(line: &str) -> Option<Vec<String>> {
        let line = line.trim_start().trim_start_matches("$ ");
        let line = line.strip_prefix("cargo run --release -- ").or_else(|| line.strip_prefix("rescind "))?;
        let words = shlex::split(line).unwrap_or_else(|| panic!("{line}"));
        let of_shell = |word: &String| ["|", "||", "&", "&&", ">"].contains(&word.as_str());
        Some(words.into_iter().take_while(|word| !of_shell(word)).collect())
    }

    #[test]
    fn every_command_line_of_the_documentation_is_one() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let mut files = vec![root.join("README.md"), root.join("CONTRIBUTING.md")];
        files.extend(fs::read_dir(root.join("docs")).unwrap().map(|entry| entry.unwrap().path()));
        for service in fs::read_dir(root.join("samples")).unwrap() {
            let samples = service.unwrap().path().read_dir();
            files.extend(samples.into_iter().flatten().map(|entry| entry.unwrap().path().join("README.md")));
        }
        let mut found = 0;
        for file in
            files.into_iter().filter(|file| file.extension().is_some_and(|it| it == "md") && file.is_file())
        {
            let text = fs::read_to_string(&file).unwrap();
            // In fenced blocks only: elsewhere, a line may begin with the name by chance.
            for block in text.split("```").skip(1).step_by(2) {
                for words in block.lines().filter_map(words) {
                    let words = std::iter::once("rescind".to_owned()).chain(words);
                    if let Err(error) = Cli::try_parse_from(words) {
                        panic!("{}: {error}", file.display());
                    }
                    found += 1;
                }
            }
        }
        assert!(found > 30, "{found}");
    }
}
