/* What the programs of the tests share: the clock, and what is expected of it. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LENGTH(array) (sizeof(array) / sizeof(*(array)))

/* How late something may be, in seconds: the machine may be busy. */
#define LATE 3.0

static double seconds_of(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return now.tv_sec + now.tv_nsec / 1e9;
}

__attribute__((unused)) static double now(void) { return seconds_of(CLOCK_MONOTONIC); }

__attribute__((unused)) static struct timespec span(double seconds) {
    struct timespec value = {(time_t)seconds, (long)((seconds - (time_t)seconds) * 1e9)};
    return value;
}

__attribute__((unused)) static struct timespec from_now(clockid_t clock, double seconds) {
    struct timespec value;
    clock_gettime(clock, &value);
    value.tv_sec += (time_t)seconds;
    value.tv_nsec += (long)((seconds - (time_t)seconds) * 1e9);
    if (value.tv_nsec >= 1000000000) {
        value.tv_nsec -= 1000000000;
        value.tv_sec++;
    }
    return value;
}

static void fail(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    _exit(1);
}

#define CHECK(condition)                                                                          \
    do {                                                                                          \
        if (!(condition)) fail("%s:%d: %s (errno %d)", __FILE__, __LINE__, #condition, errno);    \
    } while (0)

/* It has taken this long since then: never less, hardly more. */
#define TOOK(begin, seconds)                                                                      \
    do {                                                                                          \
        double took = now() - (begin);                                                            \
        if (took < (seconds)-1e-6 || took > (seconds) + LATE)                                     \
            fail("%s:%d: took %.6f and not %.6f", __FILE__, __LINE__, took, (double)(seconds));   \
    } while (0)

/* A length of time that is left: no more than this (but for what happened between two calls), hardly less. */
#define LEFT(value, seconds)                                                                      \
    do {                                                                                          \
        double seconds_left = (value);                                                            \
        if (seconds_left > (seconds) + 0.5 || seconds_left < (seconds)-LATE)                      \
            fail("%s:%d: %.6f are left and not %.6f", __FILE__, __LINE__, seconds_left,           \
                 (double)(seconds));                                                              \
    } while (0)

struct test {
    const char *name;
    void (*run)(void);
};

/* Runs the test that is named, or lists all. */
__attribute__((unused)) static int run_tests(const struct test *tests, size_t count, int arguments,
                                             char **words) {
    for (size_t index = 0; index < count; index++) {
        if (arguments < 2) puts(tests[index].name);
        else if (strcmp(words[1], tests[index].name) == 0) {
            tests[index].run();
            return 0;
        }
    }
    return arguments < 2 ? 0 : 2;
}
