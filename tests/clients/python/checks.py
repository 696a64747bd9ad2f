"""What the scripts of all clients share: a check is a function, and tells its outcome in one line of JSON.

The program that runs the scripts finds the checks in the source: `@check(WHERE)`, and the function below it.
"""

import contextlib
import datetime
import json
import os
import sys
import traceback

# The emulator whose operations never end by themselves, and the one whose operations end at once.
LASTING = "LASTING"
BRIEF = "BRIEF"

_CHECKS = []


class Place:
    """Where one check works: a project of its own, with one instance, and in it one database."""

    instance_id = "test-instance"
    database_id = "test-database"
    backup_id = "test-backup"

    def __init__(self, project, address):
        self.project = project
        self.address = address
        self.url = f"http://{address}"
        self.instance = f"projects/{project}/instances/{self.instance_id}"
        self.database = f"{self.instance}/databases/{self.database_id}"
        self.backup = f"{self.instance}/backups/{self.backup_id}"


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


def main():
    """Runs the checks, one after another, in the order of the source."""
    client = "python-" + os.path.basename(sys.argv[0]).removesuffix(".py").replace("_", "-")
    # What a library prints is no outcome.
    lines, sys.stdout = sys.stdout, sys.stderr
    for where, function in _CHECKS:
        name = function.__name__
        place = Place(f"{client}-{name.replace('_', '-')}", os.environ[where])
        outcome = {"check": name, "failure": None}
        try:
            function(place)
        except Exception:
            outcome["failure"] = traceback.format_exc()
        print(json.dumps(outcome), file=lines, flush=True)
