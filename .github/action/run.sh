#!/usr/bin/env bash
# Runs the samples, or puts the results of earlier jobs together (RESULTS), and writes every report to REPORTS. What
# rescind exits with becomes an output, so that the reports are uploaded before the job fails.
#
# With RESULTS nothing is run, and what only a run needs (PAGE, LANGUAGES, KNOWN_FAILURES and so on) is not looked at.
set -euo pipefail

mkdir -p "$REPORTS"
reports=(
  --report "markdown=$REPORTS/comment.md"
  --report "summary=$REPORTS/summary.md"
  --report "junit=$REPORTS/junit.xml"
  --report "sarif=$REPORTS/rescind.sarif"
  --report "github=$REPORTS/annotations.txt"
)
# What has no form for comparisons.
whole=(--report "json=$REPORTS/results.json" --report "html=$REPORTS/report.html")

# Appends an option for each word of a list.
globs=()
each() {
  local option=$1 words word
  read -r -a words <<< "${2//$'\n'/ }"
  for word in "${words[@]}"; do globs+=("$option" "$word"); done
}

# The same for a list that has a word on each line, with blanks in it or not.
each_line() {
  local option=$1 word
  while IFS= read -r word; do
    word=${word#"${word%%[![:space:]]*}"}
    word=${word%"${word##*[![:space:]]}"}
    [ -z "$word" ] || globs+=("$option" "$word")
  done <<< "$2"
}

# Which code, and of which samples.
choose() {
  each --language "${LANGUAGES:-}"
  each --service "${SERVICES:-}"
  each_line --page "${PAGE:-}"
  each_line --source "${SOURCES:-}"
  [ -z "${BLOCK:-}" ] || options+=(--block "$BLOCK")
  [ -z "${CONFIG:-}" ] || options+=(--config "$CONFIG")
  if [ -n "${PAGE:-}${SOURCES:-}" ] && [ "${ALLOW_UNCOVERED:-}" = true ]; then options+=(--allow-uncovered); fi
}

run() {
  local options=(--root "${CATALOGUE:-$GITHUB_ACTION_PATH}" --retries "${RETRIES:-0}")
  choose
  each --scenario "${SCENARIOS:-}"
  [ -z "${PARTITION:-}" ] || options+=(--partition "$PARTITION")
  [ -z "${BASELINE:-}" ] || options+=(--baseline "$BASELINE")
  [ -z "${KNOWN_FAILURES:-}" ] || options+=(--known-failures "$KNOWN_FAILURES")
  [ -z "${FAIL_ON:-}" ] || options+=(--fail-on "$FAIL_ON")
  rescind run "${options[@]}" "${globs[@]}" "${reports[@]}" "${whole[@]}"
}

# Explores what has changed. With a baseline, only faults that it does not have make the job fail.
explore() {
  local options=(--root "${CATALOGUE:-$GITHUB_ACTION_PATH}" --changed-since "$EXPLORE_SINCE")
  choose
  [ -z "${KNOWN_FAILURES:-}" ] || options+=(--known-failures "$KNOWN_FAILURES")
  if [ -z "${BASELINE:-}" ]; then
    rescind explore "${options[@]}" "${globs[@]}" "${reports[@]}" "${whole[@]}"
    return
  fi
  local explored=0
  rescind explore "${options[@]}" "${globs[@]}" "${whole[@]}" || explored=$?
  [ "$explored" -le 1 ] && [ -f "$REPORTS/results.json" ] || return "$explored"
  rescind compare "$BASELINE" "$REPORTS/results.json" --fail-on "${FAIL_ON:-regression}" "${reports[@]}"
}

merge() {
  local files fail=(--exit-code)
  mapfile -d '' files < <(find "$RESULTS" -name results.json -print0 | LC_ALL=C sort -z)
  if [ "${#files[@]}" = 0 ]; then
    echo "::error title=rescind::there is no results.json in $RESULTS"
    return 2
  fi
  if [ -n "${BASELINE:-}" ]; then
    rescind report "${files[@]}" "${whole[@]}" || return
    rescind compare "$BASELINE" "$REPORTS/results.json" --fail-on "${FAIL_ON:-regression}" \
      --report terminal=- "${reports[@]}"
  else
    [ "${FAIL_ON:-any}" != never ] || fail=()
    rescind report "${files[@]}" "${fail[@]}" --report terminal=- "${reports[@]}" "${whole[@]}"
  fi
}

# What rescind says is shown as it comes, and kept: where it could not begin, nothing else tells why.
said=$(mktemp)
code=0
{
if [ -n "${RESULTS:-}" ]; then
  merge || code=$?
elif [ -n "${EXPLORE_SINCE:-}" ]; then
  explore || code=$?
else
  run || code=$?
fi
} 2> >(tee "$said" >&2)
wait

# A run that never fails (FAIL_ON=never) leaves it to a later job to put its results together, and to write the
# annotations: written here too, each would be there twice.
annotate=true
if [ -z "${RESULTS:-}" ] && [ "${FAIL_ON:-}" = never ]; then annotate=false; fi

# A usage error, a set-up that failed, a selection of nothing: on the pull request, not in a log alone.
if [ "$code" -gt 1 ] && [ ! -f "$REPORTS/summary.md" ]; then
  why=$(tail -c 4000 "$said")
  encoded=${why//'%'/'%25'}
  encoded=${encoded//$'\r'/'%0D'}
  encoded=${encoded//$'\n'/'%0A'}
  echo "::error title=rescind could not run (exit code $code)::$encoded"
  {
    echo "## rescind could not run (exit code $code)"
    echo
    # Indented, it is code, whatever is in it.
    while IFS= read -r line; do echo "    $line"; done <<< "$why"
  } >> "$GITHUB_STEP_SUMMARY"
fi

# None of them is there if the run could not begin.
[ "$annotate" = false ] || [ ! -f "$REPORTS/annotations.txt" ] || cat "$REPORTS/annotations.txt"
[ ! -f "$REPORTS/summary.md" ] || cat "$REPORTS/summary.md" >> "$GITHUB_STEP_SUMMARY"
{
  echo "exit-code=$code"
  # A path that leads nowhere would make the step after this one fail, for a reason that is none.
  for output in results=results.json junit=junit.xml sarif=rescind.sarif; do
    file=$REPORTS/${output#*=}
    if [ -f "$file" ]; then echo "${output%%=*}=$file"; else echo "${output%%=*}="; fi
  done
} >> "$GITHUB_OUTPUT"
