/* Every way to wait for a time: each test waits for minutes, and looks at the clock. */
#include "check.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <mqueue.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/ipc.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>

#define MINUTES 300.0

static void test_nanosleep(void) {
    double begin = now();
    struct timespec time = span(MINUTES);
    CHECK(nanosleep(&time, NULL) == 0);
    TOOK(begin, MINUTES);
}

static const clockid_t clocks[] = {CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_BOOTTIME, CLOCK_TAI};

static void test_clock_nanosleep_relative(void) {
    for (size_t index = 0; index < LENGTH(clocks); index++) {
        double begin = now(), by_clock = seconds_of(clocks[index]);
        struct timespec time = span(MINUTES);
        CHECK(clock_nanosleep(clocks[index], 0, &time, NULL) == 0);
        TOOK(begin, MINUTES);
        CHECK(seconds_of(clocks[index]) - by_clock >= MINUTES);
    }
}

static void test_clock_nanosleep_absolute(void) {
    for (size_t index = 0; index < LENGTH(clocks); index++) {
        double begin = now();
        struct timespec time = from_now(clocks[index], MINUTES), kept = time;
        CHECK(clock_nanosleep(clocks[index], TIMER_ABSTIME, &time, NULL) == 0);
        TOOK(begin, MINUTES - 0.001);
        CHECK(seconds_of(clocks[index]) >= kept.tv_sec + kept.tv_nsec / 1e9 - 1e-6);
        CHECK(memcmp(&time, &kept, sizeof time) == 0);
        /* What is over is over. */
        begin = now();
        CHECK(clock_nanosleep(clocks[index], TIMER_ABSTIME, &time, NULL) == 0);
        TOOK(begin, 0);
    }
}

static void test_sleep_and_usleep(void) {
    double begin = now();
    CHECK(sleep(299) == 0);
    CHECK(usleep(999999) == 0);
    CHECK(usleep(1) == 0);
    TOOK(begin, MINUTES);
}

static void wait_for_condition(clockid_t clock) {
    pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    pthread_condattr_t attributes;
    pthread_cond_t condition;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, clock);
    pthread_cond_init(&condition, &attributes);
    double begin = now();
    struct timespec until = from_now(clock, MINUTES);
    pthread_mutex_lock(&mutex);
    CHECK(pthread_cond_timedwait(&condition, &mutex, &until) == ETIMEDOUT);
    TOOK(begin, MINUTES - 0.001);
}

static void test_condition_realtime(void) { wait_for_condition(CLOCK_REALTIME); }
static void test_condition_monotonic(void) { wait_for_condition(CLOCK_MONOTONIC); }

static void test_semaphore(void) {
    sem_t semaphore;
    sem_init(&semaphore, 0, 0);
    double begin = now();
    struct timespec until = from_now(CLOCK_REALTIME, MINUTES);
    CHECK(sem_timedwait(&semaphore, &until) == -1 && errno == ETIMEDOUT);
    TOOK(begin, MINUTES - 0.001);
}

static void test_mutex(void) {
    pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&mutex);
    double begin = now();
    struct timespec until = from_now(CLOCK_REALTIME, MINUTES);
    CHECK(pthread_mutex_timedlock(&mutex, &until) == ETIMEDOUT);
    TOOK(begin, MINUTES - 0.001);
}

static void *hold(void *mutex) {
    pthread_mutex_lock(mutex);
    pause();
    return NULL;
}

static void test_mutex_with_priority_inheritance(void) {
    static pthread_mutex_t mutex;
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_setprotocol(&attributes, PTHREAD_PRIO_INHERIT);
    pthread_mutex_init(&mutex, &attributes);
    pthread_t thread;
    pthread_create(&thread, NULL, hold, &mutex);
    while (pthread_mutex_trylock(&mutex) == 0) {
        pthread_mutex_unlock(&mutex);
        sched_yield();
    }
    double begin = now();
    struct timespec until = from_now(CLOCK_REALTIME, MINUTES);
    CHECK(pthread_mutex_timedlock(&mutex, &until) == ETIMEDOUT);
    TOOK(begin, MINUTES - 0.001);
}

static void test_futex_relative(void) {
    int word = 7;
    double begin = now();
    struct timespec time = span(MINUTES);
    CHECK(syscall(SYS_futex, &word, FUTEX_WAIT, 7, &time, NULL, 0) == -1 && errno == ETIMEDOUT);
    TOOK(begin, MINUTES);
}

