//! What is to be run.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// A program with its arguments, its whole environment and the folder that it starts in.
///
/// Nothing is inherited: not the environment, not a descriptor, not a terminal. Standard input is empty.
#[derive(Clone, Debug)]
pub struct Command {
    program: PathBuf,
    arguments: Vec<OsString>,
    variables: BTreeMap<OsString, OsString>,
    folder: PathBuf,
}

impl Command {
    /// The program at this path, without arguments or environment, in the root folder.
    pub fn new(program: impl Into<PathBuf>) -> Command {
        Command {
            program: program.into(),
            arguments: Vec::new(),
            variables: BTreeMap::new(),
            folder: "/".into(),
        }
    }

    /// Adds an argument.
    pub fn argument(&mut self, argument: impl Into<OsString>) -> &mut Command {
        self.arguments.push(argument.into());
        self
    }

    /// Sets a variable of the environment.
    pub fn variable(&mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> &mut Command {
        self.variables.insert(name.into(), value.into());
        self
    }

    /// Sets the folder that it starts in.
    pub fn folder(&mut self, folder: impl Into<PathBuf>) -> &mut Command {
        self.folder = folder.into();
        self
    }

    /// The program.
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// The arguments.
    pub fn arguments(&self) -> impl Iterator<Item = &OsStr> {
        self.arguments.iter().map(OsString::as_os_str)
    }

    /// The environment.
    pub fn variables(&self) -> impl Iterator<Item = (&OsStr, &OsStr)> {
        self.variables.iter().map(|(name, value)| (name.as_os_str(), value.as_os_str()))
    }

    /// The folder that it starts in.
    pub fn working_folder(&self) -> &Path {
        &self.folder
    }
}
