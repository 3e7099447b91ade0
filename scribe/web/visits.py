"""The cookies of a visitor: one for the visit before anybody signed in, one for the session after."""

from __future__ import annotations

from dataclasses import dataclass, field

from starlette.requests import HTTPConnection
from starlette.responses import Response

from scribe.web.accounts import Browser
from scribe.web.guard import DEVICE_COOKIE, SESSION_COOKIE, VISIT_COOKIE, new_visit


@dataclass(frozen=True, slots=True)
class Cookie:
    """A cookie to set: sent over this server's own pages only, and out of reach of scripts."""

    name: str
    value: str = field(repr=False)
    secure: bool
    lasts: int | None = None  # seconds; None: it ends with the browser

    def set_on(self, response: Response) -> None:
        """Send it with the response."""
        response.set_cookie(
            self.name,
            self.value,
            max_age=self.lasts,
            path="/",
            secure=self.secure,
            httponly=True,
            samesite="strict",
        )

    def drop_from(self, response: Response) -> None:
        """Make the browser forget it."""
        response.delete_cookie(self.name, path="/", secure=self.secure, httponly=True, samesite="strict")


def visit(connection: HTTPConnection) -> tuple[str, Cookie | None]:
    """The cookie that the visitor's token belongs to, and the one to set where the visitor had none."""
    known = connection.cookies.get(SESSION_COOKIE) or connection.cookies.get(VISIT_COOKIE)
    if known:
        return known, None
    cookie = Cookie(VISIT_COOKIE, new_visit(), connection.app.state.secure)
    return cookie.value, cookie


def browser_of(connection: HTTPConnection) -> Browser:
    """Where the request comes from, and by what it may be known."""
    cookies = connection.cookies
    return Browser(address_of(connection), cookies.get(DEVICE_COOKIE, "")[:200], cookies.get(SESSION_COOKIE, ""))


def address_of(connection: HTTPConnection) -> str:
    """Where the request comes from; empty where that is not known."""
    return connection.client.host if connection.client else ""
