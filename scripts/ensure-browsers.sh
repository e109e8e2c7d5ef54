#!/bin/sh
# Installs Firefox and WebKitGTK for scripts/browsers.mjs where that is possible: on Debian, as root. Elsewhere it leaves
# everything as it is, and browsers.mjs says what is missing.
set -eu

if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then exit 0; fi
packages=
command -v firefox >/dev/null 2>&1 || command -v firefox-esr >/dev/null 2>&1 || packages="$packages firefox-esr"
command -v WebKitWebDriver >/dev/null 2>&1 || packages="$packages webkit2gtk-driver"
ls /usr/lib/*/webkit2gtk-4.1/MiniBrowser >/dev/null 2>&1 || packages="$packages libwebkit2gtk-4.1-0"
command -v xvfb-run >/dev/null 2>&1 || packages="$packages xvfb xauth"
[ -n "$packages" ] || exit 0
apt-get update -qq
# shellcheck disable=SC2086
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages
