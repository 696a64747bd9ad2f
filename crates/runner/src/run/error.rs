//! Why a case says nothing about its sample.

use std::io;
use std::path::PathBuf;

use rescind_model::template::TemplateError;

use crate::process::ProcessError;
use crate::{BackendError, PkiError};

/// Why a case says nothing about its sample.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CaseError {
    #[error(transparent)]
    Backend(#[from] BackendError),
    #[error(transparent)]
    Process(ProcessError),
    #[error("{file}: run: {source}", file = file.display())]
    Template { file: PathBuf, source: TemplateError },
    #[error("{file}: run: the command is empty", file = file.display())]
    NoCommand { file: PathBuf },
    #[error("{file}: run: {program} is not there", file = file.display())]
    NoProgram { file: PathBuf, program: String },
    #[error("the temporary folder {folder}: {source}", folder = folder.display())]
    Temporary { folder: PathBuf, source: io::Error },
    #[error("{folder} was full when the case had ended, so that its code may have been kept from writing; make room there", folder = folder.display())]
    Full { folder: PathBuf },
    #[error(
        "the endpoint is `service`, and the service's own names lead to the emulator in a closed world only, which there \
         is not here: {reason}; run it with --endpoint emulator"
    )]
    NoNames { reason: String },
    #[error("{0}")]
    NoScratch(String),
    #[error("cannot serve this case: {source}")]
    Front { source: io::Error },
    #[error(transparent)]
    Pki(#[from] PkiError),
    #[error("{0}")]
    NoPki(String),
    #[error("interrupted")]
    Cancelled,
}

impl From<ProcessError> for CaseError {
    fn from(error: ProcessError) -> CaseError {
        match error {
            ProcessError::Cancelled => CaseError::Cancelled,
            error => CaseError::Process(error),
        }
    }
}
