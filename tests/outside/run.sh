#!/usr/bin/env bash
# The server as operators run it, with its archive in real services that fail: PostgreSQL and an S3 server (moto's) behind
# the proxy of the archive's own tests, a PostgreSQL that crashes, disks that are full. In each scene bots play all the while, and
# in the end every match that ever began must be in every place once, and none in dead/.
#
#   tests/outside/run.sh [--short] [followers] [s3] [postgres] [full_postgres] [full_folder]
#
# followers      the archive in a folder; S3 and PostgreSQL follow, and are away in five ways (--short: one)
# s3, postgres   one of them alone: it is away, the server is killed with SIGKILL meanwhile, it comes back
# full_*         a disk of 8 MiB that gets full, and has room again; mounting it takes root
#
# LIAP_BIN       the program, built with --features s3,postgres, instead of one that is built here
# LIAP_PROXY     the proxy, instead of one that is built here
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
target=${CARGO_TARGET_DIR:-$root/target}
liap=${LIAP_BIN:-$target/debug/liap} proxy=${LIAP_PROXY:-$target/debug/examples/proxy}
export PYTHONDONTWRITEBYTECODE=1
if [ -z "${LIAP_BIN:-}" ]; then
    (cd "$root" && cargo build -q --features s3,postgres --bin liap)
fi
if [ -z "${LIAP_PROXY:-}" ]; then
    (cd "$root" && cargo build -q -p archive --features s3,postgres --example proxy)
fi
python=$("$root/tests/analytics/python.sh")
# Not under target/: the user PostgreSQL runs as must be able to go there.
work=$(mktemp -d "${TMPDIR:-/tmp}/liap-outside.XXXXXX")
chmod 755 "$work"

# What was seen is kept where something was wrong.
end() {
    code=$?
    if [ "$code" -eq 0 ]; then rm -rf "$work"; else echo "run.sh: logs and data are in $work" >&2; fi
}
trap end EXIT
trap 'exit 130' INT TERM
"$root/tests/services/with.sh" "$python" "$here/outside.py" --liap "$liap" --proxy "$proxy" --work "$work" "$@"
