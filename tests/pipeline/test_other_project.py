"""The target in somebody else's Meltano project, with somebody else's tap, installed as its README says."""

from __future__ import annotations

import base64
import json
import re
import subprocess
from pathlib import Path

from demo.environment import clean_environment
from tests.packages import install_or_skip
from tests.pipeline.conftest import BIN, ROOT, Mirror

TAP = "tap-jsonl==0.3.1"
INITIAL = """\
default_environment: dev
project_id: trial
send_anonymous_usage_stats: false
environments:
- name: dev
"""
ORDERS = [{"id": 1, "code": "007", "total": 9.5}, {"id": 2, "code": "=1+1", "total": 12345678901234567}]


def test_the_project_of_the_readme_brings_a_stream_of_another_tap(mirror: Mirror, tmp_path: Path) -> None:
    install_or_skip(TAP, "tap-jsonl")  # so that what fails below is ours
    (block,) = re.findall(r"```yaml\n(plugins:.*?)```", (ROOT / "target-gsheets/README.md").read_text(), re.DOTALL)
    block = block.replace("pip_url: tap-jsonl", f"pip_url: {TAP}").replace("path/to/this/repository", str(ROOT))
    (tmp_path / "meltano.yml").write_text(f"{INITIAL}{block}")
    variables = {
        "GOOGLE_SPREADSHEET_ID": mirror.spreadsheet.id,
        "GOOGLE_CREDENTIALS_BASE64": base64.b64encode(json.dumps(mirror.emulator.key).encode()).decode(),
        "SHEETS_EMULATOR_HOST": mirror.emulator.url,
    }

    def meltano(*arguments: str) -> None:
        command = [BIN / "meltano", *arguments]
        answer = subprocess.run(
            command, cwd=tmp_path, env={**clean_environment(), **variables}, capture_output=True, text=True, check=False
        )
        assert answer.returncode == 0, answer.stdout + answer.stderr

    (tmp_path / "orders.jsonl").write_text("".join(f"{json.dumps(order)}\n" for order in ORDERS))
    meltano("install")
    meltano("run", "tap-jsonl", "target-gsheets")
    header, *rows = mirror.sheets()["orders"]
    assert [[row[header.index(name)] for name in ORDERS[0]] for row in rows] == [
        [1, "007", 9.5],
        [2, "=1+1", "12345678901234567"],
    ]
    mirror.emulator.forget_calls()
    meltano("run", "tap-jsonl", "target-gsheets")
    assert not any(call.writes for call in mirror.emulator.calls())
