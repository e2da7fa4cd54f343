"""The rows of the demo's database: a small French shop, the same at every run.

Each function makes the rows of one table, in the order of its columns, from one seeded generator. Shop
remembers what later tables refer to, so the functions are called in the order of `seed.TABLES`.
"""

from __future__ import annotations

import json
import re
import string
import unicodedata
import uuid
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from psycopg.types.json import Jsonb

SEED = 1789
WORDS: dict[str, list[Any]] = json.loads(Path(__file__).with_name("words.json").read_text(encoding="utf-8"))
EPOCH = datetime(2024, 1, 1, 8, 0)
"""The first day of the shop; every moment in the data lies in the two years after it."""

Row = tuple[Any, ...]
Rows = Iterator[Row]


def plain(text: str) -> str:
    """The text in ASCII letters, digits and hyphens, as for an address or a slug."""
    ascii_text = unicodedata.normalize("NFKD", text.lower()).encode("ascii", "ignore").decode()
    return re.sub("[^a-z0-9]+", "-", ascii_text).strip("-") or "x"


class Shop:
    """The generator and what later tables need to know of earlier ones."""

    def __init__(self, seed: int = SEED) -> None:
        self.random = Random(seed)
        self.users: list[str] = []
        self.addresses: list[tuple[uuid.UUID, str]] = []
        self.products: list[tuple[uuid.UUID, Decimal]] = []
        self.orders: list[tuple[str, Decimal, datetime]] = []
        self.invoices: list[tuple[uuid.UUID, Decimal, date]] = []

    def word(self, kind: str) -> Any:
        """One of the words of a kind."""
        return self.random.choice(WORDS[kind])

    def cuid(self) -> str:
        """A key as Prisma's cuid() makes them: a c and 24 letters and digits."""
        return "c" + "".join(self.random.choices(string.ascii_lowercase + string.digits, k=24))

    def uuid(self) -> uuid.UUID:
        return uuid.UUID(int=self.random.getrandbits(128), version=4)

    def snowflake(self) -> int:
        """A 64-bit id beyond 2^53: no double holds it."""
        return 2**62 + self.random.getrandbits(61)

    def moment(self, since: datetime = EPOCH, days: int = 700) -> datetime:
        """A moment with milliseconds, as a timestamp(3) holds it."""
        return since + timedelta(milliseconds=self.random.randrange(days * 86_400_000))

    def money(self, low: int, high: int) -> Decimal:
        """An amount between two numbers of cents."""
        return Decimal(self.random.randint(low, high)).scaleb(-2)

    def maybe(self, value: Any, share: float = 0.8) -> Any:
        """The value, or None in the rest of the cases."""
        return value if self.random.random() < share else None

    def phone(self) -> str:
        pairs = " ".join(f"{self.random.randrange(100):02}" for _ in range(4))
        return f"+33 {self.random.choice('67')} {pairs}"


def make_users(shop: Shop) -> Rows:
    pick = shop.random.choice
    for number in range(400):
        first, last = shop.word("first_names"), shop.word("last_names")
        created = shop.moment()
        shop.users.append(shop.cuid())
        yield (
            shop.users[-1],
            f"{plain(first)}.{plain(last)}{number}@exemple.fr",
            f"{first} {last}",
            shop.maybe(shop.phone()),
            pick(["CUSTOMER"] * 18 + ["SUPPORT", "ADMIN"]),
            shop.maybe(date(1950, 1, 1) + timedelta(days=shop.random.randrange(20_000)), 0.6),
            shop.random.random() < 0.93,
            Jsonb({"langue": pick(["fr", "en", "br"]), "newsletter": shop.random.random() < 0.4}),
            created,
            shop.moment(created, 90),
        )


def make_addresses(shop: Shop) -> Rows:
    pick = shop.random.choice
    for number in range(500):
        user = shop.users[number % len(shop.users)]
        postal_code, city = shop.word("cities")
        shop.addresses.append((shop.uuid(), user))
        number_in_street = f"{shop.random.randint(1, 240)}{pick(['', '', '', ' bis', ' ter'])}"
        label = shop.maybe(pick(["Maison 🏡", "Bureau", "Chez mamie", "Atelier"]), 0.5)
        street = f"{number_in_street}, {shop.word('streets')}"
        yield shop.addresses[-1][0], user, label, street, postal_code, city, "FR"


def make_categories(_shop: Shop) -> Rows:
    for number, (name, parent) in enumerate(WORDS["categories"], start=1):
        yield number, name, plain(name), parent


