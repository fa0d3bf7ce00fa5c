#!/usr/bin/env bash
# Propose the renewed requirements.lock of this folder: one branch, one pull request, one build.
# usage: propose_lock.sh BRANCH_TO_MERGE_INTO
# Needs the GitHub command line with a token that may write contents, pull requests and actions.
set -euo pipefail
base=$1
branch=renew-lock-file

if git diff --quiet -- requirements.lock; then
  echo "The lock file is up to date."
  exit 0
fi

body=$(mktemp)
trap 'rm -f "$body"' EXIT
{
  echo "Renewed by \`make lock\`. The build of this branch says in its summary which numbers and"
  echo "figures of the course the new versions change."
  echo
  echo '```diff'
  git diff --unified=0 -- requirements.lock | grep -E '^[-+][A-Za-z0-9]' | sed 's/ *\\$//' || true
  echo '```'
} >"$body"

git config user.name "github-actions[bot]"
git config user.email "41898282+github-actions[bot]@users.noreply.github.com"
git switch --quiet --force-create "$branch"
git commit --quiet --message "dependencies: renew the lock file" -- requirements.lock
gh auth setup-git
git push --quiet --force origin "HEAD:refs/heads/$branch"

number=$(gh pr list --state open --head "$branch" --base "$base" --json number --jq '.[].number')
if [ -n "$number" ]; then
  gh pr edit "$number" --body-file "$body"
else
  gh pr create --head "$branch" --base "$base" --title "Renew the lock file" --body-file "$body"
fi
gh workflow run build.yml --ref "$branch"
