//! What differs between processors, here for x86-64: where a system call has its number, its arguments and its result,
//! and the code that stands in for the vDSO.
//!
//! Sources: the System V ABI for AMD64, A.2.1; `arch/x86/entry/entry_64.S` and `arch/x86/kernel/signal.c` of Linux.

use std::arch::global_asm;

/// `errno` values that only the kernel sees: it starts the call again, or answers EINTR.
const ERESTARTSYS: i64 = -512;
const ERESTARTNOINTR: i64 = -513;
const ERESTARTNOHAND: i64 = -514;
const ERESTART_RESTARTBLOCK: i64 = -516;

/// The machine code of `syscall`.
pub(crate) const SYSCALL: [u8; 2] = [0x0f, 0x05];

/// The registers of a thread that is stopped.
#[derive(Clone, Copy)]
pub(crate) struct Registers(pub(crate) libc::user_regs_struct);

impl Registers {
    /// The number of the system call that the thread is in, or -1.
    pub(crate) fn call(&self) -> i64 {
        self.0.orig_rax.cast_signed()
    }

    /// An argument of the system call, from 0.
    pub(crate) fn argument(&self, index: usize) -> u64 {
        let it = &self.0;
        [it.rdi, it.rsi, it.rdx, it.r10, it.r8, it.r9].get(index).copied().unwrap_or_default()
    }

    /// Replaces an argument of the system call.
    pub(crate) fn set_argument(&mut self, index: usize, value: u64) {
        let it = &mut self.0;
        let all = [&mut it.rdi, &mut it.rsi, &mut it.rdx, &mut it.r10, &mut it.r8, &mut it.r9];
        if let Some(register) = all.into_iter().nth(index) {
            *register = value;
        }
    }

    /// What the system call has come to: a value, or `-errno`.
    pub(crate) fn result(&self) -> i64 {
        self.0.rax.cast_signed()
    }

    /// Replaces what the system call has come to.
    pub(crate) fn set_result(&mut self, result: i64) {
        self.0.rax = result.cast_unsigned();
    }

    /// Ends the system call with this result. At its beginning it is then not made, at its end it is not made again.
    pub(crate) fn end_with(&mut self, result: i64) {
        self.0.orig_rax = u64::MAX;
        self.0.rax = result.cast_unsigned();
    }

    /// True if the system call was interrupted, and will be made again or come to EINTR.
    pub(crate) fn is_interrupted(&self) -> bool {
        self.will_restart_rest()
            || matches!(self.result(), ERESTARTSYS | ERESTARTNOINTR | ERESTARTNOHAND)
            || self.result() == -i64::from(libc::EINTR)
    }

    /// True if the kernel goes on with the rest of the wait by `restart_syscall`, unless a handler runs.
    pub(crate) fn will_restart_rest(&self) -> bool {
        self.result() == ERESTART_RESTARTBLOCK
    }

    /// Makes a call that came to EINTR be made again unless a handler runs: what interrupted it was not meant for the
    /// program. (`epoll_wait` and some others come to EINTR without asking whether there is a handler.)
    pub(crate) fn repeat_unless_handled(&mut self) {
        if self.call() >= 0 && self.result() == -i64::from(libc::EINTR) {
            self.0.rax = ERESTARTNOHAND.cast_unsigned();
        }
    }

    /// The address of the next instruction.
    pub(crate) fn instruction(&self) -> u64 {
        self.0.rip
    }

    /// The stack pointer.
    pub(crate) fn stack(&self) -> u64 {
        self.0.rsp
    }

    /// These registers, set to make a system call at an instruction `syscall` that lies at this address.
    pub(crate) fn calling(&self, instruction: u64, call: i64, arguments: [u64; 6]) -> Registers {
        let mut it = *self;
        it.0.rip = instruction;
        it.0.rax = call.cast_unsigned();
        it.0.orig_rax = u64::MAX;
        for (index, value) in arguments.into_iter().enumerate() {
            it.set_argument(index, value);
        }
        it
    }
}

/// Where the image lies in every program: far from where anything else is put, by the kernel or by a runtime.
pub(crate) const IMAGE: u64 = 0x2a00_0000_0000;

/// The page behind the image: seconds and nanoseconds (two 64-bit numbers) by which the clock of the tree is ahead.
pub(crate) const OFFSET: u64 = IMAGE + 0x1000;

/// Behind that, memory for what the kernel is to read in the place of what a program points to: a slot a thread. It is not
/// put on the stack, for a stack may be small and other things lie below it (those of Go are some KiB, on the heap).
pub(crate) const SLOTS: u64 = OFFSET + 0x1000;
/// The size of a slot: the longest socket address (`sockaddr_storage`).
pub(crate) const SLOT: u64 = 128;
/// How many there are, for all threads of a tree, because those that share memory must not share one. They cost memory
/// when they are used.
pub(crate) const SLOT_COUNT: u64 = 1 << 17;

