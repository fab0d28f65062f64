#!/bin/sh
# Make the locks from pyproject.toml: every package, for every system, with its hashes.
#   requirements.lock                what a learner installs
#   requirements-test.lock           what the tests add to it
#   tests/clients/requirements.lock  from the requirements.in beside it
# Versions stay as they are unless pyproject.toml forbids them; give --upgrade for
# newer ones. Uses uv, from PATH or installed here.
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

lock requirements.lock pyproject.toml --extra build "$@"
locked=$(sed -n 's/^\([a-z0-9-]*\)==.*/--no-emit-package \1/p' requirements.lock | sort -u)
# shellcheck disable=SC2086 # one word for each name
lock requirements-test.lock pyproject.toml --extra test \
    --constraint requirements.lock $locked "$@"
lock tests/clients/requirements.lock tests/clients/requirements.in "$@"
