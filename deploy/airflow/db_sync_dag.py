"""db-sync as an Airflow 3 DAG: the same `meltano run`, once for each group of tables.

Airflow starts and watches, Meltano runs, the plugins do the work. Airflow's own environment needs the standard provider
and none of this project's packages: the worker has the project's folder, set up by `make setup`.

DB_SYNC_HOME names that folder (default /opt/db-sync). Where it holds a file db_sync_groups.json, each group in it has a
task, tables, a workbook, a state and a share of Google's quota of its own; without the file there is one task, for all.
"""

from __future__ import annotations

import json
import os
from datetime import datetime, timedelta, timezone
from pathlib import Path

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

HOME = Path(os.environ.get("DB_SYNC_HOME") or "/opt/db-sync")
GROUPS = HOME / "db_sync_groups.json"
# What Google gives a service account, for all its workbooks together.
CALLS_PER_MINUTE = 60
PIPELINE = "tap-mih-postgres target-gsheets"
MEMBERS = {"name", "tables", "workbook"}


def read_groups(path: Path) -> list[dict[str, str]]:
    """The groups of the file; one without tables and workbook where there is no file."""
    if not path.exists():
        return [{"name": "all"}]
    groups: list[dict[str, str]] = json.loads(path.read_text())
    for group in groups:
        if set(group) != MEMBERS:
            raise ValueError(f"{path}: a group has the members {sorted(MEMBERS)}, and one has {sorted(group)}.")
    for member in ("name", "workbook"):
        if len({group[member] for group in groups}) < len(groups):
            raise ValueError(f"{path}: two groups have the same {member}; each needs its own.")
    return groups


def variables_of(group: dict[str, str], groups: int) -> dict[str, str]:
    """What a group's run has beside the worker's own variables and the project's .env."""
    share = str(CALLS_PER_MINUTE // groups)
    own = {
        "TAP_MIH_POSTGRES_TABLES": group.get("tables", ""),
        "TARGET_GSHEETS_SPREADSHEET_ID": group.get("workbook", ""),
        "TARGET_GSHEETS_QUOTA_READS_PER_MINUTE": share,
        "TARGET_GSHEETS_QUOTA_WRITES_PER_MINUTE": share,
    }
    return {name: value for name, value in own.items() if value}


with DAG(
    dag_id="db_sync",
    description="Mirror a Postgres database into Google Sheets",
    schedule="*/5 * * * *",
    start_date=datetime(2026, 1, 1, tzinfo=timezone.utc),
    # Only the newest state of the database is of use, and two runs at once only wait for each other.
    catchup=False,
    max_active_runs=1,
    tags=["meltano"],
) as dag:
    all_groups = read_groups(GROUPS)
    for each in all_groups:
        BashOperator(
            task_id=each["name"],
            # Meltano's files of a run hold the settings, secrets included.
            bash_command=f"umask 077 && .venv/bin/meltano run --state-id-suffix={each['name']} {PIPELINE}",
            cwd=str(HOME),
            env=variables_of(each, len(all_groups)),
            append_env=True,
            # The next run is the second try.
            retries=0,
            execution_timeout=timedelta(minutes=15),
        )
