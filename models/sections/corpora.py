"""The training data: readers of the four dialogue sets, and labels for the utterances of a visit.

MTS-Dialog labels whole snippets. ACI-Bench has visits with their notes: an utterance takes the section of the note
sentence it shares most words with. What neither labels (OSCE interviews, PriMock57, talk that no note repeats) is
labelled by topic cues, and an answer takes the topic of its question.
"""

import csv
import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cues

from scribe.bench import divisions, encounters
from scribe.bench.encounters import Division
from scribe.sections.catalog import MTS_HEADERS
from scribe.types import SectionKind

csv.field_size_limit(10**9)
SPEAKERS = {"doctor": "clinician", "guest_clinician": "clinician", "patient": "patient", "guest_family": "other"}
LABEL = re.compile(r"\b(Doctor|Patient|Guest_family|Guest_clinician)(?:_\d)?\s*:\s*")
FAMILY = re.compile(
    r"\b(mother|father|mom|dad|mum|brothers?|sisters?|siblings?|parents?|grand\w+|uncles?|aunts?|cousins?|famil\w+|children|"
    r"sons?|daughters?|maternal|paternal)\b",
    re.I,
)
RELATIVES_ILLNESS = re.compile(
    r"\bmy (mother|father|mom|dad|mum|brothers?|sisters?|grand\w+|uncles?|aunts?)('s)?\b"
    r"[^.]{0,30}\b(had|has|have|died|passed|got|was diagnosed)\b",
    re.I,
)
SOCIAL = re.compile(
    r"\b(smok\w*|tobacco|alcohol\w*|drink\w*|drugs?|cigarettes?|married|divorced|work\w*|jobs?|occupation|lives?|living)\b",
    re.I,
)
NOTE_HEADINGS = {
    "CHIEF COMPLAINT": "chief_complaint", "RESULTS": "results", "REVIEW OF SYSTEMS": "ros", "EXAM": "exam",
    "HISTORY OF PRESENT ILLNESS": "hpi", "HPI": "hpi", "PHYSICAL EXAM": "exam", "PHYSICAL EXAMINATION": "exam",
    "ASSESSMENT AND PLAN": "a&p", "INSTRUCTIONS": "plan", "PLAN": "plan", "ASSESSMENT": "assessment",
    "IMPRESSION": "assessment", "SOCIAL HISTORY": "social", "VITALS": "vitals", "VITALS REVIEWED": "vitals",
    "MEDICATIONS": "medications", "CURRENT MEDICATIONS": "medications", "MEDICAL HISTORY": "past_medical",
    "PAST MEDICAL HISTORY": "past_medical", "PAST HISTORY": "past_medical", "FAMILY HISTORY": "family",
    "ALLERGIES": "allergies", "SURGICAL HISTORY": "surgical", "PROCEDURE": "plan",
}  # fmt: skip
SUBHEADINGS = {"medical": "past_medical", "surgical": "surgical", "social": "social", "family": "family"}
REASONING = re.compile(r"[•\-\s]*(medical reasoning|impression|assessment)", re.I)
ACTION = re.compile(
    r"[•\-\s]*(medical treatment|additional testing|patient education|specialist referral|patient agreement|plan)", re.I
)
DOING = re.compile(r"\b(will|recommend\w*|prescri\w+|order\w*|advis\w+|continue|follow)\b", re.I)
STOP_WORDS = (
    "the a an and or of to in is are was were it i you he she they we that this so for on with at by as my your "
    "her his have has had do does did be been am if but um uh okay ok yeah yes no not just like know well all "
    "right what how when there them me any some about then would could can will going gonna let go get got think "
    "really good from patient denies reports states she's he's it's i'm i've don't that's little bit out up one "
    "today"
)
STOP = frozenset(STOP_WORDS.split())
MIXED = frozenset({"PASTMEDICALHX", "GENHX", "OTHER_HISTORY", "ROS", "CC"})  # headers under which anything is asked
SPECIFIC = frozenset({"allergies", "immunizations", "surgical", "family", "social", "medications"})
HEADERS = {
    "exam": "EXAM", "vitals": "EXAM", "assessment": "ASSESSMENT", "plan": "PLAN", "hpi": "GENHX", "ros": "ROS",
    "medications": "MEDICATIONS", "allergies": "ALLERGY", "family": "FAM/SOCHX", "social": "FAM/SOCHX",
    "surgical": "PASTSURGICAL", "past_medical": "PASTMEDICALHX", "immunizations": "IMMUNIZATIONS", "results": "LABS",
}  # fmt: skip
IMAGED = re.compile(r"x-?ray|mri|\bct\b|ultrasound|echo|scan|imaging", re.I)
LONGEST = {True: 6, False: 10}  # utterances of a snippet cut from a visit: of the clinician's findings, of history
FEWEST = {True: 8, False: 12}  # words of one
FINDINGS = frozenset({"exam", "vitals", "results", "assessment", "plan"})
STRONG = 2.5  # shared weight from which a note sentence is taken to tell what an utterance says


