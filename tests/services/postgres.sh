#!/bin/sh
# A PostgreSQL server for tests, in a folder, on a free port of loopback; nothing of it is left after `stop`.
#
#   postgres.sh start DIR   prints `export` lines to eval; does nothing if TEST_LIAP_POSTGRES names a running server
#   postgres.sh stop DIR    ends it and removes DIR
#   postgres.sh down DIR    ends the process only, at once, as a crash would
#   postgres.sh up DIR      starts it again on the same port
#
# PostgreSQL does not run as root: for root it runs as the user that owns nothing else, TEST_LIAP_USER (nobody).
set -eu
. "$(dirname "$0")/common.sh"

usage="usage: postgres.sh start|stop|down|up DIR"
[ $# -eq 2 ] || die "$usage"
mkdir -p "$2"
dir=$(cd "$2" && pwd)

# The folder of initdb and postgres: on the path, or where Debian puts them; installed if nowhere.
find_programs() {
    if command -v initdb >/dev/null && command -v postgres >/dev/null; then
        dirname "$(readlink -f "$(command -v postgres)")"
        return
    fi
    for found in /usr/lib/postgresql/*/bin; do
        [ -x "$found/initdb" ] && programs=$found
    done
    if [ -z "${programs:-}" ]; then
        [ "$(id -u)" = 0 ] || die "PostgreSQL is not installed; as root: apt-get install postgresql"
        say "installing postgresql"
        { apt-get update -q && apt-get install -q -y --no-install-recommends postgresql; } >&2
        for found in /usr/lib/postgresql/*/bin; do
            [ -x "$found/initdb" ] && programs=$found
        done
    fi
    echo "${programs:?PostgreSQL could not be installed}"
}

# Runs a command as the user the server runs as, in a folder that user may be in.
as_server() {
    if [ "$(id -u)" = 0 ]; then
        (cd "$dir" && exec setpriv --reuid "$server_user" --regid "$server_group" --clear-groups "$@")
    else
        (cd "$dir" && exec "$@")
    fi
}

server_user=${TEST_LIAP_USER:-nobody}
server_group=$(id -g "$server_user" 2>/dev/null || echo 0)

up() {
    as_server "$(find_programs)/pg_ctl" start -D "$dir/data" -s -w -t 60 -l "$dir/log" \
        -o "-p $(cat "$dir/port") -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=100" >&2 ||
        { tail -n 20 "$dir/log" >&2; die "PostgreSQL did not start"; }
}

down() {
    [ -f "$dir/data/postmaster.pid" ] || return 0
    as_server "$(find_programs)/pg_ctl" stop -D "$dir/data" -s -w -t 60 -m immediate >&2 || true
}

# A tiny disk, for a tablespace that gets full.
mount_small() {
    mkdir -p "$dir/small"
    if [ "$(id -u)" = 0 ] && mount -t tmpfs -o size=8m tmpfs "$dir/small" 2>/dev/null; then
        chown "$server_user:$server_group" "$dir/small"
        small=$dir/small
    else
        say "no small disk could be mounted (it takes root): the test of a full disk will fail"
        small=
    fi
}

start() {
    if [ -n "${TEST_LIAP_POSTGRES:-}" ]; then
        say "taking the server that TEST_LIAP_POSTGRES names"
        return
    fi
    programs=$(find_programs)
    if [ ! -f "$dir/port" ]; then
        [ "$(id -u)" != 0 ] || chown "$server_user:$server_group" "$dir"
        as_server "$programs/initdb" -D "$dir/data" -U liap -A trust -E UTF8 --locale=C >"$dir/initdb.log" 2>&1 ||
            { cat "$dir/initdb.log" >&2; die "initdb failed (may $server_user write in $dir, and go through its parents?)"; }
        # One user has to give a password, so that passwords can be tested.
        sed -i '1i host all liap_secret 127.0.0.1/32 scram-sha-256' "$dir/data/pg_hba.conf"
        mount_small
        echo "$small" >"$dir/small.path"
        free_port >"$dir/port"
    fi
    [ -f "$dir/data/postmaster.pid" ] || up
    echo "export TEST_LIAP_POSTGRES='postgresql://liap@127.0.0.1:$(cat "$dir/port")/postgres'"
    echo "export TEST_LIAP_POSTGRES_DIR='$dir'"
    echo "export TEST_LIAP_POSTGRES_SMALL='$(cat "$dir/small.path")'"
}

stop() {
    down
    if [ -d "$dir/small" ] && mountpoint -q "$dir/small"; then
        umount "$dir/small"
    fi
    rm -rf "$dir"
}

case $1 in
start | stop | up | down) "$1" ;;
*) die "$usage" ;;
esac
