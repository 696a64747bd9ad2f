// What the scripts of all clients share: a check is a function, and tells its outcome in one line of JSON.
//
// The program that runs the scripts finds the checks in the source: `check(WHERE, 'name', ...`.

'use strict';

const path = require('path');

// The emulator whose operations never end by themselves, and the one whose operations end at once.
const LASTING = 'LASTING';
const BRIEF = 'BRIEF';

// Every code of google.rpc.Code that is an error, with its HTTP status.
const CODES = {
  CANCELLED: 499,
  UNKNOWN: 500,
  INVALID_ARGUMENT: 400,
  DEADLINE_EXCEEDED: 504,
  NOT_FOUND: 404,
  ALREADY_EXISTS: 409,
  PERMISSION_DENIED: 403,
  RESOURCE_EXHAUSTED: 429,
  FAILED_PRECONDITION: 400,
  ABORTED: 409,
  OUT_OF_RANGE: 400,
  UNIMPLEMENTED: 501,
  INTERNAL: 500,
  UNAVAILABLE: 503,
  DATA_LOSS: 500,
  UNAUTHENTICATED: 401,
};

const checks = [];

/** Where one check works: a project of its own, with one instance, and in it one database. */
class Place {
  constructor(project, where) {
    this.project = project;
    this.address = process.env[where];
    this.control = process.env[`${where}_CONTROL`];
    this.instanceId = 'test-instance';
    this.databaseId = 'test-database';
    this.backupId = 'test-backup';
    this.instance = `projects/${project}/instances/${this.instanceId}`;
    this.database = `${this.instance}/databases/${this.databaseId}`;
    this.backup = `${this.instance}/backups/${this.backupId}`;
  }

  /** Puts the project, whatever was there before; it runs free unless there is a schedule. */
  async prepare(schedule) {
    const ids = {instance: this.instanceId, database: this.databaseId, backup: this.backupId};
    const setup = {service: 'spanner', ...ids, schedule: schedule ?? ''};
    await this.#order('', {setup, progress: schedule ? 'scheduled' : 'free-running'});
  }

  /** Lets requests meet faults from now on, in the place of those that they met before. */
  async faults(faults) {
    await this.#order('/faults', {faults});
  }

  /** Gives an order by the control API of the emulator. */
  async #order(path, body) {
    const url = `http://${this.control}/rescind/v1/projects/${this.project}${path}`;
    const headers = {Authorization: `Bearer ${process.env.RESCIND_CONTROL_TOKEN}`};
    const answer = await fetch(url, {method: 'PUT', headers, body: JSON.stringify(body)});
    if (!answer.ok) {
      throw new Error(`PUT ${url}: ${answer.status} ${await answer.text()}`);
    }
  }
}

/** The fault with which a kind of request is answered with this code, as schedules have it. */
function fault(request, code) {
  return `${request}:${code.toLowerCase().replaceAll('_', '-')}`;
}

/** A check of this name, which gets a place on that emulator. */
function check(where, name, run) {
  checks.push({where, name, run});
}

/** A time so many days from now. */
function inDays(days) {
  return new Date(Date.now() + days * 24 * 60 * 60 * 1000);
}

/** Runs the checks, one after another, in the order of the source. */
async function main() {
  const client = `nodejs-${path.basename(process.argv[1], '.js').replaceAll('_', '-')}`;
  const tell = outcome => process.stdout.write(`${JSON.stringify(outcome)}\n`);
  // What a library prints is no outcome.
  console.log = console.error;
  for (const {where, name, run} of checks) {
    const place = new Place(`${client}-${name.replaceAll('_', '-')}`, where);
    const outcome = place.prepare().then(() => run(place));
    const failure = await outcome.then(
      () => null,
      error => error.stack ?? String(error),
    );
    tell({check: name, failure});
  }
}

module.exports = {BRIEF, CODES, LASTING, check, fault, inDays, main};
