#!/bin/sh
# Every check of the project, one stage after the other, and how long each took.
# A stage that fails does not stop the next one. PY=python to use another Python.
set -eu
cd "$(dirname "$0")/.."
PY=${PY:-.venv/bin/python}
summary=
failed=0
soak_s=${BEDROCK_SOAK_S:-60}

# The tests use no AWS account: nothing of yours may reach them.
for name in $(env | sed -n 's/^\(\(AWS\|BEDROCK\)_[A-Z0-9_]*\)=.*/\1/p'); do unset "$name"; done
export BEDROCK_MODE=offline BEDROCK_ROOM=

stage() {
    name=$1
    shift
    printf '\n== %s\n' "$name"
    started=$(date +%s)
    if "$@"; then result=ok; else
        result=FAILED
        failed=1
    fi
    seconds=$(($(date +%s) - started))
    summary="$summary$(printf '%-34s %4d s  %s' "$name" "$seconds" "$result")
"
}

stored_outputs() {
    "$PY" -m pytest -q -p no:cacheprovider -p tests.nbval_offline \
        --nbval --nbval-current-env --nbval-cell-timeout 60 \
        --nbval-sanitize-with tests/nbval_sanitize.cfg \
        notebooks/*.ipynb notebooks/solutions/*.ipynb notebooks/workshop/*.ipynb
}

clients() {
    PY="$PY" sh tools/setup_clients.sh && "$PY" -m pytest -q -rs tests/clients
}

stage "style (ruff)" "$PY" -m ruff check .
stage "unit tests and doctests" "$PY" -m pytest -q --doctest-modules \
    --ignore=tests/browser --ignore=tests/benchmarks --ignore=tests/clients \
    --ignore=tests/soak --ignore=tests/closed_network \
    --ignore=tests/rehearsal \
    bedrock_helpers tests
stage "JupyterLab in Chromium" "$PY" -m pytest -q -rs tests/browser
stage "clients not written here" clients
stage "installed without a network" "$PY" -m pytest -q -rs tests/closed_network
stage "64 streams for $soak_s s" env BEDROCK_SOAK_S="$soak_s" "$PY" -m pytest -q tests/soak
stage "notebooks live, rehearsed" "$PY" -m pytest -q tests/rehearsal
stage "notebooks as stored (nbval)" stored_outputs
stage "notebooks as stored (refresh)" "$PY" tools/refresh_notebooks.py --check

printf '\n%s' "$summary"
exit $failed
