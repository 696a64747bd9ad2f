"""Runs the sample: python main.py INSTANCE DATABASE BACKUP"""

import sys

from backup_sample import cancel_backup


def main():
    if len(sys.argv) != 4:
        sys.exit("usage: python main.py INSTANCE DATABASE BACKUP")
    try:
        cancel_backup(*sys.argv[1:])
    except RuntimeError as error:
        sys.exit("\n".join(explanation(error)))


def explanation(error):
    """What went wrong, what came first first."""
    earlier = explanation(error.__cause__) if isinstance(error.__cause__, RuntimeError) else []
    return [*earlier, str(error)]


if __name__ == "__main__":
    main()
