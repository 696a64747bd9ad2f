//! The memory of a process: `/proc/PID/mem`, which is allowed where ptrace is, also where `process_vm_readv` is not.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;

use rustix::process::Pid;

/// The longest path that is read.
const PATH: usize = 4096;

/// The memory of one process, until it executes another program.
pub(crate) struct Memory(File);

impl Memory {
    pub(crate) fn open(process: Pid) -> io::Result<Memory> {
        let path = format!("/proc/{}/mem", process.as_raw_nonzero());
        OpenOptions::new().read(true).write(true).open(path).map(Memory)
    }

    /// The bytes at an address, if all of them are there.
    pub(crate) fn read<const N: usize>(&self, address: u64) -> Option<[u8; N]> {
        let mut bytes = [0; N];
        self.0.read_exact_at(&mut bytes, address).ok()?;
        Some(bytes)
    }

    /// The bytes from an address on, as many as are there, up to `length`.
    pub(crate) fn read_some(&self, address: u64, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        let mut read = 0;
        while read < length {
            match self.0.read_at(&mut bytes[read..], address + read as u64) {
                Ok(0) | Err(_) => break,
                Ok(more) => read += more,
            }
        }
        bytes.truncate(read);
        bytes
    }

    /// The text at an address up to its zero byte; none if it is longer than a path can be, or not there.
    pub(crate) fn read_path(&self, address: u64) -> Option<Vec<u8>> {
        let mut path = Vec::new();
        while path.len() < PATH {
            // Not across the end of a page: the next one may not be there.
            let next = address + path.len() as u64;
            let rest = 256 - (next % 256) as usize;
            let bytes = self.read_some(next, rest);
            match bytes.iter().position(|byte| *byte == 0) {
                Some(end) => {
                    path.extend_from_slice(&bytes[..end]);
                    return Some(path);
                }
                None if bytes.len() < rest => return None,
                None => path.extend_from_slice(&bytes),
            }
        }
        None
    }

    /// A 64-bit number, as all sizes and addresses are.
    pub(crate) fn word(&self, address: u64) -> Option<u64> {
        self.read::<8>(address).map(u64::from_ne_bytes)
    }

    /// Two 64-bit numbers: a `timespec` or a `timeval`.
    pub(crate) fn pair(&self, address: u64) -> Option<(i64, i64)> {
        let bytes = self.read::<16>(address)?;
        let (first, second) = bytes.split_at(8);
        let number = |bytes: &[u8]| bytes.try_into().ok().map(i64::from_ne_bytes);
        Some((number(first)?, number(second)?))
    }

    /// Writes, also to what the program itself cannot write to. False if it is not all there.
    #[must_use]
    pub(crate) fn write(&self, address: u64, bytes: &[u8]) -> bool {
        self.0.write_all_at(bytes, address).is_ok()
    }

    /// Writes two 64-bit numbers.
    #[must_use]
    pub(crate) fn write_pair(&self, address: u64, first: i64, second: i64) -> bool {
        self.write(address, &[first.to_ne_bytes(), second.to_ne_bytes()].concat())
    }
}
