#!/bin/sh
# Makes .venv with everything that uv.lock names. Called by `make setup`; needs python3 >= 3.10 with venv and pip.
set -eu
uv_version=$(sed -n 's/.*"uv==\([0-9.]*\)".*/\1/p' pyproject.toml)

command -v "$PYTHON" >/dev/null 2>&1 || {
  echo "setup: no $PYTHON found: install Python 3.10 or newer (Debian: apt install python3-venv; macOS: brew install python)" >&2
  exit 1
}
"$PYTHON" -c 'import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 14))' || {
  echo "setup: $("$PYTHON" --version) is not between 3.10 and 3.14: name another with 'make PYTHON=python3.12 …'" >&2
  exit 1
}
"$PYTHON" -c 'import venv, ensurepip' 2>/dev/null || {
  echo "setup: python3 lacks venv or pip: install them (Debian and Ubuntu: apt install python3-venv; Fedora: dnf install python3-pip)" >&2
  exit 1
}

if ! "$VENV/bin/python" -c 'import pip' 2>/dev/null; then
  echo "setup: making $VENV with $("$PYTHON" --version)"
  "$PYTHON" -m venv --clear "$VENV"
fi
if ! "$VENV/bin/uv" --version 2>/dev/null | grep -q "^uv $uv_version"; then
  "$VENV/bin/python" -m pip install --quiet --disable-pip-version-check "uv==$uv_version"
fi
echo "setup: installing what uv.lock names (a minute where nothing is cached)"
# As pip does: a company's proxy is trusted where the machine trusts it.
UV_SYSTEM_CERTS="${UV_SYSTEM_CERTS:-true}" "$VENV/bin/uv" sync --quiet --frozen --inexact --all-packages --compile-bytecode --python "$VENV/bin/python"
# For the time of a run Meltano's files in it hold the settings, secrets included.
mkdir -p .meltano
[ ! -O .meltano ] || chmod 700 .meltano
