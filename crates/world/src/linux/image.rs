//! The image that stands in for the vDSO: an ELF file of one page, as the loader would have laid it out in memory.
//!
//! C libraries and Go's runtime find it by the auxiliary vector (`AT_SYSINFO_EHDR`), and its functions by name and version
//! (`LINUX_2.6`), which the tables below are for. It needs no relocation, and its dynamic section is not marked writable:
//! glibc from 2.35 on would write to it.
//!
//! Sources: System V ABI, chapters 4 and 5; Linux Standard Base, "Symbol Versioning"; vdso(7).

use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::x86_64::{IMAGE, SYSCALL, code};

/// The size of the image: one page.
pub(crate) const SIZE: usize = 4096;

const HEADER: usize = 64;
const PROGRAM_HEADER: usize = 56;
const SYMBOL: usize = 24;
/// The index of the text section in symbols. Any that is not 0, which would say "defined elsewhere".
const SECTION: u16 = 1;
const VERSION: &str = "LINUX_2.6";
const NAME: &str = "linux-vdso.so.1";

/// The number of a version in the table of versions: 1 is the file's own name.
const BASE: u16 = 1;
const DEFINED: u16 = 2;

/// The image of one tree: the ELF file, and behind it the paths of the files that programs get to see.
pub(crate) struct TreeImage {
    pub(crate) bytes: Vec<u8>,
    /// The address of an instruction `syscall` in it.
    pub(crate) instruction: u64,
    paths: Vec<(PathBuf, u64)>,
}

impl TreeImage {
    /// The image, with these paths.
    ///
    /// # Errors
    /// If they are too long.
    pub(crate) fn new<'a>(paths: impl IntoIterator<Item = &'a Path>) -> io::Result<TreeImage> {
        static COMMON: OnceLock<(Vec<u8>, usize)> = OnceLock::new();
        let (common, length) = COMMON.get_or_init(build);
        let (mut bytes, mut end) = (common.clone(), *length);
        let mut places = Vec::new();
        for path in paths {
            let text = path.as_os_str().as_bytes();
            // And the zero byte that ends it.
            let Some(room) = bytes.get_mut(end..=end + text.len()) else {
                return Err(io::Error::new(io::ErrorKind::InvalidFilename, "the folder's path is too long"));
            };
            room[..text.len()].copy_from_slice(text);
            places.push((path.to_owned(), IMAGE + end as u64));
            end += text.len() + 1;
        }
        let instruction = bytes.windows(2).position(|code| code == SYSCALL).unwrap_or_default();
        Ok(TreeImage { bytes, instruction: IMAGE + instruction as u64, paths: places })
    }

    /// Where a path lies in every program of the tree.
    pub(crate) fn address_of(&self, path: &Path) -> Option<u64> {
        self.paths.iter().find(|(it, _)| it == path).map(|(_, address)| *address)
    }
}

/// Builds what is the same in all trees: the page, and how much of it is used.
fn build() -> (Vec<u8>, usize) {
    let (text, functions) = code();
    let mut strings = Strings(vec![0]);
    let name = strings.add(NAME);
    let version = strings.add(VERSION);
    let names = functions.map(|(name, _)| strings.add(name));

    let mut layout = Layout(HEADER + 2 * PROGRAM_HEADER);
    let symbols = layout.take((functions.len() + 1) * SYMBOL);
    let string_table = layout.take(strings.0.len());
    let hash = layout.take(4 * (2 + 1 + functions.len() + 1));
    let versions = layout.take(2 * (functions.len() + 1));
    let definitions = layout.take(2 * (20 + 8));
    let dynamic = layout.take(16 * 10);
    let code = layout.take(text.len());
    debug_assert!(layout.0 <= SIZE);

    let mut image = Image(vec![0; SIZE]);
    image.put(0, &[0x7f, b'E', b'L', b'F', 2, 1, 1]);
    image.put16(16, &[3 /* shared object */, 62 /* x86-64 */]);
    image.put32(20, &[1]);
    image.put64(32, &[HEADER as u64]);
    image.put16(52, &[HEADER as u16, PROGRAM_HEADER as u16, 2, 64]);
    let readable_executable = 5;
    image.program_header(0, 1 /* load */, readable_executable, 0, SIZE);
    image.program_header(1, 2 /* dynamic */, 4 /* readable */, dynamic, 16 * 10);

    for (index, (place, (_, function))) in names.iter().zip(functions).enumerate() {
        let at = symbols + (index + 1) * SYMBOL;
        image.put32(at, &[*place]);
        image.put(at + 4, &[0x12 /* global function */, 0]);
        image.put16(at + 6, &[SECTION]);
        image.put64(at + 8, &[(code + function) as u64, 16]);
        image.put16(versions + 2 * (index + 1), &[DEFINED]);
    }
    image.put(string_table, &strings.0);
    // One bucket, whose chain leads through all symbols.
    let count = functions.len() as u32 + 1;
    image.put32(hash, &[1, count, 1]);
    let chain: Vec<u32> =
        (0..count).map(|index| if index == 0 || index + 1 == count { 0 } else { index + 1 }).collect();
    image.put32(hash + 12, &chain);
    image.definition(definitions, 1 /* base */, BASE, NAME, name, 28);
    image.definition(definitions + 28, 0, DEFINED, VERSION, version, 0);
    let entries: [(u64, usize); 9] = [
        (14 /* SONAME */, name as usize),
        (5 /* STRTAB */, string_table),
        (6 /* SYMTAB */, symbols),
        (10 /* STRSZ */, strings.0.len()),
        (11 /* SYMENT */, SYMBOL),
        (4 /* HASH */, hash),
        (0x6fff_fff0 /* VERSYM */, versions),
        (0x6fff_fffc /* VERDEF */, definitions),
        (0x6fff_fffd /* VERDEFNUM */, 2),
    ];
    for (index, (tag, value)) in entries.into_iter().enumerate() {
        image.put64(dynamic + 16 * index, &[tag, value as u64]);
    }
    image.put(code, text);
    (image.0, layout.0)
}