static void test_futex_waitv(void) {
    struct { unsigned long val, uaddr; unsigned flags, reserved; } waiter = {0};
    unsigned word = 7;
    waiter.val = 7;
    waiter.uaddr = (unsigned long)&word;
    waiter.flags = 2;
    double begin = now();
    struct timespec until = from_now(CLOCK_MONOTONIC, MINUTES);
    long result = syscall(449, &waiter, 1, 0, &until, CLOCK_MONOTONIC);
    if (result == -1 && errno == ENOSYS) return;
    CHECK(result == -1 && errno == ETIMEDOUT);
    TOOK(begin, MINUTES - 0.001);
}

static void test_poll(void) {
    int ends[2];
    CHECK(pipe(ends) == 0);
    struct pollfd poll_one = {ends[0], POLLIN, 0};
    double begin = now();
    CHECK(poll(&poll_one, 1, (int)(MINUTES * 1000)) == 0);
    TOOK(begin, MINUTES);
    begin = now();
    struct timespec time = span(MINUTES);
    CHECK(ppoll(&poll_one, 1, &time, NULL) == 0);
    TOOK(begin, MINUTES);
    begin = now();
    CHECK(syscall(SYS_poll, NULL, 0, 1500) == 0);
    TOOK(begin, 1.5);
}

static void test_select(void) {
    int ends[2];
    CHECK(pipe(ends) == 0);
    fd_set readers;
    FD_ZERO(&readers);
    FD_SET(ends[0], &readers);
    double begin = now();
    struct timeval time = {300, 0};
    CHECK(select(ends[0] + 1, &readers, NULL, NULL, &time) == 0);
    TOOK(begin, MINUTES);
    CHECK(!FD_ISSET(ends[0], &readers));
    CHECK(time.tv_sec == 0 && time.tv_usec == 0);
    FD_SET(ends[0], &readers);
    begin = now();
    struct timespec precise = span(MINUTES);
    CHECK(pselect(ends[0] + 1, &readers, NULL, NULL, &precise, NULL) == 0);
    TOOK(begin, MINUTES);
    CHECK(!FD_ISSET(ends[0], &readers));
    /* More than a second of microseconds. */
    begin = now();
    time = (struct timeval){0, 90000000};
    CHECK(syscall(SYS_select, 0, NULL, NULL, NULL, &time) == 0);
    TOOK(begin, 90);
}

static void test_epoll(void) {
    int queue = epoll_create1(0);
    struct epoll_event event;
    double begin = now();
    CHECK(syscall(SYS_epoll_wait, queue, &event, 1, (int)(MINUTES * 1000)) == 0);
    TOOK(begin, MINUTES);
    begin = now();
    CHECK(epoll_pwait(queue, &event, 1, (int)(MINUTES * 1000), NULL) == 0);
    TOOK(begin, MINUTES);
    begin = now();
    struct timespec time = span(MINUTES);
    long result = syscall(441, queue, &event, 1, &time, NULL, 8);
    CHECK(result == 0 || (result == -1 && errno == ENOSYS));
    if (result == 0) TOOK(begin, MINUTES);
}

static void test_sigtimedwait(void) {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGUSR1);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    double begin = now();
    struct timespec time = span(MINUTES);
    CHECK(sigtimedwait(&signals, NULL, &time) == -1 && errno == EAGAIN);
    TOOK(begin, MINUTES);
}

static void test_semtimedop(void) {
    int semaphores = semget(IPC_PRIVATE, 1, 0600);
    CHECK(semaphores >= 0);
    struct sembuf take = {0, -1, 0};
    double begin = now();
    struct timespec time = span(MINUTES);
    int result = semtimedop(semaphores, &take, 1, &time);
    int error = errno;
    semctl(semaphores, 0, IPC_RMID);
    CHECK(result == -1 && error == EAGAIN);
    TOOK(begin, MINUTES);
}

static void test_mq(void) {
    struct mq_attr attributes = {0, 1, 8, 0};
    char name[40], message[8] = "";
    snprintf(name, sizeof name, "/world-%d", getpid());
    mqd_t queue = mq_open(name, O_CREAT | O_RDWR, 0600, &attributes);
    if (queue == -1 && (errno == ENOSYS || errno == EACCES)) return;
    CHECK(queue != -1);
    mq_unlink(name);
    double begin = now();
    struct timespec until = from_now(CLOCK_REALTIME, MINUTES);
    CHECK(mq_timedreceive(queue, message, 8, NULL, &until) == -1 && errno == ETIMEDOUT);
    TOOK(begin, MINUTES - 0.001);
    CHECK(mq_send(queue, message, 8, 0) == 0);
    begin = now();
    until = from_now(CLOCK_REALTIME, MINUTES);
    CHECK(mq_timedsend(queue, message, 8, 0, &until) == -1 && errno == ETIMEDOUT);
    TOOK(begin, MINUTES - 0.001);
}

