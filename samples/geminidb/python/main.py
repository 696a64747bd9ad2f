"""Runs the sample: python main.py PROJECT INSTANCE BACKUP"""

import os
import sys

from huaweicloudsdkcore.auth.credentials import BasicCredentials

from backup_sample import stop_backup


def main():
    if len(sys.argv) != 4:
        sys.exit("usage: python main.py PROJECT INSTANCE BACKUP")
    project_id, instance_id, backup_name = sys.argv[1:]
    endpoint = os.environ["GEMINIDB_ENDPOINT"]
    credentials = BasicCredentials(
        os.environ["HUAWEICLOUD_SDK_AK"], os.environ["HUAWEICLOUD_SDK_SK"], project_id
    )
    try:
        stop_backup(endpoint, credentials, instance_id, backup_name)
    except RuntimeError as error:
        sys.exit("\n".join(explanation(error)))


def explanation(error):
    """What went wrong, what came first first."""
    earlier = explanation(error.__cause__) if isinstance(error.__cause__, RuntimeError) else []
    return [*earlier, str(error)]


if __name__ == "__main__":
    main()
