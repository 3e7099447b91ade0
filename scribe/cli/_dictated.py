"""What was dictated so far, as it is written: commands carried out, figures set, anew with every word.

`written` is all of it. For a reader that cannot take anything back (a pipe) there are pieces: an utterance is handed
out once the next one was said, as that one left it. So "scratch that" comes in time.
"""

from __future__ import annotations

from collections.abc import Sequence

from scribe.config import Config
from scribe.dictation import write
from scribe.dictation.written import Written
from scribe.types import Mode, Segment, Transcript, Word

UTTERANCE_PAUSE = 0.5  # seconds of silence between two utterances, as "scratch that" counts them


class Dictated:
    """Grows by committed words."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._given = ""  # handed out as pieces
        self.taken_back = False  # a command has changed what was handed out already

    def written(self, words: Sequence[Word]) -> str:
        """Everything, as it stands on the page."""
        return _text(self._page(words))

    def piece(self, words: Sequence[Word], *, last: bool) -> str:
        """What can be handed out now and was not before; "" for nothing. `last`: nothing more will be said.

        Where a command reaches back to what was handed out, `taken_back` is set and the text is handed out anew from
        the word on that it changed.
        """
        page = self._page(words)
        settled = len(words) if last else _settled([word for word in words if word.text])
        text = _text([item for item in page if item.last < settled])
        shared = _alike(text, self._given)
        if shared < len(self._given):
            self.taken_back = True
            shared = max(text.rfind(" ", 0, shared), text.rfind("\n", 0, shared)) + 1 if shared < len(text) else shared
        self._given = text
        return text[shared:].strip()

    def _page(self, words: Sequence[Word]) -> Sequence[Written]:
        said = tuple(word for word in words if word.text)
        return write.write(Transcript((Segment(said),)), Mode.DICTATION, self._config).written if said else ()


def _text(page: Sequence[Written]) -> str:
    return "".join(item.word.text for item in page).strip()


def _settled(words: Sequence[Word]) -> int:
    """How many words come before the last utterance."""
    for at in range(len(words) - 1, 0, -1):
        if words[at].start - words[at - 1].end >= UTTERANCE_PAUSE:
            return at
    return 0


def _alike(one: str, other: str) -> int:
    """How many characters two texts share from their beginning."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
