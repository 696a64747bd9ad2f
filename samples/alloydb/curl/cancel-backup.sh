#!/bin/sh
# Cancels the creation of an AlloyDB backup: cancel-backup.sh PROJECT LOCATION CLUSTER BACKUP
set -eu

if [ $# -ne 4 ]; then
  echo "usage: $0 PROJECT LOCATION CLUSTER BACKUP" >&2
  exit 2
fi
project_id=$1 location=$2 cluster_id=$3 backup_id=$4

# [START alloydb_cancel_backup_create]
# Starts a backup and cancels it, so that no backup of this run is left. Cancelling is best effort: the backup may well
# be completed, and is then deleted. Needs curl and jq.
patience=300

endpoint=${ALLOYDB_ENDPOINT:-https://alloydb.googleapis.com}
authorization=
case $endpoint in
  https://*) authorization="Authorization: Bearer ${GOOGLE_OAUTH_ACCESS_TOKEN:-$(gcloud auth print-access-token)}" ;;
esac
parent="projects/$project_id/locations/$location"
answer=$(mktemp)
trap 'rm -f "$answer"' EXIT
trap 'exit 1' HUP INT TERM

# request METHOD PATH [OPTION...]: leaves what the service answers in the file $answer, its google.rpc.Code in $code.
request() {
  method=$1 url="$endpoint/v1beta/$2"
  shift 2
  failure=0
  status=$(curl --silent --request "$method" --header 'Content-Type: application/json' \
    ${authorization:+--header "$authorization"} \
    --output "$answer" --write-out '%{http_code}' "$@" "$url") || failure=$?
  case $failure:$status in
    0:2??) code=OK ;;
    0:*) code=$(jq --raw-output '.error.status // "UNKNOWN"' "$answer" 2>/dev/null) || code=UNKNOWN ;;
    *) code=UNAVAILABLE ;;
  esac
}

# As request, for what may be repeated: curl repeats it while the service is not available.
repeatable_request() {
  request "$@" --retry 5 --retry-connrefused
}

# What the answer, an operation, says of its end: running, completed, or a number of google.rpc.Code.
end_of_operation() {
  jq --raw-output 'if .done != true then "running" else .error.code // "completed" end' "$answer"
}

# wait_for_end OPERATION: looks at an operation, ever less often, until it has ended, as long as patience lasts. The
# answer to an earlier request tells how far it is. Leaves its end in $end, or unseen, and then why in $code.
wait_for_end() {
  delay=1 waited=0
  end=$(end_of_operation)
  while [ "$end" = running ]; do
    repeatable_request GET "$1"
    if [ "$code" = OK ]; then
      end=$(end_of_operation)
    else
      end=unseen
    fi
    if [ "$end" = running ]; then
      if [ "$waited" -ge "$patience" ]; then
        end=unseen code="still running after $patience s"
      else
        sleep "$delay"
        waited=$((waited + delay))
        delay=$(((delay * 3 + 1) / 2))
        [ "$delay" -le 60 ] || delay=60
      fi
    fi
  done
}

# Deletes the backup, and waits until it is gone. That there is none is no failure, but is left in $deleted.
delete_backup() {
  repeatable_request DELETE "$parent/backups/$backup_id"
  deleted=yes
  [ "$code" != NOT_FOUND ] || deleted=no
  if [ "$code" = OK ]; then
    wait_for_end "$(jq --raw-output .name "$answer")"
    case $end in
      completed | unseen) ;;
      *) code="code $end" ;;
    esac
  fi
  if [ "$code" != OK ] && [ "$code" != NOT_FOUND ]; then
    echo "Could not delete backup $backup_id: $code." >&2
    exit 1
  fi
}

# Deletes the backup if this run has started it. Somebody else's may have its name; the description tells ours from it.
discard_backup() {
  repeatable_request GET "$parent/backups/$backup_id"
  case $code in
    OK)
      if jq --exit-status --argjson ours "$backup" '.description == $ours.description' "$answer" >/dev/null; then
        delete_backup
        echo "Deleted backup $backup_id."
      fi
      ;;
    NOT_FOUND) ;;
    *) echo "Could not tell whether backup $backup_id exists: $code." >&2 ;;
  esac
}

echo "Creating backup $backup_id of cluster $cluster_id."
backup=$(jq --null-input --compact-output --arg cluster "$parent/clusters/$cluster_id" --arg run "$(date +%s)-$$" '
  { clusterName: $cluster, description: "made to be cancelled, run \($run)" }')
request POST "$parent/backups?backupId=$backup_id" --data "$backup"
if [ "$code" != OK ]; then
  echo "Could not create backup $backup_id: $code." >&2
  case $code in
    # The request may have taken effect although the answer says otherwise.
    UNAVAILABLE | DEADLINE_EXCEEDED | UNKNOWN | INTERNAL) discard_backup ;;
  esac
  exit 1
fi
created=$(cat "$answer")
operation=$(jq --raw-output .name "$answer")

echo "Cancelling operation $operation."
repeatable_request POST "$operation:cancel"
if [ "$code" != OK ]; then
  echo "The cancel request was refused: $code."
fi

printf '%s\n' "$created" >"$answer"
wait_for_end "$operation"
case $end in
  completed)
    echo "The backup was completed before it could be cancelled."
    delete_backup
    echo "Deleted backup $backup_id."
    ;;
  1)
    # What was not completed may still be there.
    delete_backup
    echo "The operation was cancelled; no backup was made."
    ;;
  unseen)
    echo "Could not see the operation end: $code." >&2
    still_running=$waited
    # Deleting a backup that is still being created also cancels its operation.
    delete_backup
    # Unless it was seen to run, it may have ended before it was deleted.
    if [ "$deleted" = no ] && [ "$still_running" -lt "$patience" ]; then
      echo "There is no backup $backup_id any more."
    else
      echo "Deleted backup $backup_id."
    fi
    ;;
  *)
    # The numbers of google.rpc.Code, from 2 on.
    set -- UNKNOWN INVALID_ARGUMENT DEADLINE_EXCEEDED NOT_FOUND ALREADY_EXISTS PERMISSION_DENIED RESOURCE_EXHAUSTED \
      FAILED_PRECONDITION ABORTED OUT_OF_RANGE UNIMPLEMENTED INTERNAL UNAVAILABLE DATA_LOSS UNAUTHENTICATED
    shift $((end - 2))
    echo "The operation failed: $1." >&2
    delete_backup
    exit 1
    ;;
esac
# [END alloydb_cancel_backup_create]
