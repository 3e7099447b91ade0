"""Small talk: courtesies, acknowledgements, and talk about the visit itself."""

from __future__ import annotations

import re

from scribe.sections import phrases

CHATTER = re.compile(rf"^[\W_]*(?:(?:{phrases.pattern('courtesies')})(?![\w'])[\W_]*)+$", re.IGNORECASE)
OPENERS = r"(?:so|and|okay|ok|well|um|uh|now|alright|all right|yeah|great|good|perfect)"
TALK = re.compile(rf"^(?:{OPENERS}[,.]? )*(?:{phrases.pattern('visit_talk')})(?![\w'])", re.IGNORECASE)
EXAM_TALK = re.compile(rf"^(?:{OPENERS}[,.]? )*(?:{phrases.pattern('exam_talk')})", re.IGNORECASE)
FINDING = re.compile(rf"\d|n't\b|\b(?:{phrases.pattern('findings')})\b", re.IGNORECASE)
SHORT = 16  # words: a longer sentence that begins as talk may go on to a fact
DEVICE = re.compile(r"(?:hey,? )?(?:dragon\W+)?(?:show me|finalize|pull up)\b", re.IGNORECASE)


def is_chatter(text: str) -> bool:
    """Whether the whole sentence is a courtesy, an acknowledgement or talk about the visit itself."""
    plain = text.replace("\u2019", "'").strip()
    if CHATTER.match(plain) or DEVICE.match(plain):
        return True
    talk = TALK.match(plain) or EXAM_TALK.match(plain)
    return talk is not None and len(plain.split()) <= SHORT and not FINDING.search(plain)
