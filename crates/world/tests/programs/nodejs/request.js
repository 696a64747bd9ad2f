'use strict';
// Asks a server by name, and says what it answers: request.js NAME PORT MILLISECONDS. With --resolve, by c-ares first.

const dns = require('node:dns').promises;
const net = require('node:net');

const [name, port, time, how] = process.argv.slice(2);

function ask() {
  const socket = net.connect({ host: name, port: Number(port), timeout: 5000 }, () => socket.write(`${time}\n`));
  socket.setEncoding('utf8');
  socket.on('data', (text) => process.stdout.write(text));
  socket.on('timeout', () => socket.destroy(new Error('timed out')));
  socket.on('error', (error) => console.log(error.message));
}

if (how === '--resolve') dns.resolve4(name).then((addresses) => console.log(addresses), (error) => console.log(error.code));
else ask();
