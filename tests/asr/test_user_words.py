"""The user's own words: tidied, checked line by line, and written whole or not at all."""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribe.asr import user_words
from scribe.asr.user_words import UserWord, WordsError, checked, read, write
from scribe.clinical import english
from scribe.clinical.lexicon import TermKind, key_of
from scribe.config import AsrSettings
from scribe.errors import OutputError


def listed(tmp_path: Path, content: str | bytes, name: str = "words.txt") -> Path:
    file = tmp_path / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return file


# --- one word
def test_a_word_is_tidied() -> None:
    assert checked("  Okonkwo-Baptiste ", " Name ", ["oh conk wo  baptist"]) == UserWord(
        "Okonkwo-Baptiste", TermKind.NAME, ("oh conk wo baptist",)
    )


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("", "is empty"),
        ("   ", "is empty"),
        ("Zor\x07tiva", "control character"),
        ("Zor\u200btiva", "control character or one that cannot be seen"),
        ("Zor\ttiva", "control character"),
        ("Z" * 61, "longer than 60 characters"),
        ("one of the very longest Zortiva names", "more than 6 words"),
        ("10-20", "has no letter"),
        ("the", "everyday English word"),
        ("Discharge", "everyday English word"),
    ],
)
def test_a_word_that_cannot_be_used(text: str, wrong: str) -> None:
    with pytest.raises(WordsError, match=wrong):
        checked(text)


def test_an_unknown_kind_names_those_there_are() -> None:
    with pytest.raises(WordsError, match="it is one of drug, disease"):
        checked("Zortiva", "medicine")


def test_ways_to_say_it_are_checked_too() -> None:
    with pytest.raises(WordsError, match="sounds like is longer"):
        checked("Zortiva", sounds_like=["z" * 61])
    with pytest.raises(WordsError, match="more than 10 ways"):
        checked("Zortiva", sounds_like=[f"zor {letter}" for letter in "abcdefghijk"])


def test_a_sound_may_not_be_an_everyday_word() -> None:
    with pytest.raises(WordsError, match="would be changed where it is meant"):
        checked("Zortiva", sounds_like=["sorter", "water"])
    assert checked("Zortiva", sounds_like=["sort over; sort diva"]).sounds_like == ("sort over", "sort diva")


def test_an_everyday_word_only_on_demand() -> None:
    assert checked("colon", even_common=True).even_common
    assert checked("colon cancer clinic").text == "colon cancer clinic"


def test_a_surname_may_be_a_rarer_english_word() -> None:
    assert checked("Patel", "name").kind is TermKind.NAME
    with pytest.raises(WordsError, match="everyday"):
        checked("Long", "name")


