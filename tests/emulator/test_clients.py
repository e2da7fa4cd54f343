"""Clients that nobody here wrote do a round trip."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import gspread
import pytest
from google.oauth2.service_account import Credentials
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError

NODE = """
const {sheets, auth: {OAuth2}} = require('@googleapis/sheets');
(async () => {
  const [url, token] = process.argv.slice(2);
  const auth = new OAuth2();
  auth.setCredentials({access_token: token});
  const api = sheets({version: 'v4', auth, rootUrl: url + '/'}).spreadsheets;
  const made = await api.create({requestBody: {properties: {title: 'Node'}}});
  const spreadsheetId = made.data.spreadsheetId;
  const requestBody = {values: [['a', '=1+1']]};
  await api.values.update({spreadsheetId, range: 'A1', valueInputOption: 'USER_ENTERED', requestBody});
  const read = await api.values.get({spreadsheetId, range: 'A1:B1'});
  console.log(JSON.stringify(read.data.values));
})().catch(error => { console.error(error.message); process.exit(1); });
"""


def test_gspread_does_a_round_trip(api: Any) -> None:
    client = gspread.Client(auth=None, session=api.session)
    workbook = client.create("Round trip")
    sheet = workbook.sheet1
    sheet.update([["id", "name"], [1, "Åsa"], [2, "=1+1"]], "A1", raw=True)
    sheet.append_row([3, "new"])
    sheet.freeze(rows=1)
    sheet.format("A1:B1", {"textFormat": {"bold": True}})
    assert sheet.get_all_records(numericise_ignore=["all"]) == [
        {"id": "1", "name": "Åsa"},
        {"id": "2", "name": "=1+1"},
        {"id": "3", "name": "new"},
    ]
    sheet.delete_rows(2)
    sheet.sort((1, "des"), range="A2:B3")
    assert sheet.col_values(1) == ["id", "3", "2"]
    other = workbook.add_worksheet("Other", 3, 3)
    other.insert_note("A1", "a note")
    assert other.get_note("A1") == "a note"
    assert [each.title for each in workbook.worksheets()] == ["Sheet1", "Other"]
    assert client.open("Round trip").id == workbook.id
    with pytest.raises(gspread.exceptions.APIError, match="already exists"):
        workbook.add_worksheet("other", 1, 1)
    workbook.del_worksheet(other)
    workbook.share("carol@example.com", "user", "reader", notify=False)
    client.del_spreadsheet(workbook.id)
    with pytest.raises(gspread.exceptions.SpreadsheetNotFound):
        client.open_by_key(workbook.id)


def test_google_api_python_client_does_a_round_trip(api: Any) -> None:
    scopes = ["https://www.googleapis.com/auth/spreadsheets"]
    credentials = Credentials.from_service_account_info(api.emulator.credentials, scopes=scopes)
    options = {"api_endpoint": api.emulator.url}
    with build("sheets", "v4", credentials=credentials, client_options=options, static_discovery=True) as service:
        sheets = service.spreadsheets()
        made = sheets.create(body={"properties": {"title": "Made"}}).execute()
        target = {"spreadsheetId": made["spreadsheetId"], "range": "A1"}
        sheets.values().update(**target, valueInputOption="RAW", body={"values": [["x", 1.5]]}).execute()
        found = sheets.values().get(**target | {"range": "A1:B1"}, valueRenderOption="UNFORMATTED_VALUE").execute()
        assert found["values"] == [["x", 1.5]]
        with pytest.raises(HttpError, match="Unable to parse range: No!A1"):
            sheets.values().get(**target | {"range": "No!A1"}).execute()


@pytest.fixture(scope="session")
def node_modules(request: pytest.FixtureRequest) -> Path:
    """Google's client for Node, installed once into pytest's cache."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("node and npm aren't installed")
    assert request.config.cache is not None
    folder = Path(request.config.cache.mkdir("googleapis-node"))
    if not (folder / "node_modules" / "@googleapis").is_dir():
        command = [
            npm,
            "install",
            "--silent",
            "--no-audit",
            "--no-fund",
            "--prefer-offline",
            "--fetch-retries=0",
            "--fetch-timeout=10000",
            "--prefix",
            str(folder),
            "@googleapis/sheets@14",
        ]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
        except subprocess.TimeoutExpired:
            pytest.skip("npm can't install @googleapis/sheets within 30 seconds")
        if done.returncode:
            pytest.skip(f"npm can't install @googleapis/sheets: {done.stderr[-200:]}")
    return folder / "node_modules"


def test_googleapis_for_node_does_a_round_trip(api: Any, tmp_path: Path, node_modules: Path) -> None:
    script = tmp_path / "round_trip.cjs"
    script.write_text(NODE)
    api.get(api.emulator.create_spreadsheet())
    # google-auth-library for Node ignores a key's token_uri, so it is given a token
    command = ["node", str(script), api.emulator.url, api.session.credentials.token]
    environment = {**os.environ, "NODE_PATH": str(node_modules), "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [["a", "2"]]
