"""The fields of inserted templates: which one is being filled, and what stands in each at the end."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from scribe.dictation.parse import SENTENCE_ENDS
from scribe.dictation.punctuation import Line, Pen, Source
from scribe.dictation.templates import FIELD, Template, TemplateField
from scribe.types import Flag, FlagKind, Interval

BLANK = "____"
UNFILLED = "a field of a template was not filled"
PIECE = re.compile(r"(\s*)((?:\{[^{}]*\}|[^\s{}])+)")
PART = re.compile(r"\{[^{}]*\}|[^{}]+")


@dataclass(slots=True)
class Slot:
    """A field on the page. Its pen writes what is said for it."""

    field: TemplateField
    pen: Pen
    source: Source
    ends: bool = False  # nothing of the template stands after it
    accepted: bool = False  # the default was
    entered: bool = False  # nothing was said since it was visited


class Fields:
    """All fields of a page, in the order in which they stand."""

    def __init__(self, heading_ends: frozenset[str]) -> None:
        self._heading_ends = heading_ends
        self._slots: list[Slot] = []
        self._at = -1  # the field visited last
        self.active: Slot | None = None

    def __bool__(self) -> bool:
        return bool(self._slots)

    @property
    def lines(self) -> Iterator[Line]:
        """What was said for the fields."""
        return (line for slot in self._slots for line in slot.pen.lines)

    def keep(self, lines: list[Line]) -> None:
        """Forget the fields that no longer stand among the page's lines."""
        kept = 1 + max((line.field for line in lines if line.field is not None), default=-1)
        del self._slots[kept:]
        self._at = min(self._at, kept)
        if self.active is not None and all(slot is not self.active for slot in self._slots):
            self.active = None

    def saved(self) -> Callable[[], None]:
        """What brings back the fields as they are now."""
        slots, at, active = list(self._slots), self._at, self.active
        held = [(slot, slot.pen.state, slot.accepted, slot.entered) for slot in slots]

        def bring_back() -> None:
            self._slots, self._at, self.active = slots, at, active
            for slot, state, accepted, entered in held:
                slot.pen.restore(state)
                slot.accepted, slot.entered = accepted, entered

        return bring_back

    def owns(self, pen: Pen) -> bool:
        """Whether a pen writes into one of the fields."""
        return any(slot.pen is pen for slot in self._slots)

    def insert(self, template: Template, source: Source, pen: Pen) -> None:
        """Write a template's text with `pen`, with a place for each of its fields."""
        self._at, self.active = len(self._slots) - 1, None
        for found in PIECE.finditer(f" {template.text}"):
            space = found[1]
            for part in PART.findall(found[2]):
                traits: dict[str, object] = {"marked": True}
                if FIELD.fullmatch(part):
                    slot = Slot(template.field(part[1:-1]), Pen(self._heading_ends), source)
                    traits["field"] = len(self._slots)
                    self._slots.append(slot)
                pen.write(replace(source.word, text=space + part), source.first, source.last, **traits)
                space = ""
        if template.text.endswith("}"):
            self._slots[-1].ends = True
        pen.expect(capital=template.text.endswith(SENTENCE_ENDS))

    def visit(self, step: int, *, small: bool) -> None:
        """Go to the next field, 1, or the previous one, -1; past the last one, filling ends."""
        self._at = min(max(self._at + step, 0), len(self._slots))
        self.active = self._slots[self._at] if self._at < len(self._slots) else None
        if self.active is not None:
            self.active.entered = True
            self.active.pen.expect(small=small)

    def clear(self) -> None:
        """Empty the field visited last."""
        if 0 <= self._at < len(self._slots):
            slot = self._slots[self._at]
            slot.pen.restore(Pen(self._heading_ends).state)
            slot.accepted = False

    def accept_defaults(self) -> bool:
        """Let every field that has a default and nothing else take it; say whether the last one ends a sentence so."""
        for slot in self._slots:
            slot.accepted = bool(slot.field.default)
        self.leave()
        last = self._slots[-1]
        return last.ends and last.accepted and not last.pen.lines and last.field.default.endswith(SENTENCE_ENDS)

    def leave(self) -> None:
        """Go on after the template."""
        self.active = None

    def enter(self) -> Pen | None:
        """The pen for what is said now, None where it goes on the page. What a revisited field held gives way."""
        if self.active is None:
            return None
        if self.active.entered and self.active.pen.lines:
            small = self.active.pen.state.small
            self.active.pen.restore(Pen(self._heading_ends).state)
            self.active.pen.expect(small=small)
        self.active.entered = False
        return self.active.pen

    def filled(self, lines: list[Line]) -> Iterator[Line]:
        """The page's lines, with what each field holds in its place."""
        opens = True  # at the start of a sentence
        for line in lines:
            parts = [line] if line.field is None else list(self._content(line, self._slots[line.field], opens=opens))
            yield from parts
            opens = parts[-1].word.text.endswith((*SENTENCE_ENDS, ":")) if parts else opens

    def _content(self, line: Line, slot: Slot, *, opens: bool) -> Iterator[Line]:
        slot.pen.finish()
        text = line.word.text
        space = text[: len(text) - len(text.lstrip())]
        said = [item for item in slot.pen.lines if item.word.text.strip()]
        if not said:
            yield self._unsaid(line, slot, space, opens=opens)
            return
        last = said[-1]
        if not slot.field.long and not slot.ends:  # the template has its own mark there
            said[-1] = replace(last, word=replace(last.word, text=last.word.text.rstrip(".,;?!")))
        for at, item in enumerate(said):
            body = item.word.text if at else space + _opening(item.word.text.lstrip(), opens=opens)
            # it stands among the template's words, so it has their times; what it was heard in reaches to its own words
            word = replace(line.word, text=body, probability=item.word.probability)
            yield replace(item, word=word, first=line.first, last=max(line.last, item.last))

    def _unsaid(self, line: Line, slot: Slot, space: str, *, opens: bool) -> Line:
        default = slot.field.default
        if slot.accepted:
            return replace(line, word=replace(line.word, text=space + _opening(default, opens=opens)))
        interval = Interval(slot.source.word.start, slot.source.word.end)
        flag = Flag(FlagKind.BLANK, interval, UNFILLED, (default,) if default else ())
        return replace(line, word=replace(line.word, text=space + BLANK), flags=(*line.flags, flag))


def _opening(text: str, *, opens: bool) -> str:
    return text[:1].upper() + text[1:] if opens else text
