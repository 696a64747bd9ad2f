//! A trust store for Java: the JKS format, which every JDK reads where it is told of one, whatever its default is.
//!
//! (PKCS #12, the default since JDK 9, would take a dozen more crates to write, and older JDKs to be told of its type.)

use ring::digest::{Context, SHA1_FOR_LEGACY_USE_ONLY};

const MAGIC: u32 = 0xfeed_feed;
const VERSION: u32 = 2;
/// The tag of an entry that is a certificate that is trusted.
const TRUSTED: u32 = 2;
/// The password of the digest that ends a store. Java checks it where it is told a password; `changeit` is the one
/// that its own stores have.
const PASSWORD: &str = "changeit";
/// What is hashed after the password (`sun.security.provider.JavaKeyStore.getPreKeyedHash`).
const WHITENER: &[u8] = b"Mighty Aphrodite";

/// A store that trusts this certificate, by this name.
pub fn trusting(name: &str, certificate: &[u8]) -> Vec<u8> {
    let mut store = Vec::new();
    put_u32(&mut store, MAGIC);
    put_u32(&mut store, VERSION);
    put_u32(&mut store, 1);
    put_u32(&mut store, TRUSTED);
    put_text(&mut store, name);
    // The time at which it was added, in milliseconds since 1970; nobody asks for it.
    store.extend(0_u64.to_be_bytes());
    put_text(&mut store, "X.509");
    put_u32(&mut store, u32::try_from(certificate.len()).unwrap_or(u32::MAX));
    store.extend(certificate);

    let mut digest = Context::new(&SHA1_FOR_LEGACY_USE_ONLY);
    for unit in PASSWORD.encode_utf16() {
        digest.update(&unit.to_be_bytes());
    }
    digest.update(WHITENER);
    digest.update(&store);
    store.extend(digest.finish().as_ref());
    store
}

fn put_u32(store: &mut Vec<u8>, number: u32) {
    store.extend(number.to_be_bytes());
}

/// As `DataOutput.writeUTF`, for short ASCII.
fn put_text(store: &mut Vec<u8>, text: &str) {
    store.extend(u16::try_from(text.len()).unwrap_or(u16::MAX).to_be_bytes());
    store.extend(text.as_bytes());
}
