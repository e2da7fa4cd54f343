"""singer-sdk's standard target suite, with a look at the cells: the stock tests don't look."""

from __future__ import annotations

import pytest
from singer_sdk.testing import get_target_test_class
from singer_sdk.testing.runners import TargetTestRunner
from singer_sdk.testing.suites import SingerTestSuite, target_tests

from target_gsheets.target import TargetGSheets

STRINGS = [
    "simple string 2837", "απλή συμβολοσειρά", "简单的字串", "chaîne simple", 'quoted "string"',
    'various " \\ / \n escape sequences', "m", "ā", "ƙ", "Double quoting: \\u0000 \\u0041 \\u0001",
    "Control Characters in string:  A ",
]  # fmt: skip

# What each test leaves in the workbook beside the blank Sheet1: title -> header and rows. A stream is absent where
# nothing may be written: its input is invalid, it has no records, or it was cut short (special characters: records of a
# version that is never activated).
EXPECTED = {
    "array_data": {
        "test_array_data": [
            ["id", "fruits"],
            [1, '["apple","orange","pear"]'],
            [2, '["banana","apple"]'],
            [3, '["pear"]'],
            [4, '["orange","banana","apple","pear"]'],
        ]
    },
    "camelcase": {
        "TestCamelcase": [["Id", "clientName"], ["1", "Gitter Windows Desktop App"], ["2", "Gitter iOS App"]]
    },
    "camelcase_complex_schema": {},
    "duplicate_records": {"test_duplicate_records": [["id", "metric"], [1, 100], [2, 20]]},
    "invalid_schema": {},
    "no_primary_keys": {"test_no_pk": [["id", "metric"], [1, 11], [2, 22], [3, 33]]},
    "optional_attributes": {
        "test_optional_attributes": [
            ["id", "optional"], [1, "This is optional"], [2, ""], [3, "Also optional"], [4, ""]
        ]
    },
    "pk_updates": {
        "example_stream": [
            ["id", "name", "email"], [1, "Alice", "alice@example.com"], [2, "Bob", "bob@example.com"]
        ]
    },
    "record_before_schema": {},
    "record_missing_fields": {"record_missing_fields": [["id", "optional"], [1, "now you see me"], [2, ""]]},
    "record_missing_key_property": {},
    "schema_no_properties": {
        "test_object_schema_with_properties": [
            ["object_store"], ['{"id":1,"metric":187}'], ['{"id":2,"metric":203}']
        ],
        "test_object_schema_no_properties": [["object_store"], ['{"id":1,"metric":1}'], ['{"id":2,"metric":2}']],
    },
    "schema_updates": {
        "test_schema_updates": [
            ["id", "a1", "a2", "a3", "a4", "a5", "a6"],
            [1, 101, "string1", "", "", "", ""],
            [2, 102, "string2", True, "", "", ""],
            [3, 103, "string3", False, '{"id":1,"value":1}', '["banana","apple"]', ""],
            [4, 104, "string4", True, '{"id":2,"value":22}', '["orange","pear"]', ""],
            [5, 105, "string5", False, '{"id":3,"value":33}', '["apple"]', 985],
            [6, 106, "string6", True, '{"id":4,"value":444}', '["banana","orange"]', 341],
        ]
    },
    "special_chars_in_attributes": {},
}  # fmt: skip


def check_cells(test):
    """Compare the workbook with what is expected; the one with long values in its own way."""
    found = {title: test.resource.all_values(title) for title in test.resource.titles() if title != "Sheet1"}
    if test.name == "encoded_string_data":
        assert [row[1] for row in found["test_strings"][1:]] == STRINGS
        assert found["test_strings_in_objects"][11] == [
            11, '{"name":"Control Characters in string","value":"\\u0000 A \\u0001"}'
        ]  # fmt: skip
        assert found["test_strings_in_arrays"][2] == [2, '["chaîne simple","quoted \\"string\\""]']
    else:
        assert found == EXPECTED[test.name]


def with_cells(test_class):
    """The SDK's test with a `validate` that looks at the cells."""
    if test_class.name == "cli_prints":
        return test_class
    return type(test_class.__name__, (test_class,), {"validate": check_cells})


SUITE = SingerTestSuite(kind="target", tests=[with_cells(test_class) for test_class in target_tests.tests])
StandardTests = get_target_test_class(TargetGSheets, config={}, include_target_tests=False, custom_suites=[SUITE])


class TestStandard(StandardTests):  # type: ignore[misc, valid-type]
    """The suite, each test with a workbook of its own."""

    @pytest.fixture
    def resource(self, workbook):
        return workbook

    @pytest.fixture
    def runner(self, workbook):
        return TargetTestRunner(TargetGSheets, config=workbook.config)


del StandardTests
