//! A program begins: the image is put into its memory, and the auxiliary vector leads to it.

use std::fs::File;
use std::io::{self, Read};

use rustix::process::Pid;

use super::clock::Clock;
use super::image;
use super::inject;
use super::memory::Memory;
use super::names::in_memory;
use super::ptrace;
use super::x86_64::{IMAGE, OFFSET, Registers, SYSCALL};

/// The entries of the auxiliary vector (getauxval(3)).
const AT_NULL: u64 = 0;
const AT_SYSINFO_EHDR: u64 = 33;

/// How much of the kernel's vDSO is searched for an instruction. It has two pages.
const VDSO: usize = 8192;

/// Nothing of the image is done for a program that has no vDSO to be replaced: it makes plain system calls.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Begun {
    WithImage,
    WithoutImage,
}

/// True for a program of 32 bits, whose system calls nobody here knows.
pub(crate) fn is_32_bit(process: Pid) -> bool {
    let mut ident = [0; 5];
    let read = File::open(format!("/proc/{}/exe", process.as_raw_nonzero()))
        .and_then(|mut file| file.read_exact(&mut ident));
    read.is_ok() && ident == [0x7f, b'E', b'L', b'F', 1]
}

/// Puts the image into a program that is about to run its first instruction: the thread is stopped at the end of execve.
pub(crate) fn begin(thread: Pid, memory: &Memory, clock: &Clock, image: &[u8]) -> io::Result<Begun> {
    let registers = ptrace::registers(thread)?;
    let Some((entry, vdso)) = find_vdso(&registers, memory) else { return Ok(Begun::WithoutImage) };
    let code = memory.read_some(vdso, VDSO);
    let Some(place) = code.windows(2).position(|bytes| bytes == SYSCALL) else {
        return Ok(Begun::WithoutImage);
    };
    let instruction = vdso + place as u64;
    let mapped = map(thread, &registers, memory, clock, image, instruction);
    ptrace::set_registers(thread, &registers)?;
    if !mapped? {
        return Ok(Begun::WithoutImage);
    }
    let led = memory.write(entry + 8, &IMAGE.to_ne_bytes());
    Ok(if led { Begun::WithImage } else { Begun::WithoutImage })
}

/// Maps the image, and the page of the clock behind it.
fn map(
    thread: Pid,
    registers: &Registers,
    memory: &Memory,
    clock: &Clock,
    image: &[u8],
    instruction: u64,
) -> io::Result<bool> {
    let call =
        |number: i64, arguments: [u64; 6]| inject::call(thread, registers, instruction, number, arguments);
    let flags = |flags: i32| u64::from((flags | libc::MAP_FIXED_NOREPLACE).cast_unsigned());
    let nowhere = u64::MAX;
    let executable = (libc::PROT_READ | libc::PROT_EXEC) as u64;
    let size = image::SIZE as u64;
    let private = flags(libc::MAP_PRIVATE | libc::MAP_ANONYMOUS);
    if call(libc::SYS_mmap, [IMAGE, size, executable, private, nowhere, 0])?.cast_unsigned() != IMAGE {
        return Ok(false);
    }
    let place = registers.stack() - 4096;
    if !memory.write(IMAGE, image) || !memory.write(place, &in_memory(clock.path())) {
        return Ok(false);
    }
    let here = i64::from(libc::AT_FDCWD).cast_unsigned();
    let read_only = u64::from((libc::O_RDONLY | libc::O_CLOEXEC).cast_unsigned());
    let file = call(libc::SYS_openat, [here, place, read_only, 0, 0, 0])?;
    if file < 0 {
        return Ok(false);
    }
    let file = file.cast_unsigned();
    let readable = libc::PROT_READ as u64;
    let mapped = call(libc::SYS_mmap, [OFFSET, size, readable, flags(libc::MAP_SHARED), file, 0])?;
    call(libc::SYS_close, [file, 0, 0, 0, 0, 0])?;
    Ok(mapped.cast_unsigned() == OFFSET)
}

/// The place of the entry in the auxiliary vector, which lies behind the arguments and the environment on the new stack,
/// and the address in it.
fn find_vdso(registers: &Registers, memory: &Memory) -> Option<(u64, u64)> {
    let mut place = registers.stack();
    let arguments = memory.word(place)?;
    place += 8 * (arguments + 2);
    while memory.word(place)? != 0 {
        place += 8;
    }
    place += 8;
    loop {
        match memory.word(place)? {
            AT_NULL => return None,
            AT_SYSINFO_EHDR => return Some((place, memory.word(place + 8)?)),
            _ => place += 16,
        }
    }
}
