#!/usr/bin/env bash
# Put the learners' notebooks of a built site, and their data, on a branch of their own, from which
# Binder, nbgitpuller and Colab open them. The branch keeps no history.
# usage: push_notebooks.sh FOLDER_OF_THE_SITE BRANCH
# Run in a checkout. Needs the GitHub command line with a token that may write contents.
set -euo pipefail
site=$1
branch=$2

staging=$(mktemp -d)
trap 'rm -rf "$staging"' EXIT
(cd "$site" && find . -path ./instructor -prune -o \
  \( -name '*.ipynb' -o -name '*-data.zip' \) -print0) |
  while IFS= read -r -d '' file; do
    mkdir -p "$staging/$(dirname "$file")"
    cp "$site/$file" "$staging/$file"
  done
if [ -z "$(ls -A "$staging")" ]; then
  echo "$site: found no notebook, allowed the folder of a built site, such as _build/html" >&2
  exit 1
fi

export GIT_INDEX_FILE=$staging.index
trap 'rm -rf "$staging" "$GIT_INDEX_FILE"' EXIT
git -C "$staging" --git-dir "$(git rev-parse --absolute-git-dir)" --work-tree "$staging" \
  add --all --force .
tree=$(git write-tree)
if [ -n "$(git ls-remote origin "refs/heads/$branch")" ] &&
  git fetch --quiet --depth 1 origin "refs/heads/$branch" &&
  [ "$(git rev-parse 'FETCH_HEAD^{tree}')" = "$tree" ]; then
  echo "The notebooks on the branch $branch are the same."
  exit 0
fi
git config user.name "github-actions[bot]"
git config user.email "41898282+github-actions[bot]@users.noreply.github.com"
commit=$(git commit-tree "$tree" -m "notebooks of the published site")
gh auth setup-git
git push --quiet --force origin "$commit:refs/heads/$branch"
