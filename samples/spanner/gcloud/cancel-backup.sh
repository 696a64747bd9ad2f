#!/bin/sh
# Cancels the creation of a Cloud Spanner backup: cancel-backup.sh INSTANCE DATABASE BACKUP
set -eu

if [ $# -ne 3 ]; then
  echo "usage: $0 INSTANCE DATABASE BACKUP" >&2
  exit 2
fi
instance_id=$1 database_id=$2 backup_id=$3

# [START spanner_cancel_backup_create]
# Starts a backup and cancels it, so that no backup of this run is left. Cancelling is best effort: the backup may well
# be completed, and is then deleted.

complaint=$(mktemp)
trap 'rm -f "$complaint"' EXIT
trap 'exit 1' HUP INT TERM

# spanner WORD...: runs a command of gcloud spanner. Leaves what it answers in $answer, and in $code OK or the
# google.rpc.Code of its error.
spanner() {
  code=OK
  answer=$(gcloud spanner "$@" --instance="$instance_id" --quiet 2>"$complaint") || {
    # gcloud writes "ERROR: (gcloud.spanner.backups.delete) NOT_FOUND: ..." or the JSON of the service.
    code=$(sed -n -e 's/^ERROR: ([^)]*) \([A-Z_]\{2,\}\):.*/\1/p' -e 's/^ *"status": "\([A-Z_]*\)".*/\1/p' "$complaint")
    code=${code:-UNKNOWN}
  }
}

delete_backup() {
  # Looks whether the backup exists, and then deletes it.
  spanner backups delete "$backup_id"
  if [ "$code" != OK ]; then
    echo "Could not delete backup $backup_id: $code." >&2
    exit 1
  fi
  echo "Deleted backup $backup_id."
}

# Deletes the backup if this run has started it. Somebody else's may have its name; the expiration time, to the
# microsecond, tells ours from it.
discard_backup() {
  spanner backups describe "$backup_id" --format='value(database.basename(),expireTime)'
  case $code:$answer in
    "OK:$database_id	$expire_time") delete_backup ;;
    OK:* | NOT_FOUND:*) ;;
    *) echo "Could not tell whether backup $backup_id exists: $code." >&2 ;;
  esac
}

# Leaves in $end how the operation ended: completed or a number of google.rpc.Code; running or unseen if it has not.
look_at_operation() {
  spanner operations describe "${operation##*/}" --backup="$backup_id" --format='value(done,error.code)'
  case $code:$answer in
    OK:True*) end=${answer#True} end=${end#	} end=${end:-completed} ;;
    OK:*) end=running ;;
    *) end=unseen ;;
  esac
}

# A day from now: where the clock is a day ahead of UTC, that is the time.
expire_time=$(TZ=UTC-24 date +%Y-%m-%dT%H:%M:%S).$(printf '1%05d' $(($$ % 100000)))Z

echo "Creating backup $backup_id of database $database_id."
spanner backups create "$backup_id" --database="$database_id" --expiration-date="$expire_time" --async \
  --format='value(name)'
if [ "$code" != OK ]; then
  echo "Could not create backup $backup_id: $code." >&2
  case $code in
    # The request may have taken effect although the answer says otherwise.
    UNAVAILABLE | DEADLINE_EXCEEDED | UNKNOWN | INTERNAL) discard_backup ;;
  esac
  exit 1
fi
operation=$answer

echo "Cancelling operation $operation."
spanner operations cancel "${operation##*/}" --backup="$backup_id"
if [ "$code" != OK ]; then
  echo "The cancel request was refused: $code."
fi

# A command of gcloud takes seconds by itself, so the operation is looked at a few times only.
look_at_operation
for delay in 60 240; do
  [ "$end" = running ] || break
  sleep "$delay"
  look_at_operation
done
if [ "$end" = running ]; then
  end=unseen code=DEADLINE_EXCEEDED
fi

case $end in
  completed)
    echo "The backup was completed before it could be cancelled."
    delete_backup
    ;;
  1)
    echo "The operation was cancelled; no backup was made."
    ;;
  unseen)
    echo "Could not see the operation end: $code." >&2
    # Deleting a backup that is still being created also cancels its operation.
    delete_backup
    ;;
  *)
    # The numbers of google.rpc.Code, from 2 on.
    set -- UNKNOWN INVALID_ARGUMENT DEADLINE_EXCEEDED NOT_FOUND ALREADY_EXISTS PERMISSION_DENIED RESOURCE_EXHAUSTED \
      FAILED_PRECONDITION ABORTED OUT_OF_RANGE UNIMPLEMENTED INTERNAL UNAVAILABLE DATA_LOSS UNAUTHENTICATED
    shift $((end - 2))
    echo "The operation failed: $1." >&2
    exit 1
    ;;
esac
# [END spanner_cancel_backup_create]