@given(st.text(max_size=80))
def test_what_is_accepted_survives_the_file(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    try:
        word = checked(text, even_common=True)
    except WordsError:
        return
    path = tmp_path_factory.mktemp("words") / "words.tsv"
    write(path, [word, checked('"quoted" clinic', sounds_like=['"quo'])])
    assert read(path).words[0] == word
    assert read(path).words[-1].sounds_like == ('"quo',)


# --- a file
def test_no_list_is_an_empty_list(tmp_path: Path) -> None:
    assert read(tmp_path / "words.tsv").words == ()
    with pytest.raises(WordsError, match="there is no list of words"):
        read(tmp_path / "words.tsv", required=True)
    with pytest.raises(WordsError, match="is a folder"):
        read(tmp_path)


def test_a_text_file_has_one_word_a_line(tmp_path: Path) -> None:
    file = listed(tmp_path, "\ufeff# ours\r\nOkonkwo\r\n\r\nZortiva forte\n")
    assert [word.text for word in read(file).words] == ["Okonkwo", "Zortiva forte"]


def test_a_table_has_named_columns(tmp_path: Path) -> None:
    table = "Text,Kind,Sounds like\nOkonkwo,name,oh conk wo;a conquo\nZortiva,drug,\n,,\n"
    assert read(listed(tmp_path, table, "words.csv")).words == (
        UserWord("Okonkwo", TermKind.NAME, ("oh conk wo", "a conquo")),
        UserWord("Zortiva", TermKind.DRUG),
    )


def test_duplicates_are_counted_and_one_is_kept(tmp_path: Path) -> None:
    found = read(listed(tmp_path, "Okonkwo\nokonkwo\nOKONKWO\nZortiva\n"))
    assert [word.text for word in found.words] == ["Okonkwo", "Zortiva"]
    assert found.duplicates == 2


@pytest.mark.parametrize(
    ("content", "name", "wrong"),
    [
        ("Okonkwo\nM\u00fcller\n".encode("latin-1"), "words.txt", "is not UTF-8 in line 2"),
        ("Okonkwo\n".encode("utf-16"), "words.txt", "is UTF-16"),
        ("Okonkwo\nthe\n", "words.txt", "line 2: it is an everyday English word"),
        ("Okonkwo\nZor\x00tiva\n", "words.txt", "line 2: the word holds a control character"),
        ("word,kind\nOkonkwo,name\n", "words.csv", "its first line must name the columns"),
        ("text,kind\nOkonkwo,name,x\n", "words.csv", "line 2 has more columns"),
        ("text,kind\nOkonkwo,person\n", "words.csv", "line 2: the kind is not known"),
        ("text\tkind\nOkonkwo\tname\n\tname\n", "words.tsv", "line 3: the word is empty"),
    ],
)
def test_a_wrong_file_names_the_line_and_nothing_is_taken(
    tmp_path: Path, content: str | bytes, name: str, wrong: str
) -> None:
    with pytest.raises(WordsError, match=wrong) as error:
        read(listed(tmp_path, content, name))
    assert "nothing was taken" in str(error.value)


def test_cost_of_reading_grows_with_the_list(tmp_path: Path, steps: Callable[..., int]) -> None:
    english.zipf("the")  # the frequencies are read once per process

    def cost(count: int) -> int:
        file = listed(tmp_path, "\n".join(f"Zortiva {number} X" for number in range(count)))
        return steps(lambda: read(file))

    assert cost(5_000) < 11 * cost(500)


def test_many_wrong_lines_make_a_short_message(tmp_path: Path) -> None:
    with pytest.raises(WordsError, match=r"line 1.*line 5.*and 95 more lines") as error:
        read(listed(tmp_path, "9\n" * 100))
    assert len(str(error.value)) < 1000


def test_fifty_thousand_words_are_read_and_more_are_refused(tmp_path: Path) -> None:
    lines = [f"Zortiva {number} X" for number in range(user_words.MAX_WORDS)]
    assert len(read(listed(tmp_path, "\n".join(lines))).words) == 50_000
    with pytest.raises(WordsError, match="has 50,001 words: a list holds at most 50,000"):
        read(listed(tmp_path, "\n".join([*lines, "one more"])))


# --- written
def test_only_the_user_may_read_the_list(tmp_path: Path) -> None:
    path = tmp_path / "new" / "words.tsv"
    write(path, [checked("Okonkwo", "name")])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_failed_write_leaves_the_old_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "words.tsv"
    write(path, [checked("Okonkwo")])
    before = path.read_bytes()

    def fail(self: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OutputError, match="it is as it was before"):
        write(path, [checked("Zortiva")])
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_list_that_is_no_table_is_left_to_its_owner(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"no \.tsv file"):
        write(tmp_path / "words.txt", [checked("Okonkwo")])


def test_the_list_lies_in_the_users_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert user_words.file(AsrSettings()).name == "words.tsv"
    assert user_words.file(AsrSettings(words="~/ours.csv")) == Path.home() / "ours.csv"


def test_a_new_word_takes_the_place_of_the_same_old_one() -> None:
    old, new = checked("okonkwo"), checked("Okonkwo", "name")
    assert user_words.merged([old, checked("Zortiva")], [new]) == (new, checked("Zortiva"))
    assert key_of("Okonkwo") == key_of("OKONKWO")
