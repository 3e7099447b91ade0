"""Is this a dictation, or a visit? By the words alone: before anybody knows who speaks."""

from __future__ import annotations

import re

from scribe.dictation.parse import is_dense, spoken
from scribe.types import Transcript

FEWEST_MARKS = 2
FEWEST_WORDS = 20  # less than this tells nothing without spoken marks
ADDRESS = re.compile(r"\b(?:you|your|yours|yourself|you're|you've|you'll|you'd)\b", re.IGNORECASE)
ANSWER = re.compile(r"\b(?:yeah|yep|okay|ok|um|uh|mhm|hello|hi|thanks)\b", re.IGNORECASE)
REPORT = re.compile(
    r"\b(?:patient|patient's|denies|reports|presents|presented|history|examination|exam|impression|diagnosis|"
    r"assessment|plan|procedure|unremarkable|bilaterally|she|he|her|his)\b",
    re.IGNORECASE,
)
MOST_TALK = 0.01  # of all words: more address, answers and questions than this is a conversation
LEAST_REPORT = 0.02  # of all words


def is_dictation(transcript: Transcript) -> bool:
    """Whether one person speaks for the record: marks are spoken, or nobody asks, answers or is addressed."""
    if len({word.speaker for word in transcript.words if word.speaker is not None}) > 1:
        return False
    words = len(transcript.words)
    marks = len(spoken(transcript.words))
    if marks >= FEWEST_MARKS and is_dense(marks, words):
        return True
    if words < FEWEST_WORDS:
        return False
    text = transcript.text
    talk = len(ADDRESS.findall(text)) + len(ANSWER.findall(text)) + text.count("?")
    return talk <= MOST_TALK * words and len(REPORT.findall(text)) >= LEAST_REPORT * words
