"""Signing in, staying signed in, and being kept out."""

from __future__ import annotations

import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pyotp
import pytest

from scribe.config import Config, WebSettings
from scribe.store.actor import SYSTEM
from scribe.store.people import PersonState
from scribe.web.accounts import Browser
from scribe.web.app import create_app

PASSWORD = "four words of a password"


def test_without_accounts_whoever_sits_there_is_me(client: Any) -> None:
    session = client.get("/api/v1/session").json()
    assert (session["signed_in"], session["accounts"], session["user_id"]) == (True, False, "me")
    assert "note:sign" in session["permissions"]
    assert client.get("/", follow_redirects=False).status_code == 200


def test_with_accounts_nobody_gets_in_without_signing_in(clinic: Any) -> None:
    visitor = clinic.visitor()
    assert visitor.get("/api/v1/session").json()["signed_in"] is False
    answer = visitor.get("/api/v1/users")
    assert (answer.status_code, answer.json()["code"]) == (401, "signed-out")
    page = visitor.get("/", headers={"Accept": "text/html"}, follow_redirects=False)
    assert (page.status_code, page.headers["location"]) == (303, "/sign-in")
    assert 'id="sign-in"' in visitor.get("/sign-in").text


def test_signing_in_gives_a_new_cookie_and_signing_out_ends_it(clinic: Any) -> None:
    visitor = clinic.visitor()
    answer = clinic.sign_in(visitor, "Physician")
    assert answer.json()["roles"] == ["physician"]
    cookie = answer.headers.get_list("set-cookie")[0]
    assert cookie.startswith("scribe_session=")
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    old = visitor.cookies["scribe_session"]
    clinic.sign_in(visitor, "physician")
    assert visitor.cookies["scribe_session"] != old, "a second sign-in rotates the session"
    assert clinic.app.state.accounts.visitor(old) is None
    assert visitor.delete("/api/v1/session").status_code == 204
    assert visitor.get("/api/v1/me/sessions").status_code == 401
    assert [row.outcome for row in clinic.trail("session.sign_in")] == ["done", "done"]
    assert len(clinic.trail("session.sign_out")) == 2


def test_the_cookie_is_kept_nowhere(clinic: Any) -> None:
    visitor = clinic.as_("physician")
    file = clinic.store.place.file
    raw = b"".join(path.read_bytes() for path in file.parent.glob("scribe.db*"))
    assert visitor.cookies["scribe_session"].encode() not in raw
    assert PASSWORD.encode() not in raw


@pytest.mark.parametrize(
    ("login", "password"), [("physician", "wrong"), ("nobody", PASSWORD), ("physician ", ""), ("", "")]
)
def test_every_wrong_sign_in_gets_the_same_answer(clinic: Any, login: str, password: str) -> None:
    answer = clinic.sign_in(clinic.visitor(), login, password)
    assert answer.status_code == 401
    assert answer.json()["code"] == "sign-in"
    assert answer.json()["detail"] == "login and password do not fit: type them again, or ask an administrator"
    assert "set-cookie" not in answer.headers


def test_a_locked_account_does_not_get_in_and_its_session_ends(clinic: Any) -> None:
    physician, admin = clinic.as_("physician"), clinic.as_("admin")
    assert admin.post(f"/api/v1/users/{clinic.ids['physician']}/lock").json()["state"] == PersonState.LOCKED
    assert physician.get("/api/v1/me/sessions").status_code == 401
    assert clinic.sign_in(clinic.visitor(), "physician").json()["code"] == "sign-in"
    admin.post(f"/api/v1/users/{clinic.ids['physician']}/unlock")
    assert clinic.sign_in(clinic.visitor(), "physician").status_code == 200


def test_an_unknown_login_takes_as_long_as_a_known_one(clinic: Any) -> None:
    def seconds(login: str) -> float:
        began = time.thread_time()  # of this thread alone: the machine may be busy
        with pytest.raises(Exception, match=r"sign-in|too-many"):
            clinic.app.state.accounts.sign_in(login, "wrong password", "", Browser("10.0.0.1"))
        return time.thread_time() - began

    seconds("warm-up")
    known = [seconds("physician") for _ in range(4)]
    unknown = [seconds(f"nobody{number}") for number in range(4)]
    assert 0.5 < statistics.median(known) / statistics.median(unknown) < 2


