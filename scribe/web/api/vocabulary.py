"""`/api/v1/vocabulary`: the user's own words, the list of `scribe vocab`. They are heard from the next recording on."""

from __future__ import annotations

from threading import Lock

from fastapi import APIRouter

from scribe.asr import user_words
from scribe.asr.user_words import UserWord
from scribe.clinical.lexicon import key_of
from scribe.web.answers import problems
from scribe.web.desk import AtDesk, Desk
from scribe.web.identity import require
from scribe.web.problems import ProblemError
from scribe.web.schemas.signing import OwnWordIn, OwnWordOut, OwnWords, WordName

router = APIRouter(prefix="/api/v1/vocabulary", tags=["vocabulary"])
_WRITING = Lock()  # of one process; the file itself is written whole or not at all


@router.get("", dependencies=[require("vocabulary:edit")])
def list_words(desk: AtDesk) -> OwnWords:
    """The list, in its order."""
    return _shown(user_words.read(user_words.file(desk.config.asr)).words)


@router.post("", dependencies=[require("vocabulary:edit")], responses=problems(422))
def add_word(given: OwnWordIn, desk: AtDesk) -> OwnWords:
    """Add a word, or replace it by its new kind and sounds."""
    word = user_words.checked(given.text, given.kind, given.sounds_like, even_common=given.even_common)
    with _WRITING:
        path = user_words.file(desk.config.asr)
        words = user_words.merged(user_words.read(path).words, [word])
        user_words.write(path, words)
    return _shown(words)


@router.post("/remove", dependencies=[require("vocabulary:edit")], responses=problems(404, 422))
def remove_word(given: WordName, desk: AtDesk) -> OwnWords:
    """Take a word off the list."""
    with _WRITING:
        return _shown(_removed(desk, given.text))


def _removed(desk: Desk, text: str) -> tuple[UserWord, ...]:
    path = user_words.file(desk.config.asr)
    words = user_words.read(path).words
    left = tuple(word for word in words if key_of(word.text) != key_of(text))
    if len(left) == len(words):
        raise ProblemError(404, "not-found", "this word is not on the list: read the list again")
    user_words.write(path, left)
    return left


def _shown(words: tuple[UserWord, ...]) -> OwnWords:
    return OwnWords(
        words=[
            OwnWordOut(text=word.text, kind=word.kind, sounds_like=list(word.sounds_like), even_common=word.even_common)
            for word in words
        ]
    )
