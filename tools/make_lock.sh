#!/bin/sh
# Make requirements.lock from pyproject.toml: every package the course installs,
# for every system, with its hashes. Versions stay as they are unless pyproject.toml
# forbids them; give --upgrade for newer ones. Uses uv, from PATH or installed here.
set -eu
cd "$(dirname "$0")/.."

uv=$(command -v uv || true)
if [ -z "$uv" ]; then
    uv=.lock-tools/bin/uv
    [ -x "$uv" ] || "${PYTHON:-python3}" -m venv .lock-tools
    [ -x "$uv" ] || .lock-tools/bin/python -m pip install --quiet uv
fi

"$uv" pip compile pyproject.toml --extra test \
    --universal --python-version 3.11 --generate-hashes \
    --no-emit-index-url --no-emit-find-links \
    --custom-compile-command "make lock" \
    --quiet --output-file requirements.lock "$@"
echo "requirements.lock: $(grep -c '^[a-z0-9]' requirements.lock) packages"
