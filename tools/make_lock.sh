#!/bin/sh
# Make requirements.lock from pyproject.toml: every package the course installs,
# for every system, with its hashes. Versions stay as they are unless pyproject.toml
# forbids them; give --upgrade for newer ones. Uses uv, from PATH or installed here.
# So too tests/clients/requirements.lock, from the requirements.in beside it.
set -eu
cd "$(dirname "$0")/.."

uv=$(command -v uv || true)
if [ -z "$uv" ]; then
    uv=.lock-tools/bin/uv
    [ -x "$uv" ] || "${PYTHON:-python3}" -m venv .lock-tools
    [ -x "$uv" ] || .lock-tools/bin/python -m pip install --quiet uv
fi

lock() {
    file=$1
    shift
    "$uv" pip compile "$@" \
        --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-emit-find-links \
        --custom-compile-command "make lock" \
        --quiet --output-file "$file"
    echo "$file: $(grep -c '^[a-z0-9]' "$file") packages"
}

lock requirements.lock pyproject.toml --extra test "$@"
lock tests/clients/requirements.lock tests/clients/requirements.in "$@"
