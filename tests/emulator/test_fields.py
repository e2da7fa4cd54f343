"""Field masks."""

from __future__ import annotations

from typing import Any

import pytest

from sheets_emulator.errors import InvalidArgumentError
from sheets_emulator.fields import merge, parse_mask, project, wants


@pytest.mark.parametrize(
    ("mask", "tree"),
    [
        ("a", {"a": {}}),
        ("a,b", {"a": {}, "b": {}}),
        ("a.b.c", {"a": {"b": {"c": {}}}}),
        ("a/b/c", {"a": {"b": {"c": {}}}}),
        ("a(b,c.d)", {"a": {"b": {}, "c": {"d": {}}}}),
        ("a.b(c),a.d", {"a": {"b": {"c": {}}, "d": {}}}),
        ("grid_properties.row_count", {"gridProperties": {"rowCount": {}}}),
        (
            "sheets(properties(sheetId,title),data.rowData)",
            {"sheets": {"properties": {"sheetId": {}, "title": {}}, "data": {"rowData": {}}}},
        ),
        ("*", {}),
        ("a(*)", {"a": {}}),
        ("", {}),
    ],
)
def test_masks_are_read(mask: str, tree: dict[str, Any]) -> None:
    assert parse_mask(mask) == tree


@pytest.mark.parametrize("mask", ["a(", "a)", "a..b", ",a", "a(b", "a b"])
def test_a_malformed_mask_is_refused(mask: str) -> None:
    with pytest.raises(InvalidArgumentError, match="Invalid field selection"):
        parse_mask(mask)


def test_a_projection_keeps_objects_that_became_empty() -> None:
    answer = {"sheets": [{"properties": {"title": "a"}, "data": []}, {"properties": {}}], "x": 1}
    assert project(parse_mask("sheets.properties.hidden"), answer) == {
        "sheets": [{"properties": {}}, {"properties": {}}]
    }


def test_a_merge_takes_masked_members_and_removes_absent_ones() -> None:
    old = {"a": 1, "b": {"c": 2, "d": 3}, "e": 4}
    assert merge(parse_mask("a,b.c"), old, {"b": {"c": 9, "d": 9}, "e": 9}) == {"b": {"c": 9, "d": 3}, "e": 4}


def test_a_mask_wants_what_it_names_and_what_lies_on_the_way() -> None:
    tree = parse_mask("sheets.data.rowData")
    assert wants(tree, "sheets", "data")
    assert wants(tree, "sheets", "data", "rowData", "values")
    assert not wants(tree, "sheets", "properties")
