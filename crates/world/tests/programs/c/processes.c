/* Processes and threads that come, hide, and go. */
#include "check.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

extern char **environ;

static char *self[] = {"processes", "helper-sleep", NULL};

static void helper_sleep(void) {
    double begin = now();
    CHECK(sleep(300) == 0);
    TOOK(begin, 300);
    exit(7);
}

static void expect(pid_t child, int code) {
    int status;
    CHECK(waitpid(child, &status, 0) == child);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != code) fail("status %x", status);
}

static void test_fork(void) {
    double begin = now();
    pid_t children[10];
    for (size_t index = 0; index < LENGTH(children); index++) {
        children[index] = fork();
        if (children[index] == 0) {
            sleep(10 * index);
            _exit(0);
        }
    }
    for (size_t index = 0; index < LENGTH(children); index++) {
        expect(children[index], 0);
        TOOK(begin, 10 * index);
    }
}

static void test_vfork(void) {
    double begin = now();
    pid_t child = vfork();
    if (child == 0) {
        execv("/proc/self/exe", self);
        _exit(127);
    }
    expect(child, 7);
    TOOK(begin, 300);
}

/* The parent waits, in its child's memory, for as long as the child takes to execute something. */
static void test_vfork_that_waits(void) {
    double begin = now();
    pid_t child = vfork();
    if (child == 0) {
        struct timespec time = {100, 0};
        nanosleep(&time, NULL);
        execv("/proc/self/exe", self);
        _exit(127);
    }
    TOOK(begin, 100);
    expect(child, 7);
    TOOK(begin, 400);
}

static void test_posix_spawn(void) {
    double begin = now();
    pid_t child;
    CHECK(posix_spawn(&child, "/proc/self/exe", NULL, NULL, self, environ) == 0);
    expect(child, 7);
    TOOK(begin, 300);
}

static void test_without_environment(void) {
    char *nothing[] = {NULL};
    double begin = now();
    pid_t child = fork();
    if (child == 0) execve("/proc/self/exe", self, nothing);
    expect(child, 7);
    TOOK(begin, 300);
}

static void *execute(void *unused) {
    execv("/proc/self/exe", self);
    return unused;
}

static void *wait_for_ever(void *unused) {
    for (;;) pause();
    return unused;
}

/* Not the first thread executes: the others are gone, and it is the first one. */
static void test_exec_in_thread(void) {
    double begin = now();
    pid_t child = fork();
    if (child == 0) {
        pthread_t threads[4];
        for (size_t index = 0; index < LENGTH(threads); index++) {
            pthread_create(&threads[index], NULL, wait_for_ever, NULL);
        }
        pthread_create(&threads[0], NULL, execute, NULL);
        for (;;) sleep(1000);
    }
    expect(child, 7);
    TOOK(begin, 300);
}

static void test_exec_in_first_process(void) {
    pthread_t thread;
    self[1] = "helper-exit";
    pthread_create(&thread, NULL, execute, NULL);
    pause();
}

static void helper_exit(void) {
    CHECK(sleep(300) == 0);
    exit(0);
}

static void *outlive(void *unused) {
    CHECK(sleep(300) == 0);
    exit(0);
    return unused;
}

static void test_first_thread_ends(void) {
    pthread_t thread;
    pthread_create(&thread, NULL, outlive, NULL);
    pthread_exit(NULL);
}

static void *brief(void *unused) { return unused; }

static unsigned scale(unsigned most) {
    const char *text = getenv("MANY");
    return text ? (unsigned)atoi(text) : most;
}

static void test_many_threads(void) {
    double begin = now();
    for (unsigned index = 0; index < scale(10000); index++) {
        pthread_t thread;
        CHECK(pthread_create(&thread, NULL, brief, NULL) == 0);
        CHECK(pthread_join(thread, NULL) == 0);
    }
    sleep(300);
    CHECK(now() - begin >= 300);
}

static void test_many_processes(void) {
    for (unsigned index = 0; index < scale(10000) / 4; index++) {
        pid_t child = fork();
        if (child == 0) _exit(3);
        expect(child, 3);
    }
    CHECK(sleep(300) == 0);
}

static void *sleep_a_while(void *number) {
    CHECK(sleep((unsigned)(long)number) == 0);
    return NULL;
}

static void test_threads_at_once(void) {
    pthread_t threads[300];
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 1 << 16);
    double begin = now();
    for (size_t index = 0; index < LENGTH(threads); index++) {
        CHECK(pthread_create(&threads[index], &attributes, sleep_a_while, (void *)(100 + index % 7)) == 0);
    }
    for (size_t index = 0; index < LENGTH(threads); index++) pthread_join(threads[index], NULL);
    TOOK(begin, 106);
}

/* Each process forks, and ends, until there are a few hundred; all are known. */
static void test_fork_bomb(void) {
    for (int generation = 0; generation < 8; generation++) {
        if (fork() < 0) break;
    }
    sleep(1000);
    _exit(0);
}

