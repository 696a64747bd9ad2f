//! The service account that a case is: application default credentials that open nothing but its front.

use serde::Serialize;

/// Where its tokens are to be had: at the front, as everything below `googleapis.com`.
const TOKENS: &str = "https://oauth2.googleapis.com/token";

/// The file that `GOOGLE_APPLICATION_CREDENTIALS` names, as Google's console writes it.
#[derive(Serialize)]
struct Account<'a> {
    r#type: &'static str,
    project_id: &'a str,
    private_key_id: &'static str,
    private_key: &'a str,
    client_email: String,
    client_id: &'static str,
    auth_uri: &'static str,
    token_uri: &'static str,
    auth_provider_x509_cert_url: &'static str,
    universe_domain: &'static str,
}

/// The credentials of a service account of a project with this private key, as JSON.
pub fn credentials(project: &str, private_key: &str) -> String {
    let account = Account {
        r#type: "service_account",
        project_id: project,
        private_key_id: "0000000000000000000000000000000000000001",
        private_key,
        client_email: format!("sample@{project}.iam.gserviceaccount.com"),
        client_id: "100000000000000000001",
        auth_uri: "https://accounts.google.com/o/oauth2/auth",
        token_uri: TOKENS,
        auth_provider_x509_cert_url: "https://www.googleapis.com/oauth2/v1/certs",
        universe_domain: "googleapis.com",
    };
    let written = serde_json::to_string_pretty(&account);
    debug_assert!(written.is_ok(), "writing JSON into memory cannot fail");
    written.unwrap_or_default()
}
