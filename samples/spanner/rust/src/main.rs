//! Runs the sample: spanner-cancel-backup PROJECT INSTANCE DATABASE BACKUP

mod cancel_backup;

use std::env;
use std::error::Error;
use std::process::ExitCode;

use google_cloud_auth::credentials::anonymous;
use google_cloud_gax::client_builder;
use google_cloud_spanner_admin_database_v1::client::DatabaseAdmin;

use crate::cancel_backup::cancel_backup;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [project, instance, database, backup] = arguments.as_slice() else {
        eprintln!("usage: spanner-cancel-backup PROJECT INSTANCE DATABASE BACKUP");
        return ExitCode::from(2);
    };
    // It fails only if there is a provider already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = match client().await {
        Ok(client) => client,
        Err(error) => {
            eprintln!("Could not make a client: {error}.");
            return ExitCode::FAILURE;
        }
    };
    let instance = format!("projects/{project}/instances/{instance}");
    match cancel_backup(&client, &instance, database, backup).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            report(&failure);
            ExitCode::FAILURE
        }
    }
}

/// A client of the emulator at SPANNER_EMULATOR_HOST, of which the library knows nothing, or else of the service.
async fn client() -> client_builder::Result<DatabaseAdmin> {
    match env::var("SPANNER_EMULATOR_HOST") {
        Ok(emulator) => {
            DatabaseAdmin::builder()
                .with_endpoint(format!("http://{emulator}"))
                .with_credentials(anonymous::Builder::new().build())
                .build()
                .await
        }
        Err(_) => DatabaseAdmin::builder().build().await,
    }
}

/// Says what went wrong, what came first first.
fn report(failure: &dyn Error) {
    if let Some(earlier) = failure.source() {
        report(earlier);
    }
    eprintln!("{failure}");
}
