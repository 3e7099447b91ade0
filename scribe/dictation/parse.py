"""Which words of a dictation are commands.

Whether a phrase is a command or only words is decided by what stands beside it: an article, a pause, the words that
the command's entry in `commands.yaml` names, and whether commands are frequent at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from scribe.clinical.number_words import BELOW_HUNDRED
from scribe.dictation import arguments
from scribe.dictation.arguments import Argument, Found
from scribe.dictation.commands import Action, Command, CommandSet, Phrase, Place
from scribe.dictation.commands import load as load_commands
from scribe.dictation.templates import TemplateSet
from scribe.dictation.templates import load as load_templates
from scribe.dictation.tokens import tokens
from scribe.types import Word

PAUSE = 0.3  # seconds of silence that set a word apart
DENSE = 40  # words: whoever dictates commands says at least one in so many; in running speech a lone "period" is a word
HEARD_MARKS = tuple(",.;:?!\u2026")
SENTENCE_ENDS = (".", "?", "!")
REACH = 80  # tokens back in which "correct X to Y" must find X where nothing sets the command apart
SOON = 30  # tokens within which an opening that needs its closing must find it
MOST_DOUBT_WORDS = 4  # "No, no. Wait." before it
MOST_LEAD_WORDS = 2  # "no, wait, scratch that" (InterNos: at most two words lead an utterance that takes back)

TAKES_BACK = (Action.SCRATCH, Action.UNDO)
ASKED_FOR = (Action.INSERT, Action.FLAG, Action.BLANK)
POLITE = frozenset({"please"})
FOLLOWED_BY_A_WORD = (Action.CAPS, Action.ALL_CAPS, Action.NO_CAPS, Action.LITERAL, Action.NO_SPACE)


@dataclass(frozen=True, slots=True)
class Spoken:
    """Words `first` to `last` (indices, both included) of a transcript are a command, with what belongs to it."""

    command: Command
    first: int
    last: int
    plain: bool  # a single word, which could be said for itself
    argument: Argument = field(default=None, repr=False)


def spoken(
    words: Sequence[Word], commands: CommandSet | None = None, templates: TemplateSet | None = None
) -> tuple[Spoken, ...]:
    """The commands, in order; none overlap. Without `commands` and `templates`: the shipped ones.

    Where they are rare, only phrases of several words that nobody says otherwise ("open parenthesis") are believed.
    """
    scan = partial(_Scan, words, commands or load_commands(), templates or load_templates())
    sure = tuple(scan(misheard=False))
    if not is_dense(len(sure), len(words)):
        return tuple(item for item in sure if not item.plain)
    return tuple(scan(misheard=True))


def is_dense(commands: int, words: int) -> bool:
    """Whether there are as many commands as in the speech of somebody who dictates them."""
    return commands > 0 and commands * DENSE >= words


class _Scan:
    """One pass over the words; what has been decided so far is context for what comes."""

    def __init__(self, words: Sequence[Word], commands: CommandSet, templates: TemplateSet, *, misheard: bool) -> None:
        self._words = words
        self._misheard = misheard
        self._tokens = tokens(words)
        self._commands = commands
        self._templates = templates
        self._groups = commands.groups
        self._articles = commands.groups["articles"]
        self._determiners = commands.groups["determiners"]
        self._done_until = -1  # the last token that belongs to a command
        self._item = 0  # number of the last item of a list

    def __iter__(self) -> Iterator[Spoken]:
        at = 0
        while at < len(self._tokens):
            item, at = self._next(at)
            if item is not None:
                yield item

    def _next(self, at: int) -> tuple[Spoken | None, int]:
        """The command that begins at a token, None where none does, and the token at which to go on."""
        skip = 1
        for phrase in self._matches(at):
            end = at + len(phrase.words) - 1
            found = self._argument(phrase, end)
            if found is None:
                continue
            skip = max(skip, len(phrase.words))
            first = self._led_from(at, self._lead_words(phrase.command))
            if self._is_command(phrase, first, at, found):
                return self._taken(phrase, first, end, found)
        return None, at + skip

    def _taken(self, phrase: Phrase, first: int, end: int, found: Found) -> tuple[Spoken, int]:
        action = phrase.command.action
        self._done_until = found.last
        if action in (Action.ITEM, Action.NEXT_ITEM):
            self._item = int(str(found.argument))
        elif action is Action.HEADING:
            self._item = 0
        plain = len(phrase.words) == 1 and found.argument is None
        item = Spoken(phrase.command, self._tokens[first].word, self._tokens[found.last].word, plain, found.argument)
        following = found.last + 1
        if action is Action.LITERAL:  # the phrase after it is words
            following += max((len(other.words) for other in self._matches(following)), default=1)
        return item, following

    def _matches(self, at: int) -> Iterator[Phrase]:
        """The phrases that begin at a token, longest first."""
        if at >= len(self._tokens) or not self._tokens[at].opens:
            return
        for phrase in self._commands.by_first_word.get(self._tokens[at].text, ()):
            if not phrase.heard_well and not self._misheard:
                continue
            matched = self._tokens[at : at + len(phrase.words)]
            if tuple(token.text for token in matched) == phrase.words and (
                matched[-1].ends or phrase.command.action is Action.ITEM
            ):
                yield phrase

    def _argument(self, phrase: Phrase, end: int) -> Found | None:
        """What belongs to a phrase that ends at a token; None where something must, and does not."""
        command, following = phrase.command, end + 1
        match command.action:
            case Action.HEADING:
                named = arguments.heading(self._tokens, following, self._commands)
                return named or (None if command.needs_name else Found(end, ""))
            case Action.INSERT:
                return arguments.template(self._tokens, following, self._templates)
            case Action.ITEM:
                return arguments.item(self._tokens, following, self._item + 1)
            case Action.NEXT_ITEM:
                return Found(end, str(self._item + 1))
            case Action.NUMERAL | Action.ROMAN_NUMERAL:
                return arguments.numeral(self._tokens, following, as_roman=command.action is Action.ROMAN_NUMERAL)
            case Action.SPELL:
                alphabet, paused = self._groups["spelling_alphabet"], partial(self._is_gap_after, marks=False)
                return arguments.spelling(self._tokens, following, alphabet, paused, self._is_in_capitals)
            case Action.CORRECT:
                return self._correction(end)
        if command.action in FOLLOWED_BY_A_WORD:
            before_command = next(self._matches(following), None) is not None
            if following >= len(self._tokens) or before_command is not (command.action is Action.LITERAL):
                return None
        if command.closed_by and not self._is_closed(following, command.closed_by):
            return None
        return Found(end)

    def _correction(self, end: int) -> Found | None:
        found = arguments.correction(
            self._tokens,
            end + 1,
            next((at for at in range(end, len(self._tokens)) if self._is_marked(at)), len(self._tokens)),
            self._groups["goals"],
            lambda at: self._is_gap_after(at) or next(self._matches(at + 1), None) is not None,
        )
        if found is None or self._is_apart(end):
            return found
        before = [token.text for token in self._tokens[max(end - REACH, 0) : end]]
        known = [split for split in found.splits if arguments.find_last(split.wrong, before) is not None]
        return replace(found, argument=tuple(known)) if known else None

    def _is_closed(self, at: int, name: str) -> bool:
        window = range(at + 1, min(at + SOON, len(self._tokens)))
        return any(phrase.command.name == name for place in window for phrase in self._matches(place))

    def _lead_words(self, command: Command) -> frozenset[str]:
        if command.action in TAKES_BACK:
            return self._groups["lead_words"]
        return POLITE if command.action in ASKED_FOR else frozenset()

    def _led_from(self, at: int, lead_words: frozenset[str]) -> int:
        """The first of the words that lead a command ("no, wait, scratch that", "please insert ...")."""
        first = at
        while first > 0 and at - first < MOST_LEAD_WORDS and self._tokens[first - 1].text in lead_words:
            lead = first - 1
            ends_sentence = self._words[self._tokens[lead].word].text.rstrip().endswith(SENTENCE_ENDS)
            if ends_sentence or lead <= self._done_until or (self._is_apart(first) and not self._is_apart(lead)):
                break
            first = lead
        return self._doubted_from(first) if first and lead_words is self._groups["lead_words"] else first

    def _doubted_from(self, first: int) -> int:
        """The first of the words of doubt that stand alone before a command that takes back.

        In "Ten units. No wait. Scratch that." they are no utterance: what was said before them is taken back. A plain
        "no" may be an answer.
        """
        start = first
        for at in range(first - 1, max(first - 1 - MOST_DOUBT_WORDS, self._done_until), -1):
            if self._tokens[at].text not in self._groups["lead_words"]:
                break
            if self._is_apart(at):
                start = at
        doubt = {token.text for token in self._tokens[start:first]} - self._groups["answers"]
        asked = start > 0 and self._words[self._tokens[start - 1].word].text.rstrip().endswith(("?", ":"))
        answer = asked or self._follows_command(start)
        return first if not doubt and answer else start

    def _is_command(self, phrase: Phrase, first: int, at: int, found: Found) -> bool:
        command, last = phrase.command, found.last
        before, after = self._text(first - 1), self._text(last + 1)
        if not self._follows_command(first) and before in self._articles and not command.after_articles:
            return False
        if not phrase.heard_well and not self._is_believable(command, at, last):
            return False
        apart, ends = self._is_apart(first), self._ends(last)
        if command.needs_pause:
            return apart and ends
        if command.action is Action.ITEM and not self._is_next_item(int(str(found.argument)), first, apart=apart):
            return False
        if command.action is Action.ITEM and apart and before in command.not_after and not self._is_paused(first - 1):
            return False  # "it is, uh, number one London Street"
        if command.write == "." and self._words[self._tokens[last].word].text.endswith("?"):
            return False  # "when was your last period?"
        if command.write == "." and not apart and self._is_followed_by(command, last):
            return False  # "she is on day two of her period period"
        if command.action is Action.BLANK and len(phrase.words) == 1 and before in self._groups["be"] and not apart:
            return not ends and after not in self._groups["joiners"]  # "weight is blank pounds", "the page was blank"
        if not apart and self._belongs_to_the_word_before(command, first, last):
            return False
        if after in command.not_before and not ends:
            return after == "of" and self._text(last + 2) == "note"  # "period. Of note, ..."
        if command.action in TAKES_BACK:
            return True  # `not_after` and `not_before` have had their say: "patients scratch that rash"
        return not command.needs_end or apart or ends or self._opens_clause(last + 1)

    def _is_next_item(self, number: int, first: int, *, apart: bool) -> bool:
        """Whether a number goes on with the list, or begins one: that stands apart, and is 1 or after silence."""
        if self._item and number == self._item + 1:
            return True
        return apart and (number == 1 or self._is_paused(first - 1))

    def _opens_clause(self, at: int) -> bool:
        text = self._text(at)
        return text in self._groups["clause_openers"] and (
            text != "patient" or self._text(at + 1) in self._groups["verbs"]
        )

    def _is_believable(self, command: Command, first: int, last: int) -> bool:
        """Whether a word that is not quite a command can be one: it stands where only a mark would stand."""
        before = self._text(first - 1)
        if self._is_apart(first) or next(self._matches(last + 1), None) or not before:
            return False
        if before in self._groups["joiners"] or before in command.misheard_not_after:
            return False
        return not command.misheard_only_after or before in command.misheard_only_after

    def _is_followed_by(self, command: Command, at: int) -> bool:
        following = next(self._matches(at + 1), None)
        return following is not None and following.command == command

    def _breaks_off(self, at: int) -> bool:
        """Whether a spoken line break, or nothing, follows a token."""
        following = next(self._matches(at + 1), None)
        breaks = following is not None and following.command.place is Place.BREAK
        return at + 1 >= len(self._tokens) or breaks

    def _belongs_to_the_word_before(self, command: Command, at: int, last: int) -> bool:
        before, breaks_off = self._text(at - 1), self._breaks_off(last)
        if before in command.not_after and not (breaks_off and before in self._determiners - {"any", "some", "same"}):
            return True
        named = before in self._determiners or before in command.not_after_led
        if named and self._text(last + 1) in self._groups["verbs"]:
            return True  # "her period is late", "last period was in May"
        if breaks_off:
            return False
        led_by = command.not_after_led.get(before, frozenset())
        if any(self._text(lead) in led_by for lead in self._leads(at - 1)):
            return True
        return command.write == "." and before in self._groups["time_units"] and self._is_number(at - 2)

    def _leads(self, at: int) -> Iterator[int]:
        """The tokens that lead a token: two words and any determiners among them, none of another sentence."""
        words = 0
        for lead in range(at - 1, -1, -1):
            if words == 2 or self._is_apart(lead + 1):
                return
            words += self._text(lead) not in self._articles | self._determiners
            yield lead

    def _is_number(self, at: int) -> bool:
        """More than one: `14-day period`, but `for 1 day, period`."""
        text = self._text(at)
        return BELOW_HUNDRED.get(text, 0) > 1 or (text.isdigit() and text != "1")

    def _text(self, at: int) -> str:
        return self._tokens[at].text if 0 <= at < len(self._tokens) else ""

    def _follows_command(self, at: int) -> bool:
        return at > 0 and at - 1 == self._done_until

    def _is_apart(self, at: int) -> bool:
        """Whether something sets a token apart from the one before: a command, a heard mark, a pause, the start."""
        return at <= 0 or self._follows_command(at) or self._is_gap_after(at - 1)

    def _ends(self, at: int) -> bool:
        """Whether something sets a token apart from the one after; another command does, too."""
        if at + 1 >= len(self._tokens):
            return True
        return self._is_gap_after(at) or next(self._matches(at + 1), None) is not None

    def _is_gap_after(self, at: int, *, marks: bool = True) -> bool:
        """Whether a pause, or a heard mark, stands after a token; nothing does within a word."""
        if at + 1 >= len(self._tokens):
            return True
        if self._tokens[at].word == self._tokens[at + 1].word:
            return False
        return self._is_paused(at) or (marks and self._is_marked(at))

    def _is_paused(self, at: int) -> bool:
        """Whether silence stands after a token."""
        if not 0 <= at < len(self._tokens) - 1:
            return True
        return self._words[self._tokens[at + 1].word].start - self._words[self._tokens[at].word].end >= PAUSE

    def _is_in_capitals(self, at: int) -> bool:
        """Whether the recogniser wrote a token in capitals: letters that it put together."""
        word = self._words[self._tokens[at].word].text
        return word.isupper() and len(self._tokens[at].text) > 1 and self._tokens[at].text.isalpha()

    def _is_marked(self, at: int) -> bool:
        """Whether the recogniser wrote a mark after a token's word."""
        return self._words[self._tokens[at].word].text.rstrip().endswith(HEARD_MARKS)
