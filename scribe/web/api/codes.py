"""`/api/v1/encounters/{id}/codes` and `/queries`: candidates with their evidence, decisions, questions and answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Path

from scribe import pipeline
from scribe.errors import NotFoundError
from scribe.plugins import CodeSystem
from scribe.store.records import CodeDecision, Decision, RevisionKind
from scribe.store.unit import Unit
from scribe.types import Encounter, Note, Quote, Span
from scribe.web import case, coding, documents
from scribe.web.answers import Json, described, problems
from scribe.web.desk import AtDesk, Desk, EncounterId
from scribe.web.identity import require
from scribe.web.once import OnceRoute
from scribe.web.present import codes as present
from scribe.web.problems import ProblemError
from scribe.web.schemas.codes import (
    AddCode,
    AnswerIn,
    AskIn,
    CodeSearch,
    CodesOut,
    Decisions,
    FoundCodes,
    FoundOut,
    Order,
    Refresh,
)
from scribe.web.schemas.codes import Decision as DecisionIn

router = APIRouter(prefix="/api/v1", tags=["codes"], route_class=OnceRoute)
CODES, QUERIES = "/encounters/{encounter_id}/codes", "/encounters/{encounter_id}/queries"
DECISIONS = {"accept": Decision.ACCEPTED, "reject": Decision.REJECTED, "reset": Decision.REOPENED}
ALWAYS_OFFERED = ("other", "unable to determine")
ANSWERS = {**described(CodesOut), **problems(404, 409, 422)}
QueryId = Annotated[str, Path(pattern=r"^[\w-]{1,40}$", description="Id of the question.")]


@router.get(CODES, dependencies=[require("code:read")], response_class=Json, responses=ANSWERS)
def read_codes(encounter_id: EncounterId, desk: AtDesk) -> Any:
    """Candidates with evidence, rule and confidence; problems and their support; questions; the worksheet."""
    with desk.read() as unit:
        desk.encounter(unit, encounter_id)
        return _shown(desk, unit, encounter_id)


@router.post(f"{CODES}/decisions", dependencies=[require("code:decide")], response_class=Json, responses=ANSWERS)
def decide_codes(encounter_id: EncounterId, given: Decisions, desk: AtDesk) -> Any:
    """Accept, reject, replace or reset candidates: all decisions, or none."""
    with desk.change() as unit:
        desk.encounter(unit, encounter_id)
        note = unit.revisions.note(encounter_id).document
        tables = coding.systems(note, desk.config)
        held, _ = coding.decided(note, unit.codes.of(encounter_id), tables)
        known = {(item.suggestion.coding.system, item.suggestion.coding.code) for item in held}
        for one in given.decisions:
            if (one.system, one.code) not in known:
                raise ProblemError(422, "no-candidate", f"{one.code} is no candidate of this note: add it instead")
            _decide(unit, encounter_id, one, tables)
            known.add((one.system, one.by or one.code))
        return _shown(desk, unit, encounter_id)


@router.post(f"{CODES}/add", dependencies=[require("code:decide")], response_class=Json, responses=ANSWERS)
def add_code(encounter_id: EncounterId, given: AddCode, desk: AtDesk) -> Any:
    """Add a code with the words of the note that it rests on. It counts as accepted."""
    with desk.change() as unit:
        desk.encounter(unit, encounter_id)
        note = unit.revisions.note(encounter_id).document
        code = _known_code(coding.systems(note, desk.config), given.system, given.code)
        quotes = tuple(_quote(note, item.statement_id, item.start, item.end) for item in given.quotes)
        said = tuple(note.statement(item.statement_id).text[item.span.start : item.span.end] for item in quotes)
        unit.codes.decide(
            encounter_id,
            Decision.ADDED,
            system=given.system,
            code=code,
            quotes=quotes,
            said=said,
            reason=given.reason,
        )
        return _shown(desk, unit, encounter_id)


@router.post(f"{CODES}/order", dependencies=[require("code:decide")], response_class=Json, responses=ANSWERS)
def order_codes(encounter_id: EncounterId, given: Order, desk: AtDesk) -> Any:
    """Put the codes in order, first-listed first."""
    with desk.change() as unit:
        desk.encounter(unit, encounter_id)
        order = tuple(f"{item.system}:{item.code}" for item in given.codes)
        unit.codes.decide(encounter_id, Decision.ORDERED, system="", order=order)
        return _shown(desk, unit, encounter_id)


@router.post(f"{CODES}/refresh", dependencies=[require("code:decide")], response_class=Json, responses=ANSWERS)
def refresh_codes(encounter_id: EncounterId, given: Refresh, desk: AtDesk) -> Any:
    """Code the note again, as its words are now. What was decided stays; so does a signature, which covers no codes."""
    with desk.read() as unit:
        desk.encounter(unit, encounter_id)
        saved = unit.revisions.note(encounter_id)
    if saved.revision.number != given.base_revision:
        raise documents.conflict(saved.revision, "the note was edited since: read it again")
    coded = coding.coded(saved.document, desk.config)
    with desk.change() as unit:
        newest = unit.revisions.latest(encounter_id, RevisionKind.NOTE)
        if newest and newest.number != given.base_revision:
            raise documents.conflict(newest, "the note was edited meanwhile: code it again")
        unit.revisions.append(encounter_id, coded, base=given.base_revision, reason="coded")
        return _shown(desk, unit, encounter_id)


@router.post("/codes/search", dependencies=[require("code:read")], responses=problems(404, 422))
def search_codes(given: CodeSearch, desk: AtDesk) -> FoundCodes:
    """Find codes by words, the best first, in the table in force on the day of the encounter, today by default."""
    table = _table(desk, given)
    found = table.search(given.text, given.limit)
    return FoundCodes(
        codes=[
            FoundOut(
                system=given.system,
                version=table.version,
                code=item.code,
                display=item.display,
                found_by=item.name,
                kind=item.kind,
                score=item.score,
            )
            for item in found
        ]
    )


@router.post(QUERIES, dependencies=[require("query:ask")], response_class=Json, responses=ANSWERS)
def ask_query(encounter_id: EncounterId, given: AskIn, desk: AtDesk) -> Any:
    """Ask the clinician about one statement."""
    with desk.change() as unit:
        record = desk.encounter(unit, encounter_id)
        note = unit.revisions.note(encounter_id).document
        if all(item.id != given.statement_id for item in note.statements):
            raise ProblemError(422, "statement", "there is no such statement: read the note again")
        options = tuple(dict.fromkeys((*given.options, *ALWAYS_OFFERED))) if given.options else ()
        unit.queries.ask(
            encounter_id,
            given.question,
            options=options,
            statement_id=given.statement_id,
            asked_of=record.clinician_id,
        )
        return _shown(desk, unit, encounter_id)


@router.post(
    QUERIES + "/{query_id}/answer",
    dependencies=[require("query:answer")],
    response_class=Json,
    responses=ANSWERS,
)
def answer_query(encounter_id: EncounterId, query_id: QueryId, given: AnswerIn, desk: AtDesk) -> Any:
    """Answer a question by one of its options, or with "other: words".

    An answer to a question of the machine becomes a statement of the note, and the note is coded again. One to a coder
    is recorded beside the note.
    """
    with desk.read() as unit:
        desk.encounter(unit, encounter_id)
        note = unit.revisions.note(encounter_id, given.base_revision).document
        of_note = any(item.id == query_id for item in note.queries)
        if of_note:
            desk.editable(unit, encounter_id)
    if of_note:
        author, at = desk.actor.name, desk.store.clock()
        note = pipeline.answer(note, {query_id: given.text}, desk.config, author=author, at=at)
        note = replace(note, coded_from=coding.words(note))
    with desk.change() as unit:
        desk.encounter(unit, encounter_id)
        if of_note:
            base, kind = given.base_revision, RevisionKind.NOTE
            documents.edit(desk, unit, encounter_id, kind, base, lambda _: note, reason="answer")
        else:
            _answer_coder(unit, encounter_id, query_id, given.text)
        return _shown(desk, unit, encounter_id)


# --- helpers
def stale(unit: Unit, encounter_id: str, note: Note) -> bool:
    """Whether the note's words changed after it was coded."""
    if note.coded_from:
        return note.coded_from != coding.words(note)
    return coding.words(unit.revisions.note(encounter_id, _drafted(unit, encounter_id)).document) != coding.words(note)