static void put_number(const char *path, long number) {
    char text[32];
    int length = snprintf(text, sizeof text, "%ld\n", number);
    int file = open(path, O_WRONLY | O_CREAT | O_APPEND, 0644);
    CHECK(write(file, text, length) == length);
    close(file);
}

/* A daemon by the book: in a session of its own, twice forked, without an environment, with nothing open. */
static void test_daemon(void) {
    const char *path = getenv("PIDS");
    int ready[2];
    CHECK(pipe(ready) == 0);
    if (fork() == 0) {
        setsid();
        if (fork() != 0) _exit(0);
        put_number(path, getpid());
        environ = NULL;
        close(0);
        close(1);
        close(2);
        CHECK(write(ready[1], "x", 1) == 1);
        char *words[] = {"hidden", "helper-pause", NULL}, *nothing[] = {NULL};
        execve("/proc/self/exe", words, nothing);
        _exit(127);
    }
    char byte;
    CHECK(read(ready[0], &byte, 1) == 1);
    wait(NULL);
}

/* A signal to one thread ends all of a process; the others are not lost. */
static void test_killed_thread(void) {
    double begin = now();
    pid_t child = fork();
    if (child == 0) {
        pthread_t threads[20];
        for (size_t index = 0; index < LENGTH(threads); index++) {
            pthread_create(&threads[index], NULL, sleep_a_while, (void *)1000);
        }
        sleep(1000);
    }
    sleep(10);
    CHECK(kill(child, SIGKILL) == 0);
    int status;
    CHECK(waitpid(child, &status, 0) == child && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    TOOK(begin, 10);
    CHECK(sleep(300) == 0);
}

/* Waits to be killed from outside. */
static void test_wait_for_outside(void) {
    pthread_t thread;
    pid_t child = fork();
    if (child == 0) {
        pthread_create(&thread, NULL, wait_for_ever, NULL);
        int tells[2];
        char byte;
        CHECK(pipe(tells) == 0);
        printf("%d\n", getpid());
        fflush(stdout);
        /* The world would end for nothing goes on in it. */
        for (;;) if (read(0, &byte, 1) < 0) pause();
    }
    int status;
    CHECK(waitpid(child, &status, 0) == child && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    CHECK(sleep(300) == 0);
}

static volatile sig_atomic_t got, value;
static void note(int number, siginfo_t *information, void *context) {
    (void)context;
    got = number;
    value = information->si_value.sival_int;
}

/* Real-time signals keep their order and what comes with them. */
static void test_real_time_signals(void) {
    struct sigaction action = {.sa_sigaction = note, .sa_flags = SA_SIGINFO};
    sigset_t all, none;
    sigfillset(&all);
    /* One at a time. */
    action.sa_mask = all;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &all, NULL);
    for (int number = SIGRTMIN; number <= SIGRTMAX; number++) sigaction(number, &action, NULL);
    pid_t parent = getpid();
    double begin = now();
    if (fork() == 0) {
        sleep(100);
        for (int number = SIGRTMIN; number <= SIGRTMAX; number++) {
            CHECK(sigqueue(parent, number, (union sigval){.sival_int = number * 10}) == 0);
        }
        _exit(0);
    }
    for (int number = SIGRTMIN; number <= SIGRTMAX; number++) {
        CHECK(sigsuspend(&none) == -1);
        /* SIGCHLD may come in between. */
        while (got != number) CHECK(sigsuspend(&none) == -1);
        CHECK(value == number * 10);
    }
    TOOK(begin, 100);
}

/* A process group that is stopped and goes on, as a shell does it. */
static void test_stop_and_go_on(void) {
    pid_t child = fork();
    if (child == 0) {
        pthread_t thread;
        pthread_create(&thread, NULL, sleep_a_while, (void *)100);
        pthread_join(thread, NULL);
        _exit(5);
    }
    sleep(10);
    for (int again = 0; again < 5; again++) {
        int status;
        CHECK(kill(child, SIGSTOP) == 0);
        CHECK(waitpid(child, &status, WUNTRACED) == child && WIFSTOPPED(status));
        CHECK(sleep(10) == 0);
        CHECK(kill(child, SIGCONT) == 0);
        CHECK(waitpid(child, &status, WCONTINUED) == child && WIFCONTINUED(status));
    }
    expect(child, 5);
}

/* A program that tells nothing about itself. */
static void test_not_dumpable(void) {
    CHECK(prctl(PR_SET_DUMPABLE, 0) == 0);
    pid_t child = fork();
    if (child == 0) {
        CHECK(sleep(300) == 0);
        _exit(3);
    }
    expect(child, 3);
    CHECK(sleep(300) == 0);
}

/* Calls that seem not to exist. */
static void test_refused_calls(void) {
    CHECK(syscall(425, 8, NULL) == -1 && errno == ENOSYS); /* io_uring_setup */
    CHECK(syscall(435, NULL, 0) == -1 && errno == ENOSYS); /* clone3 */
    CHECK(syscall(0x40000000 | SYS_getpid) == -1 && errno == ENOSYS); /* x32 */
    CHECK(syscall(0x40000000 | 520) == -1 && errno == ENOSYS);
    CHECK(syscall(SYS_clone, 0x00800000 | SIGCHLD, 0, 0, 0, 0) == -1 && errno == EPERM);
    CHECK(syscall(SYS_clock_settime, CLOCK_REALTIME, NULL) == -1 && errno == EPERM);
    CHECK(socket(AF_INET, SOCK_RAW, 1) == -1 && errno == EPERM);
    CHECK(socket(AF_PACKET, SOCK_RAW, 0) == -1 && errno == EAFNOSUPPORT);
}

/* Files can be moved between folders, whatever keeps programs from other things. */
static void test_files_can_be_moved(void) {
    char from[] = "from-XXXXXX", to[] = "to-XXXXXX", old[64], new[64];
    CHECK(mkdtemp(from) && mkdtemp(to));
    snprintf(old, sizeof old, "%s/file", from);
    snprintf(new, sizeof new, "%s/file", to);
    close(open(old, O_CREAT | O_WRONLY, 0600));
    CHECK(rename(old, new) == 0);
    CHECK(link(new, old) == 0);
    CHECK(unlink(old) == 0 && unlink(new) == 0 && rmdir(from) == 0 && rmdir(to) == 0);
}

/* No descriptor but the three standard ones. */
static void test_descriptors(void) {
    for (int number = 3; number < 65536; number++) {
        if (fcntl(number, F_GETFD) != -1) fail("descriptor %d is open", number);
    }
    char byte;
    CHECK(read(0, &byte, 1) == 0);
    CHECK(getsid(0) == getpid() && getpgrp() == getpid());
}

/* Nobody waits for a time, so it never ends. */
static void test_stuck(void) {
    int ends[2];
    char byte;
    CHECK(pipe(ends) == 0);
    pthread_t thread;
    pthread_create(&thread, NULL, wait_for_ever, NULL);
    CHECK(read(ends[0], &byte, 1) == 1);
}

/* Waits for the lock on a file that somebody outside has. */
static void test_lock(void) {
    int file = open(getenv("LOCK"), O_RDWR);
    CHECK(flock(file, LOCK_EX) == 0);
}

static void test_lock_record(void) {
    int file = open(getenv("LOCK"), O_RDWR);
    struct flock all = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    CHECK(fcntl(file, F_SETLKW, &all) == 0);
}

static void test_busy(void) { for (;;) continue; }

/* Processes in sessions of their own, threads in each, all busy. */
static void *be_busy(void *unused) {
    test_busy();
    return unused;
}

static void test_busy_tree(void) {
    for (int index = 0; index < 3; index++) {
        if (fork() == 0) {
            pthread_t thread;
            setsid();
            pthread_create(&thread, NULL, be_busy, NULL);
            sleep(100000);
        }
    }
    test_busy();
}

static void test_for_ever(void) { for (;;) sleep(60); }

static void test_exit_code(void) { _exit(42); }

static void test_crash(void) {
    struct sigaction action = {.sa_handler = SIG_DFL};
    sigaction(SIGSEGV, &action, NULL);
    *(volatile int *)8 = 1;
}

static void test_left_behind(void) {
    for (int index = 0; index < 3; index++) {
        if (fork() == 0) {
            for (;;) pause();
        }
    }
}

static const struct test tests[] = {
    {"fork", test_fork},
    {"vfork", test_vfork},
    {"vfork-that-waits", test_vfork_that_waits},
    {"posix-spawn", test_posix_spawn},
    {"without-environment", test_without_environment},
    {"exec-in-thread", test_exec_in_thread},
    {"exec-in-first-process", test_exec_in_first_process},
    {"first-thread-ends", test_first_thread_ends},
    {"many-threads", test_many_threads},
    {"many-processes", test_many_processes},
    {"threads-at-once", test_threads_at_once},
    {"killed-thread", test_killed_thread},
    {"real-time-signals", test_real_time_signals},
    {"stop-and-go-on", test_stop_and_go_on},
    {"not-dumpable", test_not_dumpable},
    {"refused-calls", test_refused_calls},
    {"files-can-be-moved", test_files_can_be_moved},
    {"descriptors", test_descriptors},
};

/* Those of which the report has something to say. */
static const struct test reported[] = {
    {"fork-bomb", test_fork_bomb},
    {"daemon", test_daemon},
    {"wait-for-outside", test_wait_for_outside},
    {"stuck", test_stuck},
    {"lock", test_lock},
    {"lock-record", test_lock_record},
    {"busy", test_busy},
    {"busy-tree", test_busy_tree},
    {"for-ever", test_for_ever},
    {"exit-code", test_exit_code},
    {"crash", test_crash},
    {"left-behind", test_left_behind},
    {"helper-sleep", helper_sleep},
    {"helper-exit", helper_exit},
    {"helper-pause", test_stuck},
};

int main(int arguments, char **words) {
    int result = run_tests(tests, LENGTH(tests), arguments, words);
    return result == 2 ? run_tests(reported, LENGTH(reported), arguments, words) : result;
}
