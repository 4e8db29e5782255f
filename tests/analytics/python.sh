#!/bin/sh
# Prints the interpreter with the pinned libraries: of a virtual environment in target/analytics, or, where there can be
# none, the system's with the user's own packages. Installs what is missing.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
work="$here/../../target/analytics"
mkdir -p "$work"
work=$(cd "$work" && pwd)
python="$work/venv/bin/python"
cat "$here/requirements.txt" "$here/../python/requirements.txt" >"$work/wanted.txt"
if [ ! -x "$python" ] && ! python3 -m venv "$work/venv" >&2; then
    rm -rf "$work/venv"
    python=$(command -v python3)
    "$python" -m pip install --quiet --user -r "$work/wanted.txt" >&2
elif ! cmp -s "$work/wanted.txt" "$work/installed.txt"; then
    "$python" -m pip install --quiet -r "$work/wanted.txt" >&2
    cp "$work/wanted.txt" "$work/installed.txt"
fi
echo "$python"