static void test_recvmmsg(void) {
    int ends[2];
    CHECK(socketpair(AF_UNIX, SOCK_DGRAM, 0, ends) == 0);
    char byte;
    struct iovec piece = {&byte, 1};
    struct mmsghdr message = {.msg_hdr = {.msg_iov = &piece, .msg_iovlen = 1}};
    double begin = now();
    struct timespec time = span(MINUTES);
    CHECK(recvmmsg(ends[0], &message, 1, 0, &time) == -1);
    TOOK(begin, MINUTES);
}

static void test_io_getevents(void) {
    unsigned long context = 0;
    if (syscall(SYS_io_setup, 1, &context) == -1 && errno == ENOSYS) return;
    char event[32];
    double begin = now();
    struct timespec time = span(MINUTES);
    CHECK(syscall(SYS_io_getevents, context, 1, 1, event, &time) == 0);
    TOOK(begin, MINUTES);
}

static void socket_wait(int option, int (*wait_by)(int, int)) {
    int ends[2];
    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
    struct timeval limit = {300, 0};
    CHECK(setsockopt(ends[0], SOL_SOCKET, option, &limit, sizeof limit) == 0);
    for (int again = 0; again < 2; again++) {
        double begin = now();
        CHECK(wait_by(ends[0], ends[1]) == -1 && errno == EAGAIN);
        TOOK(begin, MINUTES);
    }
    /* A new socket under the same number has no limit. */
    close(ends[0]);
    close(ends[1]);
    int others[2];
    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, others) == 0 && others[0] == ends[0]);
    double begin = now();
    pid_t child = fork();
    if (child == 0) {
        struct timespec time = span(2 * MINUTES);
        nanosleep(&time, NULL);
        char bytes[4096];
        if (option == SO_RCVTIMEO) CHECK(write(others[1], "x", 1) == 1);
        else while (recv(others[1], bytes, sizeof bytes, MSG_DONTWAIT) > 0) continue;
        pause();
    }
    CHECK(wait_by(others[0], others[1]) > 0);
    TOOK(begin, 2 * MINUTES);
    kill(child, SIGKILL);
    wait(NULL);
}

static int receive(int mine, int other) {
    (void)other;
    char byte;
    return recv(mine, &byte, 1, 0);
}

static int send_much(int mine, int other) {
    (void)other;
    static char bytes[4096];
    while (send(mine, bytes, sizeof bytes, MSG_DONTWAIT) > 0) continue;
    return write(mine, bytes, sizeof bytes);
}

static void test_socket_receive(void) { socket_wait(SO_RCVTIMEO, receive); }
static void test_socket_send(void) { socket_wait(SO_SNDTIMEO, send_much); }

/* What is left of a wait that a signal has broken off is told by the same clock. */

static void nothing(int number) { (void)number; }

static void interrupt_after(double seconds, int flags) {
    struct sigaction action = {.sa_handler = nothing, .sa_flags = flags};
    sigaction(SIGUSR1, &action, NULL);
    pid_t parent = getpid();
    if (fork() == 0) {
        struct timespec time = span(seconds);
        nanosleep(&time, NULL);
        kill(parent, SIGUSR1);
        _exit(0);
    }
}

static void test_rest_of_nanosleep(void) {
    double begin = now();
    interrupt_after(100, SA_RESTART);
    struct timespec time = span(MINUTES), rest;
    CHECK(nanosleep(&time, &rest) == -1 && errno == EINTR);
    TOOK(begin, 100);
    LEFT(rest.tv_sec + rest.tv_nsec / 1e9, 200);
    CHECK(nanosleep(&rest, NULL) == 0);
    TOOK(begin, MINUTES);
}

static void test_rest_of_select(void) {
    double begin = now();
    interrupt_after(100, 0);
    struct timeval time = {300, 0};
    CHECK(select(0, NULL, NULL, NULL, &time) == -1 && errno == EINTR);
    TOOK(begin, 100);
    LEFT(time.tv_sec + time.tv_usec / 1e6, 200);
}

