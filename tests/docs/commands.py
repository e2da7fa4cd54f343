"""What a command in the guides may be, and how to tell that it would work without running it.

A table: the form of the command, and a check of what it names. A command that has no form here fails the test, so
that none gets into the guides unseen. Those that can be run are run, some here, most by `make test-deploy`.
"""

from __future__ import annotations

import contextlib
import io
import json
import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass

import yaml
from db_sync.command import OPTIONS

from sheets_emulator.__main__ import parser
from tests.docs.pages import ROOT

Check = Callable[..., bool]


def nothing_is_named() -> bool:
    """The pattern has no groups, so it says all."""
    return True


@dataclass(frozen=True)
class Form:
    """A pattern for a whole command, and whether what its groups name is there."""

    pattern: str
    names_what_is_there: Check = nothing_is_named


def compose_services() -> set[str]:
    return {
        service
        for name in ("docker-compose.yml", "docker-compose.db-sync.yml")
        for service in yaml.safe_load((ROOT / name).read_text())["services"]
    }


def is_target(name: str) -> bool:
    return re.search(rf"^{name}:", (ROOT / "Makefile").read_text(), re.MULTILINE) is not None


def is_service(name: str) -> bool:
    return name in compose_services()


def is_service_with_option(service: str, option: str) -> bool:
    return is_service(service) and option in OPTIONS


def is_file(name: str) -> bool:
    return (ROOT / name).is_file()


def are_files(names: str) -> bool:
    return all(is_file(name) for name in names.split())


def is_cronjob(namespace: str, name: str) -> bool:
    cronjob = yaml.safe_load((ROOT / "deploy/kubernetes/cronjob.yaml").read_text())
    kustomization = yaml.safe_load((ROOT / "deploy/kubernetes/kustomization.yaml").read_text())
    return (kustomization["namespace"], cronjob["metadata"]["name"]) == (namespace, name)


def is_module(name: str) -> bool:
    return is_file(f"{name.replace('.', '/')}.py") or is_file(f"{name.replace('.', '/')}/__main__.py")


def is_secret_of_the_workflow(name: str) -> bool:
    return f"secrets.{name} " in (ROOT / "deploy/github/db-sync.yml").read_text()


def is_unit(name: str) -> bool:
    return is_file(f"deploy/systemd/{name}")


def is_script_of_npm(name: str) -> bool:
    return name in json.loads((ROOT / "deploy/npm/package.json").read_text())["scripts"]


def is_dag(name: str) -> bool:
    return f'dag_id="{name}"' in (ROOT / "deploy/airflow/db_sync_dag.py").read_text()


def is_taken_by_the_emulator(arguments: str) -> bool:
    with contextlib.suppress(SystemExit), contextlib.redirect_stderr(io.StringIO()):
        return bool(parser().parse_args(shlex.split(arguments)))
    return False


# Run for real by `make test-deploy`.
RUN = (r"\.venv/bin/meltano .+", r'psql "\$DATABASE_URL" -f deploy/postgres-role\.sql')

FORMS = (
    *(Form(pattern) for pattern in RUN),
    Form(r"make ([\w-]+)", is_target),
    Form(r"docker compose (?:up -d|build)"),
    Form(r"docker compose logs --follow ([\w-]+)", is_service),
    Form(r"docker compose run --rm (?:--env \w+=\w+ )?([\w-]+) (--\w+)", is_service_with_option),
    # The command behind it is run without a container.
    Form(r"docker compose run --rm ([\w-]+) meltano .+", is_service),
    Form(r"cp (\S+\.example) \S+", is_file),
    Form(r"""psql "\$DATABASE_URL" -c '\\password db_sync_reader'"""),
    Form(r"git clone https://git\.example\.com/db-sync\.git"),
    Form(r"cd db-sync"),
    Form(r"git pull"),
    Form(r"kubectl apply -k (\S+)", lambda folder: is_file(f"{folder}/kustomization.yaml")),
    Form(r"kubectl --namespace ([\w-]+) create job --from=cronjob/([\w-]+) by-hand-\$\(date \+%s\)", is_cronjob),
    Form(r"kubectl --namespace ([\w-]+) get secrets,configmaps", lambda name: is_cronjob(name, "db-sync")),
    Form(r"kubectl --namespace ([\w-]+) get cronjob ([\w-]+) --output yaml", is_cronjob),
    Form(r"airflow dags test (\w+)", is_dag),
    Form(r"sudo install -m 600 \.env\.db-sync /etc/db-sync\.env"),
    Form(r"sudo cp ((?:deploy/\S+ )+)/etc/systemd/system/", are_files),
    Form(r"sudo systemctl daemon-reload"),
    Form(r"sudo systemctl (?:enable --now|start) (\S+)", is_unit),
    Form(r"journalctl --unit (\S+) --follow", is_unit),
    Form(r"gh secret set (\w+)", is_secret_of_the_workflow),
    Form(r"\.venv/bin/sheets-emulator (.+)", is_taken_by_the_emulator),
    Form(r"echo '\{\}' > /tmp/mine\.json"),
    Form(r"export \w+=\$\(curl -s \$SHEETS_EMULATOR_HOST/_emulator/credentials \| base64 \| tr -d '\\n'\)"),
    Form(r"\.venv/bin/python (\S+\.py)", is_file),
    Form(r"\.venv/bin/python -m (\S+)(?: \d+)?", is_module),
    Form(r"npm run (\S+)", is_script_of_npm),
    # Of the plugins' own guides.
    Form(r"pip install ([\w-]+)", lambda package: is_file(f"{package}/pyproject.toml")),
    Form(r"tap-mih-postgres --config ENV (?:--discover|--catalog catalog\.json).*"),
)


def fault_of(command: str) -> str | None:
    """Why a command can't work, or None."""
    for form in FORMS:
        if found := re.fullmatch(form.pattern, command):
            return None if form.names_what_is_there(*found.groups()) else "it names something that isn't there"
    return "nobody knows how to check it: give it a form in tests/docs/commands.py"
