#!/usr/bin/env bash
# Puts the comment of this run into the place of the one before it, found by the marker in its first line. That a token
# may not comment (as those of pull requests from forks) is no failure: all else of the report is there without it.
set -euo pipefail

if [ -z "${GH_TOKEN:-}" ] || [ -z "${PULL_REQUEST:-}" ]; then
  echo "no comment: there is no token, or no pull request"
  exit 0
fi
if [ ! -s "$COMMENT" ]; then
  echo "no comment: nothing was reported"
  exit 0
fi

# The first line says which page the comment is about. Of a fork, the text is whatever its pull request made it: it must not
# become a part of the query below.
marker=$(sed -n 1p "$COMMENT")
if ! [[ $marker =~ ^'<!-- rescind'(': '[A-Za-z0-9\ ._/=,#*?-]+)?' -->'$ ]]; then
  echo "::error title=rescind::the report does not begin with the mark of a comment of rescind"
  exit 1
fi
# The limit of GitHub.
if [ "$(wc -c < "$COMMENT")" -gt 65536 ]; then
  echo "::error title=rescind::the report is longer than a comment can be"
  exit 1
fi
comments=repos/$GITHUB_REPOSITORY/issues/$PULL_REQUEST/comments

# Only a bot's comment is replaced: a person may have quoted one.
filter=".[] | select(.user.type == \"Bot\" and (.body | startswith(\"$marker\"))) | .id"
refused() {
  echo "::notice title=rescind::the token may not comment on the pull request; the summary of the job says the same"
  exit 0
}
found=$(gh api --paginate "$comments" --jq "$filter") || refused
earlier=$(sed -n 1p <<< "$found")

if [ -n "$earlier" ]; then
  gh api --silent --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$earlier" --field "body=@$COMMENT" || refused
  echo "the comment is updated"
else
  gh api --silent --method POST "$comments" --field "body=@$COMMENT" || refused
  echo "the comment is written"
fi
