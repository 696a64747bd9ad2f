/* Timers that go off while the program does something else. */
#include "check.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/wait.h>

static volatile sig_atomic_t times;
static void count(int number) { (void)number; times++; }

static void handle(int number, int flags) {
    struct sigaction action = {.sa_handler = count, .sa_flags = flags};
    sigaction(number, &action, NULL);
}

static void test_alarm_interrupts_pause(void) {
    handle(SIGALRM, 0);
    double begin = now();
    alarm(100);
    CHECK(pause() == -1 && errno == EINTR);
    TOOK(begin, 100);
    CHECK(times == 1);
}

static void test_alarm_interrupts_sleep(void) {
    handle(SIGALRM, 0);
    double begin = now();
    alarm(100);
    struct timespec time = span(300), rest;
    CHECK(nanosleep(&time, &rest) == -1 && errno == EINTR);
    TOOK(begin, 100);
    LEFT(rest.tv_sec + rest.tv_nsec / 1e9, 200);
    CHECK(alarm(0) == 0);
}

static void test_alarm_interrupts_read(void) {
    handle(SIGALRM, 0);
    int ends[2];
    char byte;
    CHECK(pipe(ends) == 0);
    double begin = now();
    alarm(100);
    CHECK(read(ends[0], &byte, 1) == -1 && errno == EINTR);
    TOOK(begin, 100);
}

/* With SA_RESTART the call goes on. */
static void test_alarm_restarts_read(void) {
    handle(SIGALRM, SA_RESTART);
    int ends[2];
    char byte;
    CHECK(pipe(ends) == 0);
    double begin = now();
    if (fork() == 0) {
        sleep(200);
        CHECK(write(ends[1], "x", 1) == 1);
        _exit(0);
    }
    alarm(100);
    CHECK(read(ends[0], &byte, 1) == 1);
    TOOK(begin, 200);
    CHECK(times == 1);
}

static void test_alarm_kills(void) {
    pid_t child = fork();
    if (child == 0) {
        alarm(100);
        for (;;) pause();
    }
    double begin = now();
    int status;
    CHECK(waitpid(child, &status, 0) == child && WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM);
    TOOK(begin, 99.9);
}

/* It goes on behind exec, and what is left of it is told. */
static void test_alarm_over_exec(void) {
    double begin = now();
    alarm(100);
    sleep(40);
    unsigned left = alarm(60);
    CHECK(left >= 58 && left <= 60);
    pid_t child = fork();
    if (child == 0) {
        alarm(100);
        execl("/proc/self/exe", "timers", "helper-pause", NULL);
    }
    int status;
    handle(SIGALRM, 0);
    CHECK(wait(&status) == -1 && errno == EINTR);
    TOOK(begin, 100);
    CHECK(waitpid(child, &status, 0) == child && WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM);
    TOOK(begin, 140);
}

static void helper_pause(void) { for (;;) pause(); }

static void test_setitimer_periodic(void) {
    handle(SIGALRM, 0);
    double begin = now();
    struct itimerval value = {{10, 0}, {5, 0}}, left;
    CHECK(setitimer(ITIMER_REAL, &value, NULL) == 0);
    while (times < 4) pause();
    TOOK(begin, 35);
    CHECK(getitimer(ITIMER_REAL, &left) == 0);
    LEFT(left.it_value.tv_sec + left.it_value.tv_usec / 1e6, 10);
    CHECK(left.it_interval.tv_sec == 10);
    sleep(4);
    struct itimerval off = {{0, 0}, {0, 0}};
    CHECK(setitimer(ITIMER_REAL, &off, &left) == 0);
    LEFT(left.it_value.tv_sec + left.it_value.tv_usec / 1e6, 6);
    sleep(100);
    CHECK(times == 4);
}

