"""Encryption at rest: the key, what is derived from it, and how bytes are sealed with it.

One key, of 32 bytes, opens everything on this machine. Nothing is encrypted with it directly: each purpose has a key
of its own (`Key.derive`, HKDF-SHA256, RFC 5869), and each recording or encounter has a random one that is stored
wrapped. So a new main key means wrapping anew, and throwing a wrapped key away makes what it sealed unreadable.

Sealed bytes are `nonce (12) | ciphertext | tag (16)`, AES-256-GCM (NIST SP 800-38D) with a random nonce. `about` says
what the bytes are, e.g. `b"recording|7"`: bytes that are put in another place than their own do not open.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from scribe.config import StoreSettings
from scribe.errors import VaultError

VARIABLE = "SCRIBE_KEY"
KEYRING_SERVICE = "scribe"
KEY_BYTES = 32
NONCE_BYTES = 12
OVERHEAD = NONCE_BYTES + 16  # how many bytes longer sealed bytes are than plain ones


@dataclass(frozen=True, slots=True)
class Key:
    """A symmetric key. It is never shown."""

    secret: bytes = field(repr=False)  # 32 bytes

    def __post_init__(self) -> None:
        if len(self.secret) != KEY_BYTES:
            raise VaultError(f"a key has {KEY_BYTES} bytes, this one has {len(self.secret)}: make one with `new_key`")

    @property
    def id(self) -> str:
        """A name for the key that tells nothing about it: 16 hexadecimal digits."""
        return hashlib.sha256(b"scribe key id" + self.secret).hexdigest()[:16]

    def derive(self, purpose: str) -> Key:
        """The key for one purpose, always the same."""
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        return Key(HKDF(SHA256(), KEY_BYTES, salt=None, info=b"scribe " + purpose.encode()).derive(self.secret))

    def seal(self, plain: bytes, about: bytes) -> bytes:
        """`plain`, encrypted, `OVERHEAD` bytes longer; it opens only with this key and the same `about`."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = os.urandom(NONCE_BYTES)
        return nonce + AESGCM(self.secret).encrypt(nonce, plain, about)

    def open(self, sealed: bytes, about: bytes) -> bytes:
        """What was sealed. Raises VaultError where key, place or bytes are not the ones it was sealed with."""
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        try:
            return AESGCM(self.secret).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], about)
        except (InvalidTag, ValueError) as error:
            raise VaultError(
                "encrypted data does not open: this is another key than it was written with, or it was changed"
            ) from error

    def wrap(self, other: Key) -> str:
        """`other`, sealed with this key, as text."""
        return base64.b64encode(self.seal(other.secret, b"key")).decode()

    def unwrap(self, wrapped: str) -> Key:
        """The key that was wrapped. Raises VaultError where this key did not wrap it."""
        return Key(self.open(base64.b64decode(wrapped), b"key"))


def new_key() -> Key:
    """A random key."""
    return Key(secrets.token_bytes(KEY_BYTES))


def as_text(key: Key) -> str:
    """The key as a person stores it: base64 on one line."""
    return base64.b64encode(key.secret).decode()


def from_text(text: str, origin: str) -> Key:
    """The key that `as_text` wrote. Raises VaultError, naming `origin`, where it is none."""
    try:
        secret = base64.b64decode(text.strip(), validate=True)
    except binascii.Error as error:
        raise VaultError(f"the key in {origin} is not base64: store what `scribe key new` prints") from error
    if len(secret) != KEY_BYTES:
        raise VaultError(f"the key in {origin} has {len(secret)} bytes, not {KEY_BYTES}: use `scribe key new`")
    return Key(secret)


def load(settings: StoreSettings, *, environ: Mapping[str, str] | None = None) -> Key | None:
    """The main key as `store.key` says, None where nothing is encrypted.

    Raises VaultError where a key is asked for and not there.
    """
    environ = os.environ if environ is None else environ
    source = settings.key
    if not source:
        return None
    if source == "environment":
        if not environ.get(VARIABLE):
            raise VaultError(f"store.key is 'environment' and {VARIABLE} is not set: set it, or change store.key")
        return from_text(environ[VARIABLE], VARIABLE)
    if source == "keyring":
        return _from_keyring()
    if source.startswith("file:"):
        return _from_file(Path(source.removeprefix("file:")).expanduser())
    raise VaultError(f"store.key is {source!r}: use environment, keyring or file:PATH")


def write_file(key: Key, path: Path) -> None:
    """Write a key to a new file that only its owner may read. Raises VaultError where one is there, or it fails."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(as_text(key) + "\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError:
            path.unlink(missing_ok=True)  # half a key opens nothing, and another try would not replace it
            raise
    except FileExistsError as error:
        raise VaultError(f"there is a file {path} already, and it may be a key: choose another name") from error
    except OSError as error:
        raise VaultError(f"cannot write {path} ({error.strerror}): choose another place") from error


def put_in_keyring(key: Key) -> None:
    """Put a key into this machine's keyring. Raises VaultError where it holds one already, or cannot be used."""
    import keyring
    from keyring.errors import KeyringError

    try:
        if keyring.get_password(KEYRING_SERVICE, "key") is not None:
            raise VaultError("the keyring holds a key for scribe already: it is not replaced")
        keyring.set_password(KEYRING_SERVICE, "key", as_text(key))
    except KeyringError as error:
        raise VaultError("the keyring of this machine cannot be used: unlock it, or use a key file") from error


def _from_file(path: Path) -> Key:
    try:
        return from_text(path.read_text(encoding="ascii"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise VaultError(f"the key file {path} cannot be read: check store.key and the file's owner") from error


def _from_keyring() -> Key:
    import keyring
    from keyring.errors import KeyringError

    try:
        text = keyring.get_password(KEYRING_SERVICE, "key")
    except KeyringError as error:
        raise VaultError("the keyring of this machine cannot be used: unlock it, or use a key file") from error
    if text is None:
        raise VaultError("the keyring holds no key for scribe: `scribe key new --keyring` puts one there")
    return from_text(text, "the keyring")


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key that signs (Ed25519, RFC 8032). Whoever has the public key can check, and cannot sign."""

    secret: bytes = field(repr=False)  # 32 bytes

    @property
    def public(self) -> bytes:
        """The public key, 32 bytes."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return Ed25519PrivateKey.from_private_bytes(self.secret).public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        """The signature of a message, 64 bytes."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return Ed25519PrivateKey.from_private_bytes(self.secret).sign(message)


def new_signing_key() -> SigningKey:
    """A random signing key."""
    return SigningKey(secrets.token_bytes(KEY_BYTES))


def signature_holds(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the owner of `public` signed exactly this message."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
