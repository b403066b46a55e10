#!/usr/bin/env bash
# Find Chromium, or install Debian's with the fonts for Chinese where we may; without it the browser tests are skipped.
set -u
command -v chromium >/dev/null 2>&1 && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Installing Chromium and Chinese fonts for the browser tests …"
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fonts-noto-cjk poppler-utils; } \
    >/dev/null 2>&1 || true
fi
command -v chromium >/dev/null 2>&1 ||
  echo "!! Chromium is missing and could not be installed: the browser tests will be SKIPPED. Install it and run again." >&2
exit 0
