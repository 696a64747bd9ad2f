//! The certificate authority of a run, whose certificate says what the service's own would.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use getrandom::SysRng;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use rsa::PrivateKey;
use rsa::pkcs8::{EncodePrivateKey, LineEnding};
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::rustls::{self, ServerConfig, crypto::ring};

use super::keystore;
use super::token::ACCESS_TOKEN;

/// The authority's certificate, for those who read PEM.
pub(super) const AUTHORITY: &str = "authority.pem";
/// The same for Java, which reads no PEM.
pub(super) const TRUST_STORE: &str = "authority.jks";
/// The folder of the file that tells PHP of it.
pub(super) const PHP: &str = "php";

/// What every certificate holds: where token libraries ask, and where the samples reach a front themselves.
const NAMES: [&str; 3] = ["*.googleapis.com", "localhost", "127.0.0.1"];

/// The size of the service account's key: PHP's library signs with none that is smaller.
const ACCOUNT_KEY_BITS: usize = 2048;

/// How long the lines of a key are in PEM (RFC 7468, 2).
const PEM_LINE: usize = 64;

/// What a front shows and what a case must know to believe it: made once for a run, with keys that nobody else has and
/// that are gone with the run.
pub struct Pki {
    folder: PathBuf,
    server: Arc<ServerConfig>,
    /// The key of the service account. Made when it is first asked for: it takes a tenth of a second.
    account_key: OnceLock<String>,
}

/// There is no authority.
#[derive(Debug, thiserror::Error)]
pub enum PkiError {
    /// A name that cannot be in a certificate, or no randomness for a key.
    #[error("cannot make a certificate for the services' names: {0}")]
    Certificate(#[from] rcgen::Error),
    /// The certificate cannot be shown.
    #[error("cannot serve TLS: {0}")]
    Tls(#[from] rustls::Error),
    /// No key for the service account.
    #[error("cannot make a key for a service account: {0}")]
    AccountKey(String),
    /// A file cannot be written.
    #[error("{path}: {source}; samples need this file to trust the emulator")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl Pki {
    /// Makes an authority, and writes what cases are to know of it into a folder, which must be there. Its certificate
    /// is good for `hosts`, the names of the services, for every name below `googleapis.com`, and for this machine.
    ///
    /// Keys are random, and different in each run. Nothing that a report says depends on them.
    ///
    /// # Errors
    /// A host that is no name; a file that cannot be written.
    pub fn make(folder: &Path, hosts: &[&str]) -> Result<Pki, PkiError> {
        let authority_key = KeyPair::generate()?;
        let authority_params = authority_params()?;
        let authority = authority_params.self_signed(&authority_key)?;
        let issuer = Issuer::new(authority_params, authority_key);
        let server_key = KeyPair::generate()?;
        let certificate = server_params(hosts)?.signed_by(&server_key, &issuer)?;

        let pki = Pki {
            folder: folder.to_owned(),
            server: Arc::new(server_config(
                vec![certificate.der().clone(), authority.der().clone()],
                PrivatePkcs8KeyDer::from(server_key.serialize_der()).into(),
            )?),
            account_key: OnceLock::new(),
        };
        pki.write(AUTHORITY, authority.pem())?;
        pki.write(TRUST_STORE, keystore::trusting("rescind", authority.der()))?;
        fs::create_dir_all(pki.path(PHP)).map_err(|source| PkiError::File { path: pki.path(PHP), source })?;
        let authority = pki.path(AUTHORITY);
        let authority = authority.display();
        pki.write("php/authority.ini", format!("curl.cainfo={authority}\nopenssl.cafile={authority}\n"))?;
        Ok(pki)
    }

    /// What a front shows to who speaks TLS.
    pub(super) fn server_config(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.server)
    }

    /// The path of a file in the folder.
    pub(super) fn path(&self, file: &str) -> PathBuf {
        self.folder.join(file)
    }

    /// Writes a file into the folder.
    pub(super) fn write(&self, file: &str, content: impl AsRef<[u8]>) -> Result<(), PkiError> {
        let path = self.path(file);
        fs::write(&path, content).map_err(|source| PkiError::File { path, source })
    }

    /// The private key of the run's service account, in PEM.
    pub(super) fn account_key(&self) -> Result<&str, PkiError> {
        if let Some(key) = self.account_key.get() {
            return Ok(key);
        }
        let key = new_account_key().map_err(PkiError::AccountKey)?;
        // Whoever was first; another thread's is as good.
        Ok(self.account_key.get_or_init(|| key))
    }
}

impl Pki {
    /// What of the credentials that a case is given stands in a text: `the access token`, `the private key of its service
    /// account`.
    pub(crate) fn credentials_in(&self, text: &str) -> Vec<&'static str> {
        let mut found = Vec::new();
        if text.contains(ACCESS_TOKEN) {
            found.push("the access token");
        }
        let key = self.account_key.get().map(String::as_str).unwrap_or_default();
        // All lines between the first and the last are of the key; each is as good as secret by itself.
        let lines = key.lines().filter(|line| line.len() == PEM_LINE && !line.starts_with('-'));
        if lines.into_iter().any(|line| text.contains(line)) {
            found.push("the private key of its service account");
        }
        found
    }
}

fn new_account_key() -> Result<String, String> {
    let key = PrivateKey::new(&mut SysRng, ACCOUNT_KEY_BITS).map_err(|error| error.to_string())?;
    let pem = key.to_pkcs8_pem(LineEnding::LF).map_err(|error| error.to_string())?;
    Ok(pem.to_string())
}

fn authority_params() -> Result<CertificateParams, rcgen::Error> {
    let mut params = CertificateParams::new(Vec::new())?;
    params.distinguished_name.push(DnType::CommonName, "rescind, an authority for one run");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    Ok(params)
}

fn server_params(hosts: &[&str]) -> Result<CertificateParams, rcgen::Error> {
    let mut names: Vec<String> = NAMES.iter().chain(hosts).map(|name| (*name).to_owned()).collect();
    names.sort_unstable();
    names.dedup();
    let mut params = CertificateParams::new(names)?;
    params.distinguished_name.push(DnType::CommonName, "rescind");
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    Ok(params)
}

fn server_config(
    chain: Vec<rustls::pki_types::CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
) -> Result<ServerConfig, rustls::Error> {
    let provider = Arc::new(ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    // As the services offer them; gRPC insists on the first.
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}
