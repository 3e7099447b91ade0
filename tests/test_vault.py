"""Sealing, opening, wrapping, and where the key comes from."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribe import vault
from scribe.config import StoreSettings
from scribe.errors import VaultError


@given(st.binary(max_size=500), st.binary(max_size=30))
def test_what_is_sealed_opens_with_the_same_key_and_place(plain: bytes, about: bytes) -> None:
    key = vault.new_key()
    sealed = key.seal(plain, about)
    assert len(sealed) == len(plain) + vault.OVERHEAD
    assert key.open(sealed, about) == plain
    with pytest.raises(VaultError):
        key.open(sealed, about + b"x")
    with pytest.raises(VaultError):
        vault.new_key().open(sealed, about)
    with pytest.raises(VaultError):
        key.open(sealed[:-1] + bytes([sealed[-1] ^ 1]), about)


def test_nothing_opens_from_too_few_bytes() -> None:
    with pytest.raises(VaultError):
        vault.new_key().open(b"short", b"")


def test_derived_keys_are_stable_and_differ_by_purpose() -> None:
    key = vault.new_key()
    assert key.derive("audio") == key.derive("audio")
    assert key.derive("audio") != key.derive("database")


def test_a_wrapped_key_needs_its_wrapper() -> None:
    main, inner = vault.new_key(), vault.new_key()
    assert main.unwrap(main.wrap(inner)) == inner
    with pytest.raises(VaultError):
        vault.new_key().unwrap(main.wrap(inner))


def test_a_key_is_never_shown() -> None:
    key = vault.new_key()
    assert vault.as_text(key) not in repr(key)
    assert key.secret.hex() not in repr(key) + key.id


def test_sources(tmp_path: Path) -> None:
    key = vault.new_key()
    file = tmp_path / "key"
    file.write_text(vault.as_text(key) + "\n")
    assert vault.load(StoreSettings()) is None
    assert vault.load(StoreSettings(key=f"file:{file}")) == key
    assert vault.load(StoreSettings(key="environment"), environ={"SCRIBE_KEY": vault.as_text(key)}) == key


@pytest.mark.parametrize("source", ["environment", "file:/nowhere/key", "elsewhere"])
def test_a_missing_key_is_an_error(source: str) -> None:
    with pytest.raises(VaultError, match="key"):
        vault.load(StoreSettings(key=source), environ={})


@pytest.mark.parametrize("text", ["not base64!", "c2hvcnQ="])
def test_a_bad_key_is_an_error_that_does_not_show_it(text: str) -> None:
    with pytest.raises(VaultError) as caught:
        vault.load(StoreSettings(key="environment"), environ={"SCRIBE_KEY": text})
    assert text not in str(caught.value)
