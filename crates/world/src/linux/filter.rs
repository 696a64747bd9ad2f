//! Which system calls stop a thread, and which are refused without a stop: seccomp filters.
//!
//! A filter sees the number and the arguments of a call, not what they point to. So a wait without a time limit does not
//! stop, and one with a time limit does.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen as Length, SeccompCmpOp as Op, SeccompCondition,
    SeccompFilter, SeccompRule, TargetArch, sock_filter,
};

use super::x86_64::{IMAGE, OFFSET};

/// A filter could not be made.
pub(crate) type Error = seccompiler::BackendError;

type Rules = BTreeMap<i64, Vec<SeccompRule>>;

/// CLONE_UNTRACED of clone(2): the new process would be out of sight.
const CLONE_UNTRACED: u64 = 0x0080_0000;

/// The filters, to be installed in this order. They are the same for all trees, and take a while to be made.
pub(crate) fn programs() -> Result<&'static [BpfProgram], Error> {
    static PROGRAMS: OnceLock<Vec<BpfProgram>> = OnceLock::new();
    if let Some(programs) = PROGRAMS.get() {
        return Ok(programs);
    }
    let programs = make()?;
    Ok(PROGRAMS.get_or_init(|| programs))
}

fn make() -> Result<Vec<BpfProgram>, Error> {
    let make = |rules: Rules, action| -> Result<BpfProgram, Error> {
        SeccompFilter::new(rules, SeccompAction::Allow, action, TargetArch::x86_64)?.try_into()
    };
    Ok(vec![
        make(missing(), SeccompAction::Errno(libc::ENOSYS.cast_unsigned()))?,
        make(forbidden()?, SeccompAction::Errno(libc::EPERM.cast_unsigned()))?,
        make(unknown_families()?, SeccompAction::Errno(libc::EAFNOSUPPORT.cast_unsigned()))?,
        clocks(),
        make(traced()?, SeccompAction::Trace(0))?,
    ])
}

fn argument(index: u8, length: Length, op: Op, value: u64) -> Result<SeccompCondition, Error> {
    SeccompCondition::new(index, length, op, value)
}

fn all(conditions: Vec<SeccompCondition>) -> Result<SeccompRule, Error> {
    SeccompRule::new(conditions)
}

/// A pointer that is given.
fn given(index: u8) -> Result<Vec<SeccompRule>, Error> {
    Ok(vec![all(vec![argument(index, Length::Qword, Op::Ne, 0)?])?])
}

/// A number of milliseconds that is neither "at once" nor "for ever".
fn limited(index: u8) -> Result<Vec<SeccompRule>, Error> {
    let at_most = argument(index, Length::Dword, Op::Lt, 1 << 31)?;
    Ok(vec![all(vec![argument(index, Length::Dword, Op::Gt, 0)?, at_most])?])
}

/// The calls that stop a thread.
fn traced() -> Result<Rules, Error> {
    let always = Vec::new;
    let mut rules = Rules::from([
        // Waits for time, and for something with a time limit.
        (libc::SYS_nanosleep, always()),
        (libc::SYS_clock_nanosleep, always()),
        (libc::SYS_restart_syscall, always()),
        (libc::SYS_poll, limited(2)?),
        (libc::SYS_ppoll, given(2)?),
        (libc::SYS_select, given(4)?),
        (libc::SYS_pselect6, given(4)?),
        (libc::SYS_epoll_wait, limited(3)?),
        (libc::SYS_epoll_pwait, limited(3)?),
        (libc::SYS_epoll_pwait2, given(3)?),
        (libc::SYS_rt_sigtimedwait, given(2)?),
        (libc::SYS_semtimedop, given(3)?),
        (libc::SYS_mq_timedsend, given(4)?),
        (libc::SYS_mq_timedreceive, given(4)?),
        (libc::SYS_recvmmsg, given(4)?),
        (libc::SYS_io_getevents, given(4)?),
        (super::wait::IO_PGETEVENTS, given(4)?),
        (libc::SYS_futex_waitv, given(3)?),
        (super::wait::FUTEX_WAIT2, given(4)?),
        // Timers that go off later.
        (libc::SYS_alarm, always()),
        (libc::SYS_setitimer, vec![all(vec![argument(0, Length::Dword, Op::Eq, 0)?])?]),
        (libc::SYS_getitimer, vec![all(vec![argument(0, Length::Dword, Op::Eq, 0)?])?]),
        (libc::SYS_timer_create, always()),
        (libc::SYS_timer_settime, always()),
        (libc::SYS_timer_gettime, always()),
        (libc::SYS_timer_delete, always()),
        (libc::SYS_timerfd_settime, always()),
        (libc::SYS_timerfd_gettime, always()),
        // Whom a program talks to, and where it listens.
        (libc::SYS_connect, always()),
        (libc::SYS_bind, always()),
        (libc::SYS_sendto, given(4)?),
        (libc::SYS_sendmsg, always()),
        (libc::SYS_sendmmsg, always()),
        // Files with a meaning: names, and what other processes tell.
        (libc::SYS_open, always()),
        (libc::SYS_openat, always()),
        (libc::SYS_openat2, always()),
        // Whom a program disturbs.
        (libc::SYS_kill, always()),
        (libc::SYS_tkill, always()),
        (libc::SYS_tgkill, always()),
        (libc::SYS_rt_sigqueueinfo, always()),
        (libc::SYS_rt_tgsigqueueinfo, always()),
        (libc::SYS_pidfd_open, always()),
    ]);
    let datagrams = argument(1, Length::Dword, Op::MaskedEq(0xf), libc::SOCK_DGRAM as u64)?;
    let internet = |family: i32| {
        let family = argument(0, Length::Dword, Op::Eq, u64::from(family.cast_unsigned()))?;
        all(vec![family, datagrams.clone()])
    };
    rules.insert(libc::SYS_socket, vec![internet(libc::AF_INET)?, internet(libc::AF_INET6)?]);
    let futex = super::wait::FUTEX_WAITS.iter().map(|op| {
        let op = argument(1, Length::Dword, Op::MaskedEq(0x7f), u64::from(op.cast_unsigned()))?;
        all(vec![op, argument(3, Length::Qword, Op::Ne, 0)?])
    });
    rules.insert(libc::SYS_futex, futex.collect::<Result<_, _>>()?);
    let options = super::sockopt::TIMEOUTS.iter().map(|option| {
        let level = argument(1, Length::Dword, Op::Eq, libc::SOL_SOCKET as u64)?;
        all(vec![level, argument(2, Length::Dword, Op::Eq, u64::from(option.number))?])
    });
    let mut options: Vec<SeccompRule> = options.collect::<Result<_, _>>()?;
    options.push(all(vec![
        argument(1, Length::Dword, Op::Eq, libc::IPPROTO_IPV6 as u64)?,
        argument(2, Length::Dword, Op::Eq, libc::IPV6_V6ONLY as u64)?,
    ])?);
    rules.insert(libc::SYS_setsockopt, options);
    Ok(rules)
}

