"""Signing in at an identity provider: a real one in small, on this machine, that also lies."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi import FastAPI, Form, Request
from joserfc import jwt
from joserfc.jwk import RSAKey

from scribe.config import Config, WebSettings
from scribe.errors import ConfigError
from scribe.store.actor import SYSTEM
from scribe.web.app import create_app
from scribe.web.oidc import Provider

CLIENT = "scribe-workbench"


@dataclass
class Issuer:
    """Publishes itself, gives out codes, and exchanges each once against its PKCE verifier."""

    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, auto_kid=True))
    url: str = ""
    asked: dict[str, dict[str, str]] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)  # in place of the right ones
    forge: Callable[[dict[str, Any]], str] | None = None
    secrets: list[str] = field(default_factory=list)

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.get("/.well-known/openid-configuration")
        def discovery() -> dict[str, str]:
            ends = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
            return {"issuer": self.url, **{name: f"{self.url}/{path}" for name, path in ends.items()}}

        @app.get("/keys")
        def keys() -> dict[str, Any]:
            return {"keys": [self.key.as_dict(private=False)]}

        @app.post("/token")
        def token(
            request: Request, code: str = Form(), code_verifier: str = Form(), redirect_uri: str = Form()
        ) -> dict[str, Any]:
            self.secrets.append(request.headers.get("authorization", ""))
            asked = self.asked.pop(code)
            digest = hashlib.sha256(code_verifier.encode()).digest()
            assert base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == asked["code_challenge"]
            assert redirect_uri == asked["redirect_uri"]
            now = int(time.time())
            claims = {
                "iss": self.url,
                "aud": CLIENT,
                "sub": "u-17",
                "iat": now,
                "exp": now + 60,
                "nonce": asked["nonce"],
            }
            claims |= self.claims
            return {"access_token": "x", "token_type": "Bearer", "id_token": (self.forge or self.signed)(claims)}

        return app

    def signed(self, claims: dict[str, Any]) -> str:
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, self.key)

    def let_in(self, address: str) -> dict[str, str]:
        """What the browser brings back when somebody has signed in there."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert query["code_challenge_method"] == "S256"
        code = f"code-{len(self.asked)}"
        self.asked[code] = query
        return {"code": code, "state": query["state"]}


@pytest.fixture
def issuer(loopback: None, serve: Callable[..., str]) -> Issuer:
    issuer = Issuer()
    issuer.url = serve(issuer.app())
    return issuer


@pytest.fixture
def clinic(clinic: Any, issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("OIDC_SECRET", "kept in the environment")
    web = WebSettings(oidc_issuer=issuer.url, oidc_client=CLIENT, oidc_secret="OIDC_SECRET")
    clinic.app = create_app(Config(store=clinic.store.settings, web=web), store=clinic.store)
    with clinic.store.begin(SYSTEM) as unit:
        unit.people.set_subject(clinic.ids["coder"], "u-17")
    return clinic


def by_hand(header: dict[str, str], claims: dict[str, Any], secret: bytes | None) -> str:
    """A token as an attacker makes it."""
    parts = [_encoded(json.dumps(part).encode()) for part in (header, claims)]
    signature = hmac.digest(secret, ".".join(parts).encode(), "sha256") if secret else b""
    return ".".join([*parts, _encoded(signature)])


def _encoded(plain: bytes) -> str:
    return base64.urlsafe_b64encode(plain).rstrip(b"=").decode()


def there_and_back(clinic: Any, issuer: Issuer, visitor: Any) -> Any:
    leaving = visitor.get("/sign-in/provider", follow_redirects=False)
    assert leaving.status_code == 303
    assert leaving.headers["location"].startswith(f"{issuer.url}/authorize?")
    return visitor.get("/sign-in/provider/back", params=issuer.let_in(leaving.headers["location"]))


def test_whoever_signed_in_there_is_signed_in_here(clinic: Any, issuer: Issuer) -> None:
    visitor = clinic.visitor()
    assert "Sign in with your organisation" in visitor.get("/sign-in").text
    answer = there_and_back(clinic, issuer, visitor)
    assert answer.status_code == 200
    assert "url=/" in answer.text
    session = visitor.get("/api/v1/session").json()
    assert (session["user_id"], session["roles"]) == (clinic.ids["coder"], ["coder"])
    assert clinic.trail("session.sign_in")[0].reason == "identity provider"
    assert issuer.secrets[0].startswith("Basic ")


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://evil.example"},
        {"aud": "another client"},
        {"aud": [CLIENT, "another"], "azp": "another"},
        {"exp": int(time.time()) - 600},
        {"nonce": "replayed"},
        {"sub": ""},
        {"sub": "somebody without an account"},
    ],
)
def test_a_token_that_is_not_meant_for_us_now_is_refused(clinic: Any, issuer: Issuer, claims: dict[str, Any]) -> None:
    issuer.claims = claims
    visitor = clinic.visitor()
    assert there_and_back(clinic, issuer, visitor).status_code == 401
    assert visitor.get("/api/v1/session").json()["signed_in"] is False
    assert clinic.trail("session.sign_in")[0].outcome == "refused"


