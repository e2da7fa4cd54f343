"""Builds the Dockerfile without a Docker engine: with buildah, on a base made of Debian's packages.

What only this machine needs, a certificate authority of its own or another package index, goes into that base and never
into the Dockerfile. supercronic is the real one where its release can be fetched, else a stand-in that says so.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from demo.child import ROOT

TOOLS = ("buildah", "podman", "mmdebstrap", "runc")
BASE = "localhost/db-sync-test-base"
IMAGE = "localhost/db-sync-test"
FOLDER = ROOT / ".image-test"
PACKAGES = "python3,python3-venv,ca-certificates,tzdata"
SUITE = "bookworm"
CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"
INDEX_VARIABLES = ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "UV_INDEX_URL", "UV_DEFAULT_INDEX")
# python:3.11-slim is made without .pyc files, and Debian's packages come with them.
BASE_FILE = f"""\
FROM scratch
ADD rootfs.tar /
RUN find / -xdev -name '*.pyc' -delete
COPY certificates {CERTIFICATES}
ENV SSL_CERT_FILE={CERTIFICATES} PIP_CERT={CERTIFICATES} UV_SYSTEM_CERTS=true
"""
# Some sandboxes let nobody raise these limits, and have no systemd.
CONTAINERS = """\
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=2048:2048"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
"""


def missing_tools() -> list[str]:
    return [tool for tool in TOOLS if shutil.which(tool) is None]


def environment() -> dict[str, str]:
    return {**os.environ, "CONTAINERS_CONF": str(FOLDER / "containers.conf")}


def run(*command: str, cwd: Path = ROOT) -> str:
    """Run a command to its end and return what it says; raise with that where it fails."""
    answer = subprocess.run(
        command, cwd=cwd, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if answer.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {answer.returncode}:\n{answer.stdout[-4000:]}")
    return answer.stdout


def make_base() -> None:
    """The stand-in for python:3.11-slim; its packages are fetched once."""
    archive = FOLDER / "base" / "rootfs.tar"
    if not archive.exists():
        archive.parent.mkdir(parents=True, exist_ok=True)
        run("mmdebstrap", "--variant=minbase", f"--include={PACKAGES}", SUITE, str(archive))
    shutil.copy(os.environ.get("SSL_CERT_FILE", CERTIFICATES), archive.with_name("certificates"))
    indexes = "".join(f"ENV {name}={os.environ[name]}\n" for name in INDEX_VARIABLES if os.environ.get(name))
    archive.with_name("Dockerfile").write_text(BASE_FILE + indexes)
    run("buildah", "bud", "--layers", "--isolation", "chroot", "--format", "docker", "-t", BASE, str(archive.parent))


def supercronic_context() -> tuple[str, ...]:
    """Nothing where the release can be fetched; else the build context that takes its stage's place."""
    address = next(word for word in (ROOT / "Dockerfile").read_text().split() if word.startswith("https://"))
    try:
        with urllib.request.urlopen(urllib.request.Request(address, method="HEAD"), timeout=10):
            return ()
    except OSError:
        folder = FOLDER / "supercronic"
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(Path(__file__).with_name("supercronic_stand_in.py"), folder / "supercronic")
        (folder / "supercronic").chmod(0o755)
        return ("--build-context", f"supercronic={folder}")


def build(target: str, context: Sequence[str]) -> None:
    """Build one target of the Dockerfile; print how long it took, and how large its layers are."""
    begun = time.monotonic()
    image = f"{IMAGE}:{target}"
    run("buildah", "bud", "--layers", "--isolation", "chroot", "--format", "docker", "--pull-never",
        "--build-arg", f"PYTHON_IMAGE={BASE}", *context, "--target", target, "-t", image, ".")  # fmt: skip
    print(f"\n{image}: built in {time.monotonic() - begun:.0f} s", flush=True)
    for line in run("podman", "history", "--format", "{{.Size}}|{{.CreatedBy}}", image).splitlines():
        size, _, command = line.partition("|")
        if size.endswith("MB"):
            print(f"  {size:>8}  {command[:90]}", flush=True)


def main() -> int:
    """Build every image, or say what is missing."""
    if missing := missing_tools():
        print(f"image-test needs {', '.join(missing)}: apt-get install {' '.join(missing)}", file=sys.stderr)
        return 1
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / "containers.conf").write_text(CONTAINERS)
    begun = time.monotonic()
    make_base()
    context = supercronic_context()
    print(f"the base: {time.monotonic() - begun:.0f} s")
    print("supercronic: " + ("a STAND-IN, since its release can't be fetched" if context else "its release"))
    for target in sys.argv[1:] or ("db-sync", "demo"):
        build(target, context)
    return 0


if __name__ == "__main__":
    sys.exit(main())
