#!/bin/sh
# Install Debian's Chromium for the browser tests where that is possible; never fail for want of it.
set -u

if command -v chromium >/dev/null 2>&1; then
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
    echo "Installing Chromium for the browser tests ..."
    if $as_root apt-get update -qq &&
        DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends chromium >/dev/null; then
        exit 0
    fi
fi

echo "Chromium could not be installed here, so the browser tests will be skipped." >&2
echo "Install it by hand, as with: sudo apt-get install chromium" >&2
