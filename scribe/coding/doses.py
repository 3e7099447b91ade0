"""Doses in a sentence, and how many billing units they are (CMS: a part of a unit is billed as a whole one)."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from scribe.clinical import quantities
from scribe.clinical.quantities import Quantity
from scribe.clinical.units import IN_MICROGRAMS

UNITS = frozenset({"mg", "mcg", "g", "unit", "ml", "meq"})
WASTED = re.compile(r"[\w\s]{0,20}?\b(?:wasted|discarded|thrown away)", re.IGNORECASE)  # behind an amount
WASTING = re.compile(r"\b(?:wasted|discarded)\s+$", re.IGNORECASE)  # before it
WASTED_NONE = re.compile(
    r"\b(?:no|without|zero) (?:drug )?(?:waste|wastage)\b|\bno(?:ne|thing)? (?:was )?(?:discarded|wasted)\b",
    re.IGNORECASE,
)
CLOSE = 1e-9  # so that 0.3 / 0.1 is three units


@dataclass(frozen=True, slots=True)
class Dose:
    """An amount of a drug, in mg, mcg, g, unit, ml or meq."""

    amount: float
    unit: str


def dose(text: str) -> Dose | None:
    """The one dose that was given according to `text`; None where it names none, or several."""
    found = {read for amount, read in _doses(text) if not _is_wasted(text, amount)}
    masses = {item for item in found if item.unit != "ml"}
    chosen = masses or found  # "40 mg (1 mL)" is 40 mg
    return next(iter(chosen)) if len(chosen) == 1 else None


def wasted(text: str) -> Dose | None:
    """The amount that `text` says was thrown away."""
    return next((read for amount, read in _doses(text) if _is_wasted(text, amount)), None)


def _doses(text: str) -> Iterator[tuple[Quantity, Dose]]:
    for amount in quantities.read(text):
        if amount.unit is not None and amount.unit.name in UNITS and amount.value is not None:
            yield amount, Dose(float(amount.value), amount.unit.name)


def _is_wasted(text: str, amount: Quantity) -> bool:
    return bool(WASTED.match(text, amount.span.end) or WASTING.search(text[: amount.span.start]))


def amount_in(given: Dose, unit: str) -> float | None:
    """The dose in another unit; None where the two do not measure the same."""
    if given.unit == unit:
        return given.amount
    if given.unit in IN_MICROGRAMS and unit in IN_MICROGRAMS:
        return given.amount * IN_MICROGRAMS[given.unit] / IN_MICROGRAMS[unit]
    return None


def units(given: Dose, per: float, unit: str) -> float | None:
    """Billing units of a dose, where one unit is `per` of `unit`: whole ones, rounded up.

    Medicare Claims Processing Manual, chapter 17, section 40: "up to the next whole unit".
    """
    amount = amount_in(given, unit)
    return None if amount is None or amount <= 0 else float(math.ceil(amount / per - CLOSE))
