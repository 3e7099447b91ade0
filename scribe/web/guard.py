"""The gate before every request and WebSocket: where it comes from, how large it may be, and what the answer forbids.

A web page elsewhere must not reach the workbench through the visitor's browser. So (OWASP ASVS 5.0, 3.4, 3.5, 4.4.2):

- the Host header must name this server, or a foreign name that resolves to loopback would do (DNS rebinding);
- an Origin, where the browser sends one, must be this server; Sec-Fetch-Site must not say that another site asks;
- a method that changes something needs the token that only our own pages know (`csrf_token`), unless it carries a
  bearer token, which no browser sends by itself.

The answer allows scripts, styles and connections of this server only, and none of them inline.
"""

from __future__ import annotations

import hmac
import re
import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from anyio import fail_after
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from scribe.web import problems

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
SMALL_BODY = 4 * 1024 * 1024  # bytes of a body that is no recording
VISIT_COOKIE = "scribe_visit"  # a random value, before anybody has signed in
SESSION_COOKIE = "scribe_session"
DEVICE_COOKIE = "scribe_device"  # by it an account knows a browser that it has signed in from
HOST = re.compile(r"(?P<name>[A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(:\d{1,5})?")
DEFAULT_PORT = {"http": 80, "https": 443, "ws": 80, "wss": 443}


class TooLargeError(Exception):
    """The body is larger than its route takes."""


class TooSlowError(HTTPException):
    """The body did not come in time."""

    def __init__(self) -> None:
        super().__init__(408, "the request did not come in time: check the connection and send it again")


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast the body of a request has to come, in seconds and bytes."""

    small: float = 30.0  # for a body that is no recording, in all
    silent: float = 30.0  # between two pieces of a recording
    slowest: float = 8_000.0  # bytes a second of a recording, on average, once `silent` has passed
    longest: float = 3_600.0  # for a recording, in all

    def left(self, upload: bool, passed: float, came: int) -> float:
        """How long to wait for the next piece when `came` bytes came in `passed` seconds; 0: no longer."""
        if not upload:
            return max(self.small - passed, 0.0)
        if passed > self.silent and came < self.slowest * passed:
            return 0.0
        return max(min(self.silent, self.longest - passed), 0.0)


def csrf_token(cookie: str) -> str:
    """The token that belongs to a visit or session cookie; only a page of ours can read it."""
    return hmac.digest(cookie.encode(), b"scribe csrf", "sha256").hex()


def content_security_policy(host: str, nonce: str, secure: bool) -> str:
    """The policy of an answer. `nonce` allows a style element of a script that must make one; no script needs any."""
    socket = f"{'wss' if secure else 'ws'}://{host}"
    return (
        "default-src 'none'; script-src 'self'; "
        f"style-src 'self' 'nonce-{nonce}'; connect-src 'self' {socket}; worker-src 'self'; "
        "media-src 'self' blob:; img-src 'self' data:; font-src 'self'; manifest-src 'self'; "
        "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
    )


FIXED_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=(), payment=(), usb=()",
}


class Guard:
    """ASGI middleware. `hosts` are names this server answers to, beside those of loopback."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        hosts: Iterable[str],
        secure: bool,
        uploads: Iterable[str],
        max_upload: int,
        pace: Pace | None = None,
    ):
        self.app = app
        self.pace = pace or Pace()
        self.hosts = LOOPBACK | {host.lower() for host in hosts}
        self.secure = secure  # people reach it over https, directly or through a proxy
        self.uploads = tuple(uploads)
        self.max_upload = max_upload  # bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or pass on with limits and headers."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        scope.setdefault("state", {})["nonce"] = nonce = secrets.token_urlsafe(16)
        refusal = self._refusal(scope, headers)
        if scope["type"] == "websocket":
            if refusal:
                await receive()
                await send({"type": "websocket.close", "code": 1008, "reason": refusal[1]})
                return
            await self._converse(scope, receive, send)
            return
        guarded = self._with_headers(send, headers.get("host", ""), nonce)
        if refusal:
            await problems.answer(*refusal)(scope, receive, guarded)
            return
        await self._pass_on(scope, self._counted(scope, receive), guarded)

    async def _converse(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self.app(scope, receive, send)
        except Exception as error:
            problems.unforeseen(error)  # logged without its message; the server closes the socket
            await send({"type": "websocket.close", "code": 1011})

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def note_start(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, note_start)
        except TooLargeError:
            if not started:
                await _too_large()(scope, receive, send)
        except TooSlowError as error:
            if not started:
                await problems.answer(408, "too-slow", str(error.detail))(scope, receive, send)
        except ClientDisconnect:  # whoever sent it is gone: there is nobody to answer, and nothing went wrong here
            return
        except Exception as error:
            response = problems.unforeseen(error)
            if started:
                raise ConnectionError("the answer broke off") from None
            await response(scope, receive, send)

    def _refusal(self, scope: Scope, headers: Headers) -> tuple[int, str, str] | None:
        host = headers.get("host", "")
        if _hostname(host) not in self.hosts:
            return 421, "host", "this server does not answer to that name: open the address that it printed"
        origin = headers.get("origin")
        if origin is not None and not self._is_own(origin, host):
            return 403, "origin", "another web site sent this request: open the workbench by its own address"
        site = headers.get("sec-fetch-site", "none")
        navigation = headers.get("sec-fetch-mode") == "navigate" and scope.get("method") == "GET"
        if site not in ("none", "same-origin") and not navigation:
            return 403, "origin", "another web site sent this request: open the workbench by its own address"
        if scope["type"] == "http":
            if _declared_length(headers) > self._limit(scope):
                return 413, "too-large", TOO_LARGE
            if scope["method"] not in SAFE and not _bearer(headers) and not _csrf_is_right(headers):
                return 403, "csrf", "the page is from another session: reload it and send again"
        return None

    def _is_own(self, origin: str, host: str) -> bool:
        default = DEFAULT_PORT["https" if self.secure else "http"]
        try:
            parts, own = urlsplit(origin), urlsplit(f"//{host}")
            port, own_port = parts.port or DEFAULT_PORT.get(parts.scheme), own.port or default
        except ValueError:
            return False
        scheme = parts.scheme == "https" if self.secure else parts.scheme in ("http", "https")
        return scheme and (parts.hostname, port) == (own.hostname, own_port)

    def _limit(self, scope: Scope) -> int:
        return self.max_upload if self._is_upload(scope) else SMALL_BODY

    def _is_upload(self, scope: Scope) -> bool:
        return any(scope["path"].startswith(prefix) for prefix in self.uploads)

    def _counted(self, scope: Scope, receive: Receive) -> Receive:
        limit, upload, came, ended = self._limit(scope), self._is_upload(scope), 0, False
        began = time.monotonic()

        async def counted() -> Message:
            nonlocal came, ended
            if ended:  # what comes now is that the browser has gone
                return await receive()
            try:
                with fail_after(self.pace.left(upload, time.monotonic() - began, came)):
                    message = await receive()
            except TimeoutError:
                raise TooSlowError from None
            came += len(message.get("body", b""))
            ended = not message.get("more_body", False)
            if came > limit:
                raise TooLargeError
            return message

        return counted

    def _with_headers(self, send: Send, host: str, nonce: str) -> Send:
        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Content-Security-Policy"] = content_security_policy(host, nonce, self.secure)
                headers.update(FIXED_HEADERS)
                headers.setdefault("Cache-Control", "no-store")
                if self.secure:
                    headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
            await send(message)

        return guarded


TOO_LARGE = "the body is larger than this address takes: for recordings, see web.max_upload_mb"


def _too_large() -> ASGIApp:
    return problems.answer(413, "too-large", TOO_LARGE)


def _hostname(host: str) -> str:
    found = HOST.fullmatch(host)
    return found["name"].strip("[]").lower() if found else ""


def _declared_length(headers: Headers) -> int:
    length = headers.get("content-length", "0")
    return int(length) if length.isdecimal() else 0


def _bearer(headers: Headers) -> bool:
    return headers.get("authorization", "").lower().startswith("bearer ")


def _csrf_is_right(headers: Headers) -> bool:
    cookies = cookie_parser(headers.get("cookie", ""))
    cookie = cookies.get(SESSION_COOKIE) or cookies.get(VISIT_COOKIE)
    given = headers.get("x-csrf-token", "")
    return bool(cookie) and hmac.compare_digest(csrf_token(str(cookie)).encode(), given.encode())


def new_visit() -> str:
    """A random value for the visit cookie."""
    return secrets.token_urlsafe(32)
