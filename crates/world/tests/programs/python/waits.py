"""Every way to wait for a time in Python: each test waits for minutes, and looks at the clock."""

import asyncio
import concurrent.futures
import multiprocessing
import os
import queue
import select
import signal
import socket
import subprocess
import sys
import threading
import time

TESTS = {}


def test(function):
    TESTS[function.__name__.replace("_", "-")] = function
    return function


class Took:
    """It takes this long: never less, hardly more."""

    def __init__(self, seconds):
        self.seconds = seconds

    def __enter__(self):
        self.begin = time.monotonic()
        self.day = time.time()

    def __exit__(self, kind, *_):
        if kind is None:
            took = time.monotonic() - self.begin
            assert self.seconds <= took < self.seconds + 3, took
            assert abs(time.time() - self.day - took) < 1


@test
def sleep():
    with Took(300):
        time.sleep(300)


@test
def steps_in_a_thread():
    def steps():
        begin = time.monotonic()
        for index in range(1, 91):
            time.sleep(max(begin + index - time.monotonic(), 0))
            assert time.monotonic() - begin < index + 3, (index, time.monotonic() - begin)
        done.append(True)

    done = []
    with Took(200):
        thread = threading.Thread(target=steps)
        thread.start()
        time.sleep(200)
    thread.join()
    assert done == [True]


@test
def threads():
    with Took(300):
        assert not threading.Event().wait(300)
    lock = threading.Lock()
    lock.acquire()
    with Took(300):
        assert not lock.acquire(timeout=300)
    with Took(300):
        try:
            queue.Queue().get(timeout=300)
        except queue.Empty:
            pass
    with Took(90):
        timers = [threading.Timer(10 * number, lambda: None) for number in range(10)]
        for timer in timers:
            timer.start()
        for timer in timers:
            timer.join()


@test
def asynchronous():
    async def wait():
        with Took(300):
            await asyncio.gather(*(asyncio.sleep(number) for number in range(301)))
        with Took(300):
            try:
                await asyncio.wait_for(asyncio.Event().wait(), 300)
            except asyncio.TimeoutError:
                pass

    asyncio.run(wait())


@test
def polling():
    with Took(300):
        assert select.select([], [], [], 300) == ([], [], [])
    with Took(300):
        assert select.epoll().poll(300) == []
    with Took(300):
        assert select.poll().poll(300_000) == []


@test
def sockets():
    one, _other = socket.socketpair()
    one.settimeout(300)
    with Took(300):
        try:
            one.recv(1)
        except socket.timeout:
            pass


@test
def alarm():
    def ring(*_):
        raise KeyboardInterrupt

    signal.signal(signal.SIGALRM, ring)
    with Took(100):
        signal.alarm(100)
        try:
            time.sleep(300)
        except KeyboardInterrupt:
            pass
    signal.signal(signal.SIGALRM, lambda *_: None)
    with Took(300):
        signal.setitimer(signal.ITIMER_REAL, 7, 7)
        time.sleep(300)
        signal.setitimer(signal.ITIMER_REAL, 0)


@test
def children():
    with Took(300):
        subprocess.run(["/bin/sleep", "300"], check=True)
    with Took(100):
        try:
            subprocess.run(["/bin/sleep", "300"], timeout=100)
        except subprocess.TimeoutExpired:
            pass
    with Took(100):
        process = multiprocessing.get_context("fork").Process(target=time.sleep, args=(100,))
        process.start()
        process.join()
    with Took(300), concurrent.futures.ThreadPoolExecutor() as pool:
        list(pool.map(time.sleep, [300] * 4))


@test
def processor_time():
    begin = time.process_time()
    time.sleep(300)
    assert time.process_time() - begin < 10


if len(sys.argv) < 2:
    print("\n".join(TESTS))
else:
    TESTS[sys.argv[1]]()
    sys.stdout.flush()
    os._exit(0)
