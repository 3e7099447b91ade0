"""What a coder sees of a note at the terminal: codes, problems, the worksheet of the visit, questions, reasons."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from scribe.coding.comparison import Change
from scribe.coding.explanation import Explanation
from scribe.coding.problems import DIAGNOSES
from scribe.export.layout import clock
from scribe.types import CodeSuggestion, Component, Meat, Note, Problem, Query, Quote, SuggestionStatus, Worksheet

WIDTH_OF_FILE = 160  # columns where the output is no terminal
TITLES = {Component.PROBLEMS: "Problems", Component.DATA: "Data", Component.RISK: "Risk"}
FIRST_LETTERS = {Meat.MONITOR: "M", Meat.EVALUATE: "E", Meat.ASSESS: "A", Meat.TREAT: "T"}


def show(*parts: RenderableType) -> None:
    """Print on stdout: as wide as the terminal, or wide enough for a file."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=WIDTH_OF_FILE)
    for part in parts:
        console.print(part)


def report(note: Note, groups: Mapping[str, str] | None = None) -> Iterator[RenderableType]:
    """The whole report. `groups`: payment group by code without its dot, shown only where given."""
    diagnoses = [item for item in note.suggestions if item.coding.system == DIAGNOSES]
    services = [item for item in note.suggestions if item.coding.system != DIAGNOSES]
    if diagnoses:
        yield _codes("Diagnoses, in the order of a claim", diagnoses, note, groups)
    if services:
        yield _services(services, note)
    yield from _remarks(note)
    if note.problems:
        yield _problems(note)
    if note.worksheet:
        yield from _worksheet(note.worksheet, note)
    yield from _queries(note)


def sentence(note: Note, quote: Quote) -> Text:
    """The statement with the quoted words in bold."""
    text = Text(note.statement(quote.statement_id).text)
    text.stylize("bold", quote.span.start, quote.span.end)
    return text


def time(note: Note, statement_id: str) -> str:
    """When the statement was said, or who typed it; empty for the text of a note without times."""
    statement = note.statement(statement_id)
    if statement.seconds:
        return clock(statement.seconds[0].start)
    return f"typed by {statement.author}" if statement.author else ""


def _codes(title: str, items: Sequence[CodeSuggestion], note: Note, groups: Mapping[str, str] | None) -> Table:
    table = _table(title, "Code", "Description", "Evidence", "Time", "Rule", "Prob.", "Flags")
    if groups is not None:
        table.add_column("Group", overflow="fold")
    for item in items:
        best = item.evidence[0]
        words = sentence(note, Quote(best.statement_id, best.span))
        if len(item.evidence) > 1:
            words.append(f" (+{len(item.evidence) - 1})", style="dim")
        decided = [] if item.status is SuggestionStatus.PROPOSED else [str(item.status)]
        cells: list[RenderableType] = [Text(item.coding.code, style="bold"), Text(item.coding.display), words]
        cells += [time(note, best.statement_id), Text(best.rule), f"{item.probability:.2f}"]
        cells.append(Text(", ".join([*decided, *item.flags])))
        if groups is not None:
            cells.append(groups.get(item.coding.code.replace(".", ""), ""))
        table.add_row(*cells)
    return table


def _services(items: Sequence[CodeSuggestion], note: Note) -> Table:
    """What was done in the visit, with billing units and hints of modifiers, each with its reason."""
    columns = ("Code", "Description", "Units", "Evidence", "Time", "Modifiers")
    table = _table("Done in the visit: services and supplies", *columns)
    for item in items:
        best = item.evidence[0]
        units = "" if item.units is None else f"{item.units:g}"
        hints = "\n".join(f"{hint.code}: {hint.evidence.reason or hint.evidence.rule}" for hint in item.modifiers)
        words = sentence(note, Quote(best.statement_id, best.span))
        code, at = Text(item.coding.code, style="bold"), time(note, best.statement_id)
        table.add_row(code, Text(item.coding.display), units, words, at, Text(hints))
    return table


def _remarks(note: Note) -> Iterator[RenderableType]:
    for remark in note.remarks:
        words = note.statement(remark.statement_id).text[remark.span.start : remark.span.end]
        yield Text.assemble((f"{remark.kind}: ", "bold"), f"“{words}”: {remark.reason}")


