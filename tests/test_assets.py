"""Weights: found, checked, fetched; and what happens when a source, the disk or a person gets in the way."""

from __future__ import annotations

import errno
import hashlib
import os
import socket
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NoReturn

import pytest

from scribe import assets
from scribe.assets import Asset, File, SourceError, State, UnreachableError
from scribe.config import ModelsSettings
from scribe.errors import AssetError

FILES = {"config.json": b'{"layers": 2}', "weights/model.bin": bytes(range(256)) * 40}


def make_asset(name: str = "tiny", files: Mapping[str, bytes] = FILES, **changes: Any) -> Asset:
    entry = {
        "name": name,
        "title": "Weights for tests",
        "licence": "CC0-1.0",
        "release": "1",
        "origin": "scribe",
        "default": True,
        "files": [
            {"path": path, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            for path, content in files.items()
        ],
        "sources": [{"kind": "hub", "repo": "nobody/nothing", "revision": "0" * 40}],
    }
    return Asset.model_validate({**entry, **changes})


class FakeSource:
    """A real source whose files are in memory; an exception in place of a file is raised half-way through it."""

    def __init__(self, name: str = "fake", files: Mapping[str, bytes | BaseException] = FILES) -> None:
        self.name = name
        self.files = dict(files)
        self.asked: list[str] = []

    def fetch(self, file: File, sink: assets.Sink) -> None:
        self.asked.append(file.path)
        content = self.files[file.path]
        if isinstance(content, BaseException):
            sink.write(b"half of it")
            raise content
        for start in range(0, len(content), 1000):
            sink.write(content[start : start + 1000])


@pytest.fixture
def settings(in_tmp: Path) -> ModelsSettings:
    return ModelsSettings(folder=str(in_tmp / "kept"))


@pytest.fixture
def asset(monkeypatch: pytest.MonkeyPatch) -> Asset:
    """An asset the manifest knows."""
    made = make_asset()
    monkeypatch.setattr(assets, "manifest", lambda: (made,))
    return made


def fetch(asset: Asset, settings: ModelsSettings, *sources: FakeSource) -> list[assets.Fetched]:
    return list(assets.fetch([asset], settings, open_sources=lambda *_: sources))


def on_disk(settings: ModelsSettings) -> dict[str, bytes]:
    """Every file below the models folder, hidden ones too."""
    root = Path(settings.folder)
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


WHOLE = {f"tiny/{path}": content for path, content in FILES.items()}


# --- locating and checking --------------------------------------------------------------------------------------------


def test_shipped_weights_are_the_ones_of_the_manifest() -> None:
    for asset in assets.manifest():
        if asset.is_shipped:
            assert assets.status(asset, ModelsSettings()).problem == ""


def test_weights_are_pinned_for_the_provenance(asset: Asset) -> None:
    assert assets.weights("tiny") == tuple((f"tiny/{file.path}", file.sha256) for file in asset.files)


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(AssetError, match=r"no weights are called 'whisper-gigantic': `scribe models list`"):
        assets.locate("whisper-gigantic", ModelsSettings())


def test_whole_files_are_located(asset: Asset, settings: ModelsSettings) -> None:
    fetch(asset, settings, FakeSource())
    assert assets.locate("tiny", settings) == Path(settings.folder) / "tiny"


def test_missing_weights_say_what_to_run(asset: Asset, settings: ModelsSettings) -> None:
    with pytest.raises(AssetError, match=r"config.json is missing: run `scribe models fetch tiny`"):
        assets.locate("tiny", settings)
    assert assets.status(asset, settings).state is State.MISSING


def test_a_changed_byte_is_found_and_both_hashes_named(asset: Asset, settings: ModelsSettings) -> None:
    fetch(asset, settings, FakeSource())
    path = assets.locate("tiny", settings) / "weights" / "model.bin"
    changed = b"\xff" + path.read_bytes()[1:]
    path.write_bytes(changed)
    os.utime(path, ns=(0, 0))  # whatever the resolution of the file system's clock
    with pytest.raises(AssetError) as error:
        assets.locate("tiny", settings)
    message = str(error.value)
    assert str(path) in message
    assert hashlib.sha256(changed).hexdigest()[:12] in message
    assert asset.files[1].sha256[:12] in message
    assert "run `scribe models fetch tiny`" in message
    assert assets.status(asset, settings).state is State.CORRUPTED


def test_a_truncated_file_is_found(asset: Asset, settings: ModelsSettings) -> None:
    fetch(asset, settings, FakeSource())
    (Path(settings.folder) / "tiny" / "config.json").write_bytes(b"{")
    with pytest.raises(AssetError, match=r"has 1 bytes and should have 13"):
        assets.locate("tiny", settings)


def test_damage_is_named_before_absence(asset: Asset, settings: ModelsSettings) -> None:
    fetch(asset, settings, FakeSource())
    (Path(settings.folder) / "tiny" / "config.json").unlink()
    (Path(settings.folder) / "tiny" / "weights" / "model.bin").write_bytes(b"")
    found = assets.status(asset, settings)
    assert found.state is State.CORRUPTED
    assert "model.bin" in found.problem


def test_a_file_is_hashed_once_while_it_stays_the_same(
    asset: Asset, settings: ModelsSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch(asset, settings, FakeSource())
    assets.locate("tiny", settings)

    def refuse(*_: Any) -> NoReturn:
        raise AssertionError("hashed again")

    monkeypatch.setattr(hashlib, "file_digest", refuse)
    assets.locate("tiny", settings)


def test_locating_opens_no_socket(asset: Asset, settings: ModelsSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    fetch(asset, settings, FakeSource())

    def refuse(*_: Any, **__: Any) -> NoReturn:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    assets.locate("tiny", settings)


def test_damaged_shipped_weights_are_not_fetched(settings: ModelsSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    own = make_asset("no-such-folder", sources=[{"kind": "shipped"}])
    monkeypatch.setattr(assets, "manifest", lambda: (own,))
    with pytest.raises(AssetError, match="install scribe again"):
        assets.locate("no-such-folder", settings)
    with pytest.raises(AssetError, match="install scribe again"):
        fetch(own, settings, FakeSource())


@pytest.mark.weights
def test_the_default_weights_are_here_and_whole() -> None:
    for name in ("whisper-base", "segmentation-3.0", "campplus"):
        folder = assets.locate(name, ModelsSettings())
        for path, sha256 in assets.weights(name):
            assert hashlib.sha256((folder.parent / path).read_bytes()).hexdigest() == sha256


# --- fetching ---------------------------------------------------------------------------------------------------------


def test_fetched_files_are_whole_and_name_their_source(asset: Asset, settings: ModelsSettings) -> None:
    fetched = fetch(asset, settings, FakeSource("the shelf"))
    assert [(item.asset, item.file, item.source) for item in fetched] == [
        ("tiny", "config.json", "the shelf"),
        ("tiny", "weights/model.bin", "the shelf"),
    ]
    assert on_disk(settings) == WHOLE


def test_what_is_right_is_not_fetched_again(asset: Asset, settings: ModelsSettings) -> None:
    fetch(asset, settings, FakeSource())
    second = FakeSource()
    assert fetch(asset, settings, second) == []
    assert second.asked == []


def test_a_second_run_goes_on_at_the_missing_file(asset: Asset, settings: ModelsSettings) -> None:
    broken = FakeSource(files={**FILES, "weights/model.bin": SourceError("the line went dead")})
    with pytest.raises(AssetError):
        fetch(asset, settings, broken)
    assert on_disk(settings) == {"tiny/config.json": FILES["config.json"]}
    second = FakeSource()
    fetch(asset, settings, second)
    assert second.asked == ["weights/model.bin"]
    assert on_disk(settings) == WHOLE


def test_an_interrupted_download_leaves_nothing_of_the_file(asset: Asset, settings: ModelsSettings) -> None:
    with pytest.raises(KeyboardInterrupt):
        fetch(asset, settings, FakeSource(files={**FILES, "weights/model.bin": KeyboardInterrupt()}))
    assert on_disk(settings) == {"tiny/config.json": FILES["config.json"]}
    assert assets.status(asset, settings).state is State.MISSING


def test_a_damaged_file_is_replaced(asset: Asset, settings: ModelsSettings) -> None:
    fetch(asset, settings, FakeSource())
    (Path(settings.folder) / "tiny" / "config.json").write_bytes(b"{")
    repair = FakeSource()
    fetch(asset, settings, repair)
    assert repair.asked == ["config.json"]
    assert on_disk(settings) == WHOLE


def test_the_next_source_is_asked_when_one_gives_another_file(asset: Asset, settings: ModelsSettings) -> None:
    wrong = FakeSource("wrong", {**FILES, "weights/model.bin": FILES["weights/model.bin"][::-1]})
    fetched = fetch(asset, settings, wrong, FakeSource("right"))
    assert [item.source for item in fetched] == ["wrong", "right"]
    assert on_disk(settings) == WHOLE


@pytest.mark.parametrize(
    ("given_bytes", "reason"),
    [
        (b'{"layers": 3}', "gave another config.json (sha256 "),
        (b'{"layers"', "gave 9 of the 13 bytes of config.json"),
        (b'{"layers": 2}\n', "gave more than the 13 bytes of config.json"),
    ],
)
def test_a_wrong_file_is_not_kept(asset: Asset, settings: ModelsSettings, given_bytes: bytes, reason: str) -> None:
    with pytest.raises(AssetError) as error:
        fetch(asset, settings, FakeSource("mirror", {**FILES, "config.json": given_bytes}))
    assert f"mirror: {reason}" in str(error.value)
    assert on_disk(settings) == {}


def test_without_network_each_source_is_named_with_its_reason(asset: Asset, settings: ModelsSettings) -> None:
    hub = FakeSource("hub", dict.fromkeys(FILES, UnreachableError("no answer")))
    registry = FakeSource("registry", dict.fromkeys(FILES, SourceError("no such package")))
    with pytest.raises(AssetError) as error:
        fetch(asset, settings, hub, registry)
    first, *reasons, last = str(error.value).splitlines()
    assert first == "cannot fetch config.json of tiny; sources tried:"
    assert reasons == ["  hub: no answer", "  registry: no such package"]
    assert "run `scribe models fetch` again" in last
    assert "models/tiny/" in last
    assert on_disk(settings) == {}


def test_a_source_that_does_not_answer_is_asked_once(asset: Asset, settings: ModelsSettings) -> None:
    hub = FakeSource("hub", dict.fromkeys(FILES, UnreachableError("no answer")))
    registry = FakeSource("registry", {**FILES, "weights/model.bin": SourceError("no such package")})
    with pytest.raises(AssetError) as error:
        fetch(asset, settings, hub, registry)
    assert hub.asked == ["config.json"]
    assert "  hub: no answer\n  registry: no such package" in str(error.value)


def test_progress_counts_bytes_up_to_the_size_of_the_asset(asset: Asset, settings: ModelsSettings) -> None:
    seen: list[tuple[str, float, float]] = []
    list(
        assets.fetch(
            [asset],
            settings,
            on_progress=lambda *step: seen.append(step),
            open_sources=lambda *_: [FakeSource()],
        )
    )
    done = [step[1] for step in seen]
    assert {(step[0], step[2]) for step in seen} == {("tiny", asset.size)}
    assert done == sorted(done)
    assert done[-1] == asset.size


def test_a_full_disk_says_what_to_do_and_leaves_nothing(
    asset: Asset, settings: ModelsSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> NoReturn:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(AssetError, match=r"the disk of .*kept is full: make room, or set models.folder"):
        fetch(asset, settings, FakeSource())
    assert on_disk(settings) == {}


def test_a_folder_that_cannot_be_written_is_named(asset: Asset, settings: ModelsSettings) -> None:
    Path(settings.folder).write_text("a file is in the way")
    with pytest.raises(AssetError, match=r"cannot write to .*kept .*set models.folder"):
        fetch(asset, settings, FakeSource())


def test_what_a_killed_run_left_is_removed_but_not_what_another_run_writes(
    asset: Asset, settings: ModelsSettings
) -> None:
    folder = Path(settings.folder) / "tiny"
    folder.mkdir(parents=True)
    old, new = folder / ".model.bin-1.partial", folder / ".model.bin-2.partial"
    old_scratch = folder.parent / ".download-1.partial"
    (old_scratch / "wheel").mkdir(parents=True)
    old.touch()
    new.touch()
    long_ago = time.time() - 7 * 24 * 3600
    os.utime(old, (long_ago, long_ago))
    os.utime(old_scratch, (long_ago, long_ago))
    fetch(asset, settings, FakeSource())
    assert not old.exists()
    assert not old_scratch.exists()
    assert new.exists()


# --- which sources are asked ------------------------------------------------------------------------------------------

REGISTRY = {
    "kind": "registry",
    "wheels": [{"package": "tiny-weights", "version": "1.0", "size": 1, "folder": "tiny"}],
}
BOTH = [{"kind": "hub", "repo": "nobody/nothing", "revision": "0" * 40}, REGISTRY]


def source_names(asset: Asset, settings: ModelsSettings, scratch: Path) -> list[str]:
    return [source.name for source in assets.sources(asset, settings, scratch)]


def test_a_local_folder_comes_first_then_the_order_of_the_manifest(in_tmp: Path) -> None:
    (in_tmp / "models" / "tiny").mkdir(parents=True)
    assert source_names(make_asset(sources=BOTH), ModelsSettings(), in_tmp) == [
        f"local folder {in_tmp / 'models' / 'tiny'}",
        "Hugging Face hub nobody/nothing at 00000000",
        "package registry tiny-weights 1.0",
    ]


@pytest.mark.parametrize(("hub", "registry", "count"), [(True, True, 2), (False, True, 1), (False, False, 0)])
def test_the_settings_switch_sources_off(in_tmp: Path, hub: bool, registry: bool, count: int) -> None:
    settings = ModelsSettings(hub=hub, registry=registry)
    assert len(source_names(make_asset(sources=BOTH), settings, in_tmp)) == count


def test_with_every_source_off_the_settings_are_named(in_tmp: Path) -> None:
    settings = ModelsSettings(folder=str(in_tmp / "kept"), hub=False, registry=False)
    with pytest.raises(AssetError, match=r"models.hub and models.registry"):
        list(assets.fetch([make_asset()], settings))


def test_files_put_into_the_local_folder_are_copied(in_tmp: Path) -> None:
    write(in_tmp / "models" / "tiny", FILES.items())
    settings = ModelsSettings(folder=str(in_tmp / "kept"), hub=False, registry=False)
    fetched = list(assets.fetch([make_asset()], settings))
    assert {item.source for item in fetched} == {f"local folder {in_tmp / 'models' / 'tiny'}"}
    assert on_disk(settings) == WHOLE


def test_a_local_folder_that_lacks_a_file_says_so(in_tmp: Path) -> None:
    write(in_tmp / "models" / "tiny", [("config.json", FILES["config.json"])])
    settings = ModelsSettings(folder=str(in_tmp / "kept"), hub=False, registry=False)
    with pytest.raises(AssetError, match=r"local folder .*tiny: weights/model.bin: No such file"):
        list(assets.fetch([make_asset()], settings))


def write(folder: Path, files: Iterable[tuple[str, bytes]]) -> None:
    for path, content in files:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