/// Calls that seem not to exist here. `io_uring` waits where nobody sees it; of `clone3` a filter cannot see the flags,
/// and C libraries fall back to `clone`.
fn missing() -> Rules {
    let calls =
        [libc::SYS_io_uring_setup, libc::SYS_io_uring_enter, libc::SYS_io_uring_register, libc::SYS_clone3];
    calls.into_iter().map(|call| (call, Vec::new())).collect()
}

/// Calls that change the machine, or lead out of sight.
fn forbidden() -> Result<Rules, Error> {
    let calls = [
        libc::SYS_clock_settime,
        libc::SYS_settimeofday,
        libc::SYS_setns,
        libc::SYS_reboot,
        libc::SYS_kexec_load,
        libc::SYS_kexec_file_load,
        libc::SYS_init_module,
        libc::SYS_finit_module,
        libc::SYS_delete_module,
        libc::SYS_swapon,
        libc::SYS_swapoff,
    ];
    let mut rules: Rules = calls.into_iter().map(|call| (call, Vec::new())).collect();
    let untraced = argument(0, Length::Qword, Op::MaskedEq(CLONE_UNTRACED), CLONE_UNTRACED)?;
    rules.insert(libc::SYS_clone, vec![all(vec![untraced])?]);
    // A raw socket speaks to whom it likes.
    let raw = argument(1, Length::Dword, Op::MaskedEq(0xf), libc::SOCK_RAW as u64)?;
    let internet = |family: i32| {
        let family = argument(0, Length::Dword, Op::Eq, u64::from(family.cast_unsigned()))?;
        all(vec![family, raw.clone()])
    };
    rules.insert(libc::SYS_socket, vec![internet(libc::AF_INET)?, internet(libc::AF_INET6)?]);
    Ok(rules)
}

/// Sockets of other families than these lead to places that nobody looks at.
fn unknown_families() -> Result<Rules, Error> {
    let known = [libc::AF_UNIX, libc::AF_INET, libc::AF_INET6, libc::AF_NETLINK];
    let unknown =
        known.iter().map(|family| argument(0, Length::Dword, Op::Ne, u64::from(family.cast_unsigned())));
    Ok(Rules::from([(libc::SYS_socket, vec![all(unknown.collect::<Result<_, _>>()?)?])]))
}

/// Reading the clock stops a thread unless the instruction lies in the image, which adds the offset itself. And the calls
/// of the x32 ABI, whose numbers the other filters do not know, seem not to exist.
///
/// Written by hand: `seccompiler` has no condition for the instruction pointer.
fn clocks() -> BpfProgram {
    const LOAD: u16 = (libc::BPF_LD | libc::BPF_W | libc::BPF_ABS) as u16;
    const EQUAL: u16 = (libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K) as u16;
    const AT_LEAST: u16 = (libc::BPF_JMP | libc::BPF_JGE | libc::BPF_K) as u16;
    const RETURN: u16 = (libc::BPF_RET | libc::BPF_K) as u16;
    const X32: u32 = 0x4000_0000;
    // The fields of `seccomp_data`: the number at 0, the instruction pointer's halves at 8 and 12.
    let it = |code, k, jt, jf| sock_filter { code, jt, jf, k };
    let call = |number: i64, jt| it(EQUAL, number as u32, jt, 0);
    vec![
        it(LOAD, 0, 0, 0),
        it(AT_LEAST, X32, 0, 1),
        it(RETURN, libc::SECCOMP_RET_ERRNO | libc::ENOSYS.cast_unsigned(), 0, 0),
        call(libc::SYS_clock_gettime, 3),
        call(libc::SYS_gettimeofday, 2),
        call(libc::SYS_time, 1),
        it(RETURN, libc::SECCOMP_RET_ALLOW, 0, 0),
        it(LOAD, 12, 0, 0),
        it(EQUAL, (IMAGE >> 32) as u32, 0, 3),
        it(LOAD, 8, 0, 0),
        it(AT_LEAST, OFFSET as u32, 1, 0),
        it(RETURN, libc::SECCOMP_RET_ALLOW, 0, 0),
        it(RETURN, libc::SECCOMP_RET_TRACE, 0, 0),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_filter_compiles() {
        for program in programs().unwrap() {
            assert!(!program.is_empty());
            assert!(program.len() < 4096);
        }
    }
}
