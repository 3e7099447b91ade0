"""The kinds of fault for which a sentence cannot stand in a note."""

from __future__ import annotations

from enum import StrEnum


class Fault(StrEnum):
    """Why a sentence cannot stand in a note."""

    FRAGMENT = "fragment"
    RUN_ON = "run on"
    FIRST_PERSON = "first person"
    SECOND_PERSON = "second person"
    QUESTION = "question"
    QUOTATION = "quotation"
    FILLER = "filler"
    DANGLING = "dangling"  # ends in a preposition, determiner, conjunction or a verb that lacks what it takes
    NO_ANTECEDENT = "no antecedent"  # "it", "this", "they" with no noun before them
    NAMES_NOTHING = "names nothing"
    ORDER_TO_PATIENT_IN_ROOM = "order in room"  # said to the patient who is being examined
    REPEATED = "repeated"
    META = "meta"  # talk about the note, the recording or the visit itself
    UNGRAMMATICAL = "ungrammatical"
