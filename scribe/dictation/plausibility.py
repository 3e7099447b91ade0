"""What a person should check in written figures: doses and vital signs that cannot be, and numbers easily misheard.

Limits: `doses.yaml` (FDA labels, made wide) and the ranges of `measures.yaml`. Nothing is changed here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from scribe.clinical.figures import sound_alike
from scribe.clinical.units import UnitKind
from scribe.dictation import terms
from scribe.dictation.atoms import Line
from scribe.dictation.measure import Measure
from scribe.dictation.rules import Doubt
from scribe.dictation.terms import Unit
from scribe.dictation.written import Written
from scribe.types import FlagKind

PRESSURE = re.compile(r"(?:\d+-)?(\d{2,3})/(?:\d+-)?(\d{2,3})")
PLAIN = re.compile(r"(?:(?:\d[\d,]*(?:\.\d+)?)-)?(\d[\d,]*(?:\.\d+)?)%?")
REACH = 5  # words between a drug and its amount
UNSURE = 0.6  # below this probability "fifteen" may have been "fifty"
BY_MOUTH = frozenset("tablet tablets tab tabs capsule capsules pill pills mouth po oral orally take takes".split())
OUT_OF_RANGE = "value outside what is possible"
IMPLAUSIBLE = "dose outside what this drug is given in"
TOO_MUCH = "dose too large to be taken by mouth"
ALIKE = "numbers that sound alike, heard poorly"
PRESSURES = "blood pressure that cannot be"


@dataclass(frozen=True, slots=True)
class Limits:
    """An amount nobody should leave, in a unit of pint's."""

    unit: str
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as written, and what it measures."""

    at: int
    text: str = field(repr=False)
    value: float = field(repr=False)
    unit: Unit | None
    written: str = field(repr=False)  # the unit as written


@cache
def _data() -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "doses.yaml").read_text(encoding="utf-8"))
    return data


@cache
def _drugs() -> Mapping[str, Limits]:
    return {name: Limits(row["unit"], row["low"], row["high"]) for row in _data()["doses"] for name in row["called"]}


@cache
def _registry() -> Any:  # pint's types stay in this file
    import pint

    return pint.UnitRegistry()


@cache
def convert(value: float, unit: str, to: str) -> float | None:
    """`value` in another unit; None where the two measure different things. Units by pint's names."""
    import pint

    registry = _registry()
    try:
        return float(registry.Quantity(value, unit).to(to).magnitude)
    except (pint.DimensionalityError, pint.UndefinedUnitError):
        return None


def doubts(line: Line, written: Sequence[Written]) -> list[Doubt]:
    """Everything in a written line that should be checked."""
    found: list[Doubt] = []
    for at, low in enumerate(line.lows):
        if not low[:1].isdecimal():
            continue
        if pressure := PRESSURE.fullmatch(low):
            found += _pressure(line, at, int(pressure[1]), int(pressure[2]))
        elif plain := PLAIN.fullmatch(low):
            figure = _figure(line, at, low, plain[1])
            found += _dose(line, figure) or _value(line, figure) or _alike(line, figure, written)
    return found


def _figure(line: Line, at: int, text: str, number: str) -> Figure:
    unit = terms.find(terms.units(), line, at + 1) if line.joined(at) else None
    name = line.core(at + 1) if unit else ""
    return Figure(at, text, float(number.replace(",", "")), unit[0].unit if unit else None, name)


def _doubt(line: Line, at: int, kind: FlagKind, reason: str, readings: Sequence[str]) -> Doubt:
    atom = line.atoms[at]
    return Doubt(kind, reason, tuple(readings), atom.first, atom.last)


def _pressure(line: Line, at: int, systolic: int, diastolic: int) -> Iterator[Doubt]:
    measure = terms.measure_before(line, at)
    named = measure is not None and measure.name == "blood pressure"
    if not named and not (systolic >= 60 and diastolic >= 30 and systolic % 5 + diastolic % 5):
        return
    limits = _data()["vitals"]
    high, low = limits["systolic"], limits["diastolic"]
    fits = high["low"] <= systolic <= high["high"] and low["low"] <= diastolic <= low["high"]
    if systolic <= diastolic or not fits:
        yield _doubt(line, at, FlagKind.NUMBER, PRESSURES, (line.core(at),))