def test_a_token_that_somebody_else_signed_is_refused(clinic: Any, issuer: Issuer) -> None:
    stranger = RSAKey.generate_key(2048)
    public = issuer.key.as_pem(private=False)
    forgeries: list[Callable[[dict[str, Any]], str]] = [
        lambda claims: jwt.encode({"alg": "RS256", "kid": issuer.key.kid}, claims, stranger),
        lambda claims: by_hand({"alg": "HS256", "kid": issuer.key.kid}, claims, public),  # the public key as secret
        lambda claims: by_hand({"alg": "none"}, claims, None),
        lambda claims: "nonsense",
    ]
    for forge in forgeries:
        issuer.forge = forge
        assert there_and_back(clinic, issuer, clinic.visitor()).status_code == 401


def test_an_answer_that_another_browser_began_is_refused(clinic: Any, issuer: Issuer) -> None:
    attacker, victim = clinic.visitor(), clinic.visitor()
    query = issuer.let_in(attacker.get("/sign-in/provider", follow_redirects=False).headers["location"])
    victim.get("/sign-in/provider", follow_redirects=False)
    assert victim.get("/sign-in/provider/back", params=query).status_code == 401
    assert clinic.visitor().get("/sign-in/provider/back", params=query).status_code == 401
    assert victim.get("/api/v1/session").json()["signed_in"] is False


def test_somebody_who_is_locked_stays_out(clinic: Any, issuer: Issuer) -> None:
    with clinic.store.begin(SYSTEM) as unit:
        unit.people.lock(clinic.ids["coder"])
    assert there_and_back(clinic, issuer, clinic.visitor()).status_code == 401


def test_a_provider_that_is_away_is_told(clinic: Any, issuer: Issuer) -> None:
    clinic.app.state.provider = Provider(WebSettings(oidc_issuer="http://127.0.0.1:9", oidc_client=CLIENT))
    answer = clinic.visitor().get("/sign-in/provider")
    assert (answer.status_code, answer.json()["code"]) == (502, "oidc")


def test_an_unverified_address_names_nobody(clinic: Any, issuer: Issuer) -> None:
    clinic.app.state.provider = Provider(WebSettings(oidc_issuer=issuer.url, oidc_client=CLIENT, oidc_claim="email"))
    with clinic.store.begin(SYSTEM) as unit:
        unit.people.set_subject(clinic.ids["coder"], "cora@example.org")
    issuer.claims = {"email": "cora@example.org"}
    assert there_and_back(clinic, issuer, clinic.visitor()).status_code == 401
    issuer.claims["email_verified"] = True
    assert there_and_back(clinic, issuer, clinic.visitor()).status_code == 200


@pytest.mark.parametrize(
    "web",
    [
        {"oidc_issuer": "https://login.example.org"},
        {"oidc_issuer": "http://login.example.org", "oidc_client": "x"},
        {"oidc_issuer": "https://login.example.org", "oidc_client": "x", "oidc_secret": "NOT_SET"},
    ],
)
def test_a_provider_that_is_set_up_by_half_is_told(web: dict[str, str]) -> None:
    with pytest.raises(ConfigError, match="oidc"):
        Provider.of(WebSettings.model_validate(web))
