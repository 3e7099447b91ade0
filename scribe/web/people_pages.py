"""Pages about people: signing in, one's own account, all accounts, the audit trail."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from scribe.store.actor import NOBODY, StaffRole
from scribe.store.once import PROVIDER
from scribe.web.guard import SESSION_COOKIE, VISIT_COOKIE
from scribe.web.identity import CurrentActor, accounts_of, require, visitor_of
from scribe.web.oidc import REFUSED, REMEMBERED, Provider
from scribe.web.permissions import ANYONE, PERMISSIONS
from scribe.web.problems import ProblemError
from scribe.web.templating import page
from scribe.web.visits import Cookie, address_of, browser_of

router = APIRouter(include_in_schema=False)
OIDC_COOKIE = "scribe_oidc"
ACTIONS = (  # what auditors look for first
    *("session.sign_in", "session.sign_out", "session.lock", "encounter.list", "encounter.read", "encounter.grant"),
    *(
        "recording.begin",
        "recording.consent",
        "recording.follow",
        "recording.create",
        "recording.read",
        "recording.export",
        "document.export",
        "transcript.read",
        "transcript.edit",
        "note.read",
        "note.edit",
        "note.sign",
    ),
    *("code.decide", "emergency.search", "emergency.access", "user.add", "user.roles", "user.lock", "user.password"),
    *("token.add", "token.revoke", "audit.read", "audit.verify", "audit.behind", "audit.clock", "audit.restored"),
)


@router.get("/sign-in", dependencies=[require(ANYONE)])
def sign_in_page(request: Request) -> Response:
    """Login, password, second factor; or the way to the identity provider."""
    if accounts_of(request) is None:
        return RedirectResponse("/", 303)
    provider = request.app.state.provider is not None
    return page(request, "sign_in.html", None, provider=provider, problem=None)


@router.get("/sign-in/provider", dependencies=[require(ANYONE)])
def to_the_provider(request: Request) -> Response:
    """Off to the identity provider."""
    leaving = _provider(request).leave(_back(request))
    response = RedirectResponse(leaving.url, 303)
    response.set_cookie(
        OIDC_COOKIE,
        _packed(leaving.cookie),
        max_age=REMEMBERED,
        path="/sign-in",
        secure=request.app.state.secure,
        httponly=True,
        samesite="lax",  # it has to come along when the provider sends the browser back
    )
    return response


@router.get("/sign-in/provider/back", dependencies=[require(ANYONE)])
def back_from_the_provider(request: Request) -> Response:
    """The identity provider sends the browser here."""
    accounts, address = accounts_of(request), address_of(request)
    if accounts is None:
        return RedirectResponse("/", 303)
    try:
        cookie = _unpacked(request.cookies.get(OIDC_COOKIE, ""))
        subject = _provider(request).come_back(dict(request.query_params), cookie)
        with request.app.state.store.begin(NOBODY) as unit:
            fresh = unit.once.use(PROVIDER, request.query_params["state"])
            person = unit.people.by_subject(subject)
        if not fresh:
            raise ProblemError(401, "oidc", REFUSED)
        if person is None or person.state != "active":
            raise ProblemError(401, "oidc", "nobody has an account here under that name: ask an administrator")
    except ProblemError as error:
        accounts.refused("provider", f"{error.code} {error.status}; address {address}")
        response: Response = page(
            request, "sign_in.html", None, status=error.status, provider=True, problem=error.detail
        )
        response.delete_cookie(OIDC_COOKIE, path="/sign-in")
        return response
    signed = accounts.start(person, browser_of(request), how="identity provider")
    # not a redirect: the cookie is strict, and a redirect would still count as coming from the provider
    response = page(request, "signed_in.html", None)
    Cookie(SESSION_COOKIE, signed.cookie, request.app.state.secure).set_on(response)
    Cookie(VISIT_COOKIE, "", request.app.state.secure).drop_from(response)
    response.delete_cookie(OIDC_COOKIE, path="/sign-in")
    return response


@router.get("/account", dependencies=[require("self")])
def account_page(request: Request, actor: CurrentActor) -> HTMLResponse:
    """One's own password, second factor and sessions."""
    visitor = visitor_of(request)
    return page(request, "account.html", actor, person=visitor.person if visitor else None)


@router.get("/people", dependencies=[require("user:manage")])
def people_page(request: Request, actor: CurrentActor) -> HTMLResponse:
    """All accounts and tokens."""
    permissions = {name: sorted(roles) for name, roles in PERMISSIONS.items() if name not in (ANYONE, "self")}
    return page(request, "people.html", actor, roles=list(StaffRole), permissions=permissions)


@router.get("/emergency", dependencies=[require("emergency:access")])
def emergency_page(request: Request, actor: CurrentActor) -> HTMLResponse:
    """Opening somebody else's encounter, because care cannot wait."""
    return page(request, "emergency.html", actor, minutes=request.app.state.config.web.emergency_minutes)


@router.get("/audit", dependencies=[require("audit:read")])
def audit_page(request: Request, actor: CurrentActor) -> HTMLResponse:
    """The audit trail, and its check."""
    return page(request, "audit.html", actor, actions=ACTIONS)


def _provider(request: Request) -> Provider:
    provider: Provider | None = request.app.state.provider
    if provider is None:
        raise ProblemError(404, "no-provider", "no identity provider is set up: see web.oidc_issuer")
    return provider


def _back(request: Request) -> str:
    public = request.app.state.config.web.public_url.rstrip("/")
    return f"{public or str(request.base_url).rstrip('/')}/sign-in/provider/back"


def _packed(text: str) -> str:
    return text.encode().hex()


def _unpacked(text: str) -> str:
    try:
        return bytes.fromhex(text).decode()
    except ValueError:
        return ""