def test_a_storm_of_wrong_passwords_is_slowed_down_and_others_get_in(clinic: Any) -> None:
    storm = clinic.visitor()
    answers = [clinic.sign_in(storm, "physician", f"guess {number}") for number in range(8)]
    assert [answer.status_code for answer in answers[:5]] == [401] * 5
    assert {answer.status_code for answer in answers[5:]} == {429}
    assert int(answers[5].headers["retry-after"]) > 0
    right = clinic.sign_in(clinic.visitor(), "physician")
    assert right.status_code == 429, "from that address even the right password has to wait"
    assert clinic.sign_in(clinic.visitor(), "coder").status_code == 200
    assert clinic.app.state.accounts.sign_in("physician", PASSWORD, "", Browser("10.0.0.9")).cookie
    clinic.clock.forward(seconds=11)
    assert clinic.sign_in(clinic.visitor(), "physician").status_code == 200
    assert len([row for row in clinic.trail("session.sign_in") if row.outcome == "refused"]) == 5


def test_each_further_failure_waits_longer_and_an_unknown_login_does_too(clinic: Any) -> None:
    for login in ("physician", "nobody"):
        waits = []
        for _ in range(8):
            answer = clinic.sign_in(clinic.visitor(), login, "wrong")
            waits.append(int(answer.headers.get("retry-after", 0)))
            clinic.clock.forward(seconds=waits[-1] + 1)
        assert waits == [0, 0, 0, 0, 10, 20, 40, 80]


def test_a_storm_at_once_gets_no_more_tries_than_one_after_the_other(clinic: Any) -> None:
    def guess(number: int) -> int:
        return int(clinic.sign_in(clinic.visitor(), "physician", f"guess {number}").status_code)

    with ThreadPoolExecutor(8) as threads:
        codes = list(threads.map(guess, range(16)))
    assert codes.count(401) <= 6  # five, and one that was being checked beside the fifth
    assert set(codes) <= {401, 429}


def test_the_session_ends_after_its_hours_whatever_is_done(clinic: Any) -> None:
    physician = clinic.as_("physician")
    for _ in range(80):
        clinic.clock.forward(minutes=10)
        if physician.post("/api/v1/session/seen").status_code != 204:
            break
    answer = physician.post("/api/v1/session/seen")
    assert answer.json()["code"] == "signed-out"
    hours = (clinic.clock.now.hour + clinic.clock.now.minute / 60) - 9
    assert hours == pytest.approx(12, abs=0.2)


def test_an_idle_screen_locks_and_the_password_unlocks_it_with_a_new_cookie(clinic: Any) -> None:
    physician = clinic.as_("physician")
    clinic.clock.forward(minutes=16)
    answer = physician.get("/api/v1/people")
    assert (answer.status_code, answer.json()["code"]) == (401, "locked")
    assert physician.get("/api/v1/session").json()["locked"] is True
    assert physician.post("/api/v1/session/seen").status_code == 401, "moving the mouse does not unlock"
    assert physician.post("/api/v1/session/unlock", json={"password": "wrong"}).json()["code"] == "sign-in"
    old = physician.cookies["scribe_session"]
    unlocked = physician.post("/api/v1/session/unlock", json={"password": PASSWORD})
    assert unlocked.status_code == 200
    assert physician.cookies["scribe_session"] != old
    assert physician.get("/api/v1/people").status_code == 200
    assert clinic.app.state.accounts.visitor(old) is None


def test_a_screen_locked_by_hand_stays_locked_while_a_recording_goes_on(clinic: Any) -> None:
    from starlette.requests import Request

    from scribe.web.identity import current, recorder
    from scribe.web.problems import ProblemError

    physician = clinic.as_("physician")
    assert physician.post("/api/v1/session/lock").status_code == 204
    assert physician.get("/api/v1/people").json()["code"] == "locked"
    cookie = f"scribe_session={physician.cookies['scribe_session']}".encode()
    scope = {"type": "http", "method": "GET", "path": "/", "headers": [(b"cookie", cookie)], "app": clinic.app}
    scope |= {"query_string": b"", "server": ("127.0.0.1", 8765), "scheme": "http", "root_path": ""}
    assert recorder(Request(scope)).user_id == clinic.ids["physician"]
    with pytest.raises(ProblemError, match="locked"):
        current(Request(scope))


