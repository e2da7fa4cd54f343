"""Fills the demo's database, and changes it a little for the second run.

TABLES stands in the order of the foreign keys. Everything goes in by COPY, in one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from demo import shop

SCHEMA = Path(__file__).with_name("schema.sql")

TABLES: dict[tuple[str, str], Callable[[shop.Shop], Iterable[shop.Row]]] = {
    ("public", "User"): shop.make_users,
    ("public", "Address"): shop.make_addresses,
    ("public", "Category"): shop.make_categories,
    ("public", "Product"): shop.make_products,
    ("public", "Order"): shop.make_orders,
    ("public", "OrderItem"): shop.make_order_items,
    ("public", "Post"): shop.make_posts,
    ("public", "Tag"): shop.make_tags,
    ("public", "_PostToTag"): shop.make_post_tags,
    ("public", "OpeningHours"): shop.make_opening_hours,
    ("public", "Event"): shop.make_events,
    ("public", "Feedback"): shop.make_feedback,
    ("billing", "Invoice"): shop.make_invoices,
    ("billing", "Payment"): shop.make_payments,
    ("public", "_prisma_migrations"): shop.make_migrations,
    ("prisma", "Studio"): shop.make_studio,
}


def fill(connection: psycopg.Connection[Any]) -> int:
    """Create the tables and their rows in one transaction; return the number of rows."""
    memory = shop.Shop()
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute(SCHEMA.read_bytes())
        count = sum(copy_rows(cursor, name, make(memory)) for name, make in TABLES.items())
    count_now(connection)
    return count


def copy_rows(cursor: psycopg.Cursor[Any], name: tuple[str, str], rows: Iterable[shop.Row]) -> int:
    """COPY the rows into one table; return how many there were."""
    with cursor.copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(*name))) as copy:
        for row in rows:
            copy.write_row(row)
    return cursor.rowcount


CHANGES = {
    "UPDATE Product": """UPDATE "Product" SET "price" = "price" + 1 WHERE "sku" LIKE '%-042'""",
    "INSERT User": """INSERT INTO "User" ("id", "email", "name", "updatedAt")
        VALUES ('cjld2cjxh0000qzrmn831i7rn', 'zoe.le-goff@exemple.fr', 'Zoé Le Goff', '2026-01-05 09:30:00.250')""",
    "DELETE Feedback": """DELETE FROM "Feedback" WHERE "id" = 7""",
}
"""What happens between the two runs: a short name, and the statement. Each touches exactly one row."""


def change(connection: psycopg.Connection[Any]) -> None:
    """Make the CHANGES in one transaction."""
    with connection.transaction():
        for statement in CHANGES.values():
            connection.execute(statement.encode())
    count_now(connection)


def count_now(connection: psycopg.Connection[Any]) -> None:
    """Have Postgres count the changes at once, not within a minute, so that the next run knows what is unchanged."""
    connection.execute("SELECT pg_stat_force_next_flush()")
    connection.execute("SELECT 1")
