#!/bin/sh
# Finds a Chromium for the browser tests, or installs Debian's (root only). Prints its path.
# Order: PLAYWRIGHT_CHROMIUM_PATH, an installed Chromium or Chrome, Playwright's own, Debian's package.
set -eu

has_apt() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; }

find_chromium() {
  named=${PLAYWRIGHT_CHROMIUM_PATH:-}
  if [ -n "$named" ] && [ "$named" != bundled ]; then
    [ -x "$named" ] || { echo "PLAYWRIGHT_CHROMIUM_PATH is '$named', which is not a program" >&2; exit 1; }
    echo "$named"
    return 0
  fi
  if [ -z "$named" ]; then
    for name in chromium chromium-browser google-chrome-stable google-chrome microsoft-edge-stable; do
      if command -v "$name" >/dev/null 2>&1; then command -v "$name"; return 0; fi
    done
    for file in "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" \
      /Applications/Chromium.app/Contents/MacOS/Chromium /opt/google/chrome/chrome /snap/bin/chromium; do
      if [ -x "$file" ]; then echo "$file"; return 0; fi
    done
  fi
  for root in "${PLAYWRIGHT_BROWSERS_PATH:-}" "${HOME:-}/.cache/ms-playwright" "${HOME:-}/Library/Caches/ms-playwright"; do
    for file in "$root"/chromium-*/chrome-linux*/chrome "$root"/chromium-*/chrome-mac*/*.app/Contents/MacOS/*; do
      if [ -x "$file" ]; then echo "$file"; return 0; fi
    done
  done
  return 1
}

# Dawn for Node loads the system's Vulkan loader, which no Chromium package brings along.
if has_apt && command -v ldconfig >/dev/null 2>&1 && ! ldconfig -p | grep -q 'libvulkan\.so\.1'; then
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends libvulkan1; } >&2
fi
if find_chromium; then exit 0; fi
if has_apt; then
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    chromium libvulkan1 fonts-dejavu-core; } >&2
  find_chromium && exit 0
fi
echo "No Chromium was found for the browser tests: install Chromium or Chrome, run 'npx playwright install chromium', or set PLAYWRIGHT_CHROMIUM_PATH to one." >&2
exit 1
