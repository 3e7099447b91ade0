"""What was dictated so far, as it is written: commands carried out, figures set, anew with every word.

`written` is all of it. For a reader that cannot take anything back (a pipe) there are pieces: an utterance is handed
out once the next one has begun, so that "scratch that" can still reach it.
"""

from __future__ import annotations

from collections.abc import Sequence

from scribe.config import Config
from scribe.dictation import write
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
        said = tuple(word for word in words if word.text)
        if not said:
            return ""
        page = write.write(Transcript((Segment(said),)), Mode.DICTATION, self._config)
        return "".join(item.word.text for item in page.written).strip()

    def piece(self, words: Sequence[Word], *, last: bool) -> str:
        """What can be handed out now and was not before; "" for nothing. `last`: nothing more will be said.

        Where a command reaches back to what was handed out, `taken_back` is set and the text is handed out anew from
        the word on that it changed.
        """
        text = self.written(words if last else words[: _settled(words)])
        shared = _alike(text, self._given)
        if shared < len(self._given):
            self.taken_back = True
            shared = max(text.rfind(" ", 0, shared), text.rfind("\n", 0, shared)) + 1 if shared < len(text) else shared
        self._given = text
        return text[shared:].strip()


def _settled(words: Sequence[Word]) -> int:
    """How many words belong to utterances after which another has begun."""
    for at in range(len(words) - 1, 0, -1):
        if words[at].start - words[at - 1].end >= UTTERANCE_PAUSE:
            return at
    return 0


def _alike(one: str, other: str) -> int:
    """How many characters two texts share from their beginning."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