def _drafted(unit: Unit, encounter_id: str) -> int:
    """Number of the newest draft of the machine, which was coded as it was made."""
    history = unit.revisions.history(encounter_id, RevisionKind.NOTE)
    return next((item.number for item in reversed(history) if item.reason == "draft"), 1)


def _shown(desk: Desk, unit: Unit, encounter_id: str) -> Json:
    found = case.case(unit, encounter_id)
    note = found.note.document
    tables = coding.systems(note, desk.config)
    decided, lost = coding.decided(note, unit.codes.of(encounter_id), tables)
    warnings = [*lost, *(pipeline.release_warnings(note, desk.config) if tables else ())]
    body = present.codes(
        found,
        decided,
        unit.queries.of(encounter_id),
        tables,
        stale=stale(unit, encounter_id, note),
        warnings=warnings,
    )
    return Json(body)


def _decide(unit: Unit, encounter_id: str, given: DecisionIn, tables: Mapping[str, CodeSystem]) -> CodeDecision:
    if given.decision != "replace":
        made = DECISIONS[given.decision]
        return unit.codes.decide(encounter_id, made, system=given.system, code=given.code, reason=given.reason)
    if given.by is None:
        raise ProblemError(422, "replacement", "a replacement needs the code in its place: search for it")
    by = _known_code(tables, given.system, given.by)
    return unit.codes.decide(
        encounter_id,
        Decision.REPLACED,
        system=given.system,
        code=given.code,
        replacement=by,
        reason=given.reason,
    )