@dataclass(frozen=True)
class Snippet:
    """One row of MTS-Dialog."""

    number: int  # of the row it is, or was translated from
    header: str
    text: str
    turns: list[tuple[str, str]]


@dataclass(frozen=True)
class Said:
    """One utterance of a visit and the section it belongs to, None where nothing tells."""

    role: str | None
    text: str
    kind: str | None


def sentences(text: str) -> list[str]:
    """Split at the end of sentences."""
    return [part for part in re.split(r"(?<=[.!?])\s+", text.strip()) if part]


def mts(path: Path) -> list[Snippet]:
    """The rows of one file of MTS-Dialog."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [
        Snippet(int(row["ID"].split()[-1]), row["section_header"], row["section_text"], _turns(row["dialogue"]))
        for row in rows
    ]


def _turns(dialogue: str) -> list[tuple[str, str]]:
    marks = list(LABEL.finditer(dialogue))
    ends = [mark.start() for mark in marks[1:]] + [len(dialogue)]
    pairs = [
        (SPEAKERS[mark[1].lower()], dialogue[mark.end() : end].strip()) for mark, end in zip(marks, ends, strict=False)
    ]
    return [(role, text) for role, text in pairs if text]


def kind_of(header: str, text: str) -> str:
    """The section kind of a snippet; family and social history, one header there, are told apart by their words."""
    if header != "FAM/SOCHX":
        return MTS_HEADERS[header].value
    return "family" if len(FAMILY.findall(text)) > len(SOCIAL.findall(text)) else "social"


def snippet_visit(snippet: Snippet) -> list[Said]:
    """The utterances of a snippet: all of its kind but for courtesies."""
    own = kind_of(snippet.header, snippet.text)
    said, topic = [], own
    for role, text in snippet.turns:
        for sentence in sentences(text):
            if snippet.header in MIXED and role == "clinician" and sentence.endswith("?"):
                asked = cues.question(sentence)
                topic = asked if asked in SPECIFIC else own
            if snippet.header == "FAM/SOCHX" and (found := _family_or_social(sentence)):
                topic = found
            kind = None if role == "other" else topic
            said.append(Said(role, sentence, "other" if cues.chatter(sentence) and "?" not in sentence else kind))
    return [Said(item.role, item.text, _answers(said, at) or item.kind) for at, item in enumerate(said)]


def _family_or_social(sentence: str) -> str | None:
    family, social = FAMILY.search(sentence), SOCIAL.search(sentence)
    return None if bool(family) == bool(social) else "family" if family else "social"


def _answers(said: list[Said], at: int) -> str | None:
    """A bare yes or no straight after a question has the question's kind."""
    if at and said[at].kind == "other" and said[at - 1].text.endswith("?") and said[at].role != said[at - 1].role:
        return said[at - 1].kind
    return None


def note_visit(snippet: Snippet) -> list[Said]:
    """The note text of a snippet as dictated sentences, spoken by nobody in particular."""
    kind = kind_of(snippet.header, snippet.text)
    return [Said(None, sentence, kind) for sentence in sentences(snippet.text)]


