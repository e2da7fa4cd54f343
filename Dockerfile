# The container of README.md: `docker build -t db-sync .`; `--target demo` has the Sheets emulator beside it.
# Any image with Python 3.10 to 3.14 on Debian or Ubuntu will do as a base.
ARG PYTHON_IMAGE=python:3.11-slim

# ---- supercronic: one static program per architecture, picked by TARGETARCH -----------------------------------------
FROM scratch AS supercronic-amd64
ADD --checksum=sha256:a53ae236602c7338aba3fbaff40bda6300eae3b9fedb8261eb06cfe3724430c1 --chmod=755 \
    https://github.com/aptible/supercronic/releases/download/v0.2.49/supercronic-linux-amd64 /supercronic

FROM scratch AS supercronic-arm64
ADD --checksum=sha256:02aa0cb229ba09050cba6638059dadb9eedc2276632ea43d6a57a2f8c1629dd5 --chmod=755 \
    https://github.com/aptible/supercronic/releases/download/v0.2.49/supercronic-linux-arm64 /supercronic

# It is a stage of this file, and has no tag.
# hadolint ignore=DL3006
FROM supercronic-${TARGETARCH:-amd64} AS supercronic

# ---- build: a virtual environment with what uv.lock names, byte-compiled, nothing editable --------------------------
FROM ${PYTHON_IMAGE} AS build
WORKDIR /app
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never UV_NO_CACHE=1 UV_NO_PROGRESS=1
# What Meltano would install plugins with stays out: both are there, and these are a quarter of the environment.
ENV SYNC="/opt/uv/bin/uv sync --frozen --no-dev \
    --no-install-package pip --no-install-package uv --no-install-package virtualenv"
COPY pyproject.toml uv.lock ./
COPY tap-mih-postgres/pyproject.toml tap-mih-postgres/
COPY target-gsheets/pyproject.toml target-gsheets/
COPY sheets-emulator/pyproject.toml sheets-emulator/
# uv comes in the version that the lock was made with.
RUN python3 -m venv /opt/uv \
 && /opt/uv/bin/pip install --no-cache-dir "$(sed -n 's/.*"\(uv==[0-9.]*\)".*/\1/p' pyproject.toml)" \
 && $SYNC --no-install-workspace
COPY . .
RUN $SYNC --no-editable

# ---- demo: the same with the emulator and a shop's database ---------------------------------------------------------
FROM build AS build-demo
RUN $SYNC --group demo --no-editable

# ---- what both images have in common --------------------------------------------------------------------------------
FROM ${PYTHON_IMAGE} AS base
# Python's images come without .pyc files, and at run time nobody may write any: each of a run's five processes would
# compile what it takes of the standard library, for 1.3 CPU-seconds in all.
RUN python3 -m compileall -q \
    -x '/(dist-packages|ensurepip|idlelib|lib2to3|pydoc_data|site-packages|test|tests|tkinter|turtledemo)/' \
    "$(python3 -c 'import sysconfig; print(sysconfig.get_path("stdlib"))')"
# The state's volume takes its owner and mode from here: others may pass through to the metrics, and list nothing.
RUN install -d -o 10001 -g 10001 -m 0711 /data
COPY --from=supercronic /supercronic /usr/local/bin/supercronic
COPY meltano.yml LICENSE /app/
WORKDIR /app
# What Meltano writes in a run, settings with secrets among it, lies in memory where /tmp is a tmpfs; its state in /data.
ENV PATH=/app/.venv/bin:$PATH \
    HOME=/tmp \
    MELTANO_PROJECT_ROOT=/app \
    MELTANO_SYS_DIR_ROOT=/tmp/meltano \
    MELTANO_DATABASE_URI=sqlite:////data/meltano.db \
    DB_SYNC_STATE_FOLDER=/data
VOLUME /data
USER 10001:10001
HEALTHCHECK --interval=1m --timeout=10s --start-period=1m --retries=2 CMD ["db-sync", "--health"]
ENTRYPOINT ["db-sync"]

FROM base AS demo
COPY --from=build-demo /app/.venv /app/.venv
COPY demo /app/demo
EXPOSE 8080
CMD ["python", "-m", "demo.container"]

# ---- db-sync: the default -------------------------------------------------------------------------------------------
FROM base AS db-sync
COPY --from=build /app/.venv /app/.venv
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="db-sync" \
      org.opencontainers.image.description="Keeps a Google Sheets workbook equal to a Postgres database." \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