def _known_code(tables: Mapping[str, CodeSystem], system: str, code: str) -> str:
    """The code as its table writes it. Raises ProblemError where there is no such table or code."""
    table = tables.get(system)
    if table is None:
        known = ", ".join(tables) or "none"
        raise ProblemError(422, "no-system", f"there is no table {system} for this day: tables in force are {known}")
    found = table.lookup(code.strip().upper())
    if found is None:
        raise ProblemError(422, "no-code", f"{system} release {table.version} has no such code: search for one")
    return found.code


def _quote(note: Note, statement_id: str, start: int, end: int) -> Quote:
    statement = next((item for item in note.statements if item.id == statement_id), None)
    if statement is None or not 0 <= start < end <= len(statement.text):
        raise ProblemError(422, "quote", "these words are not in the note: mark them again")
    return Quote(statement_id, Span(start, end))


def _table(desk: Desk, given: CodeSearch) -> Any:
    """The table to search. Raises ProblemError where there is none that can be searched."""
    if given.encounter_id is None:
        blank = Note("", Encounter(""), ())
    else:
        with desk.read() as unit:
            desk.encounter(unit, given.encounter_id)
            blank = unit.revisions.note(given.encounter_id).document
    table = coding.systems(blank, desk.config).get(given.system)
    if table is None or not hasattr(table, "search"):
        raise ProblemError(
            422, "no-system", f"there is no table {given.system} to search: `scribe codes list` shows all"
        )
    return table


def _answer_coder(unit: Unit, encounter_id: str, query_id: str, text: str) -> None:
    query = unit.queries.get(query_id)
    if query.encounter_id != encounter_id:
        raise NotFoundError("there is no such question: read the codes again")
    given = " ".join(text.split())
    other = given.casefold().startswith("other:") and given[6:].strip()
    if query.options and not other and given.casefold() not in {option.casefold() for option in query.options}:
        offered = ", ".join(f'"{option}"' for option in query.options if option != "other")
        raise ProblemError(422, "answer", f'this question can be answered with {offered}, or "other: your words"')
    unit.queries.answer(query_id, given)
