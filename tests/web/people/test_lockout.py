"""Failed sign-ins slow down who guesses, and lock out nobody who can show more than a guess."""

from __future__ import annotations

from typing import Any

import pyotp
import pytest
from fastapi.testclient import TestClient
from httpx import Response

from scribe.store.actor import SYSTEM
from scribe.store.attempts import network
from scribe.web.accounts import Browser
from scribe.web.problems import ProblemError

PASSWORD = "four words of a password"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords are compared without argon2: these tests are about what is counted."""
    monkeypatch.setattr("scribe.store.passwords.fits", lambda password, stored: bool(stored) and password == PASSWORD)


def tried(
    clinic: Any, login: str, password: str, *, address: str = "10.0.0.1", device: str = "", code: str = ""
) -> int:
    """The status of a try from an address."""
    try:
        clinic.app.state.accounts.sign_in(login, password, code, Browser(address, device))
    except ProblemError as error:
        return error.status
    return 200


def hammered(clinic: Any, login: str, times: int) -> None:
    """An attacker tries from a new address each time, whenever it is let."""
    for number in range(times):
        while tried(clinic, login, "guess", address=f"172.16.{number // 250}.{number % 250}") == 429:
            clinic.clock.forward(seconds=10)


def has_totp(clinic: Any, login: str) -> pyotp.TOTP:
    browser = clinic.as_(login)
    secret = browser.post("/api/v1/me/totp/offer").json()["secret"]
    given = {"secret": secret, "code": pyotp.TOTP(secret).at(clinic.clock.now), "password": PASSWORD}
    assert browser.post("/api/v1/me/totp", json=given).status_code == 200
    clinic.clock.forward(minutes=1)
    return pyotp.TOTP(secret)


def signed_out(clinic: Any, login: str) -> TestClient:
    """A browser from which somebody has signed in before."""
    browser: TestClient = clinic.as_(login)
    browser.delete("/api/v1/session")
    browser.headers["X-CSRF-Token"] = browser.get("/api/v1/session").json()["csrf_token"]
    return browser


def test_a_clinic_behind_one_address_is_not_locked_out_by_a_forgetful_colleague(clinic: Any) -> None:
    for _ in range(70):
        tried(clinic, "coder", "what was it")
        clinic.clock.forward(seconds=30)
    assert tried(clinic, "coder", PASSWORD) == 429, "her own account waits, from there"
    for login in ("physician", "qa", "transcriptionist", "auditor", "admin"):
        assert tried(clinic, login, PASSWORD) == 200


def test_those_who_mistype_and_then_sign_in_do_not_add_up(clinic: Any) -> None:
    for _ in range(20):
        for login in ("physician", "qa"):
            assert [tried(clinic, login, "typo"), tried(clinic, login, "typo")] == [401, 401]
            assert tried(clinic, login, PASSWORD) == 200


def test_who_tries_many_accounts_from_one_address_has_to_wait(clinic: Any) -> None:
    assert [tried(clinic, f"nobody{number}", "guess") for number in range(60)] == [401] * 60
    assert tried(clinic, "nobody", "guess") == 429
    assert tried(clinic, "physician", PASSWORD, address="10.0.0.2") == 200
    clinic.clock.forward(seconds=61)
    assert tried(clinic, "physician", PASSWORD) == 200


def test_the_owner_of_a_hammered_account_gets_in_from_a_browser_it_knows(clinic: Any) -> None:
    browser = signed_out(clinic, "physician")
    hammered(clinic, "physician", 40)
    assert tried(clinic, "physician", PASSWORD, address="10.9.9.9") == 429, (
        "an unknown browser cannot be told from them"
    )
    assert clinic.sign_in(browser, "physician", "mistyped").status_code == 401
    assert clinic.sign_in(browser, "physician").status_code == 200
    assert clinic.sign_in(clinic.visitor(), "coder").status_code == 200


def test_a_session_unlocks_while_the_account_is_hammered(clinic: Any) -> None:
    physician = clinic.as_("physician")
    physician.post("/api/v1/session/lock")
    for number in range(40):
        tried(clinic, "physician", "guess", address=f"172.16.0.{number}")
    assert tried(clinic, "physician", PASSWORD, address="10.9.9.9") == 429
    assert physician.post("/api/v1/session/unlock", json={"password": PASSWORD}).status_code == 200


def test_password_and_second_factor_together_get_in_from_anywhere(clinic: Any) -> None:
    totp = has_totp(clinic, "physician")
    hammered(clinic, "physician", 40)
    now = totp.at(clinic.clock.now)
    assert tried(clinic, "physician", PASSWORD, address="10.9.9.9") == 429
    assert tried(clinic, "physician", PASSWORD, address="10.9.9.9", code=now) == 200
    assert tried(clinic, "physician", PASSWORD, address="10.9.9.9", code=now) == 401, "digits work once"


def test_nobody_learns_a_password_by_naming_digits(clinic: Any) -> None:
    has_totp(clinic, "physician")
    hammered(clinic, "physician", 40)

    def answer(login: str, password: str) -> Response:
        return clinic.sign_in(clinic.visitor(), login, password, code="000000")  # type: ignore[no-any-return]

    for _ in range(6):
        tried(clinic, "coder", "guess", address="testclient")  # a login without a second factor waits as well
    answers = [answer("physician", PASSWORD), answer("physician", "guess"), answer("coder", PASSWORD)]
    assert [(one.status_code, one.json()["code"]) for one in answers] == [(401, "sign-in")] * 3
    assert len({one.text for one in answers}) == 1


def test_digits_are_not_guessed_either(clinic: Any) -> None:
    has_totp(clinic, "physician")
    hammered(clinic, "physician", 40)
    codes = []
    for number in range(30):  # by somebody who has the password
        try:
            clinic.app.state.accounts.sign_in("physician", PASSWORD, f"{number:06d}", Browser(f"172.17.0.{number}"))
        except ProblemError as error:
            codes.append(error.headers.get("Retry-After"))
    assert codes.index("10") <= 20
    assert codes[-1] is not None


def test_an_attacker_from_everywhere_gets_no_more_tries_than_the_documents_say(clinic: Any) -> None:
    tries, until = 0, clinic.clock.now.timestamp() + 2 * 3600
    while clinic.clock.now.timestamp() < until:
        if tried(clinic, "physician", "guess", address=f"172.16.{tries // 250}.{tries % 250}") == 401:
            tries += 1
        else:
            clinic.clock.forward(seconds=20)
    assert tries <= 20 + 2 * 60 + 10


def test_failures_fade(clinic: Any) -> None:
    for _ in range(5):
        assert tried(clinic, "physician", "guess") == 401
    assert tried(clinic, "physician", PASSWORD) == 429
    clinic.clock.forward(hours=2)
    assert [tried(clinic, "physician", "guess") for _ in range(3)] == [401] * 3, "one of five is left"
    clinic.clock.forward(hours=30)
    tried(clinic, "coder", "guess")
    with clinic.store.begin(SYSTEM, read_only=True) as unit:
        rows = unit.connection.exec_driver_sql("SELECT count(*) FROM attempt").scalar()
    assert rows == 3, "of coder; older ones are removed"


def test_a_browser_is_known_to_those_who_signed_in_from_it(clinic: Any) -> None:
    browser = clinic.as_("physician")
    cookie = next(value for value in browser.cookies.jar if value.name == "scribe_device")
    assert cookie.has_nonstandard_attr("HttpOnly")
    device = browser.cookies["scribe_device"]
    assert clinic.app.state.accounts.knows("physician", Browser("10.0.0.1", device), "")
    assert not clinic.app.state.accounts.knows("coder", Browser("10.0.0.1", device), "")
    assert not clinic.app.state.accounts.knows("physician", Browser("10.0.0.1", "made up"), "")
    clinic.sign_in(browser, "coder")
    assert browser.cookies["scribe_device"] == device, "one value for all who share the browser"
    with clinic.store.begin(SYSTEM, read_only=True) as unit:
        assert unit.devices.known(device, clinic.ids["coder"])
    raw = b"".join(path.read_bytes() for path in clinic.store.place.file.parent.glob("scribe.db*"))
    assert device.encode() not in raw
    clinic.clock.forward(days=181)
    assert not clinic.app.state.accounts.knows("physician", Browser("10.0.0.1", device), "")


def test_a_known_browser_guesses_no_faster_and_can_be_forgotten(clinic: Any) -> None:
    first, second = clinic.as_("physician"), clinic.as_("physician")
    device = second.cookies["scribe_device"]
    codes = [tried(clinic, "physician", "guess", device=device) for _ in range(8)]
    assert codes == [401] * 5 + [429] * 3
    known = first.get("/api/v1/me/devices").json()
    assert [one["this"] for one in known].count(True) == 1
    assert len(known) == 2
    assert first.post("/api/v1/me/devices/forget-others").status_code == 204
    assert [one["this"] for one in first.get("/api/v1/me/devices").json()] == [True]
    with clinic.store.begin(SYSTEM, read_only=True) as unit:
        assert not unit.devices.known(device, clinic.ids["physician"])


def test_a_new_password_makes_every_browser_unknown(clinic: Any) -> None:
    physician, admin = clinic.as_("physician"), clinic.as_("admin")
    device = physician.cookies["scribe_device"]
    assert admin.post(f"/api/v1/users/{clinic.ids['physician']}/password").status_code == 200
    with clinic.store.begin(SYSTEM, read_only=True) as unit:
        assert unit.devices.of(clinic.ids["physician"]) == ()
        assert not unit.devices.known(device, clinic.ids["physician"])


def test_administrators_see_who_is_hammered_and_from_where_and_can_help(clinic: Any) -> None:
    hammered(clinic, "physician", 30)
    for number in range(6):
        tried(clinic, f"nobody{number}", "guess", address="10.6.6.6")
    admin = clinic.as_("admin")
    found = {(one["person_id"], one["address"]): one for one in admin.get("/api/v1/sign-in-failures").json()}
    own = found[clinic.ids["physician"], ""]
    assert own["failures"] >= 20
    assert own["waits_until"] is not None
    assert found["", "10.6.6.6"]["failures"] == 6
    assert len(found) == 2, "logins that are nobody's may be passwords in the wrong field"
    assert clinic.as_("coder").get("/api/v1/sign-in-failures").status_code == 403
    assert tried(clinic, "physician", PASSWORD) == 429
    admin.post(f"/api/v1/users/{clinic.ids['physician']}/unlock")
    assert tried(clinic, "physician", PASSWORD) == 200


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("10.0.0.1", "10.0.0.1"),
        ("::ffff:10.0.0.1", "10.0.0.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_addresses_are_counted_as_what_one_subscriber_has(address: str, counted: str) -> None:
    assert network(address) == counted
