#!/bin/sh
# Install the clients the offline Bedrock is tried with: .venv-clients and the
# JavaScript packages of tests/clients/javascript. When nothing has changed since the
# last time, do nothing. PY=python to use another Python than that of .venv.
set -eu
cd "$(dirname "$0")/.."

PY=${PY:-.venv/bin/python}
log=.make-log/clients.log
requirements=tests/clients/requirements.lock
javascript=tests/clients/javascript
python_stamp=.venv-clients/.installed-from
javascript_stamp=$javascript/node_modules/.installed-from

fail() {
    printf '%s\n' "$*" >&2
    exit 1
}

fingerprint() {
    echo "$PWD $(cat "$@" | cksum)"
}

stamped() {
    stamp=$1
    shift
    [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$(fingerprint "$@")" ]
}

install_python_clients() {
    if stamped $python_stamp $requirements && .venv-clients/bin/python -c ''; then return; fi
    "$PY" -c '' 2>/dev/null || fail "$PY does not run: type: make client-tests"
    echo "Installing the clients in Python into .venv-clients (log: $log)"
    rm -f $python_stamp
    "$PY" -m venv --clear .venv-clients >>$log 2>&1 ||
        fail "$PY could not make .venv-clients: read the end of $log."
    PIP_USER=0 PIP_DISABLE_PIP_VERSION_CHECK=1 .venv-clients/bin/python -m pip install \
        --no-input --no-compile --no-deps --require-hashes -r $requirements >>$log 2>&1 ||
        fail "pip could not install $requirements: read the end of $log, see that this" \
            "computer reaches its package index, and type: make client-tests"
    fingerprint $requirements >$python_stamp
}

node_is_missing() {
    for program in node npm; do
        command -v $program >/dev/null || {
            missing="$program is not on the PATH"
            return 0
        }
    done
    missing="node is $(node --version)"
    ! node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)'
}

install_javascript_clients() {
    if node_is_missing; then
        told="The JavaScript SDK needs Node.js 20 or newer and npm, but $missing"
        [ -z "${CI:-}" ] || fail "$told: install them from nodejs.org."
        echo "$told: its tests will be skipped."
        return
    fi
    if stamped $javascript_stamp $javascript/package-lock.json; then return; fi
    echo "Installing the clients in JavaScript into $javascript/node_modules (log: $log)"
    (cd $javascript && npm ci) >>$log 2>&1 ||
        fail "npm could not install $javascript/package-lock.json: read the end of" \
            "$log, see that this computer reaches its package registry, and type:" \
            "make client-tests"
    fingerprint $javascript/package-lock.json >$javascript_stamp
}

mkdir -p .make-log
: >$log
install_python_clients
install_javascript_clients
