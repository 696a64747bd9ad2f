//! Files that are read into memory, and how large they may be.

use std::fs::File;
use std::io::{self, ErrorKind, Read as _};
use std::path::Path;

/// The most bytes of a file that is read into memory. Whatever a path leads to, it is not read any further.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MostBytes(u64);

impl MostBytes {
    /// Of a manifest, a scenario, a list of known failures or a seed: 1 MiB.
    pub const YAML: MostBytes = MostBytes(1 << 20);
    /// Of a page, or of a file with code: 16 MiB.
    pub const PAGE: MostBytes = MostBytes(16 << 20);
    /// Of results or of a baseline: 512 MiB.
    pub const RESULTS: MostBytes = MostBytes(512 << 20);

    /// Reads a file.
    ///
    /// # Errors
    /// What the system says, and a file that is larger.
    pub fn read(self, path: &Path) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        File::open(path)?.take(self.0 + 1).read_to_end(&mut bytes)?;
        if u64::try_from(bytes.len()).is_ok_and(|length| length <= self.0) {
            return Ok(bytes);
        }
        let message = format!("it is larger than {} MiB, the most that is read of such a file", self.0 >> 20);
        Err(io::Error::new(ErrorKind::FileTooLarge, message))
    }

    /// Reads a file that is UTF-8.
    ///
    /// # Errors
    /// As [`read`](Self::read), and a file that is not UTF-8.
    pub fn read_text(self, path: &Path) -> io::Result<String> {
        let not_utf8 = |_| io::Error::new(ErrorKind::InvalidData, "it is not UTF-8");
        String::from_utf8(self.read(path)?).map_err(not_utf8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_is_read_than_may_be() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        std::fs::write(&file, "12345").unwrap();
        assert_eq!(MostBytes(5).read_text(&file).unwrap(), "12345");
        assert_eq!(MostBytes(4).read(&file).unwrap_err().kind(), ErrorKind::FileTooLarge);
        let endless = Path::new("/dev/zero");
        if endless.exists() {
            let error = MostBytes::YAML.read(endless).unwrap_err();
            assert_eq!(error.to_string(), "it is larger than 1 MiB, the most that is read of such a file");
        }
    }
}
