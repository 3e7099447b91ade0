"""Signing in at an identity provider: OpenID Connect, authorization code with PKCE (RFC 6749, RFC 7636, RFC 9700).

What has to be remembered between leaving and coming back (state, nonce, verifier) is in a cookie of the same browser,
so an answer that another browser began is refused. Nobody gets an account by signing in there: `web.oidc_claim` of the
ID token must name one (`scribe users add --subject`).
"""

from __future__ import annotations

import hmac
import json
import os
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from scribe.config import WebSettings
from scribe.errors import ConfigError
from scribe.web.problems import ProblemError

ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")  # signed with a key that only the provider has
TIMEOUT = 10.0  # seconds to wait for the provider
REMEMBERED = 600  # seconds between leaving and coming back
LEEWAY = 60  # seconds by which two clocks may differ
METADATA_LIFE = 3600.0  # seconds
REFUSED = "the identity provider's answer cannot be trusted: sign in again, from this browser"


@dataclass(frozen=True, slots=True)
class Leaving:
    """Where to send the browser, and what its cookie has to hold."""

    url: str
    cookie: str = field(repr=False)


class Provider:
    """The identity provider that the settings name."""

    def __init__(self, settings: WebSettings) -> None:
        self._settings = settings
        self._known: dict[str, Any] = {}
        self._known_at = -METADATA_LIFE

    @classmethod
    def of(cls, settings: WebSettings) -> Provider | None:
        """None where none is set up. Raises ConfigError where it is set up by half."""
        if not settings.oidc_issuer:
            return None
        if not settings.oidc_client:
            raise ConfigError("web.oidc_issuer is set and web.oidc_client is not: enter the provider's client_id")
        if settings.oidc_secret and settings.oidc_secret not in os.environ:
            raise ConfigError(f"web.oidc_secret names {settings.oidc_secret}, which is not set in the environment")
        issuer = urlsplit(settings.oidc_issuer)
        if issuer.scheme != "https" and issuer.hostname not in ("127.0.0.1", "localhost"):
            raise ConfigError("web.oidc_issuer must be https")
        return cls(settings)

    def leave(self, back: str) -> Leaving:
        """Begin. `back` is the address that the provider sends the browser to. Raises ProblemError 502."""
        remembered = {name: secrets.token_urlsafe(32) for name in ("state", "nonce", "verifier")}
        remembered["back"] = back
        metadata = self._metadata()
        with self._client(back) as client:
            url, _ = client.create_authorization_url(
                metadata["authorization_endpoint"],
                state=remembered["state"],
                code_verifier=remembered["verifier"],
                nonce=remembered["nonce"],
            )
        return Leaving(url, json.dumps(remembered))

    def come_back(self, query: Mapping[str, str], cookie: str | None) -> str:
        """Who signed in: the value of `web.oidc_claim`. Raises ProblemError 401 or 502."""
        try:
            remembered = {name: str(value) for name, value in json.loads(cookie or "").items()}
        except (ValueError, AttributeError):
            raise ProblemError(401, "oidc", REFUSED) from None
        state = query.get("state", "")
        if not hmac.compare_digest(remembered.get("state", "").encode(), state.encode()) or not state:
            raise ProblemError(401, "oidc", REFUSED)
        if "code" not in query:
            raise ProblemError(401, "oidc", "the identity provider did not let you in: sign in again")
        claims = self._claims(query["code"], remembered)
        return self._subject(claims)

    def _claims(self, code: str, remembered: Mapping[str, str]) -> dict[str, Any]:
        import httpx2
        from authlib.integrations.base_client.errors import OAuthError  # type: ignore[import-untyped]
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet
        from joserfc.jwt import JWTClaimsRegistry, decode

        metadata = self._metadata()
        try:
            with self._client(remembered["back"]) as client:
                token = client.fetch_token(
                    metadata["token_endpoint"], code=code, code_verifier=remembered["verifier"], timeout=TIMEOUT
                )
                keys = client.request("GET", metadata["jwks_uri"], withhold_token=True, timeout=TIMEOUT).json()
        except (OAuthError, httpx2.HTTPError, OSError, ValueError, KeyError):
            raise ProblemError(502, "oidc", "the identity provider did not answer as it should: try again") from None
        try:
            decoded = decode(token["id_token"], KeySet.import_key_set(keys), algorithms=ALGORITHMS)
            claims: dict[str, Any] = decoded.claims
            JWTClaimsRegistry(
                now=int(time.time()),
                leeway=LEEWAY,
                iss={"essential": True, "value": metadata["issuer"]},
                aud={"essential": True, "value": self._settings.oidc_client},
                exp={"essential": True},
                sub={"essential": True},
                nonce={"essential": True, "value": remembered["nonce"]},
            ).validate(claims)
        except (JoseError, ValueError, KeyError, TypeError):
            raise ProblemError(401, "oidc", REFUSED) from None
        if claims.get("azp", self._settings.oidc_client) != self._settings.oidc_client:
            raise ProblemError(401, "oidc", REFUSED)
        return claims

    def _subject(self, claims: Mapping[str, Any]) -> str:
        name = self._settings.oidc_claim
        if name == "email" and claims.get("email_verified") is not True:
            raise ProblemError(401, "oidc", "the identity provider has not verified this e-mail address")
        subject = claims.get(name)
        if not isinstance(subject, str) or not subject:
            raise ProblemError(401, "oidc", f"the identity provider says nothing about {name}: see web.oidc_claim")
        return subject

    def _metadata(self) -> dict[str, Any]:
        """What the provider publishes about itself (OpenID Connect Discovery 1.0, 4)."""
        if time.monotonic() - self._known_at < METADATA_LIFE:
            return self._known
        import httpx2

        issuer = self._settings.oidc_issuer.rstrip("/")
        try:
            with self._client("") as client:
                answer = client.request(
                    "GET", f"{issuer}/.well-known/openid-configuration", withhold_token=True, timeout=TIMEOUT
                )
                metadata = dict(answer.raise_for_status().json())
            if str(metadata["issuer"]).rstrip("/") != issuer:
                raise ValueError
            for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
                if urlsplit(metadata[name]).scheme != urlsplit(issuer).scheme:
                    raise ValueError
        except (httpx2.HTTPError, OSError, ValueError, KeyError):
            raise ProblemError(
                502, "oidc", "the identity provider cannot be reached, or is not the one set up"
            ) from None
        self._known, self._known_at = metadata, time.monotonic()
        return self._known

    def _client(self, back: str) -> Any:
        from authlib.integrations.httpx_client import OAuth2Client  # type: ignore[import-untyped]

        return OAuth2Client(
            self._settings.oidc_client,
            os.environ.get(self._settings.oidc_secret) if self._settings.oidc_secret else None,
            token_endpoint_auth_method="client_secret_basic" if self._settings.oidc_secret else "none",
            scope="openid email profile",
            redirect_uri=back,
            code_challenge_method="S256",
            follow_redirects=False,
            trust_env=False,
        )
