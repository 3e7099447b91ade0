"""The manifest of weights: true to its own rules, strict with what breaks them; and where shipped files lie."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from scribe import _manifest, assets
from scribe._manifest import File
from scribe.errors import AssetError

ENTRY: dict[str, Any] = {
    "name": "tiny",
    "title": "Weights for tests",
    "licence": "CC0-1.0",
    "release": "1",
    "origin": "scribe",
    "default": True,
    "files": [{"path": "model.bin", "size": 1, "sha256": "0" * 64}],
    "sources": [{"kind": "shipped"}],
}


def test_an_entry_is_read(tmp_path: Path) -> None:
    path = tmp_path / "manifest.yaml"
    path.write_text(yaml.safe_dump({"assets": [ENTRY]}))
    (asset,) = _manifest.read(path)
    assert (asset.name, asset.size, asset.is_shipped) == ("tiny", 1, True)


def test_the_default_weights_are_named_licensed_and_need_no_account() -> None:
    default = {asset.name: asset for asset in assets.manifest() if asset.default}
    assert {"whisper-base", "segmentation-3.0", "campplus"} <= set(default)
    for asset in default.values():
        assert {source.kind for source in asset.sources} & {"registry", "shipped"}, asset.name


def test_names_and_files_are_told_apart() -> None:
    names = [asset.name for asset in assets.manifest()]
    assert len(set(names)) == len(names)
    for asset in assets.manifest():
        paths = [file.path for file in asset.files]
        assert len(set(paths)) == len(paths)


def test_the_registry_is_asked_for_every_file() -> None:
    for asset in assets.manifest():
        for source in asset.sources:
            if isinstance(source, _manifest.RegistrySource):
                for file in asset.files:
                    assert any(wheel.member(file) for wheel in source.wheels), (asset.name, file.path)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"licence": ""}, "assets[0].licence"),
        ({"colour": "red"}, "assets[0].colour"),
        ({"files": []}, "assets[0].files"),
        ({"files": [{"path": "../x", "size": 1, "sha256": "0" * 64}]}, "assets[0].files[0].path"),
        ({"files": [{"path": "x", "size": 1, "sha256": "beef"}]}, "assets[0].files[0].sha256"),
        ({"sources": [{"kind": "hub", "repo": "a/b", "revision": "main"}]}, "assets[0].sources[0].hub.revision"),
    ],
)
def test_a_wrong_entry_is_named(tmp_path: Path, change: dict[str, Any], named: str) -> None:
    entry = {**ENTRY, **change}
    path = tmp_path / "manifest.yaml"
    path.write_text(yaml.safe_dump({"assets": [entry]}))
    with pytest.raises(AssetError) as error:
        _manifest.read(path)
    assert named in str(error.value)


def test_a_manifest_that_is_no_yaml_is_refused(tmp_path: Path) -> None:
    (tmp_path / "manifest.yaml").write_text("assets: [")
    with pytest.raises(AssetError, match="cannot be read as YAML"):
        _manifest.read(tmp_path / "manifest.yaml")


@given(st.text(alphabet="ab./\\:~", max_size=12))
def test_no_path_of_a_manifest_leaves_its_folder(path: str) -> None:
    folder = Path("/models/tiny")
    try:
        entry = File(path=path, size=1, sha256="0" * 64)
    except ValueError:
        return
    assert Path(os.path.normpath(folder / entry.path)).is_relative_to(folder)


def test_shipped_files_lie_beside_the_package_in_a_source_tree() -> None:
    assert assets.shipped("models", "manifest.yaml") == Path(__file__).parents[1] / "models" / "manifest.yaml"


def test_shipped_files_lie_in_the_package_of_a_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inside = tmp_path / "site-packages" / "scribe" / "_data" / "samples" / "visit.flac"
    inside.parent.mkdir(parents=True)
    inside.touch()
    monkeypatch.setattr(_manifest, "PACKAGE", tmp_path / "site-packages" / "scribe")
    assert assets.shipped("samples", "visit.flac") == inside


def test_a_missing_shipped_file_says_so() -> None:
    with pytest.raises(AssetError, match=r"samples/none.flac should have come with scribe but is missing"):
        assets.shipped("samples", "none.flac")
