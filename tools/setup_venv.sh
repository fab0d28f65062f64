#!/bin/sh
# Make .venv with the packages of requirements.lock and this package; when nothing
# has changed since the last time, do nothing. Called by make; run from anywhere.
# With the word "test", what the tests add is installed too: requirements-test.lock.
# PYTHON=/path/to/python3.12 chooses the Python; else the first that is new enough,
# of those that a wheelhouse has packages for if there are any.
# WHEELHOUSE=folder: the course's packages come from a folder that `make wheelhouse`
# filled, and from nowhere else; pip's own settings do not matter then.
set -eu
wheelhouse=${WHEELHOUSE:-}
case $wheelhouse in
    "" | /*) ;;
    "~/"*) wheelhouse=$HOME/${wheelhouse#"~/"} ;;
    *) wheelhouse=$PWD/$wheelhouse ;;
esac
cd "$(dirname "$0")/.."

log=.make-log/setup.log
stamp=.venv/.installed-from # folder and checksum of the last complete installation
test_stamp=.venv/.test-tools-from # the same of the test tools
what=${1:-lesson}
retry="make lab"
if [ "$what" = test ]; then retry="make test"; fi
# Whoever installs from a stick types in the stick's folder.
here="make -C '$PWD'"
if [ -n "$wheelhouse" ]; then retry="$here ${retry#make } WHEELHOUSE='$wheelhouse'"; fi

fail() {
    printf '%s\n' "$*" >&2
    exit 1
}

is_new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

version_of() {
    "$1" -c 'import sys; print("%d.%d.%d" % sys.version_info[:3])' 2>/dev/null || true
}

# Those that the wheelhouse has packages for; of all systems together.
pythons_of_wheelhouse() {
    for minor in 13 12 11; do
        for wheel in "$wheelhouse/packages/"*"-cp3$minor-cp3$minor-"*; do
            if [ -e "$wheel" ]; then echo "python3.$minor" && break; fi
        done
    done
}

find_python() {
    if [ -n "${PYTHON:-}" ]; then set -- "$PYTHON"; else
        # shellcheck disable=SC2046 # names without spaces
        set -- $(pythons_of_wheelhouse) python3.13 python3.12 python3.11 python3 python
    fi
    too_old=
    nothing="${PYTHON:-python3} does not run"
    for candidate in "$@"; do
        if is_new_enough "$candidate"; then
            python=$candidate
            return
        fi
        version=$(version_of "$candidate")
        if [ -n "$version" ]; then too_old="$candidate is $version"; fi
    done
    fail "The course needs Python 3.11 or newer, but" \
        "${too_old:-$nothing}: install one from" \
        "python.org/downloads, then type: $retry PYTHON=/path/to/python3.12"
}

fingerprint() {
    echo "$PWD $(cat "$@" | cksum)"
}

course_is_installed() {
    stamped "$stamp" requirements.lock pyproject.toml
}

test_tools_are_installed() {
    [ "$what" != test ] || stamped "$test_stamp" requirements.lock requirements-test.lock
}

# Whether a stamp is that of these files, and .venv has a Python that runs.
stamped() {
    file=$1
    shift
    [ -f "$file" ] && [ "$(cat "$file")" = "$(fingerprint "$@")" ] &&
        is_new_enough .venv/bin/python
}

# A .venv made in another folder, or by a Python that is gone, too old or not the one
# that is asked for, is no use.
is_usable() {
    is_new_enough .venv/bin/python || return 1
    [ -z "${PYTHON:-}" ] ||
        [ "$(version_of "$PYTHON")" = "$(version_of .venv/bin/python)" ] || return 1
    [ ! -f "$stamp" ] || [ "$(sed 's/ [0-9]* [0-9]*$//' "$stamp")" = "$PWD" ]
}

make_venv() {
    find_python
    echo "Making .venv with Python $(version_of "$python")"
    "$python" -m venv --clear .venv >"$log" 2>&1 ||
        fail "Python $(version_of "$python") could not make .venv: on Debian and" \
            "Ubuntu type 'sudo apt-get install python3-venv', elsewhere try another" \
            "one ($retry PYTHON=/path/to/python3.12); the log is $log."
}

pip_install() {
    PIP_USER=0 .venv/bin/python -m pip install --disable-pip-version-check \
        --no-input --no-deps "$@" >>"$log" 2>&1
}

pip_install_from_wheelhouse() {
    PIP_CONFIG_FILE=/dev/null pip_install --isolated --no-index \
        --find-links "$wheelhouse/packages" "$@"
}

install() {
    if [ -z "$wheelhouse" ]; then
        pip_install "$@" || explain_pip_failure
    else
        pip_install_from_wheelhouse "$@" || explain_wheelhouse_failure
    fi
}

check_wheelhouse() {
    if [ -z "$wheelhouse" ]; then return; fi
    [ -d "$wheelhouse" ] ||
        fail "There is no folder $wheelhouse: put the stick in or connect the share," \
            "see where its START.txt is, and type: $here lab WHEELHOUSE='/that/folder'"
    [ -d "$wheelhouse/packages" ] ||
        fail "$wheelhouse was not filled by 'make wheelhouse' (it has no folder" \
            "packages): type the folder that START.txt is in, for example: $here lab" \
            "WHEELHOUSE='$wheelhouse/bedrock'"
}

explain_wheelhouse_failure() {
    if log_says 'DO NOT MATCH THE HASHES'; then
        file=$(sed -n 's/^ *[^ ]*==[^ ]* from [^ ]*\/\([^/ ]*\.whl\).*/\1/p' "$log" | head -n 1)
        fail "$wheelhouse/packages/${file:-*} is damaged (its hash is not the one in" \
            "requirements.lock): copy it there again, or have 'make wheelhouse'" \
            "fetch it again, then type: $retry"
    elif log_says 'no matching distribution'; then
        package=$(sed -n 's/.*No matching distribution found for //p' "$log" | head -n 1)
        fail "$wheelhouse has no ${package:-package} for Python" \
            "$(version_of .venv/bin/python) on $(uname -s) $(uname -m): its START.txt" \
            "says what it is for. With one of those, type: $retry" \
            "PYTHON=/path/to/python3.12"
    fi
    explain_pip_failure
}

