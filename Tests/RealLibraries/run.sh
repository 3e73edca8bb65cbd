#!/usr/bin/env bash
# Compares the dialects and exports with the real libraries: run.sh path/to/lrbound, run.sh --install alone, or
# run.sh --packages, which prints the folder of the installed packages
#
# The libraries are installed once a machine and list of requirements, under ~/.cache; where that fails
# (no network), nothing is compared and the exit code is 0.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
key=$(cat "$here/requirements.txt" "$here/sources.txt" | sha256sum | cut -c1-16)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/lrbound-dialects/$key

if [ ! -e "$cache/complete" ]; then
  echo "installing the libraries into $cache (once)"
  mkdir -p "$cache"
  if ! { python3 -m venv "$cache/venv" &&
    "$cache/venv/bin/pip" install --quiet --requirement "$here/requirements.txt" &&
    "$cache/venv/bin/pip" download --quiet --no-deps --dest "$cache/sources" \
      --requirement "$here/sources.txt"; } > "$cache/log" 2>&1; then
    echo "skipped: the libraries cannot be installed ($(tail -n 1 "$cache/log"))"
    exit 0
  fi
  touch "$cache/complete"
fi
case $1 in
  --install) exit 0 ;;
  --packages) echo "$cache"/venv/lib/python3*/site-packages && exit 0 ;;
esac
PYTHONDONTWRITEBYTECODE=1 "$cache/venv/bin/python" "$here/compare.py" "$1" --sources "$cache/sources"
