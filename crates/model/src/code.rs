//! The canonical error codes of `google.rpc.Code` (google/rpc/code.proto).

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $number:literal, $name:literal, $http:literal;)+) => {
        /// A code of `google.rpc.Code`, written in results as its proto name (`NOT_FOUND`).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        pub enum Code {
            $($(#[$doc])* #[serde(rename = $name)] $variant = $number,)+
        }

        impl Code {
            /// Every code, in the order of its number.
            pub const ALL: &'static [Code] = &[$(Code::$variant),+];

            /// The name in google/rpc/code.proto, for example `NOT_FOUND`.
            pub const fn name(self) -> &'static str {
                match self { $(Code::$variant => $name),+ }
            }

            /// The HTTP status that google/rpc/code.proto maps the code to.
            pub const fn http_status(self) -> u16 {
                match self { $(Code::$variant => $http),+ }
            }
        }
    };
}

codes! {
    /// Not an error.
    Ok = 0, "OK", 200;
    /// The operation was cancelled.
    Cancelled = 1, "CANCELLED", 499;
    /// An error of no known kind.
    Unknown = 2, "UNKNOWN", 500;
    /// The caller sent something that no state of the system makes valid.
    InvalidArgument = 3, "INVALID_ARGUMENT", 400;
    /// The deadline passed before the operation ended.
    DeadlineExceeded = 4, "DEADLINE_EXCEEDED", 504;
    /// The entity was not found.
    NotFound = 5, "NOT_FOUND", 404;
    /// The entity that the caller wanted to create is there already.
    AlreadyExists = 6, "ALREADY_EXISTS", 409;
    /// The caller may not do this.
    PermissionDenied = 7, "PERMISSION_DENIED", 403;
    /// A quota or a resource is used up.
    ResourceExhausted = 8, "RESOURCE_EXHAUSTED", 429;
    /// The state of the system forbids the operation.
    FailedPrecondition = 9, "FAILED_PRECONDITION", 400;
    /// The operation was aborted, mostly by another one at the same time.
    Aborted = 10, "ABORTED", 409;
    /// The operation went past the valid range.
    OutOfRange = 11, "OUT_OF_RANGE", 400;
    /// The server does not serve this.
    Unimplemented = 12, "UNIMPLEMENTED", 501;
    /// An invariant of the server is broken.
    Internal = 13, "INTERNAL", 500;
    /// The service is not available now; a retry may succeed.
    Unavailable = 14, "UNAVAILABLE", 503;
    /// Data was lost for good.
    DataLoss = 15, "DATA_LOSS", 500;
    /// The request has no valid credentials.
    Unauthenticated = 16, "UNAUTHENTICATED", 401;
}

impl Code {
    /// The number on the wire.
    pub const fn number(self) -> i32 {
        self as i32
    }

    /// The code with this number on the wire, if there is one.
    pub fn from_number(number: i32) -> Option<Code> {
        usize::try_from(number).ok().and_then(|index| Code::ALL.get(index)).copied()
    }

    /// The name in the notation of schedules: `permission-denied`.
    pub fn kebab(self) -> String {
        self.name().to_ascii_lowercase().replace('_', "-")
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The text names no code of google/rpc/code.proto.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a code of google.rpc.Code")]
pub struct UnknownCode(pub String);

impl FromStr for Code {
    type Err = UnknownCode;

    /// Reads both spellings, `NOT_FOUND` and `not-found`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wanted = text.replace('-', "_").to_ascii_uppercase();
        Code::ALL
            .iter()
            .copied()
            .find(|code| code.name() == wanted)
            .ok_or_else(|| UnknownCode(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names_go_both_ways() {
        for (index, code) in Code::ALL.iter().enumerate() {
            assert_eq!(usize::try_from(code.number()), Ok(index));
            assert_eq!(Code::from_number(code.number()), Some(*code));
            assert_eq!(code.name().parse(), Ok(*code));
            assert_eq!(code.kebab().parse(), Ok(*code));
        }
        assert_eq!(Code::from_number(-1), None);
        assert_eq!(Code::from_number(17), None);
        assert!("NO_SUCH".parse::<Code>().is_err());
    }
}
