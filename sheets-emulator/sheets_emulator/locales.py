"""What a workbook's locale changes: separators, the words of booleans, the order of a date.

Design rule: one table by language, and one of the countries that write otherwise than their language. Separators are
those of CLDR, the words those that Sheets' own functions have in that language; a language that isn't here is written
as English outside of the United States.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple


class Locale(NamedTuple):
    """`table` turns en_US digits into this locale's; `default_patterns` are those of a NumberFormat without one."""

    decimal: str = "."
    group: str = ","
    true: str = "TRUE"
    false: str = "FALSE"
    date: str = "m/d/yyyy"
    time: str = "h:mm:ss am/pm"
    currency: str = '"$"#,##0.00'

    @property
    def month_first(self) -> bool:
        """Whether 1/2 is the second of January."""
        return self.date.startswith(("m", "yyyy/"))

    @property
    def dotted(self) -> bool:
        """Whether 1.2. is a date."""
        return "." in self.date

    @property
    def symbol(self) -> str:
        """The sign of the currency, which is what the pattern writes in quotes."""
        return self.currency.split('"')[1]

    @property
    def default_patterns(self) -> dict[str, str]:
        return {
            "DATE": self.date,
            "TIME": self.time,
            "DATE_TIME": f"{self.date} {self.time.removesuffix(' am/pm')}",
            "NUMBER": "#,##0.00",
            "PERCENT": "0.00%",
            "CURRENCY": self.currency,
            "SCIENTIFIC": "0.00E+00",
            "TEXT": "@",
        }

    def digits(self, text: str) -> str:
        """Digits as en_US writes them, with this locale's separators."""
        plain = self.decimal == "." and self.group == ","
        return text if plain else text.translate({ord("."): self.decimal, ord(","): self.group})


_THIN, _HARD = "\u202f", "\u00a0"
_DAY_FIRST, _DOTS, _CLOCK = "dd/mm/yyyy", "dd.mm.yyyy", "hh:mm:ss"
_EURO = '#,##0.00 "€"'
_LANGUAGES = {
    "cs": Locale(",", _HARD, "PRAVDA", "NEPRAVDA", _DOTS, _CLOCK, '#,##0.00 "Kč"'),
    "da": Locale(",", ".", "SAND", "FALSK", _DOTS, _CLOCK, '#,##0.00 "kr."'),
    "de": Locale(",", ".", "WAHR", "FALSCH", _DOTS, _CLOCK, _EURO),
    "en": Locale(date=_DAY_FIRST, time=_CLOCK),
    "es": Locale(",", ".", "VERDADERO", "FALSO", _DAY_FIRST, _CLOCK, _EURO),
    "fi": Locale(",", _HARD, "TOSI", "EPÄTOSI", _DOTS, _CLOCK, _EURO),
    "fr": Locale(",", _THIN, "VRAI", "FAUX", _DAY_FIRST, _CLOCK, _EURO),
    "it": Locale(",", ".", "VERO", "FALSO", _DAY_FIRST, _CLOCK, _EURO),
    "nb": Locale(",", _HARD, "SANN", "USANN", _DOTS, _CLOCK, '#,##0.00 "kr"'),
    "nl": Locale(",", ".", "WAAR", "ONWAAR", "dd-mm-yyyy", _CLOCK, '"€" #,##0.00'),
    "pl": Locale(",", _HARD, "PRAWDA", "FAŁSZ", _DOTS, _CLOCK, '#,##0.00 "zł"'),
    "pt": Locale(",", ".", "VERDADEIRO", "FALSO", _DAY_FIRST, _CLOCK, '"R$" #,##0.00'),
    "ru": Locale(",", _HARD, "ИСТИНА", "ЛОЖЬ", _DOTS, _CLOCK, '#,##0.00 "₽"'),
    "sv": Locale(",", _HARD, "SANT", "FALSKT", "yyyy-mm-dd", _CLOCK, '#,##0.00 "kr"'),
    "tr": Locale(",", ".", "DOĞRU", "YANLIŞ", _DOTS, _CLOCK, '"₺"#,##0.00'),
}
_COUNTRIES = {
    "de_CH": _LANGUAGES["de"]._replace(decimal=".", group="’", currency='"CHF" #,##0.00'),
    "en_AU": Locale(date=_DAY_FIRST, time=_CLOCK),
    "en_GB": Locale(date=_DAY_FIRST, time=_CLOCK, currency='"£"#,##0.00'),
    "en_IE": Locale(date=_DAY_FIRST, time=_CLOCK, currency='"€"#,##0.00'),
    "en_IN": Locale(date=_DAY_FIRST, time=_CLOCK, currency='"₹"#,##0.00'),
    "en_US": Locale(),
    "es_MX": _LANGUAGES["es"]._replace(decimal=".", group=",", currency='"$"#,##0.00'),
    "ja_JP": Locale(date="yyyy/mm/dd", time="h:mm:ss", currency='"¥"#,##0'),
    "pt_PT": _LANGUAGES["pt"]._replace(group=_HARD, currency=_EURO),
}
EN_US = _COUNTRIES["en_US"]
LOCALES = (*_LANGUAGES, *_COUNTRIES)
"""The languages and locales that have a row of their own."""


@lru_cache(maxsize=64)
def locale_of(name: str) -> Locale:
    """The locale of a name such as "fr_FR" or "fr"."""
    return _COUNTRIES.get(name) or _LANGUAGES.get(name.partition("_")[0], _LANGUAGES["en"])