log_says() {
    grep -Eiq "$1" "$log"
}

explain_pip_failure() {
    if log_says 'DO NOT MATCH THE HASHES'; then
        package=$(sed -n 's/^ *\([^ ]*==[^ ]*\) from .*/\1/p' "$log" | head -n 1)
        fail "What pip downloaded for ${package:-a package} is not the file named in" \
            "$lock (its hash differs): type 'git checkout $lock' and '$retry' again;" \
            "the log is $log."
    elif log_says 'no space left on device'; then
        fail "The disk is full: free about 1 GB and type: $retry (the log is $log)."
    elif log_says 'connection broken|ConnectionError|connection error|max retries|timed out|SSLError|ProxyError'; then
        fail "pip could not reach its package index: connect this computer to the" \
            "network (or set HTTPS_PROXY) and type: $retry (the log is $log)."
    elif log_says 'no matching distribution'; then
        package=$(sed -n 's/.*No matching distribution found for //p' "$log" | head -n 1)
        fail "pip found no $package for Python $(version_of .venv/bin/python) where it" \
            "is set to look: check 'pip config list' or try another Python," \
            "'make clean' and '$retry PYTHON=/path/to/python3.12'; the log is $log."
    fi
    fail "pip could not install the course's packages: read the end of $log, then" \
        "type '$retry' again, or 'make clean' first to start afresh."
}

install_lock() {
    lock=$1
    install --require-hashes -r "$lock"
}

install_course() {
    echo "Installing the course's packages into .venv: about a minute (log: $log)"
    rm -f "$stamp"
    install_lock requirements.lock
    install --no-build-isolation -e .
    fingerprint requirements.lock pyproject.toml >"$stamp"
}

install_test_tools() {
    wheelhouse= # it has none of them
    echo "Installing the test tools into .venv (log: $log)"
    rm -f "$test_stamp"
    install_lock requirements-test.lock
    fingerprint requirements.lock requirements-test.lock >"$test_stamp"
}

if course_is_installed && test_tools_are_installed; then exit 0; fi
mkdir -p .make-log
: >"$log"
course_is_installed || check_wheelhouse
if ! is_usable; then make_venv; fi
course_is_installed || install_course
test_tools_are_installed || install_test_tools
echo "Installed. From now on this step takes no time."
