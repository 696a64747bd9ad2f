//! One attempt at a case: set up the emulator, run the sample's process, look at what it left, judge.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rescind_catalog::{COMMAND_PLACEHOLDERS, Manifest, ServiceProfile};
use rescind_engine::Settings;
use rescind_model::template::{self, TemplateError};
use rescind_model::{
    ClockKind, Contract, Ended, Endpoint, Finding, Given, Limits, Observation, Placeholders, Scenario,
    Schedule, judge,
};
use tokio_util::sync::CancellationToken;

use super::error::CaseError;
use super::reach::Reach;
use super::surroundings::Surroundings;
use crate::prepare::Prepared;
use crate::process::{FinishedProcess, Invocation};
use crate::remove::remove_all;
use crate::scarcity::is_full;
use crate::source_map::SourceMap;
use crate::{Backend, Context, Pki, RunClock, Setup, toolchain};

/// The id of the backup in every case. Projects share nothing, so their ids need not differ.
pub(crate) const BACKUP: &str = "test-backup";

/// What came of an attempt.
#[derive(Debug)]
pub(crate) struct Attempted {
    pub(crate) observation: Observation,
    pub(crate) findings: Vec<Finding>,
    /// Real time from the start of the process to its end.
    pub(crate) wall: Duration,
    /// Virtual time of the same; none where the clock is real.
    pub(crate) virtual_time: Option<Duration>,
    pub(crate) cpu: Duration,
}

/// A case, as every attempt at it sees it.
pub(crate) struct Case<'a> {
    pub(crate) context: &'a Context,
    pub(crate) backend: &'a dyn Backend,
    pub(crate) manifest: &'a Manifest,
    pub(crate) prepared: &'a Prepared,
    pub(crate) source_map: &'a SourceMap,
    pub(crate) contract: &'a Contract,
    pub(crate) scenario: &'a Scenario,
    /// The project of the case.
    pub(crate) project: String,
    /// A folder for its home and its temporary folder, which no other case has.
    pub(crate) folder: PathBuf,
    pub(crate) pki: &'a Pki,
    pub(crate) limits: Limits,
    pub(crate) endpoint: Endpoint,
    pub(crate) time: &'a RunClock,
    pub(crate) cancel: &'a CancellationToken,
}

/// How the project of a case is set up.
pub(crate) fn setup(service: &ServiceProfile, given: Given, schedule: Schedule) -> Setup {
    Setup {
        service: service.id.clone(),
        instance: service.instance.clone().unwrap_or_default(),
        database: service.database.clone(),
        backup: BACKUP.to_owned(),
        given,
        bystanders: true,
        schedule,
        choices: Settings::default(),
    }
}

/// The names that a case in this project is given, for its expected output.
pub fn names(service: &ServiceProfile, project: &str) -> Placeholders {
    Placeholders {
        project: project.to_owned(),
        instance: service.instance.clone().unwrap_or_default(),
        database: service.database.clone(),
        backup: BACKUP.to_owned(),
        // The judge takes it from the journal; without one there is no output that could name it.
        operation: String::new(),
    }
}