def _dose(line: Line, figure: Figure) -> list[Doubt]:
    """Amounts against the limits of the drug named shortly before, or of anything taken by mouth."""
    unit = figure.unit
    if unit is None or not unit.dose or not unit.si or unit.kind is not UnitKind.METRIC:
        return []
    reading = f"{figure.text} {figure.written}"
    limits = next((_drugs()[low] for low in line.before(figure.at, REACH) if low in _drugs()), None)
    if limits is not None and line.low(figure.at + 1) not in ("ml", "l"):
        amount = convert(figure.value, unit.si, limits.unit)
        if amount is None or limits.low <= amount <= limits.high:
            return []
        return [_doubt(line, figure.at, FlagKind.DOSE, IMPLAUSIBLE, (reading, *_others(figure, unit, limits)))]
    most = _data()["by_mouth"]
    amount = convert(figure.value, unit.si, most["unit"])
    near = {*line.before(figure.at, 4), *line.after(figure.at, 6)}
    if amount is not None and amount > most["high"] and BY_MOUTH & near:
        return [_doubt(line, figure.at, FlagKind.DOSE, TOO_MUCH, (reading,))]
    return []


def _others(figure: Figure, unit: Unit, limits: Limits) -> Iterator[str]:
    """Other readings of a dose that the drug is given in: fifty for fifteen, mcg for mg."""
    other = sound_alike(figure.value)
    for value, si, name in (
        *([(other, unit.si, figure.written)] if other else []),
        (figure.value, "microgram", "mcg"),
        (figure.value, "milligram", "mg"),
    ):
        amount = convert(value, si, limits.unit)
        if amount is not None and limits.low <= amount <= limits.high:
            yield f"{value:g} {name}"


def _value(line: Line, figure: Figure) -> list[Doubt]:
    """Values of vital signs and tests against what is possible."""
    if figure.unit is not None and figure.unit.kind in (UnitKind.TIME, UnitKind.FORM, UnitKind.COUNT):
        return []
    measure = terms.measure_before(line, figure.at)
    if measure is None or line.low(figure.at + 1) in ("over", "out", "to", "or") or _fits(line, measure, figure):
        return []
    other = sound_alike(figure.value)
    fits = other is not None and _fits(line, measure, replace(figure, value=other))
    readings = (figure.text, f"{other:g}") if fits else (figure.text,)
    return [_doubt(line, figure.at, FlagKind.NUMBER, OUT_OF_RANGE, readings)]


def _fits(line: Line, measure: Measure, figure: Figure) -> bool:
    if measure.name == "temperature":
        return _temperature_fits(line, figure)
    limits = _data()["vitals"].get(measure.name)
    if limits is not None:
        unit = figure.unit
        if unit is None or not unit.si:
            return True
        amount = convert(figure.value, unit.si, limits["unit"])
        following = figure.written in ("feet", "foot")
        return amount is None or (amount <= limits["high"] and (following or amount >= limits["low"]))
    if measure.low is None or measure.high is None:
        return True
    if measure.name == "hemoglobin" and figure.text.endswith("%"):
        return True
    return measure.low <= figure.value <= measure.high


def _temperature_fits(line: Line, figure: Figure) -> bool:
    limits = _data()["vitals"]["temperature"]
    scale = line.low(figure.at + 2 if line.low(figure.at + 1) == "degrees" else figure.at + 1)
    if scale not in ("fahrenheit", "f", "°f", "celsius", "c", "°c"):
        scale = "c" if figure.value < 60 else "f"
    celsius = convert(figure.value, "degF" if "f" in scale else "degC", "degC")
    return celsius is not None and limits["low"] <= celsius <= limits["high"]


def _alike(line: Line, figure: Figure, written: Sequence[Written]) -> list[Doubt]:
    """Fifteen or fifty, where it counts and was heard poorly."""
    other = sound_alike(figure.value)
    if other is None or "-" in figure.text:
        return []
    atom = line.atoms[figure.at]
    if min(item.word.probability for item in written[atom.first : atom.last + 1]) >= UNSURE:
        return []
    dose = figure.unit is not None and (figure.unit.dose or figure.unit.kind is UnitKind.FORM)
    if not dose and not figure.text.endswith("%") and terms.measure_before(line, figure.at) is None:
        return []
    kind = FlagKind.DOSE if dose else FlagKind.NUMBER
    unit = f" {figure.written}" if figure.written else ""
    return [_doubt(line, figure.at, kind, ALIKE, (f"{figure.text}{unit}", f"{other:g}{unit}"))]
