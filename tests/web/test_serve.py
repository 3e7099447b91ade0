"""Where the workbench may listen, and what it tells and logs."""

from __future__ import annotations

import logging
import socket
from pathlib import Path
from typing import Any

import pytest

from scribe.config import WebSettings
from scribe.errors import ConfigError
from scribe.web.serve import WithoutQuery, address, check, listen


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.0.0.2"])
def test_loopback_needs_nothing(host: str) -> None:
    check(WebSettings(host=host), accounts=False)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::", "scribe.example.org"])
def test_elsewhere_needs_tls_and_accounts(host: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="without TLS"):
        check(WebSettings(host=host), accounts=True)
    (tmp_path / "pem").write_text("")
    with_tls = WebSettings(host=host, tls_certificate=str(tmp_path / "pem"), tls_key=str(tmp_path / "pem"))
    with pytest.raises(ConfigError, match="scribe users add"):
        check(with_tls, accounts=False)
    check(with_tls, accounts=True)


def test_a_proxy_in_front_needs_https_and_accounts() -> None:
    with pytest.raises(ConfigError, match="must be https"):
        check(WebSettings(public_url="http://scribe.example.org"), accounts=True)
    with pytest.raises(ConfigError, match="scribe users add"):
        check(WebSettings(public_url="https://scribe.example.org"), accounts=False)
    check(WebSettings(public_url="https://scribe.example.org"), accounts=True)


def test_half_a_certificate_is_told() -> None:
    with pytest.raises(ConfigError, match="no file"):
        check(WebSettings(tls_certificate="/nowhere/pem"), accounts=True)
    with pytest.raises(ConfigError, match="go together"):
        check(WebSettings(tls_certificate=__file__), accounts=True)


def test_a_port_in_use_is_told() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(ConfigError, match="--port"):
            listen(WebSettings(port=taken.getsockname()[1]))


def test_the_address_is_what_one_types() -> None:
    assert address(WebSettings(), 8765) == "http://127.0.0.1:8765/"
    assert address(WebSettings(host="::1"), 1) == "http://[::1]:1/"
    assert address(WebSettings(public_url="https://scribe.example.org"), 1) == "https://scribe.example.org/"


def test_the_access_log_has_no_queries() -> None:
    record = logging.LogRecord(
        "uvicorn.access", 20, "", 1, '%s "%s %s" %s %s', ("c", "GET", "/a?q=Jane", "1", 200), None
    )
    assert WithoutQuery().filter(record)
    assert "Jane" not in record.getMessage()


def test_a_forwarded_address_is_believed_of_loopback_only_and_to_its_last_stranger() -> None:
    import asyncio

    from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

    from scribe.web.serve import PROXIES

    def seen(peer: str, header: str) -> str:
        found = []

        async def app(scope: Any, receive: Any, send: Any) -> None:
            found.append(scope["client"][0])

        scope = {"type": "http", "client": (peer, 1), "headers": [(b"x-forwarded-for", header.encode())]}
        asyncio.run(ProxyHeadersMiddleware(app, trusted_hosts=PROXIES)(scope, None, None))  # type: ignore[arg-type]
        return str(found[0])

    assert seen("127.0.0.1", "10.0.0.7") == "10.0.0.7"
    assert seen("127.0.0.1", "1.2.3.4, 10.0.0.7") == "10.0.0.7", "what the visitor wrote comes first"
    assert seen("10.0.0.9", "1.2.3.4") == "10.0.0.9"
