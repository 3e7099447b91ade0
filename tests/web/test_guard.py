"""What a page elsewhere cannot do, and what every answer forbids."""

from __future__ import annotations

import pytest
from fastapi import FastAPI, Request, WebSocket
from fastapi.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from scribe.config import Config, WebSettings
from scribe.web.app import create_app

ADDRESS = "http://127.0.0.1:8765"


@pytest.fixture
def app() -> FastAPI:
    app = create_app(Config(web=WebSettings(max_upload_mb=5)))

    @app.post("/echo")
    async def echo(request: Request) -> int:
        return len(await request.body())

    @app.post("/api/v1/recordings/echo")
    async def upload(request: Request) -> int:
        return len(await request.body())

    @app.get("/fails")
    def fails() -> None:
        raise RuntimeError("Jane Doe has a lump")

    @app.websocket("/socket")
    async def socket(socket: WebSocket) -> None:
        await socket.accept()
        await socket.send_text("hello")
        await socket.close()

    return app


@pytest.fixture
def client(app: FastAPI) -> TestClient:
    client = TestClient(app, base_url=ADDRESS, raise_server_exceptions=False)
    client.headers["X-CSRF-Token"] = client.get("/api/v1/session").json()["csrf_token"]
    return client


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8765", "127.0.0.1.evil.example", "", "[", "0.0.0.0", "127.0.0.1; x"]
)
def test_a_foreign_host_name_is_refused(client: TestClient, host: str) -> None:
    answer = client.get("/", headers={"Host": host})
    assert answer.status_code == 421
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("host", ["127.0.0.1:8765", "localhost:9", "[::1]:8765", "LOCALHOST"])
def test_loopback_has_several_names(client: TestClient, host: str) -> None:
    assert client.get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "http://127.0.0.1:9999", "null", "http://127.0.0.1.evil.example:8765", "http://["]
)
def test_another_origin_is_refused(client: TestClient, origin: str) -> None:
    assert client.post("/echo", headers={"Origin": origin}).status_code == 403
    assert client.get("/api/v1/session", headers={"Origin": origin}).status_code == 403


def test_our_own_origin_passes(client: TestClient) -> None:
    assert client.post("/echo", headers={"Origin": ADDRESS}, content=b"12").json() == 2


def test_another_site_may_link_to_a_page_but_not_load_from_it(client: TestClient) -> None:
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    assert client.get("/", headers=link).status_code == 200
    assert client.post("/echo", headers=link).status_code == 403
    assert client.get("/", headers={**link, "Sec-Fetch-Mode": "no-cors"}).status_code == 403


@pytest.mark.parametrize("token", ["", "0" * 64, "é"])
def test_a_change_needs_the_token_of_our_page(client: TestClient, token: str) -> None:
    answer = client.post("/echo", headers={"X-CSRF-Token": token.encode("latin-1")})
    assert answer.status_code == 403
    assert answer.json()["code"] == "csrf"


def test_the_token_of_another_visit_is_refused(app: FastAPI, client: TestClient) -> None:
    other = TestClient(app, base_url=ADDRESS)
    other.get("/api/v1/session")
    assert other.post("/echo", headers={"X-CSRF-Token": client.headers["X-CSRF-Token"]}).status_code == 403


def test_websockets_are_guarded_as_well(client: TestClient) -> None:
    with client.websocket_connect("/socket", headers={"Origin": ADDRESS, "Host": "127.0.0.1:8765"}) as socket:
        assert socket.receive_text() == "hello"
    for headers in ({"Origin": "http://evil.example"}, {"Host": "evil.example"}):
        with pytest.raises(WebSocketDisconnect), client.websocket_connect("/socket", headers=headers):
            pass


def test_bodies_have_limits(client: TestClient) -> None:
    assert client.post("/echo", content=b"x" * 4_194_305).status_code == 413
    assert client.post("/api/v1/recordings/echo", content=b"x" * 4_900_000).json() == 4_900_000
    assert client.post("/api/v1/recordings/echo", content=b"x" * 5_000_001).status_code == 413

    def undeclared():  # type: ignore[no-untyped-def]
        for _ in range(60):
            yield b"x" * 100_000

    assert client.post("/echo", content=undeclared()).status_code == 413


@pytest.mark.parametrize("path", ["/", "/api/v1/session", "/nowhere", "/static/base.css", "/fails"])
def test_every_answer_carries_the_headers(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self';")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == ("no-cache" if path.startswith("/static") else "no-store")
    assert "server" not in headers


def test_a_policy_allows_its_own_nonce_only_once(client: TestClient) -> None:
    assert client.get("/").headers["content-security-policy"] != client.get("/").headers["content-security-policy"]


def test_an_unforeseen_error_tells_nothing_of_a_patient(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    answer = client.get("/fails")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "RuntimeError at" in caplog.text
    assert "Jane" not in answer.text + caplog.text


def test_behind_tls_only_https_is_our_origin() -> None:
    app = create_app(Config(web=WebSettings(public_url="https://scribe.example.org")))
    client = TestClient(app, base_url="https://scribe.example.org")
    answer = client.get("/api/v1/session", headers={"Origin": "https://scribe.example.org"})
    assert answer.status_code == 200
    assert "max-age" in answer.headers["strict-transport-security"]
    assert "Secure" in answer.headers["set-cookie"]
    assert client.get("/", headers={"Origin": "http://scribe.example.org"}).status_code == 403
