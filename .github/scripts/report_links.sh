#!/usr/bin/env bash
# Keep one issue that says which links are broken: open it, renew it, or close it.
# usage: report_links.sh EXIT_STATUS_OF_THE_CHECK REPORT
# Needs the GitHub command line with a token that may write issues.
set -euo pipefail
status=$1 report=$2
label=broken-links

case $status in
  0 | 1) ;;
  *)
    echo "report_links.sh: found the status '$status', allowed 0 (all links work) or 1" >&2
    exit 2
    ;;
esac

number=$(gh issue list --state open --label "$label" --limit 1 --json number --jq '.[].number')
if [ "$status" = 0 ]; then
  if [ -n "$number" ]; then
    gh issue close "$number" --comment "All links work again."
  fi
  exit 0
fi

body=$(mktemp)
trap 'rm -f "$body"' EXIT
# four spaces make it code, in which nothing is a mention, a link or markup;
# an issue holds 65,536 characters, and a character has up to four bytes
{
  echo "These links of the course lead nowhere. Mend them, or leave them out with a reason, below"
  echo "\`lesson_linkcheck\` in \`_config.yml\`. This text is renewed by every check, and the issue is"
  echo "closed when all links work."
  echo
  head -n 400 "$report" | cut -c 1-140 | sed 's/^/    /'
} >"$body"

if [ -n "$number" ]; then
  gh issue edit "$number" --body-file "$body"
else
  gh label create "$label" --description "Links that lead nowhere" --color d93f0b --force
  gh issue create --title "Broken links" --label "$label" --body-file "$body"
fi