static void with_posix_timer(clockid_t clock, int absolute) {
    handle(SIGRTMIN + 3, 0);
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN + 3};
    timer_t timer;
    CHECK(timer_create(clock, &event, &timer) == 0);
    double begin = now();
    struct itimerspec value = {span(7), absolute ? from_now(clock, 100) : span(100)}, left;
    CHECK(timer_settime(timer, absolute ? TIMER_ABSTIME : 0, &value, NULL) == 0);
    sleep(40);
    CHECK(timer_gettime(timer, &left) == 0);
    LEFT(left.it_value.tv_sec + left.it_value.tv_nsec / 1e9, 60);
    while (times < 1) pause();
    TOOK(begin, 99.999);
    while (times < 3) pause();
    TOOK(begin, 113.999);
    CHECK(timer_delete(timer) == 0);
    sleep(100);
    CHECK(times == 3);
}

static void test_posix_timer(void) { with_posix_timer(CLOCK_MONOTONIC, 0); }
static void test_posix_timer_absolute(void) { with_posix_timer(CLOCK_MONOTONIC, 1); }
static void test_posix_timer_realtime(void) { with_posix_timer(CLOCK_REALTIME, 0); }
static void test_posix_timer_realtime_absolute(void) { with_posix_timer(CLOCK_REALTIME, 1); }

/* A timer that counts processor time does not go off while nobody works. */
static void test_posix_timer_of_processor_time(void) {
    handle(SIGRTMIN, 0);
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN};
    timer_t timer;
    CHECK(timer_create(CLOCK_PROCESS_CPUTIME_ID, &event, &timer) == 0);
    struct itimerspec value = {span(0), span(100)}, left;
    CHECK(timer_settime(timer, 0, &value, NULL) == 0);
    CHECK(sleep(1000) == 0);
    CHECK(times == 0);
    CHECK(timer_gettime(timer, &left) == 0);
    LEFT(left.it_value.tv_sec + left.it_value.tv_nsec / 1e9, 100);
}

static volatile sig_atomic_t notified;
static void notify(union sigval value) { notified = value.sival_int; }

static void test_posix_timer_with_thread(void) {
    struct sigevent event = {.sigev_notify = SIGEV_THREAD, .sigev_notify_function = notify};
    event.sigev_value.sival_int = 42;
    timer_t timer;
    CHECK(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0);
    double begin = now();
    struct itimerspec value = {span(0), span(100)};
    CHECK(timer_settime(timer, 0, &value, NULL) == 0);
    while (!notified) poll(NULL, 0, 1000);
    TOOK(begin, 100);
    CHECK(notified == 42);
}

static unsigned long expirations(int descriptor) {
    unsigned long number = 0;
    CHECK(read(descriptor, &number, sizeof number) == sizeof number);
    return number;
}

static void with_descriptor(clockid_t clock, int absolute) {
    int descriptor = timerfd_create(clock, 0);
    CHECK(descriptor >= 0);
    double begin = now();
    struct itimerspec value = {span(7), absolute ? from_now(clock, 100) : span(100)}, left;
    CHECK(timerfd_settime(descriptor, absolute ? TFD_TIMER_ABSTIME : 0, &value, NULL) == 0);
    sleep(40);
    CHECK(timerfd_gettime(descriptor, &left) == 0);
    LEFT(left.it_value.tv_sec + left.it_value.tv_nsec / 1e9, 60);
    CHECK(expirations(descriptor) == 1);
    TOOK(begin, 99.999);
    CHECK(expirations(descriptor) == 1);
    TOOK(begin, 106.999);
    sleep(22);
    CHECK(expirations(descriptor) == 3);
    TOOK(begin, 127.999);
    /* By epoll, without being woken for anything else. */
    int queue = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN}, got;
    CHECK(epoll_ctl(queue, EPOLL_CTL_ADD, descriptor, &event) == 0);
    CHECK(epoll_wait(queue, &got, 1, -1) == 1);
    TOOK(begin, 134.999);
    CHECK(expirations(descriptor) == 1);
    CHECK(epoll_wait(queue, &got, 1, 1000000) == 1);
    TOOK(begin, 141.999);
    /* Once it is closed, nobody waits for it. */
    close(descriptor);
    CHECK(epoll_wait(queue, &got, 1, 500000) == 0);
    TOOK(begin, 641.999);
}

