"""Doses in a sentence, and how many billing units they are (CMS: a part of a unit is billed as a whole one)."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

AMOUNT = r"(\d[\d,]*(?:\.\d+)?|\.\d+)\s*(mg|mcg|micrograms?|milligrams?|grams?|g|units?|iu|ml|cc|meq)\b"
DOSE = re.compile(AMOUNT, re.IGNORECASE)
WASTED = re.compile(
    rf"{AMOUNT}[\w\s]{{0,20}}?\b(?:wasted|discarded|thrown away)|\b(?:wasted|discarded)\s+{AMOUNT}", re.IGNORECASE
)
WASTED_NONE = re.compile(
    r"\b(?:no|without|zero) (?:drug )?(?:waste|wastage)\b|\bno(?:ne|thing)? (?:was )?(?:discarded|wasted)\b",
    re.IGNORECASE,
)
SPELLED = {
    "micrograms": "mcg", "microgram": "mcg", "milligrams": "mg", "milligram": "mg", "grams": "g", "gram": "g",
    "units": "unit", "iu": "unit", "cc": "ml",
}  # fmt: skip
IN_MCG = {"mcg": 1.0, "mg": 1000.0, "g": 1_000_000.0}
CLOSE = 1e-9  # so that 0.3 / 0.1 is three units


@dataclass(frozen=True, slots=True)
class Dose:
    """An amount of a drug, in mg, mcg, g, unit, ml or meq."""

    amount: float
    unit: str


def dose(text: str) -> Dose | None:
    """The one dose that was given according to `text`; None where it names none, or several."""
    given = WASTED.sub(" ", text)
    found = {_read(match[1], match[2]) for match in DOSE.finditer(given)}
    masses = {item for item in found if item.unit != "ml"}
    chosen = masses or found  # "40 mg (1 mL)" is 40 mg
    return next(iter(chosen)) if len(chosen) == 1 else None


def wasted(text: str) -> Dose | None:
    """The amount that `text` says was thrown away."""
    match = WASTED.search(text)
    return _read(match[1] or match[3], match[2] or match[4]) if match else None


def _read(amount: str, unit: str) -> Dose:
    return Dose(float(amount.replace(",", "")), SPELLED.get(unit.lower(), unit.lower()))


def amount_in(given: Dose, unit: str) -> float | None:
    """The dose in another unit; None where the two do not measure the same."""
    if given.unit == unit:
        return given.amount
    if given.unit in IN_MCG and unit in IN_MCG:
        return given.amount * IN_MCG[given.unit] / IN_MCG[unit]
    return None


def units(given: Dose, per: float, unit: str) -> float | None:
    """Billing units of a dose, where one unit is `per` of `unit`: whole ones, rounded up.

    Medicare Claims Processing Manual, chapter 17, section 40: "up to the next whole unit".
    """
    amount = amount_in(given, unit)
    return None if amount is None or amount <= 0 else float(math.ceil(amount / per - CLOSE))
