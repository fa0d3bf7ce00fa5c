#!/usr/bin/env bash
# Create the virtual environment and install the locked dependencies into it.
# usage: make_environment.sh FOLDER
set -euo pipefail
venv=$1

wanted=3.11
python=
for candidate in "${PYTHON:-}" "python$wanted" python3 python; do
  [ -n "$candidate" ] || continue
  command -v "$candidate" >/dev/null 2>&1 || continue
  version=$("$candidate" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || continue
  found="${found:-}${found:+, }$candidate is $version"
  if [ "$version" = "$wanted" ]; then python=$candidate; break; fi
done
if [ -z "$python" ]; then
  echo "make: Python: found ${found:-none}, allowed $wanted, which requirements.lock is made for;" >&2
  echo "      install it (Debian 12: apt-get install python3 python3-venv), or name it: make PYTHON=/path/to/python$wanted" >&2
  exit 1
fi

# an environment that an interrupted run left half made, or that was moved, cannot be trusted
if [ -e "$venv" ] && ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
  echo "The environment in $venv is damaged; making it again."
  rm -rf "$venv"
fi
if [ ! -e "$venv" ]; then
  echo "Creating a Python environment in $venv ..."
  mkdir -p "$(dirname "$venv")"
  # Debian ships the venv module without pip unless python3-venv is installed
  if ! "$python" -m venv "$venv" >"$venv.log" 2>&1; then
    rm -rf "$venv"
    if "$python" -m pip --version >/dev/null 2>&1; then
      "$python" -m venv --without-pip "$venv"
      "$python" -m pip --python "$venv/bin/python" install --quiet pip
    else
      cat "$venv.log" >&2
      rm -f "$venv.log"
      echo "make: cannot create $venv: this Python has neither ensurepip nor pip;" >&2
      echo "      install one (Debian: apt-get install python3-venv) and run make again" >&2
      exit 1
    fi
  fi
  rm -f "$venv.log"
fi

echo "Installing the locked dependencies (a few minutes the first time) ..."
bar=on
[ -t 1 ] || bar=off
"$venv/bin/python" -m pip install --disable-pip-version-check --progress-bar "$bar" --no-compile \
  --require-hashes --requirement requirements.lock |
  grep --line-buffered -vE '^(Looking in |Requirement already satisfied)' || test "${PIPESTATUS[0]}" -eq 0
# on all cores, where pip would take one; what cannot be compiled is never imported
"$venv/bin/python" -m compileall -qq -j 0 -x '/tests?/' "$venv/lib" || true
"$venv/bin/python" -m pip install --disable-pip-version-check --quiet \
  --no-deps --no-build-isolation --editable .
"$venv/bin/python" -m pip check --disable-pip-version-check >/dev/null ||
  { "$venv/bin/python" -m pip check --disable-pip-version-check >&2; exit 1; }
echo "The environment in $venv is ready."
