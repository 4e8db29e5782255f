#!/bin/sh
# Runs a command with a PostgreSQL and an S3 server, started for it if TEST_LIAP_POSTGRES and TEST_LIAP_S3 name none:
#
#   tests/services/with.sh cargo test -p archive --features s3,postgres
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/common.sh"
[ $# -gt 0 ] || die "usage: with.sh COMMAND..."

# Not under target/: the user PostgreSQL runs as must be able to go there.
work=$(mktemp -d "${TMPDIR:-/tmp}/liap-services.XXXXXX")
chmod 755 "$work"

clean() {
    [ ! -d "$work/postgres" ] || "$here/postgres.sh" stop "$work/postgres"
    [ ! -d "$work/s3" ] || "$here/s3.sh" stop "$work/s3"
    rmdir "$work"
}
trap clean EXIT
trap 'exit 130' INT TERM

lines=$("$here/postgres.sh" start "$work/postgres")
eval "$lines"
lines=$("$here/s3.sh" start "$work/s3")
eval "$lines"
export TEST_LIAP_SERVICES="$here"
"$@"
