"""A transcript -> the sections of a note.

`arrange` reads speech (a visit or a dictation), `arrange_note` text that already is a note. Sections come in the
order of the catalog, statements in the order in which they were heard; a section without statements is left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from scribe.clinical import utterances
from scribe.clinical.utterances import Utterance
from scribe.config import Config
from scribe.containment import without_faults
from scribe.plugins import SectionClassifier
from scribe.sections import catalog, grammar, headings, named, phrases, runs, salience, tokens
from scribe.sections.assertion import assertion_of
from scribe.sections.exchanges import OPENING
from scribe.sections.rewrite import drafts
from scribe.sections.said import Draft, Labelled
from scribe.types import (
    Assertion,
    Mode,
    Provenance,
    Role,
    Section,
    SectionGroup,
    SectionKind,
    Span,
    Statement,
    Transcript,
)

OnUnread = Callable[[Span], None]  # is told where in the transcript's text a passage stands that could not be read

K = SectionKind
OPENING_UTTERANCES = 14  # the reason for the visit is said within so many utterances
CLINICIANS_OWN = frozenset({K.EXAM, K.VITALS, K.RESULTS, K.ASSESSMENT, K.PLAN})  # a patient's words do not go there
FINDINGS = frozenset({K.EXAM, K.VITALS, K.RESULTS})
CLOSEST = re.compile(rf"(?:{phrases.pattern('closest_family')}) (?:has|had|was|is|got|gets)\b", re.IGNORECASE)
GOES_ON = re.compile(r"(?:it|they|these|those)\b", re.IGNORECASE)
SURE = 0.5  # score from which small talk is dropped
ABOUT_YOU = re.compile(r"\byou(?:r|'\w+)?\b", re.IGNORECASE)
CARRIES_FACT = re.compile(rf"\d|n't\b|\b(?:{phrases.pattern('facts')})\b", re.IGNORECASE)
NOT_MADE_OUT = re.compile(r"(?:____ )?\[inaudible [\d:]+\]")  # a person must see it
DOSE = re.compile(r"\d ?(?:mg|mcg|g|ml|units?|tablets?|puffs?)\b", re.IGNORECASE)
PLANNED = re.compile(rf"'ll\b|\b(?:{phrases.pattern('planned')})\b", re.IGNORECASE)
SAYS_WELL = re.compile(rf"(?:{phrases.pattern('says_well')})\.?", re.IGNORECASE)
JUDGED = re.compile(rf"\b(?:{phrases.pattern('judged')})\b", re.IGNORECASE)


def nowhere(span: Span) -> None:
    """Takes note of nothing."""


def arrange(
    transcript: Transcript,
    mode: Mode,
    classifier: SectionClassifier,
    config: Config,
    *,
    on_unread: OnUnread = nowhere,
) -> tuple[Section, ...]:
    """The note of a visit or of a dictation. Small talk goes; what was said stays close to its words.

    An utterance that breaks a rule is left out, and `on_unread` is told its place in the transcript's text.
    """
    if mode is Mode.DICTATION:
        return arrange_note(transcript, classifier, config, on_unread=on_unread)
    tagger = grammar.load(config.models)

    def made(said: Sequence[Utterance]) -> tuple[Section, ...]:
        sentences = _drafted(said, transcript, classifier, tagger)
        kept = salience.load().kept(sentences) if config.sections.brief else sentences
        return _sections(_headed(_numbered(kept, transcript, config)))

    sections, unread = without_faults(utterances.split(transcript), made, "sections")
    for utterance in unread:
        on_unread(utterance.span)
    return sections


def provenance(mode: Mode, config: Config) -> tuple[Provenance, ...]:
    """What the sentences of a visit are made with, besides the classifier; empty for a dictation."""
    if mode is Mode.DICTATION:
        return ()
    weighed = (salience.load().provenance,) if config.sections.brief else ()
    return (grammar.load(config.models).provenance, *weighed)


def drafted(transcript: Transcript, classifier: SectionClassifier, tagger: grammar.Grammar) -> list[Draft]:
    """All sentences that a visit gives, each in its section, in the order in which they were heard."""
    return _drafted(utterances.split(transcript), transcript, classifier, tagger)


def _drafted(
    heard: Sequence[Utterance], transcript: Transcript, classifier: SectionClassifier, tagger: grammar.Grammar
) -> list[Draft]:
    said = _labelled(runs.cut(heard, tagger), classifier, written=False)
    text = transcript.text
    made = [
        draft
        for draft in drafts(said, tagger)
        if draft.tokens and _matters(draft, " ".join(text[s.start : s.end] for s in draft.heard))
    ]
    if unheard := list(_not_made_out(said, made)):
        made = sorted([*made, *unheard], key=lambda draft: draft.heard[0].start)
    chief = _chief_complaint(made, [utterance for utterance, _, _ in said])
    placed = [
        replace(draft, kind=K.CHIEF_COMPLAINT if draft is chief else kind)
        for draft, kind in zip(made, _placed(made), strict=True)
    ]
    return _without_repeats(placed)


def arrange_note(
    transcript: Transcript, classifier: SectionClassifier, config: Config, *, on_unread: OnUnread = nowhere
) -> tuple[Section, ...]:
    """The note that a written or dictated text is: sentences kept verbatim, headings honoured, nothing dropped.

    `on_unread` as for `arrange`.
    """
    roles = {item.speaker: item.role for item in transcript.roles}

    def made(heard: Sequence[Utterance]) -> tuple[Section, ...]:
        sentences = [
            Draft(
                tokens.read(utterance.text, utterance.span.start),
                (utterance.span,),
                utterance.speaker,
                roles.get(utterance.speaker) if utterance.speaker else None,
                kind,
                score,
                rule="compose.verbatim",
            )
            for utterance, kind, score in _labelled(heard, classifier, written=True)
        ]
        return _sections(_numbered(sentences, transcript, config, verbatim=True))

    sections, unread = without_faults(utterances.split(transcript), made, "sections")
    for utterance in unread:
        on_unread(utterance.span)
    return sections


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
        elif written and headings.unknown(utterance.text):
            open_kinds = (K.OTHER,)
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


def _not_made_out(said: Sequence[Labelled], made: Sequence[Draft]) -> Iterator[Draft]:
    """What could not be made out and stands in no sentence of the note: on its own, so that a person sees it."""
    shown = {found for draft in made for found in NOT_MADE_OUT.findall(tokens.render(draft.tokens))}
    for utterance, kind, score in said:
        for found in NOT_MADE_OUT.finditer(utterance.text):
            if found[0] not in shown:
                start = utterance.span.start + found.start()
                span = Span(start, start + len(found[0]))
                read = tokens.read(found[0], start)
                yield Draft(read, (span,), utterance.speaker, utterance.role, kind, score, rule="compose.not_made_out")


def _chief_complaint(made: Sequence[Draft], said: Sequence[Utterance]) -> Draft | None:
    """The reason for the visit: the first thing the patient says after being asked for it, or else at the opening."""
    asked = next((item.span.end for item in said[:OPENING_UTTERANCES] if OPENING.search(item.text)), None)
    told = [draft for draft in made if draft.role is not Role.CLINICIAN and _may_be_chief(draft)]
    if asked is not None:
        return next((draft for draft in told if draft.heard[0].start >= asked), None)
    opening = said[min(OPENING_UTTERANCES, len(said)) - 1].span.end if said else 0
    early = [draft for draft in told if draft.heard[0].start < opening]
    return next((draft for draft in early if draft.kind is K.CHIEF_COMPLAINT), early[0] if early else None)


def _may_be_chief(draft: Draft) -> bool:
    return not draft.joined and len(draft.tokens) > 2 and not SAYS_WELL.fullmatch(tokens.render(draft.tokens))


def _placed(made: Sequence[Draft]) -> Iterator[SectionKind]:
    """The section of each draft, read in order.

    A clinician who goes on with "it ..." stays where the sentence before stood, and who has begun to say what it is
    no longer takes a history.
    """
    before: Draft | None = None
    kind, assessing = K.OTHER, False
    for draft in made:
        own = _kind(draft)
        if draft.role is Role.CLINICIAN and not draft.joined and not draft.instructs:
            goes_on = before is not None and before.role is Role.CLINICIAN and kind in FINDINGS
            if goes_on and GOES_ON.match(tokens.render(draft.tokens)):
                own = kind
            elif assessing and own in (K.HPI, K.PAST_MEDICAL):
                own = _assessment_or_plan(tokens.render(draft.tokens), K.ASSESSMENT)
            assessing = assessing or (own is K.ASSESSMENT and JUDGED.search(tokens.render(draft.tokens)) is not None)
        yield own
        before, kind = draft, own


def _kind(draft: Draft) -> SectionKind:
    kind = draft.kind
    if kind is K.CHIEF_COMPLAINT:
        return K.HPI
    if draft.role not in (None, Role.CLINICIAN) and kind in CLINICIANS_OWN and not draft.joined:
        return K.HPI
    if kind in (K.ASSESSMENT, K.PLAN) and not draft.instructs:
        return _assessment_or_plan(tokens.render(draft.tokens), kind)
    if kind is K.HPI and _is_medication(draft):
        return K.MEDICATIONS
    return K.HPI if kind is K.OTHER and draft.role is not Role.CLINICIAN else kind


def _is_medication(draft: Draft) -> bool:
    """Whether the sentence is a line of a list of drugs: "Atorvastatin, 40 mg at night."."""
    text = tokens.render(draft.tokens)
    return any(span.start == 0 for span in named.drugs(text)) and DOSE.search(text) is not None


def _matters(draft: Draft, said: str) -> bool:
    """Whether a sentence belongs into a note: all but talk, and what a clinician says in passing during the history.

    `said` is the text it was heard in.
    """
    if NOT_MADE_OUT.search(said):
        return True
    fact = CARRIES_FACT.search(said) is not None
    if draft.kind is K.OTHER and not draft.joined:
        return fact and draft.score < SURE
    if draft.role is Role.CLINICIAN and catalog.group_of(draft.kind) is SectionGroup.HISTORY:
        return fact or ABOUT_YOU.search(said) is not None
    return True


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
    in_order = sorted(drafts, key=lambda draft: (order[draft.kind], draft.heard[0].start))
    for number, draft in enumerate(in_order, 1):
        yield draft, _statement(f"s{number}", draft, transcript, config, verbatim=verbatim)


def _headed(numbered: Iterable[tuple[Draft, Statement]]) -> Iterator[tuple[Draft, Statement]]:
    """A statement that names a problem is its own head; what else belongs to it is found by `problems.linked`."""
    for draft, statement in numbered:
        yield draft, replace(statement, problem=statement.id) if draft.problem else statement


def _statement(number: str, draft: Draft, transcript: Transcript, config: Config, *, verbatim: bool) -> Statement:
    text = transcript.text[draft.heard[0].start : draft.heard[0].end] if verbatim else tokens.render(draft.tokens)
    words = [word for span in draft.heard for word in transcript.words_in(span)]
    seconds = tuple(interval for span in draft.heard if (interval := transcript.seconds(span)) is not None)
    return Statement(
        number,
        text,
        draft.heard,
        seconds,
        _claim(draft, text),
        draft.speaker,
        draft.role,
        min((word.probability for word in words), default=1.0),
        _doubtful(draft, text, transcript, config.sections.doubtful_below, verbatim=verbatim),
        rule=draft.rule,
    )


def _claim(draft: Draft, text: str) -> Assertion:
    """What the answer settled, else what the words claim; a relative's illness is never the patient's."""
    own = assertion_of(text, draft.kind)
    present = draft.assertion in (None, Assertion.PRESENT)
    if present and draft.role is Role.PATIENT and CLOSEST.match(text) and own is Assertion.PRESENT:
        return Assertion.FAMILY  # "My wife has diabetes"
    return own if draft.assertion is None or (present and own is Assertion.FAMILY) else draft.assertion


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
