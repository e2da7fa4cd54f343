"""Field masks against the discovery document: a path that no schema knows is refused.

Design rule: what a mask may name is read from the document, for answers and for update requests alike.
"""

from __future__ import annotations

from functools import cache, lru_cache

from .discovery import document
from .errors import InvalidArgumentError, RequestError, field_violations
from .fields import Tree, parse_mask
from .model import Json

_PLACES = frozenset({"GridRange", "GridCoordinate", "DimensionRange", "DataSourceSheetDimensionRange"})


def maybe_unknown_path(schema: Json, tree: Tree) -> str | None:
    """The first path of the mask that the schema doesn't know."""
    while "$ref" in schema or schema.get("type") == "array":
        schema = document()["schemas"][schema["$ref"]] if "$ref" in schema else schema["items"]
    members = schema.get("properties")
    for name, below in tree.items():
        if name == "*" or (members is None and schema.get("type") == "object"):
            continue
        if name not in (members or {}):
            return name
        inner = maybe_unknown_path((members or {})[name], below)
        if inner is not None:
            return f"{name}.{inner}"
    return None


@lru_cache(maxsize=512)
def check_answer_mask(schema: str, text: str) -> None:
    """Refuse the `fields` of a call that name what its answer hasn't (seen by gargle, a client for R)."""
    path = maybe_unknown_path({"$ref": schema}, parse_mask(text))
    if path is not None:
        problem = f"Error expanding 'fields' parameter. Cannot find matching fields for path '{path}'."
        raise InvalidArgumentError("Request contains an invalid argument.", field_violations([(path, problem)]).details)


@cache
def mask_root(kind: str) -> str | None:
    """The schema that the `fields` of a request kind are a mask of; None for a kind without."""
    schemas = document()["schemas"]
    members = schemas[schemas["Request"]["properties"][kind]["$ref"]]["properties"]
    if "fields" not in members:
        return None
    if "rows" in members or "cell" in members:
        return "CellData"
    found = {member["$ref"] for member in members.values() if "$ref" in member} - _PLACES
    return found.pop() if len(found) == 1 else None


@lru_cache(maxsize=512)
def check_update_mask(kind: str, text: str) -> None:
    """Refuse the `fields` of an update request that name what the object hasn't."""
    root = mask_root(kind)
    try:
        path = maybe_unknown_path({"$ref": root}, parse_mask(text)) if root else None
    except InvalidArgumentError as error:
        raise RequestError(error.message) from error
    if path is not None:
        raise RequestError(f"Invalid field: {path}")