def _problems(note: Note) -> Table:
    table = _table("Support for each problem", "Problem", "Codes", "MEAT", "What the note says was done", "Time")
    for problem in note.problems:
        letters = "".join(FIRST_LETTERS[kind] for kind in Meat if any(item.kind is kind for item in problem.support))
        told, times = _support(note, problem)
        table.add_row(Text(problem.name), ", ".join(problem.codes), letters or "none", told, times)
    return table


def _support(note: Note, problem: Problem) -> tuple[Text, str]:
    if problem.listed_only:
        return Text("only listed: nothing in the note says what was done about it", style="italic"), ""
    told, times = Text(), []
    for item in problem.support:
        told.append(f"{'' if not told else chr(10)}{item.kind}: ", style="dim")
        told.append_text(sentence(note, item.quote))
        times.append(time(note, item.quote.statement_id))
    return told, "\n".join(times)


def _worksheet(sheet: Worksheet, note: Note) -> Iterator[RenderableType]:
    code = f", code {sheet.code} of your table" if sheet.code else ""
    table = _table(f"{sheet.service.capitalize()}{code}")
    for title in ("Column", "Level", "Element", "What", "Evidence", "Time"):
        table.add_column(title, overflow="fold")
    for column, level in (
        (Component.PROBLEMS, sheet.problems),
        (Component.DATA, sheet.data),
        (Component.RISK, sheet.risk),
    ):
        rows = sheet.of(column)
        if not rows:
            table.add_row(TITLES[column], str(level), "nothing in this note", "", "", "")
        for at, item in enumerate(rows):
            head = (TITLES[column], str(level)) if at == 0 else ("", "")
            kind = Text(item.title + (f" ({item.note})" if item.note else ""))
            quote = item.quotes[-1] if column is Component.PROBLEMS else item.quotes[0]
            table.add_row(*head, kind, Text(item.what), sentence(note, quote), time(note, quote.statement_id))
    yield table
    yield Text("Two of the three columns set the level. A draft: the clinician picks the level.")
    if sheet.time:
        meets = f": meets {sheet.time_level}" if sheet.time_level else ""
        yield Text(f"Time stated by the clinician: {sheet.time.minutes} minutes{meets}.")
    if sheet.next_level:
        yield Text("Not in this note, of what the next level stands for: " + "; ".join(sheet.next_level) + ".")
    yield from (Text(f"Note: {caution}.") for caution in sheet.cautions)


def _queries(note: Note) -> Iterator[RenderableType]:
    open_ = [query for query in note.queries if not query.answer]
    if open_:
        yield Text("\nQuestions to the clinician", style="bold")
    for query in open_:
        yield Text.assemble((f"{query.id} ", "bold"), query.question)
        yield Text(f"   Options: {' / '.join(query.options)}")
        for quote in query.indicators:
            at = time(note, quote.statement_id)
            yield Text.assemble(f"   {at + '  ' if at else ''}“", sentence(note, quote), "”")
    for query in note.queries:
        if query.answer:
            yield Text(_answered(query))


def _answered(query: Query) -> str:
    answer = query.answer
    return f"{query.id} “{query.subject}”: answered “{answer.text}” by {answer.author}, {answer.at}" if answer else ""


def explanation(found: Explanation, note: Note) -> Iterator[RenderableType]:
    """Why a code is proposed or not, a step a line, with the words and their time."""
    yield Text.assemble((f"{found.code} ", "bold"), f"{found.display}: {found.verdict}")
    for number, step in enumerate(found.steps, 1):
        yield Text(f"{number}. {step.says}")
        if step.quote:
            at = time(note, step.quote.statement_id)
            yield Text.assemble(f"   {at + '  ' if at else ''}“", sentence(note, step.quote), "”")


def changes(found: Sequence[Change]) -> RenderableType:
    """What became of the codes, one a row."""
    if not found:
        return Text("no code was added, removed or changed")
    table = _table("Codes of the two revisions", "Change", "Before", "After", "Why")
    for change in found:
        names = [Text(f"{item.coding.code} {item.coding.display}" if item else "") for item in (change.old, change.new)]
        table.add_row(Text(str(change.kind), style="bold"), *names, Text(change.reason))
    return table


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", show_lines=False, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold", no_wrap=column in ("Code", "Prob.", "Time"))
    return table
