//! The variables by which each runtime learns whom to trust and who it is.

use std::collections::BTreeMap;
use std::ffi::OsString;

use super::account;
use super::pki::{AUTHORITY, PHP, Pki, PkiError, TRUST_STORE};

/// Each is read by some runtime or library in the place of the system's list of authorities; they take PEM.
const AUTHORITIES: [&str; 10] = [
    // gRPC's core (C++, PHP, Python, Ruby) and grpc-js.
    "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH",
    // OpenSSL and what is built on it: Go, .NET, Ruby, Python's ssl, Rust's native certificates.
    "SSL_CERT_FILE",
    "NODE_EXTRA_CA_CERTS",
    "REQUESTS_CA_BUNDLE",
    // httplib2, which gcloud and older Python libraries use.
    "HTTPLIB2_CA_CERTS",
    "CURL_CA_BUNDLE",
    "AWS_CA_BUNDLE",
    "DENO_CERT",
    "GIT_SSL_CAINFO",
    "CLOUDSDK_CORE_CUSTOM_CA_CERTS_FILE",
];

impl Pki {
    /// The environment in which a case with this project trusts the [authority](Pki) and has credentials. What it names
    /// is written into the folder of the authority.
    ///
    /// # Errors
    /// A file cannot be written.
    pub fn variables(&self, project: &str) -> Result<BTreeMap<OsString, OsString>, PkiError> {
        let file = format!("{project}.json");
        self.write(&file, account::credentials(project, self.account_key()?))?;
        let credentials = self.path(&file);
        let authority = self.path(AUTHORITY);
        let mut variables: BTreeMap<OsString, OsString> =
            AUTHORITIES.iter().map(|name| (OsString::from(name), authority.clone().into())).collect();
        let mut set = |name: &str, value: OsString| variables.insert(name.into(), value);

        set("GOOGLE_APPLICATION_CREDENTIALS", credentials.clone().into());
        set("CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE", credentials.into());
        // The empty folder in front of the colon stands for PHP's own, which loads its extensions.
        set("PHP_INI_SCAN_DIR", joined(":", self.path(PHP)));
        set("JAVA_TOOL_OPTIONS", joined("-Djavax.net.ssl.trustStore=", self.path(TRUST_STORE)));
        Ok(variables)
    }
}

fn joined(prefix: &str, path: std::path::PathBuf) -> OsString {
    let mut value = OsString::from(prefix);
    value.push(path);
    value
}