def make_products(shop: Shop) -> Rows:
    for number in range(300):
        price = shop.money(190, 48_900)
        shop.products.append((shop.uuid(), price))
        name = f"{shop.word('products')} {shop.word('qualities')}"
        yield (
            shop.products[-1][0],
            f"{shop.random.randrange(100_000):05}-{number:03}",
            name,
            shop.maybe(f"{name}.\n{shop.word('remarks')}"),
            price,
            shop.maybe(round(shop.random.uniform(0.05, 25), 3), 0.9),
            shop.random.randrange(200),
            shop.random.sample(WORDS["tags"], shop.random.randrange(4)),
            shop.maybe(shop.random.randbytes(24), 0.3),
            shop.random.randint(1, len(WORDS["categories"])),
            shop.moment(),
        )


def make_orders(shop: Shop) -> Rows:
    pick = shop.random.choice
    for _ in range(1_200):
        address, user = pick(shop.addresses)
        placed = shop.moment()
        shop.orders.append((shop.cuid(), shop.money(900, 150_000), placed))
        order, total, _ = shop.orders[-1]
        status = pick(["DRAFT", "PAID", "SHIPPED", "DELIVERED", "DELIVERED", "CANCELLED"])
        yield order, user, address, status, total, shop.maybe(shop.word("notes"), 0.3), placed


def make_order_items(shop: Shop) -> Rows:
    for order, _, _ in shop.orders:
        for product, price in shop.random.sample(shop.products, shop.random.randint(1, 4)):
            yield order, product, shop.random.randint(1, 5), price


def make_posts(shop: Shop) -> Rows:
    for number in range(1, 121):
        title = f"{shop.word('titles')} n° {number}"
        published = shop.maybe(shop.moment(), 0.85)
        body = "\n\n".join(shop.random.sample(WORDS["remarks"], 3))
        yield number, title, body, published is not None, published, shop.random.choice(shop.users)


def make_tags(_shop: Shop) -> Rows:
    yield from enumerate(WORDS["tags"], start=1)


def make_post_tags(shop: Shop) -> Rows:
    for post in range(1, 121):
        for tag in shop.random.sample(range(1, len(WORDS["tags"]) + 1), 3):
            yield post, tag


def make_opening_hours(_shop: Shop) -> Rows:
    for number in range(12):
        opens, closes = ((9, 30), (12, 30)) if number % 2 == 0 else ((14, 0), (19, 15))
        yield number + 1, number // 2 + 1, time(*opens), time(*closes)


def make_events(shop: Shop) -> Rows:
    pick = shop.random.choice
    for _ in range(600):
        payload = {"page": f"/{plain(shop.word('products'))}", "durée": round(shop.random.random(), 2)}
        kind = pick(["vue", "panier", "achat", "recherche"])
        at = shop.moment().replace(tzinfo=timezone.utc)
        yield shop.snowflake(), kind, shop.maybe(pick(shop.users)), shop.maybe(Jsonb(payload)), at


def make_feedback(shop: Shop) -> Rows:
    pick = shop.random.choice
    yield (1, *[None] * 8)
    for number in range(2, 61):
        values = (
            shop.random.randint(1, 5),
            shop.word("comments"),
            shop.phone(),
            pick([True, False]),
            shop.moment().date(),
            shop.money(500, 20_000),
            Jsonb([shop.word("tags"), number]),
            shop.moment(),
        )
        yield (number, *(shop.maybe(value, 0.6) for value in values))


def make_invoices(shop: Shop) -> Rows:
    for number, (order, total, placed) in enumerate(shop.orders[:900], start=1):
        issued = placed.date()
        shop.invoices.append((shop.uuid(), total, issued))
        vat = shop.random.choice([Decimal("0.2000"), Decimal("0.1000"), Decimal("0.0550")])
        due = shop.maybe(issued + timedelta(days=30))
        yield shop.invoices[-1][0], f"F{issued:%Y}-{number:06}", order, total, vat, issued, due


def make_payments(shop: Shop) -> Rows:
    for invoice, amount, issued in shop.invoices[:850]:
        method = shop.random.choice(["CARD", "CARD", "TRANSFER", "CHEQUE"])
        reference = shop.maybe(f"{shop.random.randrange(10**12):012}")
        captured = shop.moment(datetime.combine(issued, time(9)), 30).replace(tzinfo=timezone.utc)
        yield shop.snowflake(), invoice, method, reference, amount, shop.maybe(captured, 0.9)


def make_migrations(shop: Shop) -> Rows:
    for number, name in enumerate(["init", "add_billing", "add_events", "add_feedback"]):
        at = datetime(2024, 1, 1 + number, tzinfo=timezone.utc)
        checksum = f"{shop.random.getrandbits(256):064x}"
        yield str(shop.uuid()), checksum, at, f"{at:%Y%m%d%H%M%S}_{name}", None, None, at, 1


def make_studio(_shop: Shop) -> Rows:
    yield "layout", Jsonb({"open": ["User", "Order"]})
