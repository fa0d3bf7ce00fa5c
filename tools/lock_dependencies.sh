#!/usr/bin/env bash
# Renew requirements.lock: every dependency pinned, with the hashes of its files, and no address.
# usage: lock_dependencies.sh FOLDER_OF_THE_ENVIRONMENT
set -euo pipefail
venv=$1

"$venv/bin/python" -m venv "$venv/lock-tool"
"$venv/lock-tool/bin/python" -m pip install --quiet --disable-pip-version-check uv
UV_NO_PROGRESS=1 "$venv/lock-tool/bin/uv" pip compile pyproject.toml --extra dev --universal --python-version 3.11 \
  --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --upgrade \
  --quiet --output-file requirements.lock
rm -rf "$venv/lock-tool"
if grep -nE 'https?://' requirements.lock; then
  echo "requirements.lock holds an address (above), which it must not" >&2
  exit 1
fi
