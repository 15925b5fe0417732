#!/bin/sh
# Install a Debian package that tests need, where that is possible; never fail for want of it.
#
#   tools/install-debian-package.sh PACKAGE FILE WHY
#
# FILE is a program, by name or path, that is there once PACKAGE is installed; WHY completes "so ...".
set -u
package=$1 program=$2 why=$3

if command -v "$program" >/dev/null 2>&1; then
    exit 0
fi

if [ "$(id -u)" = 0 ]; then
    as_root=""
elif sudo -n true 2>/dev/null; then
    as_root="sudo -n"
else
    as_root="refused"
fi

if command -v apt-get >/dev/null 2>&1 && [ "$as_root" != refused ]; then
    echo "Installing $package ..."
    if $as_root apt-get update -qq &&
        DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends "$package" >/dev/null; then
        exit 0
    fi
fi

echo "$package could not be installed here, so $why." >&2
echo "Install it by hand, as with: sudo apt-get install $package" >&2
