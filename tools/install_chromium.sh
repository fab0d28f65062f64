#!/bin/sh
# Install Chromium for the browser tests, where this may be done without asking:
# as root, or in CI with sudo. Never fails: the tests say what its absence means.
set -eu
cd "$(dirname "$0")/.."
log=.make-log/chromium.log

for name in chromium chromium-browser google-chrome; do
    if command -v "$name" >/dev/null; then exit 0; fi
done

command -v apt-get >/dev/null || exit 0
if [ "$(id -u)" = 0 ]; then
    as_root=
elif [ -n "${CI:-}" ] && command -v sudo >/dev/null; then
    as_root="sudo -n"
else
    exit 0
fi

echo "Installing Chromium for the browser tests (log: $log)"
mkdir -p .make-log
export DEBIAN_FRONTEND=noninteractive
{ $as_root apt-get update && $as_root apt-get install -y chromium; } >"$log" 2>&1 ||
    echo "Chromium could not be installed; the last lines of $log say why."
