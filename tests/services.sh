#!/usr/bin/env bash
# What the tests need from outside Python: a browser, a sound server, a database server, and packages from npm.
# On Debian as root they are installed; elsewhere the missing ones are named, and the tests that need them skip.
set -euo pipefail
cd "$(dirname "$0")"

# a command or file that shows the package is there, the package
needs=(
    "chromium chromium"
    "pulseaudio pulseaudio"
    "pactl pulseaudio-utils"
    "/usr/lib/*/alsa-lib/libasound_module_pcm_pulse.so libasound2-plugins"
    "/usr/lib/*/libportaudio.so.2 libportaudio2"
    "/usr/lib/postgresql postgresql"
    "/usr/lib/*/libpango-1.0.so.0 libpango-1.0-0"
    "/usr/lib/*/libpangoft2-1.0.so.0 libpangoft2-1.0-0"
    "/usr/share/fonts/truetype/*/*.ttf fonts-dejavu-core"
    "pdftotext poppler-utils"
    "npm npm"
)
missing=()
for need in "${needs[@]}"; do
    read -r sign package <<<"$need"
    command -v "$sign" >/dev/null || compgen -G "$sign" >/dev/null || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        apt-get update -qq
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
    else
        echo "not installed, so their tests are skipped: ${missing[*]}" >&2
    fi
fi
if [ -f package.json ] && command -v npm >/dev/null; then
    npm ci --silent --no-audit --no-fund
fi
