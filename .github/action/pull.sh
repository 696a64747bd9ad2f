#!/usr/bin/env bash
# Tells which pull request a workflow was run for (the output `number`), by its head: a branch of a repository, and a commit. What
# the run itself says of it counts for nothing here: of a fork, whoever wrote the pull request has written that, too.
set -euo pipefail

# The commit is compared, so that a run of an older one does not speak for a newer.
filter=".[] | select(.head.sha == \"$HEAD_SHA\" and .head.repo.full_name == \"$HEAD_REPOSITORY\") | .number"
owner=${HEAD_REPOSITORY%%/*}
found=$(gh api --method GET "repos/$GITHUB_REPOSITORY/pulls" --raw-field state=open --raw-field "head=$owner:$HEAD_BRANCH" \
  --jq "$filter")
number=$(sed -n 1p <<< "$found")
case $number in
  '')
    echo "no comment: no open pull request has $HEAD_SHA of $HEAD_REPOSITORY as its head any more"
    ;;
  *[!0-9]*)
    echo "::error title=rescind::what was found is no number of a pull request"
    exit 1
    ;;
esac
echo "number=$number" >> "$GITHUB_OUTPUT"
