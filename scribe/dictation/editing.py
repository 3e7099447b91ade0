"""Carrying out the spoken commands: the recording's words -> the words of the page.

The recording's transcript stays as it was heard. What a command takes back is not written; nothing else is left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from scribe.dictation import arguments
from scribe.dictation.arguments import Correction
from scribe.dictation.commands import Action, CommandSet, Place
from scribe.dictation.fields import BLANK, Fields
from scribe.dictation.parse import HEARD_MARKS, PAUSE, SENTENCE_ENDS, Spoken, spoken
from scribe.dictation.punctuation import Line, Pen, PenState, Source, heard_marks
from scribe.dictation.signs import with_figures
from scribe.dictation.spelled import said_before
from scribe.dictation.templates import Template, TemplateSet
from scribe.dictation.tokens import tokens
from scribe.dictation.written import Written
from scribe.types import Flag, FlagKind, Interval, Word

UTTERANCE_PAUSE = 0.5  # seconds of silence between two utterances, as "scratch that" counts them
REACH = 80  # words back in which a correction looks for what was wrong

FIELD_ACTIONS = frozenset(
    {Action.NEXT_FIELD, Action.PREVIOUS_FIELD, Action.CLEAR_FIELD, Action.ACCEPT_DEFAULTS, Action.LEAVE_FIELD}
)
EDGES_BEFORE = re.compile(r"^[^\w]*")
EDGES_AFTER = re.compile(r"[^\w]*$")

MARKED = "marked by the speaker"
LEFT_BLANK = "left blank by the speaker"
NOT_FOUND = "a spoken correction that fits nothing said before; it stands in the text"


@dataclass(frozen=True, slots=True)
class Dictated:
    """The words of a dictation after its commands, what the speaker wants looked at, and what he took back."""

    written: tuple[Written, ...]
    flags: tuple[Flag, ...]
    taken_back: tuple[range, ...] = ()  # indices of the words, in order


@dataclass(frozen=True, slots=True)
class _Utterance:
    """What was there when an utterance began; `mark`: the words of the mark that it began with."""

    pen: Pen
    state: PenState
    mark: range | None = None


def dictate(words: Sequence[Word], commands: CommandSet, templates: TemplateSet) -> Dictated:
    """Carry out the commands among the words."""
    found = {item.first: item for item in spoken(words, commands, templates)}
    editor = _Editor(words, commands)
    at = 0
    while at < len(words):
        if item := found.get(at):
            editor.command(item)
            at = item.last + 1
        else:
            editor.word(at)
            at += 1
    return editor.finish()


class _Editor:
    """The page while it is being written."""

    def __init__(self, words: Sequence[Word], commands: CommandSet) -> None:
        self._words = words
        ends = commands.groups["heading_ends"]
        groups = ("articles", "determiners", "joiners", "be", "governors")
        self._function_words = frozenset[str]().union(*(commands.groups[name] for name in groups))
        self._page = Pen(ends)
        self._page.expect(capital=True)
        self._fields = Fields(ends)
        self._utterances: list[_Utterance] = []
        self._lone_mark = False  # the last utterance is a mark that the recogniser's own full stop set apart
        self._entries: list[range] = []  # the words of everything that was ever written
        self._unmarked: list[range] = []  # the words of marks that were taken back
        self._fresh = True  # the next word begins an utterance
        self._taken_back: Callable[[], None] | None = None  # undoes the last edit
        self._actions: dict[Action, Callable[[Spoken, Source], None]] = {
            Action.WRITE: self._mark,
            Action.HEADING: self._heading,
            Action.ITEM: self._numbered,
            Action.NEXT_ITEM: self._numbered,
            Action.CAPS: self._expect(case="caps"),
            Action.ALL_CAPS: self._expect(case="all"),
            Action.NO_CAPS: self._expect(case="no"),
            Action.CAPS_ON: self._expect(mode="caps"),
            Action.ALL_CAPS_ON: self._expect(mode="all"),
            Action.CAPS_OFF: self._expect(mode=""),
            Action.NO_SPACE: self._expect(space=""),
            Action.LITERAL: self._expect(),
            Action.NUMERAL: self._text,
            Action.ROMAN_NUMERAL: self._text,
            Action.SPELL: self._spell,
            Action.SCRATCH: self._scratch,
            Action.UNDO: self._undo,
            Action.CORRECT: self._correct,
            Action.INSERT: self._insert,
            Action.NEXT_FIELD: self._visit(1),
            Action.PREVIOUS_FIELD: self._visit(-1),
            Action.CLEAR_FIELD: self._in_fields(self._fields.clear),
            Action.ACCEPT_DEFAULTS: self._in_fields(self._accept_defaults),
            Action.LEAVE_FIELD: self._in_fields(self._leave),
            Action.FLAG: self._flag,
            Action.BLANK: self._blank,
        }

    def word(self, at: int) -> None:
        """Write a word as it was heard."""
        self._begin(at)
        self._pen().write(self._words[at], at, at)
        self._entries.append(range(at, at + 1))
        self._taken_back = None

    def command(self, item: Spoken) -> None:
        """Carry out one command."""
        first, last = self._words[item.first], self._words[item.last]
        source = Source(item.first, item.last, replace(first, text=last.text, end=max(last.end, first.end)))
        if item.command.action in FIELD_ACTIONS and not self._fields:
            self._words_of(item)
            return
        if item.command.action not in (Action.UNDO, Action.SCRATCH, Action.WRITE):
            self._taken_back = None
        self._actions[item.command.action](item, source)

    def _words_of(self, item: Spoken) -> None:
        """Write a command that can do nothing as the words it is."""
        for at in range(item.first, item.last + 1):
            self.word(at)

    def finish(self) -> Dictated:
        """The page."""
        self._page.finish()
        taken_back = self._missing()
        lines = with_figures(list(self._fields.filled(self._page.lines)))
        flags = dict.fromkeys(flag for line in lines for flag in line.flags)
        written = tuple(Written(line.word, line.first, line.last) for line in lines)
        return Dictated(written, tuple(flags), taken_back)

    def _missing(self) -> tuple[range, ...]:
        """The words that were written and no longer stand anywhere, neighbours together."""
        there = {(line.first, line.last) for line in (*self._page.lines, *self._fields.lines)}
        gone = [entry for entry in self._entries if (entry[0], entry[-1]) not in there]
        found: list[range] = []
        for entry in sorted((*gone, *self._unmarked), key=lambda entry: (entry.start, entry.stop)):
            if found and entry.start <= found[-1].stop:
                found[-1] = range(found[-1].start, max(found[-1].stop, entry.stop))
            else:
                found.append(entry)
        return tuple(found)

    def _pen(self) -> Pen:
        """Where what is said now is written; a sentence's end closes a short field."""
        active = self._fields.active
        if active is not None and not active.field.long and not active.entered and active.pen.ends_sentence:
            self._leave()
        return self._fields.enter() or self._page

    def _leave(self) -> None:
        """Go on after the template."""
        active = self._fields.active
        if active is not None and active.pen.ends_sentence:
            self._page.expect(capital=True)
        self._fields.leave()

    def _begin(self, at: int) -> None:
        """Note where an utterance begins: after a pause, a sentence's end or a command that closes one."""
        pen = self._pen()
        if self._lone_mark and self._silence(at) < PAUSE:
            self._utterances.pop()  # the mark opened what was said on
        self._lone_mark = False
        if self._fresh or pen.ends_sentence or self._silence(at) >= UTTERANCE_PAUSE:
            self._utterances.append(_Utterance(pen, pen.state))
        self._fresh = False

    def _silence(self, at: int) -> float:
        """Seconds between a word and the one before it."""
        return self._words[at].start - self._words[at - 1].end if at > 0 else 0.0

    def _mark(self, item: Spoken, source: Source) -> None:
        place = item.command.place
        alone = source.last + 1 >= len(self._words) or self._silence(source.last + 1) >= PAUSE
        if place is Place.BREAK:
            self._leave()
            if alone and self._silence(item.first) >= UTTERANCE_PAUSE:
                self._utterances.append(_Utterance(self._page, self._page.state))
            self._page.mark(item.command, source)
            self._fresh = True
            return
        if place in (Place.OPEN, Place.WORD):
            self._begin(item.first)
            if source.word.text.rstrip().endswith(","):
                self._pen().soften()
        active = self._fields.active
        pen = active.pen if active is not None and active.pen.lines else self._pen()
        before, closed = pen.state, pen.ends_sentence
        pen.mark(item.command, source)
        if place in (Place.OPEN, Place.WORD) or not before.lines:
            return
        paused = self._silence(item.first) >= UTTERANCE_PAUSE
        if paused or (closed and pen.lines[-1].word.text != before.lines[-1].word.text):
            self._utterances.append(_Utterance(pen, before, range(source.first, source.last + 1)))
            self._lone_mark = not paused

    def _heading(self, item: Spoken, source: Source) -> None:
        self._leave()
        self._utterances.append(_Utterance(self._page, self._page.state))
        self._page.new_line("\n\n", capital=True)
        if item.argument:
            self._page.text(f"{item.argument}:", source)
            self._page.expect(capital=True)
        self._fresh = True

    def _numbered(self, item: Spoken, source: Source) -> None:
        self._leave()
        if self._page.lines and self._page.lines[-1].item:
            self._page.lines.pop()  # an item that nothing was said for
        self._utterances.append(_Utterance(self._page, self._page.state))
        self._page.new_line("\n", capital=True)
        self._page.write(replace(source.word, text=f" {item.argument}."), source.first, source.last, item=True)
        self._page.lines[-1] = replace(self._page.lines[-1], marked=True)
        self._page.expect(capital=True)
        self._fresh = True

    def _expect(self, **changes: object) -> Callable[[Spoken, Source], None]:
        def expect(item: Spoken, source: Source) -> None:
            self._begin(item.first)
            if source.word.text.rstrip().endswith(","):
                self._pen().soften()
            self._pen().expect(**changes)

        return expect

    def _text(self, item: Spoken, source: Source) -> None:
        self._begin(item.first)
        self._pen().write(
            replace(source.word, text=f" {item.argument}{heard_marks(source)}"), source.first, source.last
        )
        self._entries.append(range(source.first, source.last + 1))

    def _blank(self, item: Spoken, source: Source) -> None:
        self._begin(item.first)
        flag = Flag(FlagKind.BLANK, Interval(source.word.start, source.word.end), LEFT_BLANK)
        word = replace(source.word, text=f" {BLANK}{heard_marks(source).lstrip(',')}")
        self._pen().write(word, source.first, source.last, flags=(flag,))

    def _spell(self, item: Spoken, source: Source) -> None:
        pen, text = self._pen(), str(item.argument)
        pen.soften(HEARD_MARKS)
        count = said_before(pen.lines, text, self._function_words)
        if not count:
            self._text(item, source)
            return
        replaced = pen.lines[-count:]
        body = replaced[0].word.text.lstrip()
        space = replaced[0].word.text[: len(replaced[0].word.text) - len(body)]
        text = text[:1].upper() + text[1:] if body[:1].isupper() else text
        end = max(line.word.end for line in replaced)
        word = replace(source.word, text=space + text + heard_marks(source), start=replaced[0].word.start, end=end)
        flags = tuple(flag for line in replaced for flag in line.flags)
        pen.lines[-count:] = [Line(word, replaced[0].first, source.last, flags=flags)]

    def _flag(self, item: Spoken, source: Source) -> None:
        pen = self._pen()
        if not pen.lines:  # nothing to be flagged
            self._words_of(item)
            return
        heard = source.word.text.rstrip()
        pen.soften()
        line = pen.lines[-1]
        if heard.endswith(SENTENCE_ENDS) and not pen.ends_sentence and not line.marked:
            line = replace(line, word=replace(line.word, text=line.word.text + heard[-1]))
        first = next(
            (at + 1 for at in range(len(pen.lines) - 2, -1, -1) if pen.lines[at].word.text.endswith(SENTENCE_ENDS)), 0
        )
        start = min(pen.lines[first].word.start, source.word.start)
        flag = Flag(FlagKind.MARKED, Interval(start, source.word.end), MARKED)
        pen.lines[-1] = replace(line, flags=(*line.flags, flag))
        self._fresh = True

    def _scratch(self, item: Spoken, source: Source) -> None:
        before = self._keep()
        while self._utterances:
            last = self._utterances.pop()
            pen = last.pen
            if pen.state != last.state:
                pen.restore(last.state)
                if last.mark is not None:
                    self._unmarked.append(last.mark)
                self._forget()
                if pen.lines:  # so that no pause seems to stand where something was taken back
                    line = pen.lines[-1]
                    pen.lines[-1] = replace(line, word=replace(line.word, end=max(line.word.end, source.word.end)))
                break
        self._taken_back, self._fresh = before, True

    def _forget(self) -> None:
        """Let go of fields that are no longer there."""
        self._fields.keep(self._page.lines)
        self._utterances = [item for item in self._utterances if item.pen is self._page or self._fields.owns(item.pen)]

    def _undo(self, item: Spoken, source: Source) -> None:
        if self._taken_back is None:
            self._scratch(item, source)
            return
        self._taken_back()
        self._taken_back, self._fresh = None, True

    def _keep(self) -> Callable[[], None]:
        """What brings back everything as it is now."""
        state, utterances, fields = self._page.state, list(self._utterances), self._fields.saved()
        unmarked = list(self._unmarked)

        def bring_back() -> None:
            self._page.restore(state)
            self._utterances, self._unmarked = utterances, unmarked
            fields()

        return bring_back

    def _correct(self, item: Spoken, source: Source) -> None:
        before, pens = self._keep(), dict.fromkeys((self._pen(), self._page))
        for split in item.argument if isinstance(item.argument, tuple) else ():
            if any(self._corrected(split, pen) for pen in pens):
                self._taken_back = before
                return
        self._words_of(item)
        pen = self._pen()
        flag = Flag(FlagKind.MARKED, Interval(source.word.start, source.word.end), NOT_FOUND)
        pen.lines[-1] = replace(pen.lines[-1], flags=(*pen.lines[-1].flags, flag))

    def _corrected(self, split: Correction, pen: Pen) -> bool:
        """Whether what was wrong stands on the page; then it gives way to what is right."""
        offset = max(len(pen.lines) - REACH, 0)
        there = tokens([line.word for line in pen.lines[offset:]])
        at = arguments.find_last(split.wrong, [token.text for token in there])
        if at is None:
            return False
        until = at + len(split.wrong) - 1
        if not (there[at].opens and there[until].ends):
            return False
        start, stop = offset + there[at].word, offset + there[until].word + 1
        opens = start == 0 or pen.lines[start - 1].word.text.endswith((*SENTENCE_ENDS, ":"))
        pen.lines[start:stop] = self._right(split, pen.lines[start:stop], opens=opens)
        return True

    def _right(self, split: Correction, replaced: Sequence[Line], *, opens: bool) -> list[Line]:
        """The lines that take the place of others: with their times, and their marks at both ends."""
        start, end = replaced[0].word.start, max(line.word.end for line in replaced)
        texts = [word.text for word in self._words[split.first : split.last + 1]]
        texts[-1] = texts[-1].rstrip().rstrip("".join(HEARD_MARKS))
        before, after = EDGES_BEFORE.match(replaced[0].word.text), EDGES_AFTER.search(replaced[-1].word.text)
        body = texts[0].lstrip()
        texts[0] = (before[0] if before else " ") + (body[:1].upper() + body[1:] if opens else body)
        texts[-1] += after[0] if after else ""
        lines = [
            Line(replace(word, text=text, start=start, end=end), replaced[0].first, split.last)
            for word, text in zip(self._words[split.first : split.last + 1], texts, strict=True)
        ]
        flags = tuple(flag for line in replaced for flag in line.flags)
        lines[-1] = replace(lines[-1], marked=replaced[-1].marked, flags=flags)
        return lines

    def _insert(self, item: Spoken, source: Source) -> None:
        if isinstance(item.argument, Template):
            self._leave()
            before = self._keep()
            self._utterances.append(_Utterance(self._page, self._page.state))
            self._entries.append(range(source.first, source.last + 1))
            self._fields.insert(item.argument, source, self._page)
            self._taken_back, self._fresh = before, True

    def _visit(self, step: int) -> Callable[[Spoken, Source], None]:
        def visit(item: Spoken, source: Source) -> None:
            self._fields.visit(step, small=source.word.text.rstrip().endswith(SENTENCE_ENDS))
            self._fresh = True

        return visit

    def _accept_defaults(self) -> None:
        self._leave()
        if self._fields.accept_defaults():
            self._page.expect(capital=True)

    def _in_fields(self, do: Callable[[], None]) -> Callable[[Spoken, Source], None]:
        def act(item: Spoken, source: Source) -> None:
            do()
            self._fresh = True

        return act
