from scribe.dictation.atoms import Line
from scribe.dictation.rules import Doubt


def doubts(line, written):
    return []
