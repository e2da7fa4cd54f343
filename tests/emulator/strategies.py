"""Requests made from the discovery document: any kind, any method of values, with what nobody would send.

Design rule: no request is written by hand; the document says what there is. What is chosen with care are the ranges,
near a small grid so that many requests hit something, and the strange values.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from hypothesis import strategies as st

from sheets_emulator.batch_update import REDUCERS
from sheets_emulator.discovery import document

Strategy = st.SearchStrategy[Any]


def words(text: str) -> list[str]:
    return text.split()


INTEGERS = st.sampled_from([0, 0, 0, 1, 1, 2, 3, 5, 8, 11, 12, 13, 99, 1000, -1, -3, 2**31 - 1, -(2**31)])
NUMBERS = st.one_of(
    st.sampled_from([0, 0.5, 1, -1, 1e30, -1e30, 1e-9, 1e300, 1.7e308, -1.7e308, 43831.5, 255, 2**53 + 1]),
    st.floats(allow_nan=False, allow_infinity=False),
)
WORDS = st.text(max_size=4) | st.sampled_from(
    [
        *words(r"a A1 Sheet1 Second!A1:B2 'x'!A1 \1 $1 ( [a- é 50% 12/1/2020 1e400 inf nan 1_0 12.05.2020 $5 ' , N_1"),
        *words("UTC Europe/Berlin de_DE zz 0.00 #,##0 0% E+0 0.0E+0 yyyy-mm-dd [h]:mm @ # [>=10]0;0"),
        "",
        "x" * 60,
        "\t",
        "\n",
        "[$€-407] 0.00",
        "# ?/?",
    ]
)
FORMULAS = st.sampled_from(
    [
        *words('=A1 =A1+1 =SUM(A1:B9) =1/0 =Second!A1&"x" =B2:B =1:1 = =1e308*10 =ROUND(1e30,2) =((((1)))) =----1'),
        *words('=IF(A1,B1,C1) ="inf"+1 =#REF! =A99999999 =ZZZ1 =1_0'),
        "=A" + "9" * 30,
    ]
)
MASKS = st.just("*") | st.sampled_from(
    [
        *words("title range note userEnteredValue userEnteredFormat(numberFormat,borders) pixelSize hiddenByUser name"),
        *words("userEnteredValue,userEnteredFormat metadataValue rowProperties criteria filterSpecs bogus a(b index"),
        *words("gridProperties gridProperties.frozenRowCount hidden locale collapsed warningOnly editors metadataId"),
        *words("tabColor sheetId dataValidation"),
        "",
    ]
)
JUNK = st.sampled_from([None, True, "x", -1.5, [], {}, [[]], "1", 10**400, {"a": 1}])
SHEET = st.sampled_from([0, 0, 0, 7, 7, 5])
START, SIZE = st.integers(0, 11), st.sampled_from([1, 1, 1, 2, 3, 5])


def _span(first: str, last: str) -> Strategy:
    near = st.tuples(START, SIZE).map(lambda pair: {first: pair[0], last: pair[0] + pair[1]})
    odd = st.fixed_dictionaries({}, optional={first: INTEGERS, last: INTEGERS})
    return st.one_of(near, near, near, odd)


def _merged(*parts: Strategy) -> Strategy:
    return st.tuples(*parts).map(lambda found: {name: value for part in found for name, value in part.items()})


GRID_RANGE = _merged(
    SHEET.map(lambda number: {"sheetId": number}),
    _span("startRowIndex", "endRowIndex"),
    _span("startColumnIndex", "endColumnIndex"),
)
DIMENSION_RANGE = _merged(
    SHEET.map(lambda number: {"sheetId": number}),
    st.sampled_from(["ROWS", "COLUMNS"]).map(lambda name: {"dimension": name}),
    _span("startIndex", "endIndex"),
)
EXTENDED_VALUE = st.one_of(
    st.builds(lambda number: {"numberValue": number}, NUMBERS),
    st.builds(lambda text: {"stringValue": text}, WORDS),
    st.builds(lambda flag: {"boolValue": flag}, st.booleans()),
    st.builds(lambda text: {"formulaValue": text}, FORMULAS),
    st.sampled_from([{}, {"errorValue": {"type": "N_A"}}, {"numberValue": "1"}, {"stringValue": 1}]),
)
_CHOSEN = {
    "GridRange": GRID_RANGE,
    "DimensionRange": DIMENSION_RANGE,
    "ExtendedValue": EXTENDED_VALUE,
    "GridCoordinate": st.fixed_dictionaries(
        {}, optional={"sheetId": SHEET, "rowIndex": st.one_of(START, START, INTEGERS), "columnIndex": START}
    ),
}
_SCALARS = {
    "integer": INTEGERS,
    "number": NUMBERS,
    "boolean": st.booleans(),
    "string": WORDS,
    "any": st.one_of(NUMBERS, WORDS),
}
_NAMED = {
    "namedRangeId": st.sampled_from(["a", "a", "b", ""]),
    "name": st.sampled_from(["N_1", "N_2", "N_2", "A1", ""]),
    **dict.fromkeys(
        ("protectedRangeId", "bandedRangeId", "filterViewId", "filterId", "metadataId"),
        st.sampled_from([1, 1, 1, 2, 0, -1]),
    ),
    "depth": st.sampled_from([1, 1, 2]),
    "fields": MASKS,
    "ranges": st.lists(GRID_RANGE, min_size=1, max_size=2),
}
"""Members whose values must hit what there is: the ids of the furnished workbook."""
DEEPEST = 6


@cache
def message(name: str, depth: int = 0) -> Strategy:
    """Objects of a schema of the document."""
    if name in _CHOSEN:
        return _CHOSEN[name]
    members = document()["schemas"][name].get("properties", {})
    if depth >= DEEPEST:
        return st.just({})
    written = {
        member: _member(schema, member, depth) for member, schema in members.items() if not schema.get("readOnly")
    }
    likely = {member: strategy for member, strategy in written.items() if depth == 0}
    return st.one_of(
        st.fixed_dictionaries({}, optional=written),
        st.fixed_dictionaries(likely or {}, optional={} if likely else written),
    )


def _member(schema: dict[str, Any], name: str, depth: int) -> Strategy:
    kind, inner = schema.get("type"), schema.get("additionalProperties")
    if "$ref" in schema:
        found = message(schema["$ref"], depth + 1)
    elif name in _NAMED:
        found = _NAMED[name]
    elif kind == "array":
        found = st.lists(_member(schema["items"], "", depth), max_size=2)
    elif kind == "object":
        found = (
            st.dictionaries(st.sampled_from("015x"), _member(inner, "", depth), max_size=1) if inner else st.just({})
        )
    elif "enum" in schema:
        found = st.sampled_from(schema["enum"])
    elif name == "sheetId" or name.endswith("SheetId"):
        found = SHEET
    else:
        found = _SCALARS[str(kind)]
    return found


def _spoilt(body: Any, path: list[int], junk: Any) -> Any:
    """The body with one of its members replaced by junk, found by the numbers of the path."""
    if not isinstance(body, dict) or not body or not path:
        return junk
    name = sorted(body)[path[0] % len(body)]
    return {**body, name: _spoilt(body[name], path[1:], junk)}


def request() -> Strategy:
    """One request of batchUpdate, of every kind that is emulated; a few of them with a value of a wrong type."""
    schemas = document()["schemas"]["Request"]["properties"]
    kinds = st.sampled_from(sorted(REDUCERS))
    whole = kinds.flatmap(lambda kind: message(schemas[kind]["$ref"]).map(lambda body: {kind: body}))
    spoilt = st.builds(_spoilt, whole, st.lists(st.integers(0, 5), min_size=1, max_size=4), JUNK)
    return st.one_of(*[whole] * 7, spoilt)


A1 = st.sampled_from(
    words("A1 A1:C3 B2:B Sheet1 Second!A1 A:A 3:4 Z99 A0 ZZZZ1 L12 L12:Z99 R1C1 ' !A1 Sheet1!A1:B2:C3 A1:A99999999 N_1")
)
ROWS = st.lists(st.lists(st.one_of(NUMBERS, WORDS, FORMULAS, st.booleans(), st.none(), JUNK), max_size=4), max_size=4)
VALUE_RANGE = st.fixed_dictionaries(
    {"values": ROWS}, optional={"range": A1, "majorDimension": st.sampled_from(["ROWS", "COLUMNS", "X"])}
)
OPTIONS: dict[str, Strategy] = {
    "valueInputOption": st.sampled_from(["RAW", "USER_ENTERED", "USER_ENTERED", "INPUT_VALUE_OPTION_UNSPECIFIED"]),
    "includeValuesInResponse": st.booleans(),
    "insertDataOption": st.sampled_from(["OVERWRITE", "INSERT_ROWS"]),
    "responseValueRenderOption": st.sampled_from(["FORMATTED_VALUE", "UNFORMATTED_VALUE", "FORMULA"]),
}
FILTER = st.one_of(
    A1.map(lambda text: {"a1Range": text}), GRID_RANGE.map(lambda box: {"gridRange": box}), message("DataFilter")
)


def _optional(**members: Strategy) -> Strategy:
    return st.fixed_dictionaries(members)


Call = tuple[str, str, dict[str, Any], Any]
"""Verb, the path after the id, the query, the body."""


def values_call() -> Strategy:
    """One call of spreadsheets.values."""
    query = st.fixed_dictionaries({}, optional=OPTIONS)
    write = st.lists(VALUE_RANGE, max_size=2)
    body_options = {name: strategy for name, strategy in OPTIONS.items() if name != "insertDataOption"}
    filters = st.fixed_dictionaries({"dataFilters": st.lists(FILTER, max_size=2)})
    writes = st.fixed_dictionaries({"data": write}, optional=body_options)
    by_filter = st.lists(
        _merged(VALUE_RANGE.map(lambda body: {"values": body["values"]}), FILTER.map(lambda one: {"dataFilter": one})),
        max_size=2,
    )
    nothing = st.just({})
    return st.one_of(
        st.tuples(st.just("PUT"), A1.map(lambda text: f"/values/{text}"), query, VALUE_RANGE),
        st.tuples(st.just("POST"), A1.map(lambda text: f"/values/{text}:append"), query, VALUE_RANGE),
        st.tuples(st.just("POST"), A1.map(lambda text: f"/values/{text}:clear"), nothing, nothing),
        st.tuples(st.just("POST"), st.just("/values:batchUpdate"), nothing, writes),
        st.tuples(
            st.just("POST"),
            st.just("/values:batchClear"),
            nothing,
            st.lists(A1, max_size=2).map(lambda r: {"ranges": r}),
        ),
        st.tuples(st.just("POST"), st.just("/values:batchGetByDataFilter"), nothing, filters),
        st.tuples(st.just("POST"), st.just("/values:batchClearByDataFilter"), nothing, filters),
        st.tuples(
            st.just("POST"),
            st.just("/values:batchUpdateByDataFilter"),
            nothing,
            st.fixed_dictionaries({"data": by_filter}, optional=body_options),
        ),
        st.tuples(st.just("POST"), st.just(":getByDataFilter"), nothing, filters),
    )
