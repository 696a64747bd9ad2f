#!/bin/sh
# Cancels the creation of a Cloud Spanner backup: cancel-backup.sh PROJECT INSTANCE DATABASE BACKUP
set -eu

if [ $# -ne 4 ]; then
  echo "usage: $0 PROJECT INSTANCE DATABASE BACKUP" >&2
  exit 2
fi
project_id=$1 instance_id=$2 database_id=$3 backup_id=$4

# [START spanner_cancel_backup_create]
# Starts a backup and cancels it, so that no backup of this run is left. Cancelling is best effort: the backup may well
# be completed, and is then deleted. Needs curl and jq.
patience=300

if [ -n "${SPANNER_EMULATOR_HOST:-}" ]; then
  endpoint="http://$SPANNER_EMULATOR_HOST"
  authorization=
else
  endpoint=https://spanner.googleapis.com
  authorization="Authorization: Bearer ${GOOGLE_OAUTH_ACCESS_TOKEN:-$(gcloud auth print-access-token)}"
fi
instance="projects/$project_id/instances/$instance_id"
answer=$(mktemp)
trap 'rm -f "$answer"' EXIT
trap 'exit 1' HUP INT TERM

# request METHOD PATH [OPTION...]: leaves what the service answers in the file $answer, its google.rpc.Code in $code.
request() {
  method=$1 url="$endpoint/v1/$2"
  shift 2
  failure=0
  status=$(curl --silent --request "$method" --header 'Content-Type: application/json' \
    ${authorization:+--header "$authorization"} \
    --output "$answer" --write-out '%{http_code}' "$@" "$url") || failure=$?
  case $failure:$status in
    0:2??) code=OK ;;
    0:*) code=$(jq --raw-output '.error.status // "UNKNOWN"' "$answer" 2>/dev/null) || code=UNKNOWN ;;
    28:*) code=DEADLINE_EXCEEDED ;;
    *) code=UNAVAILABLE ;;
  esac
}

# As request, for what may be repeated: curl repeats it while the service is not available.
repeatable_request() {
  request "$@" --retry 5 --retry-connrefused
}

delete_backup() {
  repeatable_request DELETE "$instance/backups/$backup_id"
  if [ "$code" != OK ]; then
    echo "Could not delete backup $backup_id: $code." >&2
    exit 1
  fi
  echo "Deleted backup $backup_id."
}

# Deletes the backup if this run has started it. Somebody else's may have its name; the expiration time, to the
# microsecond, tells ours from it.
discard_backup() {
  repeatable_request GET "$instance/backups/$backup_id"
  case $code in
    OK)
      if jq --exit-status --argjson ours "$backup" '
        def instant: .expireTime // "" | capture("^(?<second>[^.]*?)(\\.(?<fraction>[0-9]*?)0*)?Z$");
        .database == $ours.database and instant == ($ours | instant)' "$answer" >/dev/null; then
        delete_backup
      fi
      ;;
    NOT_FOUND) ;;
    *) echo "Could not tell whether backup $backup_id exists: $code." >&2 ;;
  esac
}

# Reads the answer, an operation: leaves its name in $operation, and how it ended in $end.
read_operation() {
  set -- $(jq --raw-output '.name, if .done != true then "running" else .error.code // "completed" end' "$answer")
  operation=$1 end=$2
}

echo "Creating backup $backup_id of database $database_id."
# A day from now: where the clock is a day ahead of UTC, that is the time. The fraction of the second is this run's own: it
# tells our backup from others.
expires=$(TZ=UTC-24 date +%Y-%m-%dT%H:%M:%S).$(printf '1%05d' $(($$ % 100000)))Z
backup="{\"database\": \"$instance/databases/$database_id\", \"expireTime\": \"$expires\"}"
request POST "$instance/backups?backupId=$backup_id" --data "$backup"
if [ "$code" != OK ]; then
  echo "Could not create backup $backup_id: $code." >&2
  case $code in
    # The request may have taken effect although the answer says otherwise.
    UNAVAILABLE | DEADLINE_EXCEEDED | UNKNOWN | INTERNAL) discard_backup ;;
  esac
  exit 1
fi
read_operation

echo "Cancelling operation $operation."
repeatable_request POST "$operation:cancel" --data '{}'
if [ "$code" != OK ]; then
  echo "The cancel request was refused: $code."
fi

delay=1 waited=0
while [ "$end" = running ]; do
  repeatable_request GET "$operation"
  if [ "$code" = OK ]; then
    read_operation
  else
    end=unseen
  fi
  if [ "$end" = running ]; then
    if [ "$waited" -ge "$patience" ]; then
      end=unseen code=DEADLINE_EXCEEDED
    else
      sleep "$delay"
      waited=$((waited + delay))
      delay=$(((delay * 3 + 1) / 2))
      [ "$delay" -le 60 ] || delay=60
    fi
  fi
done

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
