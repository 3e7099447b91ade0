"""Runs the workbench with uvicorn: on loopback, or elsewhere with TLS and accounts."""

from __future__ import annotations

import ipaddress
import logging
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn
from urllib.parse import urlsplit

import uvicorn
from fastapi import FastAPI

from scribe.config import WebSettings
from scribe.errors import ConfigError
from scribe.web.guard import LOOPBACK

PROXIES = ("127.0.0.1", "::1")  # whose word on where a request comes from is believed
GRACE = 3  # seconds that requests and sockets get to end when the server stops
BACKLOG = 512  # connections that wait while the server starts


def is_loopback(host: str) -> bool:
    """Does only this machine reach that address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() in LOOPBACK


def check(settings: WebSettings, *, accounts: bool) -> None:
    """Raises ConfigError where patient data would be within reach of a network without TLS or sign-in."""
    for name, path in (("tls_certificate", settings.tls_certificate), ("tls_key", settings.tls_key)):
        if path and not Path(path).expanduser().is_file():
            raise ConfigError(f"web.{name}: there is no file {path}: check the name")
    if bool(settings.tls_certificate) != bool(settings.tls_key):
        raise ConfigError("web.tls_certificate and web.tls_key go together: set both, or none")
    if settings.public_url and urlsplit(settings.public_url).scheme not in ("http", "https"):
        raise ConfigError("web.public_url is no web address: write it as https://scribe.example.org")
    public = urlsplit(settings.public_url).hostname or "127.0.0.1"
    if is_loopback(settings.host) and is_loopback(public):
        return
    if not is_loopback(settings.host) and not settings.tls_certificate:
        raise ConfigError(
            f"web.host {settings.host} can be reached from other machines, and without TLS everybody on the way reads "
            "along: set web.tls_certificate and web.tls_key, or listen on 127.0.0.1 behind a proxy that has TLS"
        )
    if not is_loopback(public) and not settings.public_url.startswith("https://"):
        raise ConfigError("web.public_url must be https: let the proxy in front have a certificate")
    if not accounts:
        raise ConfigError(
            "without accounts whoever reaches the address may read and sign everything: make one with `scribe users "
            "add`, or listen on 127.0.0.1 only"
        )


def listen(settings: WebSettings) -> socket.socket:
    """A listening socket. Raises ConfigError where the address is taken or not of this machine."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
        listener.listen(BACKLOG)  # who is told the address may come at once
    except OSError as error:
        listener.close()
        reason = error.strerror or "unknown"
        raise ConfigError(
            f"cannot listen on {settings.host}:{settings.port} ({reason.lower()}): choose another with --port"
        ) from error
    return listener


def address(settings: WebSettings, port: int) -> str:
    """What to type into a browser."""
    if settings.public_url:
        return settings.public_url.rstrip("/") + "/"
    scheme = "https" if settings.tls_certificate else "http"
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"{scheme}://{host}:{port}/"


class WithoutQuery(logging.Filter):
    """The access log names paths only: a search may hold a name."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Cut the query off the path of an access line."""
        if isinstance(record.args, tuple) and len(record.args) == 5:
            client, method, path, version, status = record.args
            record.args = (client, method, str(path).partition("?")[0], version, status)
        return True


def run(app: FastAPI, settings: WebSettings, *, on_listening: Callable[[str], None], requests: bool = False) -> None:
    """Serve until interrupted. `on_listening(address)` is called when the port is open.

    `requests`: write a line for each request to stderr, without its query.
    """
    listener = listen(settings)
    logging.getLogger("uvicorn.access").addFilter(WithoutQuery())
    config = uvicorn.Config(
        app,
        log_level="info" if requests else "warning",
        access_log=requests,
        server_header=False,
        proxy_headers=bool(settings.public_url),  # of a proxy on this machine: where a request comes from
        forwarded_allow_ips=list(PROXIES),  # whatever the environment says: of no other machine
        ws_max_size=4 * 1024 * 1024,
        timeout_graceful_shutdown=GRACE,
        ssl_certfile=settings.tls_certificate or None,
        ssl_keyfile=settings.tls_key or None,
    )
    on_listening(address(settings, listener.getsockname()[1]))
    with _ending():
        uvicorn.Server(config).run(sockets=[listener])


@contextmanager
def _ending() -> Iterator[None]:
    """SIGTERM ends the process as any other end does, so that whoever called can close what is open.

    uvicorn sends itself the signal again once it has stopped, and by default that is the end of the process.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def told(number: int, frame: FrameType | None) -> NoReturn:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # what is closed now is closed once
        raise SystemExit(0)

    before = signal.signal(signal.SIGTERM, told)
    try:
        yield
    finally:
        if signal.getsignal(signal.SIGTERM) is told:
            signal.signal(signal.SIGTERM, before)
