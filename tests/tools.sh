#!/bin/sh
# Installs what the tests drive beside Python and Node: two browsers, a screen for one of them, an RSS client,
# nginx, which is a push service and a proxy, the servers that tests start for themselves to kill them, and what
# makes machines of network namespaces.
# Where it cannot, it says what is left out; the tests that need it are then skipped and say so themselves.
set -u

missing() {
    for pair in firefox-esr:firefox-esr chromium:chromium Xvfb:xvfb xdotool:xdotool newsboat:newsboat nginx:nginx-light \
        initdb:postgresql rabbitmq-server:rabbitmq-server redis-server:redis-server sqlite3:sqlite3 ip:iproute2; do
        found "${pair%%:*}" || printf '%s ' "${pair##*:}"
    done
}

# Debian keeps servers where only root looks, and PostgreSQL's own programs out of everybody's way.
found() {
    PATH="$PATH:/usr/sbin" command -v "$1" >/dev/null 2>&1 || ls /usr/lib/postgresql/*/bin/"$1" >/dev/null 2>&1
}

packages=$(missing)
[ -z "$packages" ] && exit 0

if command -v apt-get >/dev/null 2>&1; then
    if [ "$(id -u)" = 0 ]; then as_root=""; elif sudo -n true 2>/dev/null; then as_root="sudo"; else as_root="no"; fi
    if [ "$as_root" != no ]; then
        echo "Installing for the tests: $packages"
        # shellcheck disable=SC2086  # a list of names, split on purpose
        $as_root apt-get update -qq &&
            DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends $packages >/dev/null
    fi
fi

packages=$(missing)
if [ -n "$packages" ]; then
    echo "Left out, because it is not installed and could not be: $packages"
    echo "Tests that need it are skipped. On Debian: apt-get install $packages"
fi
exit 0
