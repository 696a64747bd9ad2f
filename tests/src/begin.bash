# Begins a backup and cancels it, as every scenario of these tests has it: what the script under test then does is its
# own. Without an emulator's variable, nothing is begun.
[ -n "${RESCIND_EMULATOR:-}" ] || exit 0
address=${RESCIND_EMULATOR#http://}
instance="projects/$GOOGLE_CLOUD_PROJECT/instances/test-instance"

# post PATH BODY
post() {
  exec 3<>"/dev/tcp/${address%:*}/${address##*:}"
  printf 'POST /v1/%s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\n' "$1" "$address" >&3
  printf 'Content-Length: %d\r\nConnection: close\r\n\r\n%s' "${#2}" "$2" >&3
  cat <&3 >/dev/null
  exec 3>&-
}

printf -v expires '%(%Y-%m-%dT%H:%M:%SZ)T' $(($(date +%s) + 3 * 24 * 60 * 60))
post "$instance/backups?backupId=$1" "{\"database\":\"$instance/databases/test-db\",\"expireTime\":\"$expires\"}"
post "$instance/backups/$1/operations/_auto_op_1:cancel" '{}'