def test_polling_is_no_activity_and_a_change_is(clinic: Any) -> None:
    physician = clinic.as_("physician")
    for _ in range(4):
        clinic.clock.forward(minutes=4)
        physician.get("/api/v1/people")
    assert physician.get("/api/v1/people").json()["code"] == "locked"
    again = clinic.as_("physician")
    for _ in range(4):
        clinic.clock.forward(minutes=14)
        assert again.post("/api/v1/session/seen").status_code == 204


def test_the_second_factor_is_asked_for_and_works_once(clinic: Any) -> None:
    physician = clinic.as_("physician")
    offer = physician.post("/api/v1/me/totp/offer").json()
    assert offer["address"].startswith("otpauth://totp/scribe:physician?secret=")
    assert offer["picture"].startswith("data:image/svg+xml")
    totp = pyotp.TOTP(offer["secret"])
    enrolment = {"secret": offer["secret"], "code": "000000", "password": PASSWORD}
    assert physician.post("/api/v1/me/totp", json=enrolment).status_code == 422
    enrolment["code"] = totp.at(clinic.clock.now)
    assert physician.post("/api/v1/me/totp", json={**enrolment, "password": "wrong"}).status_code == 401
    codes = physician.post("/api/v1/me/totp", json=enrolment).json()["codes"]
    assert len(set(codes)) == 10

    clinic.clock.forward(minutes=1)
    visitor = clinic.visitor()
    assert clinic.sign_in(visitor, "physician").json()["code"] == "second-factor"
    assert clinic.sign_in(visitor, "physician", code="123456").json()["code"] == "second-factor"
    now = totp.at(clinic.clock.now)
    assert clinic.sign_in(visitor, "physician", code=now).status_code == 200
    assert clinic.sign_in(clinic.visitor(), "physician", code=now).status_code == 401, "digits count once"
    assert clinic.sign_in(clinic.visitor(), "physician", code=codes[3].upper()).status_code == 200
    assert clinic.sign_in(clinic.visitor(), "physician", code=codes[3]).status_code == 401
    clinic.clock.forward(minutes=10)
    assert clinic.as_("admin").post(f"/api/v1/users/{clinic.ids['physician']}/totp/remove").status_code == 200
    assert clinic.sign_in(clinic.visitor(), "physician").status_code == 200


def test_the_secret_of_the_second_factor_is_sealed_where_there_is_a_key(clinic: Any) -> None:
    from scribe.store.cipher import Cipher
    from scribe.vault import new_key

    cipher = Cipher(new_key(), columns=False)
    sealed = cipher.secret("JBSWY3DPEHPK3PXP", "totp|1")
    assert "JBSWY3DPEHPK3PXP" not in sealed
    assert cipher.read_secret(sealed, "totp|1") == "JBSWY3DPEHPK3PXP"


def test_a_first_password_has_to_be_changed_before_anything_else(clinic: Any) -> None:
    admin = clinic.as_("admin")
    new = {"login": "jane.doe", "name": "Jane Doe", "roles": ["coder"]}
    made = admin.post("/api/v1/users", json=new).json()
    visitor = clinic.visitor()
    assert clinic.sign_in(visitor, "jane.doe", made["password"]).json()["must_change_password"] is True
    assert visitor.get("/api/v1/people").json()["code"] == "password-change"
    page = visitor.get("/", headers={"Accept": "text/html"}, follow_redirects=False)
    assert page.headers["location"] == "/account"
    assert visitor.get("/account").status_code == 200
    change = {"old": made["password"], "new": "jane.doe12345"}
    assert visitor.post("/api/v1/me/password", json=change).status_code == 422
    other = clinic.visitor()
    clinic.sign_in(other, "jane.doe", made["password"])
    changed = visitor.post("/api/v1/me/password", json={**change, "new": "a rather long sentence"})
    assert changed.json()["must_change_password"] is False
    assert visitor.get("/api/v1/people").status_code == 200
    assert other.get("/api/v1/session").json()["signed_in"] is False, "other sessions end with the old password"


@pytest.mark.parametrize(
    "password", ["short", "aaaaaaaaaaaaaaaa", "password1234", "jane.doejane.doe", "x" * 300, "abababababab"]
)
def test_a_password_that_is_guessed_first_is_refused(clinic: Any, password: str) -> None:
    from scribe.errors import InputError
    from scribe.store.passwords import check

    with pytest.raises(InputError):
        check(password, login="jane.doe")


