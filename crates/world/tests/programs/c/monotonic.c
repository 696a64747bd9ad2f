/* Reads the clocks all the time, in threads that sleep now and then: no clock ever goes back, and all go together. */
#include "check.h"

#include <pthread.h>
#include <sys/syscall.h>
#include <sys/time.h>

static const clockid_t clocks[] = {CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_MONOTONIC_RAW, CLOCK_BOOTTIME, CLOCK_TAI};

static double apart;

static void *watch(void *argument) {
    double last[LENGTH(clocks)] = {0}, day = 0;
    unsigned state = (unsigned)(long)argument;
    for (int round = 0; round < 40; round++) {
        for (int again = 0; again < 200; again++) {
            size_t index = (state = state * 1103515245 + 12345) >> 16;
            index %= LENGTH(clocks);
            struct timespec time;
            if (again % 10) clock_gettime(clocks[index], &time);
            else CHECK(syscall(SYS_clock_gettime, clocks[index], &time) == 0);
            double here = time.tv_sec + time.tv_nsec / 1e9;
            if (here < last[index] - 1e-6) fail("clock %d went back from %.6f to %.6f", clocks[index], last[index], here);
            last[index] = here;
        }
        struct timeval today;
        gettimeofday(&today, NULL);
        double here = today.tv_sec + today.tv_usec / 1e6;
        if (here < day) fail("the day went back from %.6f to %.6f", day, here);
        day = here;
        double difference = seconds_of(CLOCK_REALTIME) - seconds_of(CLOCK_MONOTONIC);
        if (difference < apart - 1 || difference > apart + 1) fail("the clocks are %f apart, not %f", difference, apart);
        struct timespec pause = {(state >> 20) % 50, (state >> 4) % 1000000000};
        nanosleep(&pause, NULL);
    }
    return NULL;
}

int main(int arguments, char **words) {
    pthread_t threads[3];
    apart = seconds_of(CLOCK_REALTIME) - seconds_of(CLOCK_MONOTONIC);
    for (size_t index = 0; index < LENGTH(threads); index++) {
        long seed = arguments > 1 ? atol(words[1]) + (long)index : (long)index;
        CHECK(pthread_create(&threads[index], NULL, watch, (void *)seed) == 0);
    }
    for (size_t index = 0; index < LENGTH(threads); index++) pthread_join(threads[index], NULL);
    return 0;
}
