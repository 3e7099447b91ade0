"""A language model as writer, over an endpoint that speaks OpenAI's chat completions (Ollama, llama.cpp, vLLM, ...).

Only sentences of the note and the names of their sections are sent, never sound or the transcript, and only to the
endpoint in the settings. Redirects are not followed and no proxy is used. The only file that imports httpx.
"""

from __future__ import annotations

import ipaddress
import json
import os
from collections.abc import Mapping, Sequence
from queue import Empty, Queue
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

from scribe.config import Config, SectionsSettings
from scribe.errors import ConfigError, EngineError
from scribe.types import Provenance, SectionKind

LARGEST = 1_000_000  # bytes of an answer
INSTRUCTIONS = """\
You polish sentences of a medical note. You get a JSON object: numbers as keys, and for each a section and a sentence.
Answer with one JSON object and nothing else: the same numbers, and for each the sentence in concise note style.
Keep every fact: drugs, doses, numbers, units, sides, denials, relatives, findings, timing, conditions and doubts.
Use the words of the sentence; correct grammar, drop filler and talk. Add nothing. Do not merge, explain or conclude.
Where a sentence is good as it is, repeat it."""


class OpenAICompatible:
    """The endpoint in `sections.writer_url`. Raises ConfigError where the settings do not name one that may be used."""

    def __init__(self, config: Config) -> None:
        settings = config.sections
        self._host = _host(settings)
        if not settings.writer_model:
            raise ConfigError("the writer openai-compatible needs a model: set sections.writer_model")
        self._url = f"{settings.writer_url.rstrip('/')}/chat/completions"
        self._model = settings.writer_model
        self._timeout = settings.writer_timeout
        self._headers = _headers(settings.writer_key)
        self.provenance = Provenance(f"openai-compatible ({self._model})")

    def offer(self, sentences: Sequence[tuple[SectionKind, str]]) -> Sequence[str | None]:
        """The model's sentence for each; None where it gives none. Raises EngineError."""
        asked = {
            str(number): {"section": kind.value, "sentence": text} for number, (kind, text) in enumerate(sentences, 1)
        }
        messages = [
            {"role": "system", "content": INSTRUCTIONS},
            {"role": "user", "content": json.dumps(asked, ensure_ascii=False)},
        ]
        body = self._post({"model": self._model, "messages": messages, "temperature": 0, "stream": False})
        answered = self._read(body)
        return [value if isinstance(value := answered.get(number), str) else None for number in asked]

    def _post(self, request: Mapping[str, Any]) -> bytes:
        """The endpoint's answer, waited for no longer than the settings say, however slowly it comes."""
        outcome: Queue[bytes | Exception] = Queue(maxsize=1)

        def ask() -> None:
            try:
                outcome.put(self._answer(request))
            except Exception as error:  # whatever it is, it is raised where the answer is waited for
                outcome.put(error)

        Thread(target=ask, daemon=True).start()
        try:
            answer = outcome.get(timeout=self._timeout)
        except Empty:
            raise EngineError(self._late()) from None
        if isinstance(answer, Exception):
            raise answer
        return answer

    def _answer(self, request: Mapping[str, Any]) -> bytes:
        import httpx

        try:
            with (
                httpx.Client(timeout=self._timeout, trust_env=False, follow_redirects=False) as client,
                client.stream("POST", self._url, json=request, headers=self._headers) as response,
            ):
                if response.status_code != httpx.codes.OK:
                    raise EngineError(f"the writer at {self._host} answered with HTTP status {response.status_code}")
                body = bytearray()
                for piece in response.iter_bytes():
                    body += piece
                    if len(body) > LARGEST:
                        raise EngineError(f"the writer at {self._host} answered more than can be a note")
                return bytes(body)
        except httpx.TimeoutException as error:
            raise EngineError(self._late()) from error
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            kind = type(error).__name__
            raise EngineError(f"the writer at {self._host} could not be reached ({kind}): is it running?") from error

    def _late(self) -> str:
        return f"the writer at {self._host} did not answer within {self._timeout:g} s (sections.writer_timeout)"

    def _read(self, body: bytes) -> Mapping[str, Any]:
        """The JSON object within what the model said; models like to put words or a fence around it."""
        try:
            content = json.loads(body)["choices"][0]["message"]["content"]
            answered = json.loads(content[content.index("{") : content.rindex("}") + 1])
        except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError) as error:
            raise EngineError(f"the writer at {self._host} answered nothing that can be read") from error
        if not isinstance(answered, dict):
            raise EngineError(f"the writer at {self._host} answered nothing that can be read")
        return answered


def _host(settings: SectionsSettings) -> str:
    """The host and port of the endpoint. Raises ConfigError where statements must not be sent there."""
    try:
        url = urlsplit(settings.writer_url)
        host, port = url.hostname, url.port
    except ValueError:
        host = None
    if not host or url.scheme not in ("http", "https"):
        raise ConfigError(
            "the writer openai-compatible needs an endpoint: set sections.writer_url to its http(s) address"
        )
    if url.username or url.password or url.query or url.fragment:
        raise ConfigError("sections.writer_url must be a plain address: a key belongs into a variable (writer_key)")
    if url.scheme == "http" and not _is_this_machine(host) and not settings.writer_unencrypted:
        raise ConfigError(
            f"statements would go to {host} unencrypted: use https in sections.writer_url, "
            "or allow it with sections.writer_unencrypted"
        )
    return f"{host}:{port}" if port else host


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _headers(variable: str) -> dict[str, str]:
    if not variable:
        return {}
    key = os.environ.get(variable, "").strip()
    if not key or not key.isascii() or not key.isprintable():
        raise ConfigError(
            f"sections.writer_key names {variable}, which holds no key: set it, or leave writer_key empty"
        )
    return {"Authorization": f"Bearer {key}"}