def osce(folder: Path) -> Iterator[list[tuple[str, str]]]:
    """The transcribed interviews, without the two that are kept as recordings for measuring."""
    kept = {path.stem for path in (folder / "audio").glob("*.mp3")}
    for path in sorted((folder / "transcripts").glob("*.txt")):
        if path.stem not in kept:
            lines = re.findall(r"^\W*([DP])\s*[:;.]\s*(.+)$", path.read_text(errors="replace"), re.MULTILINE)
            yield [({"D": "clinician", "P": "patient"}[who], text.strip()) for who, text in lines]


def primock(folder: Path) -> Iterator[list[tuple[str, str]]]:
    """The consultations, turns of both speakers in order of time."""
    for path in sorted(folder.glob("*_doctor.TextGrid")):
        turns = []
        for role, name in (("clinician", "doctor"), ("patient", "patient")):
            grid = path.with_name(path.name.replace("_doctor", f"_{name}")).read_text(errors="replace")
            for start, text in re.findall(r"xmin = ([\d.]+)\s+xmax = [\d.]+\s+text = \"(.*?)\"", grid, re.DOTALL):
                if words := re.sub(r"<[^>]*>", " ", text).strip():
                    turns.append((float(start), role, re.sub(r"\s+", " ", words)))
        yield [(role, text) for _, role, text in sorted(turns)]


def aci(path: Path) -> Iterator[tuple[list[Said], list[Said]]]:
    """Each visit's utterances, labelled by its note, and the note's sentences with their section."""
    for encounter in encounters.read(path):
        spoken = divisions.sentences(encounter)
        aligned = [found for turn in divisions.align(spoken, encounter.divisions) for found in turn]
        said = [
            (turn.role or "other", text) for turn, texts in zip(encounter.turns, spoken, strict=True) for text in texts
        ]
        note = list(_note(encounter.note))
        kinds = _aligned(said, note, aligned)
        yield (
            [Said(*item, kind) for item, kind in zip(said, kinds, strict=True)],
            [Said(None, text, kind) for kind, text in note],
        )


def _aligned(
    said: list[tuple[str, str]], note: list[tuple[str, str]], aligned: list[Division | None]
) -> list[str | None]:
    """What went to a division of the note takes the section, in that division, of the sentence it shares most with."""
    weights = divisions.shared([divisions.stems(text) for _, text in said], [divisions.stems(text) for _, text in note])
    kinds = cued(said, note)
    for at, (division, row) in enumerate(zip(aligned, weights, strict=True)):
        inside = [
            (weight, kind)
            for weight, (kind, _) in zip(row, note, strict=True)
            if weight and encounters.division_of(SectionKind(kind)) is division
        ]
        if inside:
            kinds[at] = max(inside, key=lambda item: item[0])[1]
    return kinds


def aci_snippets(path: Path) -> list[Snippet]:
    """Stretches of visits about one thing, as further examples of the headers; they belong to no row (number -1)."""
    found = []
    for encounter in encounters.read(path):
        spoken = [(turn.role or "other", text) for turn in encounter.turns for text in sentences(turn.text)]
        kinds = cued(spoken, list(_note(encounter.note)))
        said, at = [Said(*item, kind) for item, kind in zip(spoken, kinds, strict=True)], 0
        while at < len(said):
            kind, end = said[at].kind, at + 1
            if kind not in HEADERS or (kind in FINDINGS and said[at].role != "clinician"):
                at += 1
                continue
            longest = LONGEST[kind in FINDINGS]
            while end < len(said) and end - at < longest and said[end].kind in (kind, None, "other"):
                end += 1
            spoken = [(item.role or "other", item.text) for item in said[at:end]]
            text = " ".join(words for _, words in spoken)
            header = "IMAGING" if kind == "results" and IMAGED.search(text) else HEADERS[kind]
            both = kind in FINDINGS or len({role for role, _ in spoken}) > 1
            if both and len(text.split()) >= FEWEST[kind in FINDINGS]:
                found.append(Snippet(-1, header, "", spoken))
            at = end
    return found


