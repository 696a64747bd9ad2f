//! What an emulator tells when it is ready: the variables that clients need, and the lines that others wait for.

use serde_json::json;

use crate::args::LogFormat;
use crate::failure::Failure;
use crate::output::{print, say};

/// The project in the variables where the emulator begins with none: any other is there, too.
const SOME_PROJECT: &str = "test-project";

/// Where everything is.
pub struct Announcement {
    /// `HOST:PORT` of the port for gRPC.
    pub grpc: String,
    /// `HOST:PORT` of the port for REST.
    pub rest: String,
    /// Where the control API listens.
    pub control: String,
    /// The line that tells its token, if it is to be told.
    pub token: String,
    /// The file with an access token, if there is one, as a shell reads it.
    pub access_token_file: Option<String>,
    /// The first project that the emulator begins with.
    pub project: Option<String>,
}

/// Tells that the emulator is ready. The variables go to standard output, so that a shell can read them. The lines by which
/// the vendor's emulator says that it is ready go to standard error, where that writes them, so that whatever waits for them
/// (Testcontainers' modules, other suites) can wait for this emulator; with `--log json`, each in an object as all else.
///
/// # Errors
/// Standard output cannot be written to.
pub fn announce(told: &Announcement, log: Option<LogFormat>) -> Result<(), Failure> {
    print(&variables(told))?;
    for line in ready(told) {
        match log {
            Some(LogFormat::Json) => say(json!({ "message": line }).to_string()),
            _ => say(line),
        }
    }
    Ok(())
}

fn variables(told: &Announcement) -> String {
    let Announcement { grpc, rest, control, token, access_token_file, project } = told;
    // Whoever has a token needs no leave to do without.
    let credentials = match access_token_file {
        Some(file) => format!("export CLOUDSDK_AUTH_ACCESS_TOKEN_FILE={file}"),
        None => "export CLOUDSDK_AUTH_DISABLE_CREDENTIALS=true".to_owned(),
    };
    let project = project.as_deref().unwrap_or(SOME_PROJECT);
    format!(
        "# gRPC and REST on both ports; what gRPC clients need:\n\
         export SPANNER_EMULATOR_HOST={grpc}\n\
         # what REST clients and gcloud need; the emulator knows every project:\n\
         export CLOUDSDK_API_ENDPOINT_OVERRIDES_SPANNER=http://{rest}/\n\
         export CLOUDSDK_API_ENDPOINT_OVERRIDES_ALLOYDB=http://{rest}/\n\
         {credentials}\n\
         export CLOUDSDK_CORE_PROJECT={project}\n\
         # the control API, for `rescind run --emulator {grpc}` and other test suites:\n\
         export RESCIND_CONTROL={control}\n{token}"
    )
}

fn ready(told: &Announcement) -> [String; 3] {
    [
        "Cloud Spanner emulator running.".to_owned(),
        format!("REST server listening at {}", told.rest),
        format!("gRPC server listening at {}", told.grpc),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(project: Option<&str>) -> Announcement {
        Announcement {
            grpc: "localhost:9010".to_owned(),
            rest: "localhost:9020".to_owned(),
            control: "127.0.0.1:9030".to_owned(),
            token: "export RESCIND_CONTROL_TOKEN=secret\n".to_owned(),
            access_token_file: None,
            project: project.map(str::to_owned),
        }
    }

    #[test]
    fn a_shell_can_read_what_clients_need() {
        insta::assert_snapshot!(variables(&told(Some("p"))), @"
        # gRPC and REST on both ports; what gRPC clients need:
        export SPANNER_EMULATOR_HOST=localhost:9010
        # what REST clients and gcloud need; the emulator knows every project:
        export CLOUDSDK_API_ENDPOINT_OVERRIDES_SPANNER=http://localhost:9020/
        export CLOUDSDK_API_ENDPOINT_OVERRIDES_ALLOYDB=http://localhost:9020/
        export CLOUDSDK_AUTH_DISABLE_CREDENTIALS=true
        export CLOUDSDK_CORE_PROJECT=p
        # the control API, for `rescind run --emulator localhost:9010` and other test suites:
        export RESCIND_CONTROL=127.0.0.1:9030
        export RESCIND_CONTROL_TOKEN=secret
        ");
        let with_token = Announcement { access_token_file: Some("/tmp/token".to_owned()), ..told(None) };
        let variables_with_token = variables(&with_token);
        assert!(variables_with_token.contains("export CLOUDSDK_AUTH_ACCESS_TOKEN_FILE=/tmp/token\n"));
        assert!(!variables_with_token.contains("DISABLE_CREDENTIALS"));
        assert!(variables(&told(None)).contains("export CLOUDSDK_CORE_PROJECT=test-project\n"));
    }

    #[test]
    fn the_lines_are_those_that_other_suites_wait_for() {
        insta::assert_snapshot!(ready(&told(None)).join("\n"), @"
        Cloud Spanner emulator running.
        REST server listening at localhost:9020
        gRPC server listening at localhost:9010
        ");
    }
}
