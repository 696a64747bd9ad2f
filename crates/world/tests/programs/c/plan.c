/* Does what it is told, in threads: each argument is the plan of one, of steps like s300000 (sleep so many milliseconds),
 * e300000 (the same in epoll), c300000 (on a condition), b20 (be busy for so many milliseconds of processor time), r30 (ask
 * the server, which takes so long), w30 (the same in the middle of a process of its own).
 *
 * What takes real time must not take long by the clock: then it has jumped although somebody was busy. */
#include "check.h"

#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>

/* All that is not a sleep takes less than this, even on a very busy machine; all sleeps that matter take longer. */
#define SHORT 8.0

/* Looked up once: a process that is forked while another thread looks up a name may never look up one itself. */
static struct addrinfo *server;

static void sleep_for(double seconds) {
    struct timespec time = span(seconds);
    CHECK(nanosleep(&time, NULL) == 0);
}

static void wait_for_events(double seconds) {
    int queue = epoll_create1(0);
    struct epoll_event event;
    CHECK(epoll_wait(queue, &event, 1, (int)(seconds * 1000)) == 0);
    close(queue);
}

static void wait_for_condition(double seconds) {
    pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
    struct timespec until = from_now(CLOCK_REALTIME, seconds);
    pthread_mutex_lock(&mutex);
    CHECK(pthread_cond_timedwait(&condition, &mutex, &until) == ETIMEDOUT);
    pthread_mutex_unlock(&mutex);
}

static void be_busy(double seconds) {
    double begin = seconds_of(CLOCK_THREAD_CPUTIME_ID);
    while (seconds_of(CLOCK_THREAD_CPUTIME_ID) - begin < seconds) continue;
}

/* With a time limit of ten seconds, which only the clock of the world can make pass. */
static void ask(double seconds) {
    int descriptor = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(connect(descriptor, server->ai_addr, server->ai_addrlen) == 0);
    dprintf(descriptor, "%d\n", (int)(seconds * 1000));
    struct pollfd readable = {descriptor, POLLIN, 0};
    CHECK(poll(&readable, 1, 10000) == 1);
    char text[64];
    CHECK(read(descriptor, text, sizeof text) > 0);
    struct timeval limit = {10, 0};
    CHECK(setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) == 0);
    CHECK(read(descriptor, text, sizeof text) == 0);
    close(descriptor);
}

static void ask_by_a_child(double seconds) {
    pid_t child = fork();
    if (child == 0) {
        ask(seconds);
        _exit(0);
    }
    int status;
    CHECK(waitpid(child, &status, 0) == child && status == 0);
}

static void *follow(void *argument) {
    for (char *step = argument; *step;) {
        char kind = *step;
        double seconds = strtol(step + 1, &step, 10) / 1000.0, begin = now();
        switch (kind) {
        case 's': sleep_for(seconds); break;
        case 'e': wait_for_events(seconds); break;
        case 'c': wait_for_condition(seconds); break;
        case 'b': be_busy(seconds); break;
        case 'r': ask(seconds); break;
        case 'w': ask_by_a_child(seconds); break;
        default: fail("no such step: %c", kind);
        }
        double took = now() - begin;
        if (kind == 's' || kind == 'e' || kind == 'c') {
            if (took < seconds - 0.001 || took > seconds + SHORT) fail("%c%f took %f", kind, seconds, took);
        } else if (took < seconds || took > SHORT) fail("%c%f took %f", kind, seconds, took);
        if (*step == ',') step++;
    }
    return NULL;
}

int main(int arguments, char **words) {
    pthread_t threads[16];
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_family = AF_INET};
    CHECK(getaddrinfo("api.example", "443", &hints, &server) == 0);
    for (int index = 1; index < arguments; index++) {
        CHECK(pthread_create(&threads[index], NULL, follow, words[index]) == 0);
    }
    for (int index = 1; index < arguments; index++) pthread_join(threads[index], NULL);
    return 0;
}
