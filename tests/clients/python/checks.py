"""What the scripts of all clients share: a check is a function, and tells its outcome in one line of JSON.

The program that runs the scripts finds the checks in the source: `@check(WHERE)`, and the function below it. A script
with `VARIANTS` is run once for each of them, which it finds in its argument.
"""

import contextlib
import datetime
import json
import os
import sys
import traceback
import urllib.request

# The emulator whose operations never end by themselves, and the one whose operations end at once.
LASTING = "LASTING"
BRIEF = "BRIEF"

# Every code of google.rpc.Code that is an error, with its HTTP status.
CODES = {
    "CANCELLED": 499,
    "UNKNOWN": 500,
    "INVALID_ARGUMENT": 400,
    "DEADLINE_EXCEEDED": 504,
    "NOT_FOUND": 404,
    "ALREADY_EXISTS": 409,
    "PERMISSION_DENIED": 403,
    "RESOURCE_EXHAUSTED": 429,
    "FAILED_PRECONDITION": 400,
    "ABORTED": 409,
    "OUT_OF_RANGE": 400,
    "UNIMPLEMENTED": 501,
    "INTERNAL": 500,
    "UNAVAILABLE": 503,
    "DATA_LOSS": 500,
    "UNAUTHENTICATED": 401,
}

_CHECKS = []


class Place:
    """Where one check works: a project of its own, in which there is what the service's operations need."""

    backup_id = "test-backup"

    def __init__(self, project, where):
        self.project = project
        self.address = os.environ[where]
        self.url = f"http://{self.address}"
        self.control = os.environ[f"{where}_CONTROL"]

    def prepare(self, schedule=None, **given):
        """Puts the project, whatever was there before; it runs free unless there is a schedule."""
        ids = {"instance": self.instance_id, "database": self.database_id, "backup": self.backup_id}
        setup = {"service": self.service, **ids, "given": given, "schedule": schedule or ""}
        self._order("", {"setup": setup, "progress": "scheduled" if schedule else "free-running"})

    def faults(self, faults):
        """Lets requests meet faults from now on, in the place of those that they met before."""
        self._order("/faults", {"faults": faults})

    def _order(self, path, body):
        """Gives an order by the control API of the emulator."""
        url = f"http://{self.control}/rescind/v1/projects/{self.project}{path}"
        headers = {"Authorization": f"Bearer {os.environ['RESCIND_CONTROL_TOKEN']}"}
        request = urllib.request.Request(url, json.dumps(body).encode(), headers, method="PUT")
        urllib.request.urlopen(request).close()


class SpannerPlace(Place):
    """A place with an instance, and in it a database."""

    service = "spanner"
    instance_id = "test-instance"
    database_id = "test-database"

    def __init__(self, project, where):
        super().__init__(project, where)
        self.instance = f"projects/{project}/instances/{self.instance_id}"
        self.database = f"{self.instance}/databases/{self.database_id}"
        self.backup = f"{self.instance}/backups/{self.backup_id}"


class AlloyDbPlace(Place):
    """A place with a location, and in it a cluster."""

    service = "alloydb"
    instance_id = "us-central1"
    database_id = "test-cluster"

    def __init__(self, project, where):
        super().__init__(project, where)
        self.location = f"projects/{project}/locations/{self.instance_id}"
        self.cluster = f"{self.location}/clusters/{self.database_id}"
        self.backup = f"{self.location}/backups/{self.backup_id}"


class GeminiDbPlace(Place):
    """A place with an instance that runs Cassandra."""

    service = "geminidb"
    instance_id = ""
    database_id = "test-instance"


def fault(request, code):
    """The fault with which a kind of request is answered with this code, as schedules have it."""
    return f"{request}:{code.lower().replace('_', '-')}"


def check(where):
    """Makes a function a check, which gets a place on that emulator."""

    def register(function):
        _CHECKS.append((where, function))
        return function

    return register


def in_days(days):
    """A time so many days from now."""
    return datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)


def timestamp(time):
    """A time as JSON has it."""
    return time.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def equal(found, expected):
    """Fails unless the two are the same."""
    assert found == expected, f"{found!r} is not {expected!r}"


def contains(text, part):
    """Fails unless the text has the part in it."""
    assert part in text, f"{part!r} is not in {text!r}"


@contextlib.contextmanager
def raises(kind):
    """Fails unless the block raises an exception of this kind, which is then in the list that it gets."""
    caught = []
    try:
        yield caught
    except kind as error:
        caught.append(error)
    assert caught, f"no {kind.__name__} was raised"


def main(kind):
    """Runs the checks, one after another, in the order of the source, each in a place of this kind."""
    client = "-".join(["python", os.path.basename(sys.argv[0]).removesuffix(".py"), *sys.argv[1:]])
    # What a library prints is no outcome.
    lines, sys.stdout = sys.stdout, sys.stderr
    for where, function in _CHECKS:
        name = function.__name__
        place = kind(f"{client}-{name}".replace("_", "-"), where)
        outcome = {"check": name, "failure": None}
        try:
            place.prepare()
            function(place)
        except Exception:
            outcome["failure"] = traceback.format_exc()
        print(json.dumps(outcome), file=lines, flush=True)
