//! The names in braces that commands and variables may use.

/// The placeholders in commands and in environment variables.
///
/// `{work}` is the copy of the sample's folder that a command runs in; `{cache}` the folder that belongs to the
/// dependencies (the same for each state of the code). The others only have a value in `run`: `{endpoint}` is the
/// address of the service as a URL, `http://HOST:PORT` or `https://HOST` as the
/// [`Endpoint`](rescind_model::Endpoint) has it; `{emulator}` the emulator's `HOST:PORT`.
pub const COMMAND_PLACEHOLDERS: [&str; 8] =
    ["work", "cache", "endpoint", "emulator", "project", "instance", "database", "backup"];

/// Those that variables may use which belong to the endpoint `service`: it is reached without the emulator's address.
pub const SERVICE_PLACEHOLDERS: [&str; 7] =
    ["work", "cache", "endpoint", "project", "instance", "database", "backup"];

/// The placeholders that commands of `prepare` and `build` may use.
pub const STAGE_PLACEHOLDERS: [&str; 2] = ["work", "cache"];