static void test_rest_of_select_that_something_ends(void) {
    int ends[2];
    CHECK(pipe(ends) == 0);
    double begin = now();
    if (fork() == 0) {
        sleep(100);
        CHECK(write(ends[1], "x", 1) == 1);
        _exit(0);
    }
    fd_set readers;
    FD_ZERO(&readers);
    FD_SET(ends[0], &readers);
    struct timeval time = {300, 0};
    CHECK(select(ends[0] + 1, &readers, NULL, NULL, &time) == 1);
    CHECK(FD_ISSET(ends[0], &readers));
    TOOK(begin, 100);
    LEFT(time.tv_sec + time.tv_usec / 1e6, 200);
}

static void test_interrupted_waits(void) {
    double begin = now();
    interrupt_after(100, SA_RESTART);
    CHECK(poll(NULL, 0, 300000) == -1 && errno == EINTR);
    TOOK(begin, 100);
    int queue = epoll_create1(0);
    struct epoll_event event;
    begin = now();
    interrupt_after(100, SA_RESTART);
    CHECK(epoll_wait(queue, &event, 1, 300000) == -1 && errno == EINTR);
    TOOK(begin, 100);
    sem_t semaphore;
    sem_init(&semaphore, 0, 0);
    begin = now();
    interrupt_after(100, 0);
    struct timespec until = from_now(CLOCK_REALTIME, MINUTES);
    CHECK(sem_timedwait(&semaphore, &until) == -1 && errno == EINTR);
    TOOK(begin, 100);
}

/* A signal that nobody handles is no reason to wake. */
static void test_ignored_signal(void) {
    int queue = epoll_create1(0);
    struct epoll_event event;
    if (fork() == 0) {
        sleep(100);
        _exit(0);
    }
    double begin = now();
    CHECK(epoll_wait(queue, &event, 1, 300000) == 0);
    TOOK(begin, MINUTES);
}

/* A child that stops its parent, and lets it go on, does not change how long it sleeps. */
static void test_stopped_while_sleeping(void) {
    pid_t parent = getpid();
    double begin = now();
    if (fork() == 0) {
        sleep(50);
        kill(parent, SIGSTOP);
        sleep(100);
        kill(parent, SIGCONT);
        _exit(0);
    }
    struct timespec time = span(MINUTES);
    CHECK(nanosleep(&time, NULL) == 0);
    TOOK(begin, MINUTES);
    CHECK(poll(NULL, 0, 1000) == 0);
    TOOK(begin, MINUTES + 1);
}

/* One that is stopped until after its time is over ends then. */
static void test_stopped_for_longer(void) {
    pid_t parent = getpid();
    double begin = now();
    if (fork() == 0) {
        sleep(50);
        kill(parent, SIGSTOP);
        sleep(400);
        kill(parent, SIGCONT);
        _exit(0);
    }
    struct timespec time = span(MINUTES);
    CHECK(nanosleep(&time, NULL) == 0);
    TOOK(begin, 450);
}

static const struct test tests[] = {
    {"nanosleep", test_nanosleep},
    {"clock-nanosleep-relative", test_clock_nanosleep_relative},
    {"clock-nanosleep-absolute", test_clock_nanosleep_absolute},
    {"sleep-and-usleep", test_sleep_and_usleep},
    {"condition-realtime", test_condition_realtime},
    {"condition-monotonic", test_condition_monotonic},
    {"semaphore", test_semaphore},
    {"mutex", test_mutex},
    {"mutex-with-priority-inheritance", test_mutex_with_priority_inheritance},
    {"futex-relative", test_futex_relative},
    {"futex-waitv", test_futex_waitv},
    {"poll", test_poll},
    {"select", test_select},
    {"epoll", test_epoll},
    {"sigtimedwait", test_sigtimedwait},
    {"semtimedop", test_semtimedop},
    {"message-queue", test_mq},
    {"recvmmsg", test_recvmmsg},
    {"io-getevents", test_io_getevents},
    {"socket-receive", test_socket_receive},
    {"socket-send", test_socket_send},
    {"rest-of-nanosleep", test_rest_of_nanosleep},
    {"rest-of-select", test_rest_of_select},
    {"rest-of-select-that-something-ends", test_rest_of_select_that_something_ends},
    {"interrupted-waits", test_interrupted_waits},
    {"ignored-signal", test_ignored_signal},
    {"stopped-while-sleeping", test_stopped_while_sleeping},
    {"stopped-for-longer", test_stopped_for_longer},
};

int main(int arguments, char **words) { return run_tests(tests, LENGTH(tests), arguments, words); }
