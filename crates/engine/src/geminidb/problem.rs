//! The errors of GeminiDB: a number, a text and an HTTP status.

use rescind_model::Code;

use crate::kernel::status::{Detail, Status};

/// An error of the API, `{"error_code":"DBS.200002","error_msg":"The DB instance does not exist."}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The `error_code`.
    pub number: &'static str,
    /// The HTTP status.
    pub http: u16,
    /// The `error_msg`.
    pub text: &'static str,
    /// What it means, in the words that all services share.
    pub code: Code,
}

/// The errors with a published number and text, under names of our own.
impl Problem {
    /// A parameter is missing, or is not what it must be.
    pub const PARAMETER: Problem = Problem::new("DBS.280001", 400, Code::InvalidArgument, "Parameter error");
    pub(super) const BACKUP_NAME: Problem =
        Problem::new("DBS.280277", 400, Code::InvalidArgument, "Invalid backup name.");
    pub(super) const DESCRIPTION: Problem =
        Problem::new("DBS.280127", 400, Code::InvalidArgument, "Invalid backup description.");
    pub(super) const ACTION: Problem =
        Problem::new("DBS.280391", 400, Code::InvalidArgument, "Action check states.");
    pub(super) const LIMIT: Problem = Problem::new("DBS.280439", 400, Code::InvalidArgument, "Invalid limit");
    pub(super) const OFFSET: Problem =
        Problem::new("DBS.280440", 400, Code::InvalidArgument, "Invalid offset");
    pub(super) const BACKUP_ID: Problem =
        Problem::new("DBS.201212", 400, Code::InvalidArgument, "Backup ID is illegal.");
    pub(super) const NO_BACKUP: Problem =
        Problem::new("DBS.201214", 400, Code::NotFound, "The backup file does not exist.");
    pub(super) const NO_INSTANCE: Problem =
        Problem::new("DBS.200002", 404, Code::NotFound, "The DB instance does not exist.");
    pub(super) const BACKUP_EXISTS: Problem =
        Problem::new("DBS.201201", 400, Code::AlreadyExists, "The backup already exists.");
    pub(super) const WRONG_STATE: Problem = Problem::new(
        "DBS.201202",
        400,
        Code::FailedPrecondition,
        "Operation cannot be executed in current state of the DB instance.",
    );
    pub(super) const ANOTHER_OPERATION: Problem = Problem::new(
        "DBS.200019",
        403,
        Code::FailedPrecondition,
        "Another operation is being performed on the DB instance.",
    );
    pub(super) const NO_TOKEN: Problem = Problem::new(
        "APIGW.0301",
        401,
        Code::Unauthenticated,
        "Incorrect IAM authentication information: X-Auth-Token not found.",
    );
    /// There is no such path, or it does not take this method.
    pub const NO_API: Problem = Problem::new(
        "APIGW.0101",
        404,
        Code::Unimplemented,
        "The API does not exist or has not been published in the environment",
    );
    const TOKEN: Problem = Problem::new("DBS.280056", 403, Code::Unauthenticated, "Token invalid.");
    const RESOURCE: Problem = Problem::new("DBS.280016", 400, Code::NotFound, "Resource not found");
    const INVALID_BACKUP: Problem =
        Problem::new("DBS.280124", 400, Code::FailedPrecondition, "Invalid backup.");
    const REQUEST: Problem = Problem::new("DBS.280042", 400, Code::Unimplemented, "Invalid request");

    /// The error with this number, if it is one of these.
    pub fn numbered(number: &str) -> Option<Problem> {
        const ALL: [Problem; 18] = [
            Problem::PARAMETER,
            Problem::BACKUP_NAME,
            Problem::DESCRIPTION,
            Problem::ACTION,
            Problem::LIMIT,
            Problem::OFFSET,
            Problem::BACKUP_ID,
            Problem::NO_BACKUP,
            Problem::NO_INSTANCE,
            Problem::BACKUP_EXISTS,
            Problem::WRONG_STATE,
            Problem::ANOTHER_OPERATION,
            Problem::NO_TOKEN,
            Problem::NO_API,
            Problem::TOKEN,
            Problem::RESOURCE,
            Problem::REQUEST,
            Problem::INVALID_BACKUP,
        ];
        ALL.into_iter().find(|problem| problem.number == number)
    }

    /// An error.
    pub const fn new(number: &'static str, http: u16, code: Code, text: &'static str) -> Problem {
        Problem { number, http, text, code }
    }

    /// The error as the engine answers it.
    pub fn status(self) -> Status {
        Status::new(self.code, self.text).with(Detail::Reason(self.number))
    }

    /// The same with a word about what exactly is wrong.
    pub fn about(self, what: impl std::fmt::Display) -> Status {
        Status::new(self.code, format!("{}: {what}", self.text.trim_end_matches('.')))
            .with(Detail::Reason(self.number))
    }

    /// The error that a status of the engine is, and its text: its own, or those for its code, which is what a fault
    /// has.
    pub fn of(status: &Status) -> (Problem, &str) {
        let own = status.details.iter().find_map(|detail| match detail {
            Detail::Reason(number) => Some((Problem::numbered(number)?, status.message.as_str())),
            _ => None,
        });
        own.unwrap_or_else(|| {
            let problem = Problem::of_code(status.code);
            (problem, problem.text)
        })
    }

    fn of_code(code: Code) -> Problem {
        match code {
            Code::Unauthenticated => Problem::TOKEN,
            Code::PermissionDenied => {
                Problem::new("DBS.280032", 403, code, "The caller does not have permission.")
            }
            Code::InvalidArgument | Code::OutOfRange => Problem::PARAMETER,
            Code::NotFound => Problem::RESOURCE,
            Code::AlreadyExists => Problem::BACKUP_EXISTS,
            Code::FailedPrecondition => Problem::WRONG_STATE,
            Code::ResourceExhausted => Problem::new("DBS.280443", 429, code, "Too many requests."),
            Code::Unimplemented => Problem::REQUEST,
            code => Problem::new("DBS.280005", code.http_status(), code, "Server error."),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_an_error_with_a_status_of_errors() {
        for code in Code::ALL.iter().skip(1) {
            let status = Status::new(*code, "by a fault");
            let (problem, _) = Problem::of(&status);
            assert!(problem.number.starts_with("DBS.") && problem.http >= 400, "{code}: {problem:?}");
        }
        let status = Status::new(Code::Unauthenticated, "by a fault");
        assert_eq!(Problem::of(&status), (Problem::TOKEN, "Token invalid."));
    }

    #[test]
    fn an_error_of_the_rules_keeps_its_number() {
        let status = Problem::LIMIT.about("0");
        assert_eq!(Problem::of(&status), (Problem::LIMIT, "Invalid limit: 0"));
    }
}