/// A string table that grows.
struct Strings(Vec<u8>);

impl Strings {
    fn add(&mut self, text: &str) -> u32 {
        let place = self.0.len() as u32;
        self.0.extend_from_slice(text.as_bytes());
        self.0.push(0);
        place
    }
}

/// How much of the image is given away.
struct Layout(usize);

impl Layout {
    fn take(&mut self, size: usize) -> usize {
        let place = self.0.next_multiple_of(16);
        self.0 = place + size;
        place
    }
}

struct Image(Vec<u8>);

impl Image {
    fn put(&mut self, at: usize, bytes: &[u8]) {
        self.0[at..at + bytes.len()].copy_from_slice(bytes);
    }

    fn put16(&mut self, at: usize, numbers: &[u16]) {
        self.put(at, &numbers.iter().flat_map(|number| number.to_le_bytes()).collect::<Vec<u8>>());
    }

    fn put32(&mut self, at: usize, numbers: &[u32]) {
        self.put(at, &numbers.iter().flat_map(|number| number.to_le_bytes()).collect::<Vec<u8>>());
    }

    fn put64(&mut self, at: usize, numbers: &[u64]) {
        self.put(at, &numbers.iter().flat_map(|number| number.to_le_bytes()).collect::<Vec<u8>>());
    }

    fn program_header(&mut self, index: usize, kind: u32, flags: u32, offset: usize, size: usize) {
        let at = HEADER + index * PROGRAM_HEADER;
        let (offset, size) = (offset as u64, size as u64);
        self.put32(at, &[kind, flags]);
        self.put64(at + 8, &[offset, offset, offset, size, size, SIZE as u64]);
    }

    /// A version, with one name.
    fn definition(&mut self, at: usize, flags: u16, index: u16, name: &str, place: u32, next: u32) {
        self.put16(at, &[1, flags, index, 1]);
        self.put32(at + 8, &[hash(name), 20, next, place, 0]);
    }
}

/// The hash function of ELF.
fn hash(name: &str) -> u32 {
    name.bytes().fold(0, |hash: u32, byte| {
        let hash = (hash << 4).wrapping_add(u32::from(byte));
        let high = hash & 0xf000_0000;
        (hash ^ (high >> 24)) & !high
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_has_its_well_known_hash() {
        assert_eq!(hash("LINUX_2.6"), 0x03ae_75f6);
    }

    #[test]
    fn paths_lie_behind_the_code() {
        let image = TreeImage::new([Path::new("/a/b"), Path::new("/c")]).unwrap();
        let at = |path: &str| usize::try_from(image.address_of(Path::new(path)).unwrap() - IMAGE).unwrap();
        assert_eq!(&image.bytes[at("/a/b")..at("/c")], b"/a/b\0");
        assert_eq!(&image.bytes[at("/c")..at("/c") + 3], b"/c\0");
        assert_eq!(image.address_of(Path::new("/d")), None);
        assert!(TreeImage::new([Path::new(&"/x".repeat(2_000))]).is_err());
    }

    #[test]
    fn binutils_find_every_function_with_its_version() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), build().0).unwrap();
        let Ok(output) = std::process::Command::new("readelf")
            .args(["-W", "-D", "-s", "-V", "-d"])
            .arg(file.path())
            .output()
        else {
            return;
        };
        let text = String::from_utf8(output.stdout).unwrap();
        for name in ["clock_gettime", "gettimeofday", "time", "clock_getres", "getcpu"] {
            assert!(text.contains(&format!("__vdso_{name}")), "{text}");
        }
        assert!(text.contains("LINUX_2.6"), "{text}");
    }
}
