#!/usr/bin/env bash
# Write what changed on the pages into the summary of the job, and in full into a file.
# usage: compare_pages.sh FOLDER_OF_OLD_PAGES FOLDER_OF_NEW_PAGES JSON_FILE
# $BASELINE names the state of the old pages, and is empty where none are kept.
set -euo pipefail
old=$1 new=$2 changes=$3
summary=${GITHUB_STEP_SUMMARY:-/dev/stdout}
lessonbook=${LESSONBOOK:-.venv/bin/lessonbook}

if [ -z "${BASELINE:-}" ]; then
  echo "No pages of main are kept yet, so these are compared with none." >>"$summary"
  exit 0
fi
# the page with the whole course repeats what every other page says
compare=("$lessonbook" diff --exclude '*book/all.html' "$old" "$new")
report=$("${compare[@]}" --format markdown)
"${compare[@]}" --format json >"$changes"
{
  echo "## What changed on the pages"
  echo
  echo "Compared with main at \`${BASELINE##*-}\`; the pages themselves are the artefact *site*."
  echo
  printf '%s\n' "$report"
} >>"$summary"
