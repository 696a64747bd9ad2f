/* Two threads poll in turn: each waits for 50 ms at most, and wakes the other one when its time is over. Meanwhile the
 * first thread waits for minutes. The completion queues of gRPC's core poll like this. */
#include "check.h"

#include <pthread.h>
#include <stdbool.h>

#define MINUTES 300.0

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t turn[2], end;
static bool has_ended;

static void *poll_in_turn(void *which) {
    pthread_cond_t *mine = &turn[which != NULL], *others = &turn[which == NULL];
    pthread_mutex_lock(&mutex);
    while (!has_ended) {
        struct timespec until = from_now(CLOCK_MONOTONIC, 0.05);
        if (pthread_cond_timedwait(mine, &mutex, &until) == ETIMEDOUT) pthread_cond_signal(others);
    }
    pthread_mutex_unlock(&mutex);
    return NULL;
}

int main(void) {
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    for (int which = 0; which < 2; which++) pthread_cond_init(&turn[which], &attributes);
    pthread_cond_init(&end, &attributes);
    pthread_t threads[2];
    for (int which = 0; which < 2; which++)
        CHECK(pthread_create(&threads[which], NULL, poll_in_turn, which ? &turn : NULL) == 0);
    double begin = now();
    struct timespec until = from_now(CLOCK_MONOTONIC, MINUTES);
    pthread_mutex_lock(&mutex);
    CHECK(pthread_cond_timedwait(&end, &mutex, &until) == ETIMEDOUT);
    TOOK(begin, MINUTES - 0.001);
    has_ended = true;
    for (int which = 0; which < 2; which++) pthread_cond_signal(&turn[which]);
    pthread_mutex_unlock(&mutex);
    for (int which = 0; which < 2; which++) pthread_join(threads[which], NULL);
    return 0;
}
