"""The pages about people in a real browser: signing in, the locked screen, accounts, the audit trail."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyotp
import pytest

from scribe.config import Config, WebSettings
from scribe.store.actor import SYSTEM
from scribe.types import Mode
from scribe.web.app import create_app

PASSWORD = "four words of a password"
PHONE = {"width": 390, "height": 844}
HOSTILE = "<img src=x onerror=\"document.title='owned'\">{{7*7}}"


@pytest.fixture
def address(clinic: Any, serve: Callable[..., str], loopback: None) -> str:
    """A workbench whose clock is that of the browser."""
    from datetime import UTC, datetime

    clinic.store.clock = lambda: datetime.now(UTC)
    clinic.store.auditor.trail._now = clinic.store.clock
    web = WebSettings(idle_minutes=15)
    clinic.app = create_app(Config(store=clinic.store.settings, web=web), store=clinic.store)
    return serve(clinic.app)


def sign_in(page: Any, address: str, login: str, password: str = PASSWORD) -> None:
    page.goto(f"{address}/sign-in")
    page.get_by_label("Login").fill(login)
    page.get_by_label("Password").fill(password)
    page.keyboard.press("Enter")


def test_an_administrators_day(
    address: str, clinic: Any, new_page: Callable[..., Any], accessible: Callable[[Any], None]
) -> None:
    page = new_page()
    page.goto(f"{address}/people")
    page.wait_for_url("**/sign-in")
    accessible(page)
    sign_in(page, address, "admin", "wrong")
    page.get_by_text("do not fit").wait_for()
    sign_in(page, address, "admin")
    page.wait_for_url("**/people")
    page.get_by_role("cell", name="Coder Person", exact=True).wait_for()
    accessible(page)

    page.get_by_role("button", name="Add a person").click()
    page.get_by_label("Login").fill("mallory")
    page.get_by_label("Name").fill(HOSTILE)
    page.get_by_label("coder").select_option("yes")
    page.get_by_role("dialog").get_by_role("button", name="OK").click()
    first = page.locator("#shown-once").inner_text()
    accessible(page)
    page.get_by_role("button", name="Close").click()
    page.get_by_role("cell", name=HOSTILE, exact=True).wait_for()
    assert page.title() == "People · scribe", "a name is text, never markup"

    other = new_page(viewport=PHONE)
    sign_in(other, address, "mallory", first)
    other.wait_for_url("**/account")
    accessible(other)
    other.get_by_label("Password so far").fill(first)
    other.get_by_label("New password", exact=True).fill(PASSWORD)
    other.get_by_label("New password once more").fill(PASSWORD)
    other.get_by_role("button", name="Change password").click()
    other.get_by_text("signed out everywhere else").wait_for()

    page.get_by_role("button", name="Change Coder Person").click()
    page.get_by_role("menuitem", name="Lock…").click()
    page.get_by_role("dialog").get_by_role("button", name="Yes").click()
    page.get_by_text("locked", exact=True).wait_for()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in")


def test_a_locked_screen_shows_nothing_and_keeps_what_was_typed(
    address: str,
    clinic: Any,
    new_page: Callable[..., Any],
    accessible: Callable[[Any], None],
    until: Callable[..., Any],
) -> None:
    page = new_page()
    sign_in(page, address, "auditor")
    page.wait_for_url("**/audit")
    page.get_by_label("Encounter").fill("typed before")
    tab = page.context.new_page()
    tab.goto(f"{address}/audit")
    tab.locator("#rows tr").first.wait_for()
    page.get_by_role("button", name="Lock", exact=True).click()
    page.get_by_role("heading", name="Locked").wait_for()
    tab.get_by_role("heading", name="Locked").wait_for()
    assert not page.locator("main").is_visible()
    page.keyboard.press("Escape")
    assert page.get_by_role("heading", name="Locked").is_visible()
    accessible(page)

    page.get_by_label("Password").fill("wrong")
    page.keyboard.press("Enter")
    page.get_by_text("do not fit").wait_for()
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.locator("main").wait_for()
    tab.locator("main").wait_for()
    assert page.get_by_label("Encounter").input_value() == "typed before"
    tab.get_by_role("button", name="Check the whole trail").click()
    tab.get_by_text("The audit trail is intact").wait_for()  # under the token that the other tab's unlocking made
    accessible(tab)

    with clinic.store.begin(SYSTEM) as unit:
        for session in unit.sessions.of(clinic.ids["auditor"]):
            unit.sessions.end(session.id)
    page.get_by_role("button", name="Check the whole trail").click()
    page.get_by_role("heading", name="Sign in again").wait_for()
    page.locator("#lock-login").fill("auditor")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.locator("main").wait_for()
    assert page.get_by_label("Encounter").input_value() == "typed before"


def test_a_form_is_never_sent_by_the_browser_itself(address: str, new_page: Callable[..., Any]) -> None:
    """Its fields would stand in the address: who submits before the script has come waits for it."""
    page = new_page()
    page.route("**/*.js", lambda route: route.abort())
    page.goto(f"{address}/sign-in")
    page.get_by_label("Login").fill("physician")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.evaluate("document.querySelector('#sign-in').requestSubmit()")
    page.wait_for_timeout(300)
    assert page.url == f"{address}/sign-in"
    assert page.get_by_label("Password").input_value() == PASSWORD
    assert page.get_by_role("button", name="Sign in").is_disabled()


def test_an_emergency_opens_an_encounter_and_shows_on_it(
    address: str, clinic: Any, new_page: Callable[..., Any], accessible: Callable[[Any], None]
) -> None:
    with clinic.store.begin(clinic.actor("transcriptionist")) as unit:
        made = unit.encounters.add(mode=Mode.VISIT, patient="Jane Doe", title="Knee")
        unit.encounters.claim(made.id)
    page = new_page(viewport=PHONE)
    sign_in(page, address, "physician")
    page.get_by_role("link", name="Emergency").click()
    page.get_by_label("name or number").fill("jane")
    page.get_by_label("Why it cannot wait").fill("unconscious in the emergency room")
    page.locator("#find button:enabled").wait_for()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Open Jane Doe").wait_for()
    accessible(page)
    page.get_by_role("button", name="Open Jane Doe").click()
    page.wait_for_url(f"**/encounters/{made.id}")
    page.get_by_text("Emergency access by Physician Person").wait_for()
    owner = new_page()
    sign_in(owner, address, "transcriptionist")
    owner.wait_for_url(f"{address}/")
    owner.goto(f"{address}/encounters/{made.id}")
    owner.get_by_text("unconscious in the emergency room").wait_for()
    auditor = new_page()
    sign_in(auditor, address, "auditor")
    auditor.get_by_role("button", name="Emergencies").click()
    auditor.get_by_role("cell", name="unconscious in the emergency room").first.wait_for()


def test_a_second_factor_from_offer_to_sign_in(
    address: str, clinic: Any, new_page: Callable[..., Any], accessible: Callable[[Any], None]
) -> None:
    page = new_page()
    sign_in(page, address, "admin")
    page.wait_for_url("**/people")
    page.goto(f"{address}/account")
    page.get_by_role("button", name="Set up an authenticator").click()
    page.locator("img.qr").wait_for()
    assert page.evaluate("document.querySelector('img.qr').naturalWidth") > 0
    secret = page.locator("#offer .mono").inner_text().replace(" ", "")
    accessible(page)
    page.get_by_role("button", name="It shows six digits").click()
    page.get_by_label("The six digits").fill(pyotp.TOTP(secret).now())
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Turn on").click()
    page.locator(".codes-list li").first.wait_for()
    code = page.locator(".codes-list li").first.inner_text()
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.wait_for_url("**/sign-in")
    sign_in(page, address, "admin")
    page.get_by_label("Six digits").fill(code)
    page.keyboard.press("Enter")
    page.wait_for_url("**/people")
