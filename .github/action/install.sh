#!/usr/bin/env bash
# Puts `rescind` onto the job's PATH: from BINARY_URL if that is set, else from the cache, else built from source.
set -euo pipefail

folder=$RUNNER_TEMP/rescind-bin
mkdir -p "$folder"

if [ -n "${BINARY_URL:-}" ]; then
  if [ -z "${BINARY_SHA256:-}" ]; then
    echo "::error title=rescind::binary-url is given without binary-sha256, so what it downloads cannot be trusted"
    exit 2
  fi
  curl --fail --silent --show-error --location --proto '=https' --retry 3 --output "$folder/rescind" "$BINARY_URL"
  echo "$BINARY_SHA256  $folder/rescind" | sha256sum --check --quiet
  chmod +x "$folder/rescind"
elif [ ! -x "$folder/rescind" ]; then
  cargo build --release --locked --package rescind \
    --manifest-path "$GITHUB_ACTION_PATH/Cargo.toml" --target-dir "$RUNNER_TEMP/rescind-target"
  cp "$RUNNER_TEMP/rescind-target/release/rescind" "$folder/rescind"
fi
echo "$folder" >> "$GITHUB_PATH"
