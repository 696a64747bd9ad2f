'use strict';
// Every way to wait for a time in Node.js: each test waits for minutes, and looks at the clock.

const { execFile, execFileSync } = require('node:child_process');
const { once } = require('node:events');
const net = require('node:net');
const timers = require('node:timers/promises');
const { Worker } = require('node:worker_threads');
const assert = require('node:assert');

/** It takes this long: hardly less (timers count in milliseconds), hardly more. */
async function took(seconds, wait) {
  const begin = process.hrtime.bigint();
  const day = Date.now();
  await wait();
  const time = Number(process.hrtime.bigint() - begin) / 1e9;
  assert(time > seconds - 0.002 && time < seconds + 3, `took ${time} and not ${seconds}`);
  assert(Math.abs((Date.now() - day) / 1000 - time) < 1);
}

const tests = {
  timeout: () => took(300, () => timers.setTimeout(300_000)),
  async interval() {
    let ticks = 0;
    await took(300, async () => {
      for await (const _ of timers.setInterval(10_000)) {
        if (++ticks === 30) break;
      }
    });
  },
  'many-timeouts': () =>
    took(299, () => Promise.all(Array.from({ length: 300 }, (_, index) => timers.setTimeout(index * 1000)))),
  async abort() {
    await took(300, () => assert.rejects(timers.setTimeout(1e6, null, { signal: AbortSignal.timeout(300_000) })));
  },
  'atomics-wait': () =>
    took(300, () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300_000)),
  async worker() {
    await took(300, async () => {
      const worker = new Worker('setTimeout(() => {}, 300_000)', { eval: true });
      await once(worker, 'exit');
    });
  },
  async children() {
    await took(300, () => execFileSync('/bin/sleep', ['300']));
    await took(100, () =>
      new Promise((resolve) => execFile('/bin/sleep', ['300'], { timeout: 100_000 }, resolve)));
  },
  async 'socket-timeout'() {
    const server = net.createServer(() => {});
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const socket = net.connect(server.address().port, '127.0.0.1');
    await once(socket, 'connect');
    await took(300, () => {
      socket.setTimeout(300_000);
      return once(socket, 'timeout');
    });
    process.exit(0);
  },
};

const name = process.argv[2];
if (name === undefined) console.log(Object.keys(tests).join('\n'));
else Promise.resolve(tests[name]()).catch((error) => { console.error(error); process.exit(1); });
