"""A note laid out by a note template: the view that every document shows.

Each statement stands in exactly one place, in the words of the note. A section the template does not name comes last;
only what `leave_out` names is not shown, and the view says how much that is. Headings stand only over something: a
statement, or the template's remark that nothing was said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from scribe.containment import or_else
from scribe.sections import body_systems, layout_words, tables
from scribe.sections.catalog import BY_KIND, CATALOG
from scribe.sections.note_templates import NoteTemplate, PartRule, SectionRule, Style
from scribe.sections.problems import NUMBERED
from scribe.types import Note, SectionKind, Span, Statement
from scribe.view import Block, Excerpt, Form, NoteView, Row, whole

K = SectionKind
OTHER_PLANS = "Other plan items"
ELSEWHERE = "Nothing in this section; see the others."
UNGROUPED = "Other findings"

Filed = Mapping[SectionKind, tuple[Statement, ...]]


def lay_out(note: Note, template: NoteTemplate) -> NoteView:
    """The note as the template shows it. The note is not changed."""
    filed: dict[SectionKind, tuple[Statement, ...]] = {}
    for section in note.sections:
        filed[section.kind] = (*filed.get(section.kind, ()), *section.statements)
    left_out = tuple(
        (BY_KIND[kind].title, len(filed[kind])) for kind in _in_order(template.leave_out) if filed.get(kind)
    )
    if not any(filed.values()):
        return NoteView(template.title, (), left_out)
    blocks = [block for part in template.parts for block in _part(part, filed)]
    return NoteView(template.title, (*blocks, *_unplaced(template, filed)), left_out)


def _in_order(kinds: Iterable[SectionKind]) -> list[SectionKind]:
    chosen = set(kinds)
    return [entry.kind for entry in CATALOG if entry.kind in chosen]


def _unplaced(template: NoteTemplate, filed: Filed) -> Iterator[Block]:
    """What the template does not name comes last, so that nothing that was said is lost by an oversight."""
    placed = {kind for rule in template.rules for kind in rule.kinds} | template.leave_out
    missing = [kind for kind in _in_order(K) if kind not in placed and filed.get(kind)]
    rules = tuple(SectionRule((kind,), BY_KIND[kind].title) for kind in missing if kind is not K.ALSO_SAID)
    yield from _part(PartRule(template.rest, rules), filed)
    if K.ALSO_SAID in missing:  # below the note, whatever the template
        yield from _part(PartRule("", (SectionRule((K.ALSO_SAID,), BY_KIND[K.ALSO_SAID].title),)), filed)


def _part(part: PartRule, filed: Filed) -> Iterator[Block]:
    level = 2 if part.heading else 1
    blocks = [block for rule in part.sections for block in _section(rule, filed, level)]
    if blocks and part.heading:
        yield Block(part.heading)
    yield from blocks


def _section(rule: SectionRule, filed: Filed, level: int) -> Iterator[Block]:
    statements = tuple(statement for kind in rule.kinds for statement in filed.get(kind, ()))
    if statements:
        plain = list(_bullets(statements, rule, filed))
        blocks = iter(or_else(lambda: list(STYLES[rule.style](statements, rule, filed)), plain, "layout"))
        yield _headed(next(blocks), rule, level)
        yield from (replace(block, level=level + 1) for block in blocks)
    elif rule.empty:
        yield _headed(Block("", empty=_nothing(rule, filed)), rule, level)


def _headed(block: Block, rule: SectionRule, level: int) -> Block:
    return replace(block, heading=rule.heading, level=level, kinds=rule.kinds)


def _nothing(rule: SectionRule, filed: Filed) -> str:
    """What stands in an empty section: not "Not discussed." where another section talks of such things."""
    cues = layout_words.by_name("elsewhere")
    others = [statement.text for kind, found in filed.items() if kind not in rule.kinds for statement in found]
    talked_of = any(cues[kind].search(text) for kind in rule.kinds for text in others)
    return ELSEWHERE if talked_of else rule.empty


def _prose(statements: Sequence[Statement], rule: SectionRule, filed: Filed) -> Iterator[Block]:
    yield Block("", form=Form.PROSE, rows=(Row((tuple(whole(statement) for statement in statements),)),))


def _bullets(statements: Sequence[Statement], rule: SectionRule, filed: Filed) -> Iterator[Block]:
    yield Block("", form=Form.BULLETS, rows=tuple(Row(((whole(statement),),)) for statement in statements))


def _systems(statements: Sequence[Statement], rule: SectionRule, filed: Filed) -> Iterator[Block]:
    lines = body_systems.grouped(statements)
    if len(lines) == 1 and not lines[0][0]:
        yield from _bullets(statements, rule, filed)
        return
    rows = (Row((tuple(body_systems.body(item, label) for item in said),), label or UNGROUPED) for label, said in lines)
    yield Block("", form=Form.LINES, rows=tuple(rows))


def _table(statements: Sequence[Statement], rule: SectionRule, filed: Filed) -> Iterator[Block]:
    made = tables.table(rule.kinds[0], statements)
    if made.rows:
        yield Block("", form=Form.TABLE, rows=made.rows, columns=made.columns)
    if made.below:
        yield from _bullets(made.below, rule, filed)


def _problems(statements: Sequence[Statement], rule: SectionRule, filed: Filed) -> Iterator[Block]:
    """First what sums up, then each problem with all that belongs to it in the order it was heard, then the rest."""
    by_id = {statement.id: statement for statement in statements}
    heads = dict.fromkeys(statement.problem for statement in statements if statement.problem in by_id)
    planned = {statement.id for statement in filed.get(K.PLAN, ())}
    belongs = {
        head: [item for item in _as_heard(statements) if item.problem == head and item.id != head] for head in heads
    }
    loose = [item for item in statements if item.problem not in heads]
    rows = [Row(((whole(item),),), depth=1) for item in loose if item.id not in planned]
    for head in _as_heard(by_id[head] for head in heads if head is not None):
        rows.append(Row(((_named(head),),)))
        rows += [Row(((whole(item),),), depth=1) for item in belongs[head.id]]
    if not heads:
        yield from _bullets(statements, rule, filed)
        return
    yield Block("", form=Form.PROBLEMS, rows=tuple(rows))
    if others := [item for item in loose if item.id in planned]:
        yield replace(next(_bullets(others, rule, filed)), heading=OTHER_PLANS, kinds=(K.PLAN,))


def _named(head: Statement) -> Excerpt:
    """A problem without the number it had in a written list: it has one from its place in this."""
    number = NUMBERED.match(head.text)
    return Excerpt(head.id, Span(number.end(), len(head.text))) if number else whole(head)


def _as_heard(statements: Iterable[Statement]) -> list[Statement]:
    """In the order of talk; what a person typed keeps its place at the end."""
    return sorted(statements, key=lambda item: item.heard[0].start if item.heard else float("inf"))


STYLES = {
    Style.PROSE: _prose,
    Style.BULLETS: _bullets,
    Style.SYSTEMS: _systems,
    Style.TABLE: _table,
    Style.PROBLEMS: _problems,
}
