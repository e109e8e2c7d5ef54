#!/bin/sh
# Finds a Python with the library safetensors, or puts the library into node_modules/.cache; where there is no Python, Debian's
# is installed (root only). Prints the program and, on a second line, the folder for PYTHONPATH.
set -eu
cd "$(dirname "$0")/.."
version=0.8.0
folder=node_modules/.cache/rollout-lab/safetensors-$version

has_apt() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; }
apt_install() { { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"; } >&2; }
find_python() {
  for name in "${PYTHON:-}" python3 python; do
    if [ -n "$name" ] && "$name" -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null; then
      command -v "$name"
      return 0
    fi
  done
  return 1
}

python=$(find_python) || {
  if has_apt; then apt_install python3 python3-pip; fi
  python=$(find_python) || {
    echo "No Python was found for the test that reads checkpoints with Python's safetensors: install Python 3.10 or newer with pip, or set PYTHON to one." >&2
    exit 1
  }
}
if ! PYTHONPATH=$folder "$python" -c 'import safetensors' 2>/dev/null; then
  if ! "$python" -m pip --version >/dev/null 2>&1 && has_apt; then apt_install python3-pip; fi
  "$python" -m pip install --quiet --disable-pip-version-check --retries 2 --no-deps --target "$folder" "safetensors==$version" >&2 || {
    echo "The Python library safetensors $version could not be installed into $folder: see above what pip says, mend the network or pip, and try again." >&2
    exit 1
  }
fi
echo "$python"
echo "$PWD/$folder"
