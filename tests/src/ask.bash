# Asks the emulator: ask.bash METHOD PATH [BODY]. PATH is below the instance that every case has; what it answers is printed.
address=${RESCIND_EMULATOR#http://}
body=${3:-}
exec 3<>"/dev/tcp/${address%:*}/${address##*:}"
printf '%s /v1/projects/%s/instances/test-instance/%s HTTP/1.1\r\n' "$1" "$GOOGLE_CLOUD_PROJECT" "$2" >&3
printf 'Host: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s' \
  "$address" "${#body}" "$body" >&3
cat <&3
