#!/bin/sh
# The time to the first page on an empty data folder, and of a warm start on the same folder. Packages are installed before.
# bench/start.sh [PORT]
set -eu
root=$(dirname -- "$(dirname -- "$(readlink -f -- "$0")")")
port=${1:-8499}
data=$(mktemp -d)
trap 'rm -rf -- "$data"' EXIT
"$root/bin/demo" --help >/dev/null

once() {
    "$root/bin/demo" --data "$data" --port "$port" >"$data/../start.log" 2>&1 &
    demo=$!
    began=$(date +%s%N)
    until curl --silent --fail --output /dev/null "http://127.0.0.1:$port/"; do
        kill -0 "$demo" || { cat "$data/../start.log"; exit 1; }
        sleep 0.05
    done
    echo "$1: first page after $((($(date +%s%N) - began) / 1000000)) ms"
    sleep 2
    kill -INT "$demo"
    wait "$demo" || true
}

once cold
once warm