def test_the_last_administrator_stays(clinic: Any) -> None:
    admin, me = clinic.as_("admin"), clinic.ids["admin"]
    assert admin.patch(f"/api/v1/users/{me}", json={"roles": ["coder"]}).status_code == 422
    assert admin.post(f"/api/v1/users/{me}/lock").status_code == 422


def test_roles_count_from_the_next_request_on(clinic: Any) -> None:
    admin, coder = clinic.as_("admin"), clinic.as_("coder")
    assert coder.get("/api/v1/audit").status_code == 403
    admin.patch(f"/api/v1/users/{clinic.ids['coder']}", json={"roles": ["auditor"]})
    assert coder.get("/api/v1/audit").status_code == 200
    assert coder.get("/api/v1/people").status_code == 403


def test_a_token_acts_for_a_person_within_its_scopes_until_its_day(clinic: Any) -> None:
    admin, coder = clinic.as_("admin"), clinic.ids["coder"]
    wanted = {"person_id": coder, "name": "EHR", "scopes": ["encounter:list"], "days": 2}
    assert admin.post("/api/v1/tokens", json={**wanted, "scopes": ["user:manage"]}).status_code == 422
    made = admin.post("/api/v1/tokens", json=wanted).json()
    machine = clinic.visitor()
    machine.headers["Authorization"] = f"Bearer {made['text']}"
    del machine.headers["X-CSRF-Token"]
    assert machine.get("/api/v1/people").status_code == 200
    assert machine.get("/api/v1/me/sessions").status_code == 403, "not in its scopes"
    assert machine.post("/api/v1/emergency/search", json={"text": "xx", "reason": "none given"}).status_code == 403
    clinic.clock.forward(days=2, seconds=1)
    assert machine.get("/api/v1/people").json()["code"] == "token"
    clinic.clock.forward(days=-2)
    assert machine.get("/api/v1/people").status_code == 200
    admin = clinic.as_("admin")
    assert admin.delete(f"/api/v1/tokens/{made['token']['id']}").status_code == 204
    assert machine.get("/api/v1/people").status_code == 401
    assert made["text"] not in admin.get("/api/v1/tokens").text
    raw = b"".join(path.read_bytes() for path in clinic.store.place.file.parent.glob("scribe.db*"))
    assert made["text"].encode() not in raw


def test_making_the_first_account_turns_signing_in_on(new_store: Any, clinic: Any) -> None:
    store = clinic.store
    with store.transaction() as connection:
        for table in ("session", "token", "person"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
    clinic.app = create_app(Config(store=store.settings, web=WebSettings()), store=store)
    me = clinic.visitor()
    coder = {"login": "cora", "name": "Cora", "roles": ["coder"]}
    assert me.post("/api/v1/users", json=coder).status_code == 422, "nobody could make the next account"
    made = me.post("/api/v1/users", json={"login": "ada", "name": "Ada", "roles": ["admin"]}).json()
    assert me.get("/api/v1/users").status_code == 401
    assert clinic.sign_in(clinic.visitor(), "ada", made["password"]).status_code == 200


def test_the_wrong_token_of_another_tab_is_told_and_the_new_one_works(clinic: Any) -> None:
    """Two tabs: one unlocks, which changes cookie and token; the other fetches the new token and goes on."""
    tab = clinic.as_("physician")
    old = tab.headers["X-CSRF-Token"]
    tab.post("/api/v1/session/lock")
    tab.headers["X-CSRF-Token"] = tab.post("/api/v1/session/unlock", json={"password": PASSWORD}).json()["csrf_token"]
    other = tab.post("/api/v1/session/seen", headers={"X-CSRF-Token": old})
    assert (other.status_code, other.json()["code"]) == (403, "csrf")
    fresh = tab.get("/api/v1/session").json()["csrf_token"]
    assert tab.post("/api/v1/session/seen", headers={"X-CSRF-Token": fresh}).status_code == 204


def test_the_system_has_no_login(clinic: Any) -> None:
    with clinic.store.begin(SYSTEM, read_only=True) as unit:
        assert unit.people.by_login("system") is None
        assert unit.people.by_login("me") is None
