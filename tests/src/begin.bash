# Begins a backup, cancels it and looks once how it ended, as every scenario of these tests has it: what the script under
# test then does is its own. Without an emulator's variable, nothing is begun.
[ -n "${RESCIND_EMULATOR:-}" ] || exit 0
database="projects/$GOOGLE_CLOUD_PROJECT/instances/test-instance/databases/test-db"
printf -v expires '%(%Y-%m-%dT%H:%M:%SZ)T' $(($(date +%s) + 3 * 24 * 60 * 60))
created=$(bash ask.bash POST "backups?backupId=$1" "{\"database\":\"$database\",\"expireTime\":\"$expires\"}")
# Below the instance, as ask.bash has it; a script under test may look there, too.
operation=$(grep -o "backups/$1/operations/[^\"]*" <<<"$created" | head -n 1)
printf %s "$operation" >"$TMPDIR/operation"
{
  bash ask.bash POST "$operation:cancel" '{}'
  bash ask.bash GET "$operation"
} >/dev/null
