//! A program begins: the image is put into its memory, and the auxiliary vector leads to it.

use std::fs::File;
use std::io::{self, Read};

use rustix::process::Pid;

use super::clock::Clock;
use super::image::{self, TreeImage};
use super::inject::Injection;
use super::memory::Memory;
use super::ptrace;
use super::x86_64::{IMAGE, OFFSET, Registers, SLOT, SLOT_COUNT, SLOTS, SYSCALL};

/// The entries of the auxiliary vector (getauxval(3)).
const AT_NULL: u64 = 0;
const AT_SYSINFO_EHDR: u64 = 33;

/// How much of the kernel's vDSO is searched for an instruction. It has two pages.
const VDSO: usize = 8192;

/// How a program begins.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Begun {
    /// It has the image.
    WithImage,
    /// The image cannot be put into it, so it would not see its clock: why, in words.
    Without(&'static str),
}

/// True for a program of 32 bits, whose system calls nobody here knows.
pub(crate) fn is_32_bit(process: Pid) -> bool {
    let mut ident = [0; 5];
    let read = File::open(format!("/proc/{}/exe", process.as_raw_nonzero()))
        .and_then(|mut file| file.read_exact(&mut ident));
    read.is_ok() && ident == [0x7f, b'E', b'L', b'F', 1]
}

/// Puts the image into a program that is about to run its first instruction: the thread is stopped at the end of execve.
pub(crate) fn begin(thread: Pid, memory: &Memory, clock: &Clock, image: &TreeImage) -> io::Result<Begun> {
    let registers = ptrace::registers(thread)?;
    let Some((entry, vdso)) = find_vdso(&registers, memory) else {
        return Ok(Begun::Without("the kernel gives programs no vDSO"));
    };
    let code = memory.read_some(vdso, VDSO);
    let Some(place) = code.windows(2).position(|bytes| bytes == SYSCALL) else {
        return Ok(Begun::Without("the kernel's vDSO makes no system call"));
    };
    let instruction = vdso + place as u64;
    let mapped = map(thread, &registers, memory, clock, image, instruction);
    ptrace::set_registers(thread, &registers)?;
    match mapped? {
        Begun::WithImage if memory.write(entry + 8, &IMAGE.to_ne_bytes()) => Ok(Begun::WithImage),
        Begun::WithImage => Ok(Begun::Without("its auxiliary vector cannot be changed")),
        without => Ok(without),
    }
}

/// Maps the image, the page of the clock behind it, and the slots behind that.
fn map(
    thread: Pid,
    registers: &Registers,
    memory: &Memory,
    clock: &Clock,
    image: &TreeImage,
    instruction: u64,
) -> io::Result<Begun> {
    let injection = Injection::begin(thread, registers, instruction)?;
    let call = |number: i64, arguments: [u64; 6]| injection.call(number, arguments);
    let number = |flags: i32| u64::from(flags.cast_unsigned());
    let all = SLOTS + SLOT * SLOT_COUNT - IMAGE;
    let nowhere = u64::MAX;
    // Programs may not write to it. The tracer does, as a debugger does.
    let protection = number(libc::PROT_READ | libc::PROT_EXEC);
    let flags =
        number(libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE | libc::MAP_FIXED_NOREPLACE);
    let mapped = call(libc::SYS_mmap, [IMAGE, all, protection, flags, nowhere, 0])?;
    if mapped.cast_unsigned() != IMAGE {
        return Ok(Begun::Without("there is no room for the clock in its memory"));
    }
    let Some(path) = image.address_of(clock.path()).filter(|_| memory.write(IMAGE, &image.bytes)) else {
        return Ok(Begun::Without("its memory cannot be written to"));
    };
    let here = i64::from(libc::AT_FDCWD).cast_unsigned();
    let file = call(libc::SYS_openat, [here, path, number(libc::O_RDONLY | libc::O_CLOEXEC), 0, 0, 0])?;
    if file < 0 {
        return Ok(Begun::Without("it may not read the clock's file in the folder for temporary files"));
    }
    let file = file.cast_unsigned();
    let (readable, size) = (number(libc::PROT_READ), image::SIZE as u64);
    let shared = number(libc::MAP_SHARED | libc::MAP_FIXED);
    let mapped = call(libc::SYS_mmap, [OFFSET, size, readable, shared, file, 0])?;
    call(libc::SYS_close, [file, 0, 0, 0, 0, 0])?;
    Ok(if mapped.cast_unsigned() == OFFSET {
        Begun::WithImage
    } else {
        Begun::Without("the clock's file cannot be mapped")
    })
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
