"""Notes with everything a keyboard, a recogniser or an attacker can put into them."""

from __future__ import annotations

from hypothesis import strategies as st

from scribe.types import (
    Assertion,
    CodeSuggestion,
    Coding,
    Encounter,
    Evidence,
    Interval,
    Mode,
    Note,
    Section,
    SectionGroup,
    SectionKind,
    Span,
    Statement,
    SuggestionStatus,
)
from scribe.view import Letter, Particulars, Practice

MARKS = ["<script>alert(1)</script>", "]]>", "&amp; &", "'\"", "{{ 7*7 }}", "{text}", "https://example.org/x.png"]
SIGNS = ["\x00\x07\x1b", "\ud800", "\ufffe\uffff", "\u202e0.5\u202c", "\r\n", "\u2028", "   ", ""]
ODD = [*MARKS, *SIGNS, "0.5 mg \u2014 \u00e9\u4e2d\u0627\U0001f642"]
texts = st.one_of(st.text(max_size=30), st.sampled_from(ODD), st.lists(st.sampled_from(ODD), max_size=3).map("".join))
dates = st.one_of(st.none(), texts, st.dates().map(lambda day: day.isoformat()))
kinds = st.sampled_from(SectionKind)


@st.composite
def notes(draw: st.DrawFn) -> Note:
    """A note of a few sections; codes rest on its statements."""
    sections, made = [], list[Statement]()
    for kind in draw(st.lists(kinds, max_size=3, unique=True)):
        statements = []
        for _ in range(draw(st.integers(0, 2))):
            text = draw(texts)
            heard = draw(st.booleans())
            doubtful = (Span(0, len(text) // 2),) if text and draw(st.booleans()) else ()
            statements.append(
                Statement(
                    f"s{len(made) + len(statements)}",
                    text,
                    (Span(0, 1),) if heard else (),
                    (Interval(1.0, 2.0),) if heard else (),
                    doubtful=doubtful,
                    author=None if heard else draw(texts) or "x",
                )
            )
        made += statements
        loinc = draw(st.sampled_from(["10164-2", ""]))
        sections.append(Section(kind, draw(texts), draw(st.sampled_from(SectionGroup)), loinc, tuple(statements)))
    spoken = [statement for statement in made if statement.text]
    codes = st.builds(
        CodeSuggestion,
        st.builds(
            Coding, st.sampled_from(["icd10cm", "hcpcs"]), texts, st.sampled_from(["I10", "Z87.891", "E11.9"]), texts
        ),
        st.sampled_from(spoken).map(lambda item: (Evidence(item.id, Span(0, 1), Assertion.PRESENT, "rule", 0.5),))
        if spoken
        else st.nothing(),
        st.sampled_from(SuggestionStatus),
    )
    return Note(
        draw(texts),
        Encounter(draw(texts), draw(st.sampled_from(Mode)), draw(dates)),
        tuple(sections),
        tuple(draw(st.lists(codes, max_size=3))) if spoken else (),
        template=draw(st.sampled_from(["", "soap", "consult", "mine"])),
    )


letters = st.builds(
    Letter,
    st.none() | st.builds(Practice, texts, st.lists(texts, max_size=2).map(tuple)),
    st.builds(Particulars, texts, dates.map(lambda day: day or ""), texts, texts),
    st.sampled_from(["letter", "a4"]),
)