def _note(note: str) -> Iterator[tuple[str, str]]:
    current, part = "hpi", "assessment"
    for line in filter(None, map(str.strip, note.split("\n"))):
        name = line.rstrip(":")
        if name.upper() == name and name in NOTE_HEADINGS:
            current, part = NOTE_HEADINGS[name], "assessment"
        elif name.lower() in SUBHEADINGS:
            current = SUBHEADINGS[name.lower()]
        else:
            part = _part(line, part) if current == "a&p" else part
            yield from ((part if current == "a&p" else current, text) for text in sentences(line) if text.strip("•- "))


def _part(line: str, part: str) -> str:
    if REASONING.match(line) or len(line) < 60:
        return "assessment"
    if ACTION.match(line):
        return "plan"
    return part if line[0] in "•-" else "plan" if DOING.search(line) else "assessment"


def _stem(word: str) -> str:
    for ending in ("ations", "ation", "ings", "ing", "edly", "ed", "ies", "es", "s", "ly"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word


def content(text: str) -> set[str]:
    """Stems of the words that carry meaning."""
    found = re.findall(r"[a-z]+(?:'[a-z]+)?|\d+(?:\.\d+)?", text.lower())
    return {_stem(word) for word in found if word not in STOP and (len(word) > 2 or word.isdigit())}


def visit(turns: list[tuple[str, str]]) -> list[Said]:
    """The utterances of a visit without a note, labelled by cues."""
    spoken = [(role, sentence) for role, text in turns for sentence in sentences(text)]
    return [Said(role, text, kind) for (role, text), kind in zip(spoken, cued(spoken), strict=True)]


def cued(spoken: list[tuple[str, str]], note: list[tuple[str, str]] | None = None) -> list[str | None]:
    """The section of each utterance by cues and, given a note, by what it repeats; None where nothing tells."""
    repeated = _repeated(spoken, note) if note else [None] * len(spoken)
    said: list[str | None] = []
    topic, age, opened = None, 99, False
    for at, (role, text) in enumerate(spoken):
        age += 1
        if role == "clinician" and text.endswith("?"):
            topic, age = cues.question(text), 0
            if re.search(r"(brings? you|can i (do|help)|what's going on|how can i help|what seems)", text, re.I):
                topic, opened = "chief_complaint", True
            kind = topic
        elif cues.chatter(text):
            kind = topic if age == 1 and role == "patient" else "other"
        elif role == "clinician":
            kind = repeated[at] if repeated[at] in FINDINGS else cues.clinician(text)
        else:
            kind = _patient(text) or (topic if age <= 6 else None)
            kind = kind or (repeated[at] if repeated[at] not in FINDINGS else None)
            if topic == "chief_complaint" and opened:
                opened, topic = False, "hpi"
        said.append(kind)
    return said


def _patient(text: str) -> str | None:
    if RELATIVES_ILLNESS.search(text):
        return "family"
    if re.search(r"\ballergic to\b", text, re.I):
        return "allergies"
    return "social" if re.search(r"\bi (smoke|drink|live with|work (as|in|at))\b", text, re.I) else None


def _repeated(spoken: list[tuple[str, str]], note: list[tuple[str, str]]) -> list[str | None]:
    """For each utterance the section of the note sentence it shares most with, None where that is little."""
    counts = Counter(word for _, text in spoken for word in content(text))
    known = [(kind, content(text)) for kind, text in note]
    found: list[str | None] = []
    for role, text in spoken:
        best, kind = STRONG, None
        for section, words in known:
            if section in FINDINGS and (role != "clinician" or text.endswith("?")):
                continue
            shared = sum(math.log(1 + len(spoken) / (1 + counts[word])) for word in content(text) & words)
            if (score := shared / math.sqrt(3 + len(words))) > best:
                best, kind = score, section
        found.append(kind)
    return found
