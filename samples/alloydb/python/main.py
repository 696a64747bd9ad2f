"""Runs the sample: python main.py PROJECT LOCATION CLUSTER BACKUP"""

import os
import sys

import grpc
from google.cloud.alloydb_v1beta import AlloyDBAdminClient
from google.cloud.alloydb_v1beta.services.alloy_db_admin.transports import AlloyDBAdminGrpcTransport

from backup_sample import cancel_backup


def main():
    if len(sys.argv) != 5:
        sys.exit("usage: python main.py PROJECT LOCATION CLUSTER BACKUP")
    try:
        cancel_backup(admin_client(), *sys.argv[1:])
    except RuntimeError as error:
        sys.exit("\n".join(explanation(error)))


def admin_client():
    """A client of the service, or of the emulator at ALLOYDB_EMULATOR_HOST."""
    emulator = os.environ.get("ALLOYDB_EMULATOR_HOST")
    if emulator is None:
        return AlloyDBAdminClient()
    return AlloyDBAdminClient(transport=AlloyDBAdminGrpcTransport(channel=grpc.insecure_channel(emulator)))


def explanation(error):
    """What went wrong, what came first first."""
    earlier = explanation(error.__cause__) if isinstance(error.__cause__, RuntimeError) else []
    return [*earlier, str(error)]


if __name__ == "__main__":
    main()