impl Case<'_> {
    fn service(&self) -> &ServiceProfile {
        &self.manifest.service
    }

    /// The id of the instance; empty where the service has nothing of the kind.
    fn instance(&self) -> &str {
        self.service().instance.as_deref().unwrap_or_default()
    }

    fn database(&self) -> &str {
        &self.service().database
    }

    /// Runs the case once.
    pub(crate) async fn attempt(&self) -> Result<Attempted, CaseError> {
        let project = &self.project;
        self.backend.prepare(project, &self.setup()).await?;
        let attempted = self.play(project).await;
        let removed = self.backend.remove(project).await;
        let attempted = attempted?;
        removed?;
        Ok(attempted)
    }

    fn setup(&self) -> Setup {
        let Scenario { given, schedule, .. } = self.scenario;
        setup(self.service(), given.clone(), schedule.clone())
    }

    async fn play(&self, project: &str) -> Result<Attempted, CaseError> {
        let given = self.backend.snapshot(project).await?;
        let scratch = Scratch::new(&self.folder)?;
        let closed = self.time.kind() == ClockKind::Virtual;
        let surroundings = Surroundings::new(
            self.backend,
            self.pki,
            self.service(),
            project,
            self.limits,
            &scratch.0,
            closed,
        )?;
        let reach = Reach::new(surroundings.address(), self.endpoint, self.time)?;
        let invocation = self.invocation(project, &scratch, &reach)?;
        let finished = surroundings.run(self.context, &invocation, self.cancel).await?;
        // Nothing is answered any more when the service is looked at.
        drop(surroundings);
        // Whoever could not write was kept from it by the machine, unless nothing came of it.
        let full = is_full(&self.context.temporary);
        drop(scratch);
        let at_exit = self.backend.snapshot(project).await?;
        self.backend.settle(project).await?;
        let settled = self.backend.snapshot(project).await?;
        let changes = self.backend.changes(project).await?;
        let journal = self.backend.journal(project).await?;
        let leaked_credentials = self.credentials_in(&finished);
        let observation = Observation {
            ended: self.ended(&finished),
            limits: self.limits,
            stdout: finished.stdout,
            stderr: finished.stderr,
            leaked_processes: finished.leaked,
            out_of_reach: finished.out_of_reach,
            leaked_credentials,
            given: given.renamed(BACKUP, &journal),
            journal,
            at_exit,
            settled,
            changes,
        };
        let names = names(self.service(), project);
        let mut findings = judge(self.scenario, self.contract, &observation, &names);
        self.source_map.place(&mut findings, &observation);
        if full && !findings.is_empty() {
            return Err(CaseError::Full { folder: self.context.temporary.clone() });
        }
        Ok(Attempted {
            observation,
            findings,
            wall: finished.wall,
            virtual_time: finished.virtual_time,
            cpu: finished.cpu,
        })
    }

    /// How the process ended. Nobody counts its processor time while it runs in real time; at its deadline that still tells
    /// a sample that is busy without end from one that waits.
    fn ended(&self, finished: &FinishedProcess) -> Ended {
        let busy = finished.cpu >= Duration::from_millis(self.limits.processor_ms);
        match finished.ended {
            Ended::Deadline if busy => Ended::ProcessorTime,
            ended => ended,
        }
    }

    /// What of its credentials a process has printed.
    fn credentials_in(&self, finished: &FinishedProcess) -> Vec<String> {
        let streams = [(&finished.stdout, "standard output"), (&finished.stderr, "standard error")];
        let printed = streams.into_iter().flat_map(|(captured, stream)| {
            let found = self.pki.credentials_in(&captured.text).into_iter();
            found.map(move |credential| format!("{credential} on {stream}"))
        });
        printed.collect()
    }

    fn invocation(&self, project: &str, scratch: &Scratch, reach: &Reach) -> Result<Invocation, CaseError> {
        let file = || self.manifest.file.clone();
        let fill = |text: &str| {
            self.fill(text, project, reach).map_err(|source| CaseError::Template { file: file(), source })
        };
        let run = &self.manifest.run;
        let mut words = run.command.iter().map(|word| fill(word)).collect::<Result<Vec<_>, _>>()?.into_iter();
        let program = words.next().ok_or_else(|| CaseError::NoCommand { file: file() })?;
        let located = toolchain::locate(self.context, &program, &self.prepared.work);
        let mut environment = self.environment(project, scratch, reach)?;
        for (name, value) in run.variables(reach.endpoint) {
            environment.insert(name.into(), fill(value)?.into());
        }
        Ok(Invocation {
            program: located.ok_or_else(|| CaseError::NoProgram { file: file(), program })?,
            arguments: words.map(OsString::from).collect(),
            folder: self.prepared.work.clone(),
            environment,
            deadline: Duration::from_millis(self.limits.deadline_ms),
        })
    }

    /// All that a sample sees of the world. Nothing of the user's: no keys, no proxies, no home, so that it cannot
    /// reach a real service.
    fn environment(
        &self,
        project: &str,
        scratch: &Scratch,
        reach: &Reach,
    ) -> Result<BTreeMap<OsString, OsString>, CaseError> {
        let fixed = [("LANG", "C.UTF-8"), ("TZ", "UTC"), ("NO_PROXY", "*"), ("no_proxy", "*")];
        let mut environment: BTreeMap<OsString, OsString> =
            fixed.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        environment.insert("PATH".into(), self.context.path.clone());
        environment.insert("HOME".into(), scratch.home().into());
        environment.insert("TMPDIR".into(), scratch.temporary().into());
        environment.insert("GOOGLE_CLOUD_PROJECT".into(), project.into());
        let led = reach.variables(self.service());
        environment.extend(led.into_iter().map(|(name, value)| (name.into(), value.into())));
        if reach.endpoint == Endpoint::Service {
            environment.extend(self.pki.variables(project)?);
        }
        Ok(environment)
    }

    fn fill(&self, text: &str, project: &str, reach: &Reach) -> Result<String, TemplateError> {
        template::fill(text, &COMMAND_PLACEHOLDERS, |name| match name {
            "work" => Some(self.prepared.work.to_string_lossy().into_owned()),
            "cache" => Some(self.prepared.cache.to_string_lossy().into_owned()),
            "endpoint" => Some(reach.url(self.service())),
            "emulator" => Some(reach.address.clone()),
            "project" => Some(project.to_owned()),
            "instance" => Some(self.instance().to_owned()),
            "database" => Some(self.database().to_owned()),
            "backup" => Some(BACKUP.to_owned()),
            _ => None,
        })
    }
}

/// The home and the temporary folder of one attempt, empty at first and removed with it.
struct Scratch(PathBuf);

impl Scratch {
    fn new(folder: &Path) -> Result<Scratch, CaseError> {
        let scratch = Scratch(folder.to_owned());
        for folder in [scratch.home(), scratch.temporary()] {
            std::fs::create_dir_all(&folder).map_err(|source| CaseError::Temporary { folder, source })?;
        }
        Ok(scratch)
    }

    fn home(&self) -> PathBuf {
        self.0.join("home")
    }

    fn temporary(&self) -> PathBuf {
        self.0.join("tmp")
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What cannot be removed now goes with the folder of the whole run.
        let _ = remove_all(&self.0);
    }
}
