# Begins a backup, cancels it and looks once how it ended, as every scenario of these tests has it: what the script under
# test then does is its own. Without an emulator's variable, nothing is begun.
[ -n "${RESCIND_EMULATOR:-}" ] || exit 0
database="projects/$GOOGLE_CLOUD_PROJECT/instances/test-instance/databases/test-db"
printf -v expires '%(%Y-%m-%dT%H:%M:%SZ)T' $(($(date +%s) + 3 * 24 * 60 * 60))
{
  bash ask.bash POST "backups?backupId=$1" "{\"database\":\"$database\",\"expireTime\":\"$expires\"}"
  bash ask.bash POST "backups/$1/operations/_auto_op_1:cancel" '{}'
  bash ask.bash GET "backups/$1/operations/_auto_op_1"
} >/dev/null
