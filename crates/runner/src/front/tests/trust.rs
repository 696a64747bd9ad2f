//! What cases are told of the authority and of themselves.

use std::fs;

use ring::signature::{RSA_PKCS1_SHA256 as RSA_PKCS1_SHA256_ENCODING, RsaKeyPair};
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;

use crate::front::Pki;

#[test]
fn every_file_that_a_variable_names_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let pki = Pki::make(folder.path(), &[]).unwrap();
    let variables = pki.variables("p").unwrap();
    let root = folder.path().to_str().unwrap();
    for (name, value) in &variables {
        let path = value.to_str().unwrap();
        let path = &path[path.find(root).unwrap()..];
        assert!(fs::metadata(path).is_ok(), "{name:?} names {path}");
    }
    let store = fs::read(folder.path().join("authority.jks")).unwrap();
    assert_eq!(store[..4], [0xfe, 0xed, 0xfe, 0xed]);
    assert!(fs::read_to_string(folder.path().join("php/authority.ini")).unwrap().contains("curl.cainfo="));
}

#[test]
fn the_credentials_are_of_the_case_s_project_and_can_sign() {
    let folder = tempfile::tempdir().unwrap();
    let pki = Pki::make(folder.path(), &[]).unwrap();
    let read = |project: &str| -> serde_json::Value {
        let variables = pki.variables(project).unwrap();
        let file = variables.iter().find(|(name, _)| *name == "GOOGLE_APPLICATION_CREDENTIALS").unwrap().1;
        serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap()
    };
    let (p, q) = (read("p"), read("q"));
    assert_eq!((&p["project_id"], &q["project_id"]), (&"p".into(), &"q".into()));
    assert_eq!(p["token_uri"], "https://oauth2.googleapis.com/token");
    assert_eq!(p["private_key"], q["private_key"], "one key a run");
    let key = PrivatePkcs8KeyDer::from_pem_slice(p["private_key"].as_str().unwrap().as_bytes()).unwrap();
    let key = RsaKeyPair::from_pkcs8(key.secret_pkcs8_der()).unwrap();
    assert_eq!(key.public().modulus_len(), 256);
    let mut signature = vec![0; 256];
    key.sign(&RSA_PKCS1_SHA256_ENCODING, &ring::rand::SystemRandom::new(), b"text", &mut signature).unwrap();
    let public =
        ring::signature::UnparsedPublicKey::new(&ring::signature::RSA_PKCS1_2048_8192_SHA256, key.public());
    public.verify(b"text", &signature).unwrap();
}
