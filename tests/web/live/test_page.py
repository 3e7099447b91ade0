"""The Live page in a real browser, whose microphone plays the shipped visit."""

from __future__ import annotations

import wave
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from scribe import audio
from scribe.capture import recovery
from scribe.capture.folder import root
from scribe.capture.recording import Recording, State
from scribe.config import Config
from scribe.errors import AssetError
from scribe.events import Behind, Committed, Warned
from scribe.store.actor import ME
from scribe.types import MarkKind, Word
from scribe.web.live.registry import Registry

LEAD = 0.3
"""Seconds of silence before the visit: the browser's microphone starts with the stream."""
SECONDS = 40
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def microphone(samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped visit as the browser's microphone plays it."""
    sound = audio.load(samples / "visit.flac", Config().audio)
    path = tmp_path_factory.mktemp("microphone") / "visit.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(sound.sample_rate)
        pcm = (sound.samples[: SECONDS * sound.sample_rate] * 32767).astype("<i2")
        file.writeframes(bytes(2 * int(LEAD * sound.sample_rate)) + pcm.tobytes())
    return path


@pytest.fixture(scope="module")
def talking(chromium: Callable[..., Any], microphone: Path) -> Any:
    """A browser with a microphone, and leave to use it."""
    return chromium(
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-audio-capture={microphone}%noloop",
    )


Open = Callable[..., Any]


@pytest.fixture
def opened(talking: Any, pages_of: Callable[[Any], Open], wire: Any) -> Open:
    """`opened(**options)` opens the Live page in a profile of its own."""
    new_page = pages_of(talking)

    def open_(**options: Any) -> Any:
        page = new_page(permissions=["microphone"], **options)
        page.goto(f"{wire.address}/live")
        page.locator("#form").wait_for()
        return page

    return open_


def become(page: Any, wanted: str) -> None:
    page.locator(f'body[data-state="{wanted}"]').wait_for()


def banner(page: Any, text: str) -> Any:
    return page.locator("#banners").get_by_text(text)


def begin(page: Any) -> None:
    page.get_by_label("Everyone in the room").check()
    page.get_by_role("button", name="Start recording").click()
    become(page, "recording")


def stop(page: Any) -> None:
    page.get_by_role("button", name="Stop").click()
    page.get_by_role("dialog").get_by_role("button", name="Stop").click()
    become(page, "ready")


def recorded(page: Any) -> int:
    """How many samples the page has recorded."""
    return int(page.locator("#elapsed").get_attribute("data-samples") or 0)


def wait_for_samples(page: Any, until: Callable[..., Any], seconds: float) -> None:
    wanted = recorded(page) + seconds * 16_000
    until(lambda: page.wait_for_timeout(50) or recorded(page) >= wanted, f"{seconds} s more are recorded")


def the_same(page: Any, config: Config) -> Recording:
    """The recording of the server, sample for sample what the page recorded."""
    (folder,) = root(config.capture).iterdir()
    recording = Recording.open(folder, key=None)
    assert recording.state is State.FINISHED
    sound = recording.read_pcm(0, recording.samples)
    assert len(sound) == recorded(page)
    assert zlib.crc32(sound.tobytes()) == int(page.locator("#elapsed").get_attribute("data-crc"))
    assert np.abs(sound).max() > 1000  # the microphone was heard
    return recording


def test_from_consent_to_the_draft(
    opened: Open, accessible: Callable[[Any], None], until: Callable[..., Any], live_config: Config
) -> None:
    page = opened()
    accessible(page)
    assert page.get_by_role("button", name="Start recording").is_disabled()
    begin(page)
    said = page.get_by_role("log", name="Transcript")
    said.get_by_text("Good morning. How have you been").wait_for()
    page.locator(".tentative:not(:empty)").wait_for()
    assert "Preview" in page.locator("#said-preview").inner_text()
    page.get_by_role("button", name="Pause").click()
    become(page, "paused")
    page.wait_for_timeout(600)
    before = recorded(page)
    accessible(page)
    page.wait_for_timeout(600)
    assert recorded(page) == before
    page.get_by_role("button", name="Resume").click()
    become(page, "recording")
    page.get_by_role("button", name="Mark").click()
    page.get_by_text("Marked, 0:").wait_for()
    page.get_by_text("Right knee pain for 3 weeks.").wait_for()
    page.get_by_text("a dose that sounds like another").wait_for()
    accessible(page)
    stop(page)
    page.get_by_role("heading", name="Draft").wait_for()
    page.get_by_text("Pain in right knee").wait_for()
    assert page.evaluate("document.activeElement.id") == "draft-title"
    assert page.locator("#announcer").inner_text() == "The draft is ready."
    link = page.get_by_role("link", name="Open, correct and sign")
    link.wait_for()
    assert link.get_attribute("href") == "/encounters/e1"
    accessible(page)
    recording = the_same(page, live_config)
    assert len(recording.pauses) == 1
    assert [mark.kind for mark in recording.marks] == [MarkKind.CONSENT, MarkKind.MOMENT]
    until(lambda: kept(page) == {"recordings": [], "items": []}, "the browser keeps nothing of it")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_by_keyboard_alone(
    opened: Open, accessible: Callable[[Any], None], until: Callable[..., Any], live_config: Config, scheme: str
) -> None:
    page = opened(viewport=PHONE, color_scheme=scheme)
    accessible(page)

    def tab_to(name: str) -> None:
        for _ in range(30):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.id") == name:
                return
        raise AssertionError(f"no way to {name} by keyboard")

    tab_to("consent")
    page.keyboard.press("Space")
    tab_to("start")
    page.keyboard.press("Enter")
    become(page, "recording")
    assert page.evaluate("document.activeElement.id") == "pause"
    page.keyboard.press("p")
    become(page, "paused")
    page.keyboard.press("p")
    become(page, "recording")
    wait_for_samples(page, until, 2)
    page.keyboard.press("m")
    page.get_by_text("Marked").first.wait_for()
    page.keyboard.press("d")
    page.get_by_role("dialog").wait_for()
    accessible(page)
    page.keyboard.press("Escape")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    accessible(page)
    page.keyboard.press("s")
    page.get_by_role("dialog").wait_for()
    page.keyboard.press("Enter")
    become(page, "ready")
    accessible(page)
    the_same(page, live_config)


@pytest.mark.parametrize("late", [600, 6500])
def test_a_busy_audio_thread_answers_late_and_pausing_loses_nothing(
    opened: Open, until: Callable[..., Any], live_config: Config, late: int
) -> None:
    """Resume is pressed before the pause has come through, or sound comes long after it."""
    page = opened()
    page.evaluate(
        """late => {
            const post = MessagePort.prototype.postMessage;
            MessagePort.prototype.postMessage = function (data, ...rest) {
                if (data?.leave) setTimeout(() => post.call(this, data, ...rest), late);
                else post.call(this, data, ...rest);
            };
        }""",
        late,
    )
    begin(page)
    wait_for_samples(page, until, 1)
    page.get_by_role("button", name="Pause").click()
    become(page, "paused")
    page.get_by_role("button", name="Resume").click()
    become(page, "recording")
    wait_for_samples(page, until, 1)
    stop(page)
    recording = the_same(page, live_config)
    assert len(recording.pauses) == 1


def test_the_draft_is_shown_also_where_it_was_saved_before_it_was_told(opened: Open, live_config: Config) -> None:
    page = opened()
    page.add_init_script(
        """const { get, set } = Object.getOwnPropertyDescriptor(Worker.prototype, "onmessage");
        Object.defineProperty(Worker.prototype, "onmessage", { get, set(hear) {
            set.call(this, (message) => message.data?.event?.kind === "finished"
                ? setTimeout(() => hear(message), 1500) : hear(message));
        } });"""
    )
    page.reload()
    begin(page)
    page.get_by_role("log", name="Transcript").get_by_text("Good morning").wait_for()
    stop(page)
    assert page.get_by_role("link", name="Open, correct and sign").is_visible()
    page.locator('#link[data-state="closed"]').wait_for(state="attached")
    the_same(page, live_config)


def test_a_cut_connection_loses_nothing(
    opened: Open, wire: Any, until: Callable[..., Any], live_config: Config, registry: Registry
) -> None:
    page = opened()
    begin(page)
    for seconds in (0.4, 1.7):
        wait_for_samples(page, until, 0.5)
        wire.cut()
        banner(page, "No connection to the server").wait_for()
        wait_for_samples(page, until, seconds)
        wire.mend()
        banner(page, "No connection to the server").wait_for(state="hidden")
    wire.cut()
    registry.close()  # and the server has forgotten everything but what is on its disk
    wire.mend()
    wait_for_samples(page, until, 0.5)
    wire.cut()
    page.get_by_role("button", name="Stop").click()  # while there is no connection
    page.get_by_role("dialog").get_by_role("button", name="Stop").click()
    become(page, "stopping")
    banner(page, "No connection to the server").wait_for()
    wire.mend()
    become(page, "ready")
    the_same(page, live_config)


def test_the_draft_comes_after_a_cut_too(
    opened: Open, wire: Any, until: Callable[..., Any], registry: Registry, live_config: Config
) -> None:
    page = opened()
    begin(page)
    wait_for_samples(page, until, 2)
    (carried,) = registry.unfinished("me")[0]
    driver: Any = registry.find(carried.id, ME).driver
    driver.may_finish.clear()
    page.get_by_role("button", name="Stop").click()
    page.get_by_role("dialog").get_by_role("button", name="Stop").click()
    become(page, "finishing")
    wire.cut()
    banner(page, "The draft is being made there").wait_for()
    driver.may_finish.set()
    wire.mend()
    become(page, "ready")
    page.get_by_role("link", name="Open, correct and sign").wait_for()
    the_same(page, live_config)


def test_a_reloaded_tab_goes_on_and_keeps_nothing_in_clear(
    opened: Open, wire: Any, until: Callable[..., Any], live_config: Config
) -> None:
    page = opened()
    page.on("dialog", lambda dialog: dialog.accept())
    begin(page)
    wait_for_samples(page, until, 1)
    wire.cut()
    wait_for_samples(page, until, 2)
    storage = kept(page)
    assert storage["recordings"] == ["AES-GCM, not extractable"]
    assert len(storage["items"]) >= 4
    assert set(storage["items"]) <= {"sealed", "control"}
    before = recorded(page)
    page.reload()
    banner(page, "have not reached the server yet").wait_for()
    wire.mend()
    page.get_by_role("button", name="Go on recording").click()
    become(page, "recording")
    page.get_by_text("Good morning").wait_for()  # what was said before is there again
    wait_for_samples(page, until, 1)
    page.reload()
    page.get_by_role("button", name="make the draft").click()
    become(page, "ready")
    recording = the_same(page, live_config)
    assert recording.samples >= before + 16_000 - 8_000
    until(lambda: kept(page) == {"recordings": [], "items": []}, "the browser keeps nothing of it")


def test_nothing_is_sent_before_the_browser_keeps_it(
    opened: Open, until: Callable[..., Any], live_config: Config
) -> None:
    """Else a tab that is reloaded in between would count its next sound from before what the server has."""

    def slow(route: Any) -> None:
        script = route.fetch().text()
        assert "  async keep(" in script
        script = script.replace("async keep(entry, item, after) {", "async keep(entry, item, after) { await never;")
        route.fulfill(body=f"const never = new Promise(() => {{}});\n{script}", content_type="text/javascript")

    page = opened()
    page.context.route("**/live/outbox.js", slow)
    page.reload()
    begin(page)
    wait_for_samples(page, until, 1)
    (folder,) = root(live_config.capture).iterdir()
    assert Recording.open(folder, key=None).samples == 0


def test_sound_that_is_left_when_the_server_finished_without_it_is_kept_and_offered(
    opened: Open, wire: Any, until: Callable[..., Any], registry: Registry, live_config: Config, tmp_path: Path
) -> None:
    page = opened()
    page.on("dialog", lambda dialog: dialog.accept())
    begin(page)
    wait_for_samples(page, until, 1)
    wire.cut()
    wait_for_samples(page, until, 2)
    registry.close()  # the server ends
    (item,) = recovery.summaries(root(live_config.capture))
    recovery.recover(item.folder, None)
    page.reload()
    banner(page, "was finished on the server before its last").wait_for()
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save the sound").click()
    saved.value.save_as(tmp_path / "left.wav")
    with wave.open(str(tmp_path / "left.wav")) as file:
        assert file.getnframes() > 4_000
    assert kept(page)["items"]


def test_a_second_tab_sees_that_the_first_records(
    opened: Open, wire: Any, until: Callable[..., Any], live_config: Config
) -> None:
    page = opened()
    begin(page)
    wait_for_samples(page, until, 1)
    other = page.context.new_page()
    other.goto(f"{wire.address}/live")
    banner(other, "going on in another tab or browser").wait_for()
    assert other.get_by_role("button", name="Go on recording").count() == 0
    other.close()
    stop(page)
    the_same(page, live_config)


def test_lag_trouble_and_markup_are_shown_as_text(opened: Open, registry: Registry) -> None:
    page = opened()
    begin(page)
    (carried,) = registry.unfinished("me")[0]
    driver: Any = registry.find(carried.id, ME).driver
    driver.tell(Behind, 33.0)
    banner(page, "Writing is behind by 33 s").wait_for()
    driver.tell(Behind, 2.0)
    banner(page, "Writing is behind").wait_for(state="hidden")
    driver.tell(Warned, "recognition <b>stumbled</b>")
    banner(page, "Recognition <b>stumbled</b>.").wait_for()
    driver.tell(Committed, len(driver.state.words), (Word(0.0, 1.0, ' <img src=x onerror="document.title=1">'),))
    page.get_by_text("<img src=x").wait_for()
    assert page.locator("#said img").count() == 0
    driver.fails = AssetError("weights are missing: run `scribe models fetch`")
    page.get_by_role("button", name="Stop").click()
    page.get_by_role("dialog").get_by_role("button", name="Stop").click()
    banner(page, "Weights are missing").wait_for()


def test_without_a_microphone_the_page_says_what_to_do(new_page: Open, wire: Any) -> None:
    page = new_page()
    page.goto(f"{wire.address}/live")
    page.get_by_role("button", name="Try it").click()
    banner(page, "then start again").wait_for()
    page.get_by_label("A dictation").check()
    page.get_by_role("button", name="Start recording").click()
    banner(page, "then start again").wait_for()
    assert page.locator("body").get_attribute("data-state") == "idle"


def kept(page: Any) -> Any:
    """What the browser keeps: how its keys are held, and in which form each item is."""
    return page.evaluate(
        """async () => {
          const ask = (request) => new Promise((done) => (request.onsuccess = () => done(request.result)));
          const database = await ask(indexedDB.open("scribe-live"));
          const all = (name) => ask(database.transaction(name).objectStore(name).getAll());
          const held = ({ key }) => `${key.algorithm.name}, ${key.extractable ? "" : "not "}extractable`;
          const form = (item) => (item.samples ? "clear" : item.sealed ? "sealed" : "control");
          const found = { recordings: (await all("recordings")).map(held), items: (await all("items")).map(form) };
          database.close();
          return found;
        }"""
    )