static void test_descriptor(void) { with_descriptor(CLOCK_MONOTONIC, 0); }
static void test_descriptor_absolute(void) { with_descriptor(CLOCK_MONOTONIC, 1); }
static void test_descriptor_realtime_absolute(void) { with_descriptor(CLOCK_REALTIME, 1); }
static void test_descriptor_boottime(void) { with_descriptor(CLOCK_BOOTTIME, 0); }

/* A thread that waits for an event for ever, or for long, does not notice the timer of another one. */
static void *wait_for_events(void *queue) {
    struct epoll_event event;
    double begin = now();
    if (epoll_wait(*(int *)queue, &event, 1, 200000) != 0) fail("woken: errno %d", errno);
    TOOK(begin, 200);
    if (epoll_wait(*(int *)queue, &event, 1, -1) != 1) fail("woken: errno %d", errno);
    TOOK(begin, 349.5);
    return NULL;
}

static void test_nobody_else_notices(void) {
    int queue = epoll_create1(0), ends[2];
    CHECK(pipe(ends) == 0);
    struct epoll_event event = {.events = EPOLLIN};
    CHECK(epoll_ctl(queue, EPOLL_CTL_ADD, ends[0], &event) == 0);
    pthread_t thread;
    double begin = now();
    pthread_create(&thread, NULL, wait_for_events, &queue);
    int descriptor = timerfd_create(CLOCK_MONOTONIC, 0);
    struct itimerspec value = {span(50), span(50)};
    CHECK(timerfd_settime(descriptor, 0, &value, NULL) == 0);
    for (int index = 1; index <= 7; index++) {
        CHECK(expirations(descriptor) == 1);
        TOOK(begin, 50 * index);
    }
    CHECK(write(ends[1], "x", 1) == 1);
    pthread_join(thread, NULL);
}

/* The timers of a stopped process go off, and it gets to know when it goes on. */
static void test_stopped_process(void) {
    pid_t child = fork();
    if (child == 0) {
        handle(SIGALRM, 0);
        int descriptor = timerfd_create(CLOCK_MONOTONIC, 0);
        struct itimerspec value = {span(0), span(100)};
        CHECK(timerfd_settime(descriptor, 0, &value, NULL) == 0);
        alarm(100);
        double begin = now();
        raise(SIGSTOP);
        TOOK(begin, 299.9);
        CHECK(expirations(descriptor) == 1);
        CHECK(times == 1);
        _exit(0);
    }
    int status;
    CHECK(waitpid(child, &status, WUNTRACED) == child && WIFSTOPPED(status));
    sleep(300);
    kill(child, SIGCONT);
    CHECK(waitpid(child, &status, 0) == child && status == 0);
}

static const struct test tests[] = {
    {"alarm-interrupts-pause", test_alarm_interrupts_pause},
    {"alarm-interrupts-sleep", test_alarm_interrupts_sleep},
    {"alarm-interrupts-read", test_alarm_interrupts_read},
    {"alarm-restarts-read", test_alarm_restarts_read},
    {"alarm-kills", test_alarm_kills},
    {"alarm-over-exec", test_alarm_over_exec},
    {"setitimer-periodic", test_setitimer_periodic},
    {"posix-timer", test_posix_timer},
    {"posix-timer-absolute", test_posix_timer_absolute},
    {"posix-timer-realtime", test_posix_timer_realtime},
    {"posix-timer-realtime-absolute", test_posix_timer_realtime_absolute},
    {"posix-timer-of-processor-time", test_posix_timer_of_processor_time},
    {"posix-timer-with-thread", test_posix_timer_with_thread},
    {"descriptor", test_descriptor},
    {"descriptor-absolute", test_descriptor_absolute},
    {"descriptor-realtime-absolute", test_descriptor_realtime_absolute},
    {"descriptor-boottime", test_descriptor_boottime},
    {"nobody-else-notices", test_nobody_else_notices},
    {"stopped-process", test_stopped_process},
};

int main(int arguments, char **words) {
    if (arguments > 1 && strcmp(words[1], "helper-pause") == 0) helper_pause();
    return run_tests(tests, LENGTH(tests), arguments, words);
}
