"""Field masks."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheets_emulator.batch_update import REDUCERS
from sheets_emulator.discovery import document
from sheets_emulator.errors import InvalidArgumentError, RequestError
from sheets_emulator.fields import merge, parse_mask, project, wants
from sheets_emulator.masks import check_answer_mask, check_update_mask, mask_root


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


@pytest.mark.parametrize(
    "mask",
    [
        "*",
        "sheets.properties(sheetId,title)",
        "sheets/data/row_data/values/note",
        "namedRanges,sheets.*",
        "spreadsheetId",
    ],
)
def test_a_mask_of_known_paths_is_taken(mask: str) -> None:
    check_answer_mask("Spreadsheet", mask)


@pytest.mark.parametrize("path", ["nonsense", "sheets.sheetProperties", "spreadsheetId.x"])
def test_an_unknown_path_of_an_answer_is_refused_as_google_does(path: str) -> None:
    with pytest.raises(InvalidArgumentError) as refused:
        check_answer_mask("Spreadsheet", path)
    assert refused.value.message == "Request contains an invalid argument."
    (violation,) = (refused.value.details or [])[0]["fieldViolations"]
    assert violation["field"] == path
    assert violation["description"].endswith(f"Cannot find matching fields for path '{path}'.")


def test_every_request_kind_with_a_mask_has_its_schema() -> None:
    schemas = document()["schemas"]
    kinds = {
        kind for kind in REDUCERS if "fields" in schemas[schemas["Request"]["properties"][kind]["$ref"]]["properties"]
    }
    assert {kind for kind in kinds if mask_root(kind) is None} == set()
    for kind in kinds:
        with pytest.raises(RequestError, match="Invalid field: nonsense"):
            check_update_mask(kind, "nonsense")


PATHS = st.lists(st.sampled_from("abc"), min_size=1, max_size=3).map(".".join)
TREES = st.recursive(
    st.integers(0, 3), lambda below: st.dictionaries(st.sampled_from("abc"), below, max_size=3), max_leaves=9
)


def union(left: Any, right: Any) -> Any:
    if not isinstance(left, dict) or not isinstance(right, dict):
        return left
    return {
        name: union(left.get(name, right.get(name)), right.get(name, left.get(name)))
        for name in left.keys() | right.keys()
    }


@given(st.lists(PATHS, min_size=1, max_size=3), st.lists(PATHS, min_size=1, max_size=3), TREES)
def test_a_mask_is_the_union_of_its_paths(left: list[str], right: list[str], value: Any) -> None:
    masks = (",".join(left), ",".join(right), ",".join(left + right))
    one, two, both = (project(parse_mask(mask), value) for mask in masks)
    assert both == union(one, two)


@pytest.mark.parametrize(
    ("mask", "tree"),
    [
        ("a,a.b", {"a": {}}),
        ("a.b,a", {"a": {}}),
        ("a(b(c)),a(d)", {"a": {"b": {"c": {}}, "d": {}}}),
        ("a(b,*),a.c", {"a": {}}),
        ("a.b,a(b.c,d)", {"a": {"b": {}, "d": {}}}),
    ],
)
def test_a_parent_covers_what_lies_below(mask: str, tree: Any) -> None:
    assert parse_mask(mask) == tree
