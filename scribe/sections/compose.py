"""A transcript -> the sections of a note.

`arrange` reads speech (a visit or a dictation), `arrange_note` text that already is a note. Sections come in the
order of the catalog, statements in the order in which they were heard; a section without statements is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from scribe.config import Config
from scribe.plugins import SectionClassifier
from scribe.sections import catalog, headings, tokens, utterances
from scribe.sections.assertion import assertion_of
from scribe.sections.rewrite import OPENING, Draft, Labelled, drafts, is_chatter
from scribe.sections.utterances import Utterance
from scribe.types import Mode, Role, Section, SectionKind, Span, Statement, Transcript

K = SectionKind
OPENING_UTTERANCES = 14  # the reason for the visit is said within so many utterances
CLINICIANS_OWN = frozenset({K.EXAM, K.VITALS, K.RESULTS, K.ASSESSMENT, K.PLAN})  # a patient's words do not go there
SURE = 0.5  # score from which small talk is dropped
CARRIES_FACT = re.compile(
    r"\d|\b(?:no|not|never|n't|pain\w*|allerg\w*|mg|milligrams?|days?|weeks?|months?|years?|blood|cancer|medic\w*|"
    r"surger\w*|diabet\w*|smok\w*|drink\w*|fever\w*|cough\w*|died|diagnos\w*|tests?|results?|pills?|tablets?|insulin|"
    r"left|right|hospital|emergency)\b",
    re.IGNORECASE,
)
PLANNED = re.compile(
    r"\b(?:will|'ll|going to|gonna|let's|start|continue|increase|decrease|order|prescri\w+|refer\w*|recommend\w*|follow.?up|"
    r"schedule|come back|return|should|need to|take|try|advise\w*|want|like)\b",
    re.IGNORECASE,
)
JUDGED = re.compile(
    r"\b(?:i think|most likely|likely|probabl[ey]|suspect\w*|consistent with|diagnos\w+|sounds like|looks like|seems|could be|"
    r"might be|concern\w*|what we call|stable|controlled|improv\w+|worsen\w+|due to|secondary to|caused by)\b",
    re.IGNORECASE,
)


def arrange(transcript: Transcript, mode: Mode, classifier: SectionClassifier, config: Config) -> tuple[Section, ...]:
    """The note of a visit or of a dictation. Small talk goes; what was said stays close to its words."""
    if mode is Mode.DICTATION:
        return arrange_note(transcript, classifier, config)
    said = _labelled(utterances.split(transcript), classifier, written=False)
    chief = _chief_complaint([utterance for utterance, _, _ in said])
    placed = [replace(draft, kind=_kind(draft, chief)) for draft in drafts(said) if _matters(draft, chief)]
    return _sections(_numbered(_without_repeats(placed), transcript, config))


def arrange_note(transcript: Transcript, classifier: SectionClassifier, config: Config) -> tuple[Section, ...]:
    """The note that a written or dictated text is: sentences kept verbatim, headings honoured, nothing dropped."""
    said = _labelled(utterances.split(transcript), classifier, written=True)
    roles = {item.speaker: item.role for item in transcript.roles}
    made = [
        Draft(
            tokens.read(utterance.text, utterance.span.start),
            (utterance.span,),
            utterance.speaker,
            roles.get(utterance.speaker) if utterance.speaker else None,
            kind,
            score,
        )
        for utterance, kind, score in said
    ]
    return _sections(_numbered(made, transcript, config, verbatim=True))


def _labelled(said: Sequence[Utterance], classifier: SectionClassifier, *, written: bool) -> list[Labelled]:
    """Each utterance with its section: the classifier's, unless a heading stands above it. Headings themselves go."""
    found = [_heading(utterance, written=written) for utterance in said]
    bodies = [_body(utterance, heading) for utterance, heading in zip(said, found, strict=True)]
    kinds = classifier.classify([(utterance.role, utterance.text) for utterance in bodies])
    labelled: list[Labelled] = []
    open_kinds: tuple[SectionKind, ...] = ()
    for utterance, heading, (kind, score) in zip(bodies, found, kinds, strict=True):
        if heading is not None:
            open_kinds = heading.kinds
        elif open_kinds and not written and utterance.role is not Role.CLINICIAN:
            open_kinds = ()  # in a visit a spoken heading reaches as far as the clinician goes on speaking
        if utterance.text:
            labelled.append((utterance, *_under(open_kinds, utterance, kind, score)))
    return labelled


def _heading(utterance: Utterance, *, written: bool) -> headings.Heading | None:
    if not written and utterance.role is not Role.CLINICIAN:
        return None
    return headings.match(utterance.text, written=written)


def _body(utterance: Utterance, heading: headings.Heading | None) -> Utterance:
    if heading is None or heading.length == 0:
        return utterance
    start = min(utterance.span.start + heading.length, utterance.span.end)
    return replace(utterance, span=Span(start, utterance.span.end), text=utterance.text[heading.length :])


