#!/bin/sh
# Stops the creation of a GeminiDB backup: stop-backup.sh PROJECT INSTANCE BACKUP
set -eu

if [ $# -ne 3 ]; then
  echo "usage: $0 PROJECT INSTANCE BACKUP" >&2
  exit 2
fi
project_id=$1 instance_id=$2 backup_name=$3

# [START geminidb_stop_backup]
# Starts a backup and stops it, so that no backup of this run is left. Only a backup of a Cassandra instance that is
# still being made can be stopped; any other one is completed, and is then deleted. Needs curl and jq, and:
#   GEMINIDB_ENDPOINT       where the service is: https://gaussdb-nosql.ap-southeast-1.myhuaweicloud.com
#   HUAWEICLOUD_AUTH_TOKEN  the token of a user who may make, stop and delete backups
patience=300

answer=$(mktemp)
trap 'rm -f "$answer"' EXIT
trap 'exit 1' HUP INT TERM

# request METHOD PATH [OPTION...]: leaves what the service answers in the file $answer, the HTTP status in $status, and
# in $code OK or what went wrong.
request() {
  method=$1 url="$GEMINIDB_ENDPOINT/v3/$project_id/$2"
  shift 2
  failure=0
  status=$(curl --silent --request "$method" --header 'Content-Type: application/json' \
    --header "X-Auth-Token: $HUAWEICLOUD_AUTH_TOKEN" \
    --output "$answer" --write-out '%{http_code}' "$@" "$url") || failure=$?
  case $failure:$status in
    0:2??) code=OK ;;
    0:*) code=$(jq --raw-output '.error_code // error' "$answer" 2>/dev/null) || code="HTTP $status" ;;
    *) code="curl $failure" ;;
  esac
}

# As request, for what may be repeated: curl repeats it while the service is not available.
repeatable_request() {
  request "$@" --retry 5 --retry-connrefused
}

# job_state ID: leaves Running, Completed or Failed in $state; Unseen, and why in $code, if the job cannot be looked at.
job_state() {
  repeatable_request GET "jobs?id=$1"
  state=Unseen
  if [ "$code" = OK ]; then
    state=$(jq --raw-output '.jobs[0].status // "Unseen"' "$answer")
    [ "$state" != Unseen ] || code='no such job'
  fi
}

# wait_for_job ID: looks at a job, ever less often, until it has ended, as long as patience lasts.
wait_for_job() {
  delay=1 waited=0
  job_state "$1"
  while [ "$state" = Running ]; do
    if [ "$waited" -ge "$patience" ]; then
      state=Unseen code="still running after $patience s"
    else
      sleep "$delay"
      waited=$((waited + delay))
      delay=$(((delay * 3 + 1) / 2))
      [ "$delay" -le 60 ] || delay=60
      job_state "$1"
    fi
  done
}

# Deletes the backup. That there is none is no failure, but is left in $deleted.
delete_backup() {
  repeatable_request DELETE "backups/$backup_id"
  case $code in
    OK) deleted=yes ;;
    DBS.201214) deleted=no ;;
    *)
      echo "Could not delete backup $backup_name: $code." >&2
      exit 1
      ;;
  esac
}

# The creation may have begun although the answer to it was lost. Somebody else's backup may have the same name; the
# description tells ours from it.
find_backup() {
  repeatable_request GET "backups?instance_id=$instance_id"
  if [ "$code" != OK ]; then
    echo "Could not tell whether backup $backup_name exists: $code." >&2
    return 1
  fi
  backup_id=$(jq --raw-output --argjson ours "$backup" '
    [.backups[] | select(.name == $ours.name and .description == $ours.description)][0].id // empty' "$answer")
  [ -n "$backup_id" ] || return 1
  repeatable_request GET 'jobs?name=BackupInstance'
  if [ "$code" != OK ]; then
    echo "Could not find the job of backup $backup_name: $code." >&2
    return 1
  fi
  # An instance has one backup made at a time: ours is the latest.
  job_id=$(jq --raw-output --arg instance "$instance_id" '
    [.jobs[] | select(.instance.id == $instance)] | max_by(.start_time).id // empty' "$answer")
}

echo "Creating backup $backup_name of instance $instance_id."
backup=$(jq --null-input --compact-output --arg name "$backup_name" --arg run "$(date +%s)-$$" '
  { name: $name, description: "made to be stopped, run \($run)" }')
request POST "instances/$instance_id/backups" --data "$backup"
created=$code
if [ "$created" = OK ]; then
  backup_id=$(jq --raw-output .backup_id "$answer")
  job_id=$(jq --raw-output .job_id "$answer")
else
  echo "Could not create backup $backup_name: $created." >&2
  case $status in
    4??) exit 1 ;;
    *) find_backup || exit 1 ;;
  esac
fi

echo "Stopping backup $backup_name."
repeatable_request PUT "backups/$backup_id" --data '{"action":"stop"}'
stopped= stop_job_id=
case $code in
  OK) stop_job_id=$(jq --raw-output .job_id "$answer") ;;
  # "The backup file does not exist": an earlier try, whose answer was lost, has taken effect. A backup that fails by
  # itself stays.
  DBS.201214) stopped=yes ;;
  *) echo "The stop request was refused: $code." ;;
esac

wait_for_job "$job_id"
case $state in
  Completed)
    echo "The backup was completed before it could be stopped."
    delete_backup
    echo "Deleted backup $backup_name."
    ;;
  Failed)
    # Whether it was stopped or failed by itself, the job that was to stop it knows.
    reason=$(jq --raw-output '.jobs[0].fail_reason // empty' "$answer")
    if [ -n "$stop_job_id" ]; then
      wait_for_job "$stop_job_id"
      [ "$state" != Completed ] || stopped=yes
    fi
    if [ -n "$stopped" ]; then
      echo "The backup was stopped."
    else
      echo "The backup failed: $reason" >&2
      created=failed
    fi
    # What was not completed may still be listed.
    delete_backup
    ;;
  *)
    echo "Could not see the backup end: $code." >&2
    delete_backup
    # Unless it was seen to run, it may have ended before it was deleted.
    if [ "$deleted" = no ] && [ "$waited" -lt "$patience" ]; then
      echo "There is no backup $backup_name any more."
    else
      echo "Deleted backup $backup_name."
    fi
    ;;
esac
[ "$created" = OK ] || exit 1
# [END geminidb_stop_backup]
