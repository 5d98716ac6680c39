# Read by bin/demo and bin/test: makes .venv from the hashed lock, when the lock or the machine has changed.
# It sets `root` (the folder of the clone) and `venv`, and defines `make_environment NAME`.

root=$(CDPATH='' cd -- "$(dirname -- "$(readlink -f -- "$0")")/.." && pwd -P)
venv=$root/.venv

say() { printf '%s\n' "$*" >&2; }

is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

find_python() {
    for python in python3 python3.14 python3.13 python3.12 python3.11; do
        if is_new_enough "$python"; then return; fi
    done
    say "Of Record needs Python 3.11 or later; on Debian or Ubuntu: apt-get install python3 python3-venv" \
        "(on a release with an older python3: apt-get install python3.11 python3.11-venv)."
    exit 1
}

has_venv() { "$python" -c 'import ensurepip, venv' 2>/dev/null; }

make_venv() {
    find_python
    if ! has_venv; then
        if [ "$python" = python3 ]; then package=python3-venv; else package=$python-venv; fi
        say "Python's venv is missing; install it with: apt-get install $package"
        exit 1
    fi
    "$python" -m venv --clear "$venv"
}

# What the environment was made from: the locks, the package's own description, the place, the Python.
fingerprint() {
    cat "$root/requirements/build.txt" "$root/requirements/$1.txt" "$root/pyproject.toml"
    printf '%s\n' "$root"
    "$venv/bin/python" -c 'import sys; print(sys.version)'
}

# make_environment base|test: does nothing when it was made from the same before.
make_environment() {
    stamp=$venv/made-from-$1
    if is_new_enough "$venv/bin/python" && [ "$(fingerprint "$1")" = "$(cat "$stamp" 2>/dev/null)" ]; then
        return
    fi
    if ! "$venv/bin/python" -m pip --version >/dev/null 2>&1 || ! is_new_enough "$venv/bin/python"; then
        make_venv
    fi
    rm -f "$stamp"
    say "Installing the packages into $venv (once, and after every change of the lock) ..."
    # The lock is complete, so nothing is left to resolve; its hashes say that what comes is what was chosen.
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps \
        -r "$root/requirements/build.txt" -r "$root/requirements/$1.txt"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --no-index \
        --editable "$root"
    fingerprint "$1" >"$stamp"
}