def _under(
    open_kinds: tuple[SectionKind, ...], utterance: Utterance, kind: SectionKind, score: float
) -> tuple[SectionKind, float]:
    if not open_kinds:
        return kind, score
    if len(open_kinds) == 1:
        return open_kinds[0], 1.0
    if set(open_kinds) == {K.ASSESSMENT, K.PLAN}:
        return _assessment_or_plan(utterance.text, kind), 1.0
    return (kind, score) if kind in open_kinds else (open_kinds[0], score)


def _assessment_or_plan(text: str, kind: SectionKind) -> SectionKind:
    planned, judged = PLANNED.search(text) is not None, JUDGED.search(text) is not None
    if planned != judged:
        return K.PLAN if planned else K.ASSESSMENT
    return K.PLAN if kind is K.PLAN else K.ASSESSMENT


def _chief_complaint(said: Sequence[Utterance]) -> Span | None:
    """Where the reason for the visit was said: the first answer of substance in the opening of the visit."""
    opening = list(said[:OPENING_UTTERANCES])
    asked = next((at for at, item in enumerate(opening) if OPENING.search(item.text) and item.asks), None)
    for utterance in opening[asked + 1 if asked is not None else 0 :]:
        patients = utterance.role in (None, Role.PATIENT, Role.OTHER) and not utterance.asks
        if patients and not is_chatter(utterance.text) and len(utterance.text.split()) >= 3:
            return utterance.span
    return None


def _kind(draft: Draft, chief: Span | None) -> SectionKind:
    if chief is not None and chief in draft.heard:
        return K.CHIEF_COMPLAINT
    kind = draft.kind
    if kind is K.CHIEF_COMPLAINT:
        return K.HPI
    if draft.role is not Role.CLINICIAN and draft.role is not None and kind in CLINICIANS_OWN and not draft.joined:
        return K.HPI
    if kind in (K.ASSESSMENT, K.PLAN):
        return _assessment_or_plan(tokens.render(draft.tokens), kind)
    return K.HPI if kind is K.OTHER and draft.role is not Role.CLINICIAN else kind


def _matters(draft: Draft, chief: Span | None) -> bool:
    """Whether a sentence belongs into a note: all but what the classifier surely calls talk and no fact speaks for."""
    if draft.kind is not K.OTHER or (chief is not None and chief in draft.heard):
        return True
    return draft.score < SURE and CARRIES_FACT.search(tokens.render(draft.tokens)) is not None


def _without_repeats(drafts: Iterable[Draft]) -> list[Draft]:
    """A sentence said again in the same section stands once, with every place in which it was heard."""
    kept: dict[tuple[SectionKind, str], Draft] = {}
    for draft in drafts:
        key = (draft.kind, tokens.render(draft.tokens).lower())
        if key in kept:
            first = kept[key]
            kept[key] = replace(first, heard=(*first.heard, *(span for span in draft.heard if span not in first.heard)))
        else:
            kept[key] = draft
    return list(kept.values())


def _numbered(
    drafts: Sequence[Draft], transcript: Transcript, config: Config, *, verbatim: bool = False
) -> Iterator[tuple[Draft, Statement]]:
    """Each draft with its statement; statements are numbered in the order of the note."""
    order = {entry.kind: at for at, entry in enumerate(catalog.CATALOG)}
    for number, draft in enumerate(sorted(drafts, key=lambda draft: order[draft.kind]), 1):
        yield draft, _statement(f"s{number}", draft, transcript, config, verbatim=verbatim)


def _statement(number: str, draft: Draft, transcript: Transcript, config: Config, *, verbatim: bool) -> Statement:
    text = transcript.text[draft.heard[0].start : draft.heard[0].end] if verbatim else tokens.render(draft.tokens)
    words = [word for span in draft.heard for word in transcript.words_in(span)]
    seconds = tuple(interval for span in draft.heard if (interval := transcript.seconds(span)) is not None)
    return Statement(
        number,
        text,
        draft.heard,
        seconds,
        assertion_of(text, draft.kind),
        draft.speaker,
        draft.role,
        min((word.probability for word in words), default=1.0),
        _doubtful(draft, text, transcript, config.sections.doubtful_below, verbatim=verbatim),
    )


def _doubtful(draft: Draft, text: str, transcript: Transcript, threshold: float, *, verbatim: bool) -> tuple[Span, ...]:
    """Where in the statement stand words that the recogniser gave a low probability."""
    start = draft.heard[0].start
    placed = (
        [(Span(token.span.start - start, token.span.end - start), token.span) for token in draft.tokens if token.span]
        if verbatim
        else tokens.places(draft.tokens)
    )
    return tuple(
        Span(here.start, min(here.end, len(text)))
        for here, heard in placed
        if here.start < len(text) and any(word.probability < threshold for word in transcript.words_in(heard))
    )


def _sections(made: Iterable[tuple[Draft, Statement]]) -> tuple[Section, ...]:
    by_kind: dict[SectionKind, list[tuple[Draft, Statement]]] = {}
    for draft, statement in made:
        by_kind.setdefault(draft.kind, []).append((draft, statement))
    return tuple(
        catalog.section(
            kind,
            tuple(statement for _, statement in items),
            sum(draft.score for draft, _ in items) / len(items),
        )
        for kind, items in by_kind.items()
    )
