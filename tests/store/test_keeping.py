"""Backup, restore, another key, retention."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from scribe import vault
from scribe.batch import retention
from scribe.config import Config
from scribe.errors import ConflictError, InputError, NotFoundError, OutputError, StoreError, VaultError
from scribe.store import purge, purged, swap
from scribe.store.actor import ME, SYSTEM
from scribe.store.backup import backup
from scribe.store.once import Answer
from scribe.store.records import Decision, Filter, JobState, RevisionKind, State
from scribe.store.rekey import rekey
from scribe.store.restore import restore
from scribe.store.store import Store
from scribe.store.unit import Unit
from scribe.types import Encounter, Note, Section, SectionGroup, SectionKind, Statement

SOUND = b"canary" * 30_000
NOTE = RevisionKind.NOTE


def noted(sentence: str) -> Note:
    statement = Statement("s1", sentence, author="Ada")
    return Note("n", Encounter("e"), (Section(SectionKind.PLAN, "Plan", SectionGroup.PLAN, "18776-5", (statement,)),))


def fill(store: Store, patient: str = "Zoë Canary") -> str:
    """An encounter with one of everything."""
    with store.begin(ME) as unit:
        name = unit.encounters.add(patient=patient, identifier="17", title="Knee").id
        unit.recordings.add(name, store.blobs.receive([SOUND]), media_type="audio/wav", name="canary.wav")
        for base, words in enumerate(("Canary rests.", "Canary walks.")):
            unit.revisions.append(name, noted(words), base=base)
        unit.codes.decide(name, Decision.ACCEPTED, system="icd10cm", code="Canary")
        unit.queries.answer(unit.queries.ask(name, "Canary?").id, "Canary!")
        unit.comments.add(name, "Canary")
        unit.jobs.enqueue(name, "draft", audio_sha256="a", config_hash="c")
    return name


def check(store: Store, name: str, patient: str = "Zoë Canary") -> None:
    """Everything that `fill` put in is there."""
    with store.begin(SYSTEM) as unit:
        assert [item.id for item in unit.encounters.find(Filter(text=patient)).encounters] == [name]
        assert unit.revisions.note(name).document.statements[0].text == "Canary walks."
        assert unit.revisions.note(name, 1).document.statements[0].text == "Canary rests."
        assert unit.revisions.check(name, NOTE) == ()
        assert unit.recordings.open(unit.recordings.of(name)[0].id).read() == SOUND
        assert unit.recordings.of(name)[0].name == "canary.wav"
        assert [item.code for item in unit.codes.of(name)] == ["Canary"]
        assert [item.answer for item in unit.queries.of(name)] == ["Canary!"]
        assert [item.text for item in unit.comments.of(name)] == ["Canary"]
        assert [item.state for item in unit.jobs.of(name)] == [JobState.WAITING]
        unit.codes.decide(name, Decision.REJECTED, system="icd10cm", code="Canary")
        unit.revisions.append(name, noted("Canary runs."), base=2)
        unit.revisions.undo(name, NOTE, base=3)
    verdict = store.verify_audit()
    assert verdict.findings == ()


def in_clear(folder: Path) -> list[str]:
    return [str(path) for path in folder.rglob("*") if path.is_file() and b"anary" in path.read_bytes()]


@pytest.fixture
def elsewhere(config: Config, tmp_path: Path, request: pytest.FixtureRequest) -> Callable[[str], Config]:
    """Settings of a store in another place, on either database, with the same key or another."""

    def made(url: str, **changed: str) -> Config:
        where = {"folder": str(tmp_path / "elsewhere"), "url": url, **changed}
        return Config(store=config.store.model_copy(update=where))

    return made


@pytest.mark.parametrize("target", ["sqlite", "postgresql"])
def test_a_backup_is_restored_on_either_database(
    store: Store, tmp_path: Path, elsewhere: Any, target: str, request: pytest.FixtureRequest
) -> None:
    name = fill(store)
    saved = backup(store, tmp_path / "b", ME)
    assert (saved.encounters, saved.recordings, saved.missing) == (1, 1, 0)
    settings = elsewhere(request.getfixturevalue("postgres").database() if target == "postgresql" else "")
    restored = restore(settings, tmp_path / "b", ME, backup_key=store.key)
    assert (restored.encounters, restored.forgotten, restored.kept) == (1, 0, "")
    other = Store.open(settings)
    check(other, name)
    assert other.id == store.id
    with other.begin(SYSTEM, read_only=True) as unit:
        assert unit.audit.latest(50, action="store.restore")
    other.close()
    if store.key:
        assert in_clear(tmp_path) == []


def test_a_restored_old_state_shows_and_the_newer_is_kept(store: Store, config: Config, tmp_path: Path) -> None:
    fill(store)
    backup(store, tmp_path / "b", ME)
    later = fill(store, "Later")
    store.attest()
    store.close()
    with pytest.raises(StoreError, match="--replace"):
        restore(config, tmp_path / "b", ME, backup_key=store.key)
    restored = restore(config, tmp_path / "b", ME, backup_key=store.key, replace=True)
    assert any(restored.kept in path.name for path in (tmp_path / "store").iterdir())
    again = Store.open(config)
    with again.begin(ME) as unit, pytest.raises(NotFoundError):
        unit.encounters.get(later)
    verdict = again.verify_audit()
    assert verdict.findings == ()
    assert any("backup" in note for note in verdict.notes)
    again.close()


def test_nothing_is_written_of_a_purged_encounter(store: Store) -> None:
    name = fill(store)
    with store.begin(ME) as unit:
        job = unit.jobs.cancel(unit.jobs.of(name)[0].id).id
        asked = unit.queries.ask(name, "Which side?").id
    purge.forget(store, name, ME, reason="asked for")
    answer = Answer("request", 201, "application/json", b"canary", name)
    tries: tuple[Callable[[Unit], object], ...] = (
        lambda unit: unit.comments.add(name, "canary"),
        lambda unit: unit.codes.decide(name, Decision.ACCEPTED, system="icd10cm", code="Canary"),
        lambda unit: unit.queries.ask(name, "Canary?"),
        lambda unit: unit.queries.answer(asked, "canary"),
        lambda unit: unit.encounters.grant(name, "ben", reason="canary"),
        lambda unit: unit.encounters.change(name, title="canary"),
        lambda unit: unit.jobs.enqueue(name, "draft", audio_sha256="0", config_hash="1", options={"of": "canary"}),
        lambda unit: unit.jobs.again(job),
        lambda unit: unit.once.keep("me", "key", answer),
    )
    for attempt in tries:
        with pytest.raises(NotFoundError, match="purged"), store.begin(ME) as unit:
            attempt(unit)


def test_what_was_purged_since_stays_purged(store: Store, config: Config, tmp_path: Path) -> None:
    name = fill(store)
    with store.begin(ME) as unit:
        unit.jobs.cancel(unit.jobs.of(name)[0].id)
    backup(store, tmp_path / "b", ME)
    purge.forget(store, name, ME, reason="asked for by the patient")
    store.close()
    assert restore(config, tmp_path / "b", ME, backup_key=store.key, replace=True).forgotten == 1
    again = Store.open(config)
    with again.begin(ME) as unit:
        assert unit.encounters.get(name).patient == ""
        with pytest.raises(NotFoundError):
            unit.revisions.note(name)
    assert not (tmp_path / "store" / "blobs" / name).exists()
    again.close()


@pytest.mark.parametrize("config", ["sqlite", "sqlcipher"], indirect=True)
@pytest.mark.parametrize("damage", ["cut", "changed", "longer", "other", "header"])
def test_a_damaged_backup_restores_nothing(store: Store, tmp_path: Path, elsewhere: Any, damage: str) -> None:
    fill(store)
    backup(store, tmp_path / "b", ME)
    content = bytearray((tmp_path / "b").read_bytes())
    if damage == "cut":
        del content[-100:]
    elif damage == "changed":
        content[len(content) // 2] ^= 1
    elif damage == "longer":
        content += b"more"
    elif damage == "header":
        content[60] ^= 1
    else:
        content[:] = b"something else"
    (tmp_path / "b").write_bytes(content)
    settings = elsewhere("")
    with pytest.raises((StoreError, InputError, VaultError)):
        restore(settings, tmp_path / "b", ME, backup_key=store.key)
    assert not list((tmp_path / "elsewhere").rglob("*.db*"))


@pytest.mark.parametrize("config", ["sqlite"], indirect=True)
def test_a_backup_takes_no_files_place_and_leaves_no_half(store: Store, tmp_path: Path) -> None:
    (tmp_path / "b").write_text("mine")
    with pytest.raises(OutputError, match="exists"):
        backup(store, tmp_path / "b", ME)
    with pytest.raises(OutputError, match="cannot write"):
        backup(store, tmp_path / "nowhere" / "b", ME)
    assert (tmp_path / "b").read_text() == "mine"
    assert sorted(path.name for path in tmp_path.iterdir() if "b" in path.name) == ["b"]


def test_another_key_opens_everything_and_the_old_one_nothing(store: Store, config: Config, tmp_path: Path) -> None:
    name = fill(store)
    new = vault.new_key()
    with pytest.raises(StoreError, match="in use"):
        rekey(config, new, ME)
    store.close()
    assert rekey(config, new, ME) == 1
    (tmp_path / "new").write_text(vault.as_text(new))
    with pytest.raises(VaultError):
        Store.open(config)
    settings = Config(store=config.store.model_copy(update={"key": f"file:{tmp_path / 'new'}"}))
    again = Store.open(settings)
    check(again, name)
    again.close()
    assert rekey(settings, new, ME) == 0
    assert in_clear(tmp_path / "store") == []
    assert sorted(path.name for path in (tmp_path / "store").iterdir() if path.name in ("rekey", swap.NAME)) == []


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_a_power_cut_between_old_and_new_files_is_made_good(
    configure: Any, database: str, request: pytest.FixtureRequest, key_file: Path
) -> None:
    url = request.getfixturevalue("postgres").database() if database == "postgresql" else ""
    config = configure(url=url)
    store = Store.open(config)
    name = fill(store)
    store.close()

    def cut(*arguments: object) -> None:
        raise KeyboardInterrupt

    new = vault.from_text(key_file.read_text(), "file")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(swap, "finish", cut)
        with pytest.raises(KeyboardInterrupt):
            rekey(config, new, ME)
    again = Store.open(configure(url=url, key=f"file:{key_file}"))
    check(again, name)
    again.close()


@pytest.mark.parametrize("config", ["sqlcipher", "postgresql-sealed"], indirect=True)
def test_an_uncommitted_change_of_keys_is_put_away(config: Config, tmp_path: Path) -> None:
    store = Store.open(config)
    name = fill(store)
    store.close()

    def cut(*arguments: object) -> None:
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("scribe.store.rekey.reseal", cut)
        with pytest.raises(KeyboardInterrupt):
            rekey(config, vault.new_key(), ME)
    again = Store.open(config)
    check(again, name)
    again.close()


def test_retention_takes_only_what_was_signed_long_ago(config: Config, clock: Any) -> None:
    kept = config.store.model_copy(update={"keep_audio_days": 30, "keep_days": 300})
    config = config.model_copy(update={"store": kept})
    store = Store.open(config, clock=clock)
    signed, unsigned = fill(store), fill(store, "Unsigned")
    with store.begin(ME) as unit:
        unit.encounters.move(signed, State.DRAFT)
        unit.encounters.move(signed, State.SIGNED)
        for name in (signed, unsigned):
            unit.jobs.cancel(unit.jobs.of(name)[0].id)
    assert purge.due(store).is_empty
    clock.forward(days=31)
    assert purge.due(store) == purge.Plan((), (signed,), ())
    retention.carry_out(store, config, purge.due(store), ME)
    with store.begin(ME) as unit:
        recording = unit.recordings.of(signed)[0]
        assert recording.purged_at == clock.now
        with pytest.raises(NotFoundError, match="purged"):
            unit.recordings.open(recording.id)
        assert unit.revisions.note(signed).document.statements[0].text == "Canary walks."
    clock.forward(days=300)
    assert purge.due(store) == purge.Plan((signed,), (), ())
    retention.carry_out(store, config, purge.due(store), ME)
    assert purge.due(store).is_empty
    with store.begin(ME) as unit:
        record = unit.encounters.get(signed)
        assert (record.patient, record.title, record.state) == ("", "", State.SIGNED)
        assert unit.revisions.check(signed, NOTE) == ()
        assert len(unit.revisions.history(signed, NOTE)) == 2
        assert unit.codes.of(signed) + unit.queries.of(signed) + unit.comments.of(signed) == ()
        with pytest.raises(StoreError, match="purged"):
            unit.encounters.change(signed, patient="back")
        with pytest.raises(NotFoundError):
            unit.revisions.append(signed, noted("back"), base=2)
        assert unit.audit.latest(5, action="encounter.purge")[0].encounter == signed
        assert unit.encounters.get(unsigned).patient == "Unsigned"
    assert not (store.blobs.folder / signed).exists()
    store.close()


@pytest.mark.parametrize("config", ["sqlcipher", "postgresql"], indirect=True)
def test_a_purge_by_hand_needs_a_reason_and_no_running_job(store: Store) -> None:
    name = fill(store)
    with pytest.raises(InputError, match="why"):
        purge.forget(store, name, ME, reason=" ")
    with pytest.raises(ConflictError, match="job"):
        purge.forget(store, name, ME, reason="asked for")
    with pytest.raises(NotFoundError):
        purge.forget(store, "nothing", ME, reason="asked for")
    with store.begin(ME) as unit:
        unit.jobs.cancel(unit.jobs.of(name)[0].id)
    purge.forget(store, name, ME, reason="asked for")
    purge.forget(store, name, ME, reason="asked for")
    with store.begin(ME) as unit:
        assert unit.encounters.get(name).purged_at


@pytest.mark.parametrize("config", ["sqlite"], indirect=True)
def test_files_that_no_row_knows_go_after_a_day(store: Store, config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(store)
    store.blobs.receive([b"x"])
    assert purge.due(store).is_empty
    monkeypatch.setattr(purge, "STRAY", -timedelta(days=1).total_seconds())
    plan = purge.due(store)
    assert len(plan.files) == 1
    retention.carry_out(store, config, plan, ME)
    assert purge.due(store).is_empty


def test_half_a_line_of_the_list_takes_no_other_with_it(tmp_path: Path) -> None:
    at = datetime(2026, 3, 2, tzinfo=UTC)
    purged.add(tmp_path, purged.Purged("first", "all"), at)
    whole = (tmp_path / purged.LIST).read_bytes()
    news = purged.News(tmp_path)
    (tmp_path / purged.LIST).write_bytes(whole + whole[:25])
    for name in ("second", "third"):
        purged.add(tmp_path, purged.Purged(name, "sound"), at)
    assert [item.encounter for item in purged.entries(tmp_path)] == ["first", "second", "third"]
    assert [item.encounter for item in news.fresh()] == ["second", "third"]


@pytest.mark.parametrize("what", ["all", "sound"])
def test_a_purge_that_could_not_be_listed_is_listed_later(
    store: Store, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    name = fill(store)
    with store.begin(ME) as unit:
        unit.jobs.cancel(unit.jobs.of(name)[0].id)

    def full(*arguments: object) -> None:
        raise StoreError("no room")

    with monkeypatch.context() as disk:
        disk.setattr(purged, "add", full)
        with pytest.raises(StoreError, match="no room"):
            (purge.forget if what == "all" else purge.forget_sound)(store, name, ME, reason="asked for")
    assert purged.entries(store.place.folder) == ()
    for _ in range(2):
        purge.settle(store)
        assert purged.entries(store.place.folder) == (purged.Purged(name, what),)
