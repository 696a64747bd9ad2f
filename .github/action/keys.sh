#!/usr/bin/env bash
# Names the caches by the content that decides what is in them: the source of rescind, and the samples' projects.
set -euo pipefail
cd "$GITHUB_ACTION_PATH"

# The SHA-256 over the names and contents of all files below these paths.
digest() {
  find "$@" -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -c 1-20
}

{
  echo "source=$(digest Cargo.toml Cargo.lock crates)"
  echo "samples=$(digest manifests samples)"
} >> "$GITHUB_OUTPUT"