// The functions of the vDSO (`arch/x86/entry/vdso/vdso.lds.S`). Each makes the plain system call, whose instruction lies
// in the image and therefore does not trap, and adds the offset to a clock that moves with time.
global_asm!(
    ".pushsection .rodata.rescind_world_vdso,\"a\",@progbits",
    ".balign 16",
    ".globl rescind_world_vdso_begin",
    ".globl rescind_world_vdso_gettimeofday",
    ".globl rescind_world_vdso_time",
    ".globl rescind_world_vdso_getres",
    ".globl rescind_world_vdso_getcpu",
    ".globl rescind_world_vdso_end",
    "rescind_world_vdso_begin:",
    // clock_gettime(rdi: clock, rsi: timespec)
    "2:  mov eax, {clock_gettime}",
    "    syscall",
    "    test rax, rax",
    "    jnz 4f",
    "    cmp edi, 11",
    "    ja 4f",
    "    mov ecx, {moves}",
    "    bt ecx, edi",
    "    jnc 4f",
    "    movabs r8, {offset}",
    "    mov r9, [r8]",
    "    mov r8, [r8 + 8]",
    "    add r8, [rsi + 8]",
    "    cmp r8, 1000000000",
    "    jl 3f",
    "    sub r8, 1000000000",
    "    inc r9",
    "3:  mov [rsi + 8], r8",
    "    add [rsi], r9",
    "4:  ret",
    // gettimeofday(rdi: timeval or null, rsi: timezone or null)
    "rescind_world_vdso_gettimeofday:",
    "    sub rsp, 24",
    "    mov [rsp + 16], rdi",
    "    test rsi, rsi",
    "    jz 5f",
    "    mov qword ptr [rsi], 0",
    "5:  xor edi, edi",
    "    mov rsi, rsp",
    "    call 2b",
    "    mov rdi, [rsp + 16]",
    "    test rdi, rdi",
    "    jz 6f",
    "    mov rax, [rsp]",
    "    mov [rdi], rax",
    "    mov rax, [rsp + 8]",
    "    xor edx, edx",
    "    mov ecx, 1000",
    "    div rcx",
    "    mov [rdi + 8], rax",
    "6:  xor eax, eax",
    "    add rsp, 24",
    "    ret",
    // time(rdi: time_t or null)
    "rescind_world_vdso_time:",
    "    sub rsp, 24",
    "    mov [rsp + 16], rdi",
    "    xor edi, edi",
    "    mov rsi, rsp",
    "    call 2b",
    "    mov rdi, [rsp + 16]",
    "    mov rax, [rsp]",
    "    test rdi, rdi",
    "    jz 7f",
    "    mov [rdi], rax",
    "7:  add rsp, 24",
    "    ret",
    "rescind_world_vdso_getres:",
    "    mov eax, {clock_getres}",
    "    syscall",
    "    ret",
    "rescind_world_vdso_getcpu:",
    "    mov eax, {getcpu}",
    "    syscall",
    "    ret",
    "rescind_world_vdso_end:",
    ".popsection",
    clock_gettime = const libc::SYS_clock_gettime,
    clock_getres = const libc::SYS_clock_getres,
    getcpu = const libc::SYS_getcpu,
    moves = const super::clock::MOVING,
    offset = const OFFSET,
);

// SAFETY: these are the labels of the code above; only their addresses are used.
unsafe extern "C" {
    safe static rescind_world_vdso_begin: u8;
    safe static rescind_world_vdso_gettimeofday: u8;
    safe static rescind_world_vdso_time: u8;
    safe static rescind_world_vdso_getres: u8;
    safe static rescind_world_vdso_getcpu: u8;
    safe static rescind_world_vdso_end: u8;
}

/// The code of the image: the bytes, and the functions by name with their place in them.
pub(crate) fn code() -> (&'static [u8], [(&'static str, usize); 5]) {
    let begin = &raw const rescind_world_vdso_begin;
    let place = |label: *const u8| label.addr() - begin.addr();
    let functions = [
        ("__vdso_clock_gettime", 0),
        ("__vdso_gettimeofday", place(&raw const rescind_world_vdso_gettimeofday)),
        ("__vdso_time", place(&raw const rescind_world_vdso_time)),
        ("__vdso_clock_getres", place(&raw const rescind_world_vdso_getres)),
        ("__vdso_getcpu", place(&raw const rescind_world_vdso_getcpu)),
    ];
    // SAFETY: both labels enclose one section of read-only data that is never changed.
    let bytes = unsafe { std::slice::from_raw_parts(begin, place(&raw const rescind_world_vdso_end)) };
    (bytes, functions)
}
