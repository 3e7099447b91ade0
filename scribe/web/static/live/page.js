// The Live page: from consent to the draft. States: idle, recording, paused, stopping, finishing, ready.

import { $, announce, api, banner, clock, confirmed, duration, sentence } from "./ui.js";
import { Microphone, reason } from "./microphone.js";
import { NoteView } from "./note.js";
import { offerLeft, save } from "./left.js";
import { TranscriptView } from "./transcript.js";

const MINUTE = 60; // seconds that "drop the last minute" drops
const BEHIND = 20; // seconds that recognition may lag before we say so
const FLOOR = -60; // dB at the left end of the meter
const WORDS = {
  recording: ["Recording", "Recording."],
  paused: ["Paused", "Paused. Nothing is recorded."],
  stopping: ["Sending the last words", "Stopped. The last words are on their way."],
  finishing: ["Making the draft", "The draft is being made."],
  ready: ["Draft ready", "The draft is ready."],
};
const STAGES = {
  vad: "Finding speech",
  asr: "Recognising the words again, with care",
  terms: "Checking medical terms",
  diarization: "Telling speakers apart",
  sections: "Arranging the note",
  writer: "Wording the sentences",
  coding: "Proposing codes",
};

const worker = new Worker("/static/live/link-worker.js", { type: "module" });
const transcript = new TranscriptView($("said"), $("to-now"));
const note = new NoteView({
  note: $("note"), checks: $("checks"), checksPart: $("checks-part"), codes: $("codes"), codesPart: $("codes-part"),
});
const microphone = new Microphone({
  onlevel: showLevel, onlost: lostMicrophone, onwarning: (text) => banner("sound", text, { kind: "warn" }),
});

const visit = { id: null, mode: "visit", state: "idle", seconds: 0, unsent: 0, link: "closed", saved: null };
const waiting = new Map(); // the next message of a kind from the worker: who waits for it
const next = (kind) => new Promise((resolve) => waiting.set(kind, resolve));
let awake = null; // keeps the screen on
let tokens = 0;
let acting = Promise.resolve(); // what is being done with the recording: one thing after the other

// --- states
function become(state) {
  if (visit.state === state) return;
  visit.state = state;
  const [word, said] = WORDS[state];
  document.body.dataset.state = state;
  document.title = `${word} · scribe`;
  $("state").textContent = word;
  $("prepare").hidden = true;
  $("session").hidden = $("dock").hidden = false;
  const open = state === "recording" || state === "paused";
  for (const id of ["pause", "mark", "drop", "stop"]) $(id).disabled = !open;
  $("controls").hidden = $("level-part").hidden = !open;
  $("pause-word").textContent = state === "paused" ? "Resume" : "Pause";
  $("said-preview").hidden = $("note-preview").hidden = state === "ready";
  announce(said);
  keepAwake(state === "recording");
}

async function keepAwake(wanted) {
  const before = awake;
  awake = wanted ? await navigator.wakeLock?.request("screen").catch(() => null) : null;
  await before?.release().catch(() => {});
}

// --- getting ready
async function listDevices() {
  const chosen = $("device").value;
  const devices = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
  const inputs = devices.filter((device) => device.kind === "audioinput" && device.deviceId);
  const options = inputs.map((device, at) => new Option(device.label || `Microphone ${at + 1}`, device.deviceId));
  $("device").replaceChildren(new Option("The system's microphone", ""), ...options);
  if (inputs.some((device) => device.deviceId === chosen)) $("device").value = chosen;
}

async function openMicrophone() {
  banner("microphone", null);
  try {
    await microphone.open($("device").value, visit.mode === "dictation");
    $("level-idle").hidden = false;
    await listDevices();
    return true;
  } catch (error) {
    banner("microphone", reason(error), { kind: "error" });
    announce(reason(error));
    return false;
  }
}

function readForm() {
  visit.mode = $("form").elements.mode.value;
  const alone = visit.mode === "dictation";
  const may = alone || $("consent").checked;
  $("consent-part").hidden = alone;
  $("start").disabled = !may;
  $("start-why").hidden = may;
}

async function start() {
  $("start").disabled = true;
  try {
    if (!(await openMicrophone())) return;
    const consent = visit.mode === "visit" ? $("consent-words").textContent.trim().replace(/\s+/g, " ") : null;
    const made = await api("POST", "/api/v1/live", { mode: visit.mode, consent });
    if (await carry(made.id, visit.mode)) record();
  } catch (error) {
    banner("start", sentence(error.message), { kind: "error" });
    announce(sentence(error.message));
  } finally {
    readForm();
  }
}

/** Opens the way to the server, for a new recording or one that was left. Resolves to whether this tab may carry it. */
async function carry(id, mode, samples = 0) {
  Object.assign(visit, { id, mode, saved: null });
  for (const shown of document.querySelectorAll('#banners :is([data-name^="left"], [data-name="start"])')) shown.remove();
  transcript.clear();
  const opened = next("opened");
  worker.postMessage({ do: "open", id, mode, samples });
  return (await opened).may;
}

function record() {
  const port = microphone.port();
  worker.postMessage({ do: "port", port }, [port]);
  microphone.take();
  become("recording");
  $("pause").focus();
}

// --- while it runs
/** Something done with the recording, in its place after the sound so far; `last`: no sound follows. */
function act(kind, options = {}) {
  const acted = acting.then(() => actNow(kind, options));
  acting = acted.catch(() => {});
  return acted;
}

async function actNow(kind, { last = false, ...more }) {
  const token = last ? `${kind}-${++tokens}` : null;
  const done = next("done");
  worker.postMessage({ do: "control", kind, more, token });
  if (last) microphone.leave(token);
  await done;
}

async function togglePause() {
  if (visit.state === "recording") {
    become("paused");
    await act("pause", { last: true });
    transcript.mark(visit.seconds, "Paused");
  } else if (visit.state === "paused") {
    if (!microphone.stream && !(await openMicrophone())) return;
    await act("resume");
    record();
  }
}

async function mark() {
  await act("mark");
  transcript.mark(visit.seconds, "Marked");
  announce(`Marked at ${clock(visit.seconds)}.`);
}

async function drop() {
  const seconds = Math.min(MINUTE, visit.seconds);
  const text = `The last ${duration(seconds)} of the recording are erased, with the words in them. This cannot be undone.`;
  if (!(await confirmed({ title: "Drop the last minute?", text, yes: "Drop it" }))) return;
  await act("drop", { seconds });
  transcript.mark(visit.seconds, `The last ${duration(seconds)} were dropped`);
  announce("The last minute was dropped.");
}

async function stop() {
  const text = "The recording ends, and the draft is made from all of it.";
  if (!(await confirmed({ title: "Stop and make the draft?", text, yes: "Stop" }))) return;
  become("stopping");
  await act("stop", { last: true });
  microphone.close();
}

function lostMicrophone() {
  if (visit.state !== "recording") return;
  become("paused");
  act("pause", { last: true });
  const text = "The microphone is gone, so the recording is paused; all until then is safe. Plug it in again, or choose another one, and resume.";
  banner("microphone", text, { kind: "error", actions: [["Resume", togglePause]] });
  announce(text);
}

function showLevel({ peak, word }) {
  const share = Math.max(0, Math.min(1, 1 - peak / FLOOR));
  for (const meter of document.querySelectorAll(".meter")) {
    meter.firstElementChild.style.transform = `scaleX(${share.toFixed(3)})`;
    meter.dataset.word = word;
    meter.setAttribute("aria-valuenow", Math.round(Math.max(FLOOR, peak)));
    meter.setAttribute("aria-valuetext", word);
  }
  for (const place of document.querySelectorAll(".level-word")) if (place.textContent !== word) place.textContent = word;
}

// --- what the server says
const EVENTS = {
  committed: ({ first, words }) => transcript.add(first, words),
  tentative: ({ words }) => transcript.maybe(words),
  speakersrevised: ({ assignments, roles }) => transcript.assign(assignments, roles),
  wordsreplaced: ({ first, count, text }) => transcript.replace(first, count, text),
  note: ({ view }) => note.show(view),
  behind: ({ seconds }) => showBehind(seconds),
  warned: ({ message }) => banner(`server-${message}`, sentence(message), { kind: "warn" }),
  policychosen: () => transcript.listening("Listening."),
  statechanged: ({ state }) => serverState(state),
  progressed: ({ stage, done, total }) => showProgress(stage, done, total),
  finished: ({ words, roles, view }) => showDraft(words, roles, view, null),
  saved: ({ link, draft }) => {
    visit.saved = { link, draft };
    showLink(link);
    leaveWhenDone();
  },
};

/** The connection has served its purpose once the draft is shown and saved, in whichever order the server told so. */
function leaveWhenDone() {
  if (visit.saved && (visit.state === "ready" || !visit.saved.draft)) worker.postMessage({ do: "close" });
}

function showSnapshot(snapshot) {
  transcript.show(snapshot.words, snapshot.tentative, snapshot.roles);
  transcript.listening(snapshot.listening ? "Listening." : "Recognition is getting ready. Everything is recorded already.");
  if (snapshot.view) note.show(snapshot.view);
  showBehind(snapshot.behind);
  serverState(snapshot.state);
  if (snapshot.finished) showDraft(snapshot.words, snapshot.roles, snapshot.view, snapshot.link);
}

function serverState(state) {
  if (state === "finishing" || (state === "stopped" && visit.state === "stopping")) become("finishing");
}

function showBehind(seconds) {
  const text = `Writing is behind by ${duration(seconds)}. Nothing is lost: it catches up, at the latest after the stop.`;
  banner("behind", seconds >= BEHIND ? text : null);
}

function showProgress(stage, done, total) {
  become("finishing");
  $("progress-part").hidden = false;
  $("progress-stage").textContent = STAGES[stage] ?? "Working";
  $("progress").max = total || 1;
  $("progress").value = done;
}

function showDraft(words, roles, view, link) {
  transcript.show(words, [], roles);
  $("said").scrollTop = 0;
  note.known = null;
  note.show(view);
  $("progress-part").hidden = true;
  become("ready");
  $("draft").hidden = false;
  showLink(link ?? visit.saved?.link);
  $("draft-title").focus();
  leaveWhenDone();
}

function showLink(link) {
  $("open-draft").hidden = !link;
  if (link) $("open-draft").href = link;
}

// --- what the worker says
function showConnection({ state, seconds, unsent, samples, crc }) {
  const before = visit.link;
  if (state === "open" && before === "waiting") banner("refused", null);
  Object.assign(visit, { seconds, unsent, link: state });
  $("elapsed").textContent = clock(seconds);
  Object.assign($("elapsed").dataset, { samples, crc }); // to compare with what the server has
  $("link").dataset.state = state;
  if (visit.state === "idle" || visit.state === "ready" || state === "closed") return banner("cut", null);
  const cut = state === "waiting";
  $("link-word").textContent = cut ? "No connection" : "Connected";
  if (!cut) {
    if (before === "waiting") announce("The connection is back.");
    return banner("cut", null);
  }
  if (before === "open") announce("The connection is lost. Recording goes on, and the sound is kept in this browser.");
  const text = {
    recording: `No connection to the server. Recording goes on; ${duration(unsent)} of sound are kept here until it is back.`,
    finishing: "No connection to the server. The draft is being made there, and is shown here when the connection is back.",
  }[visit.state] ?? `No connection to the server. Nothing is lost; ${duration(unsent)} of sound are kept here until it is back.`;
  return banner("cut", text, { kind: "warn", actions: [["Connect now", () => worker.postMessage({ do: "hurry" })]] });
}

/** The server says how this page's session stands: session.js covers the page until the person is back. */
const sessionIs = (code) => document.dispatchEvent(new CustomEvent("scribe:refused", { detail: { code } }));

const REFUSALS = {
  "taken-here": "This recording is carried by another tab of this browser. Go on there, or close that tab and reload this one.",
  taken: "This recording is carried by another browser or tab. Go on there; nothing is recorded here.",
};

function showRefusal({ code, detail, fatal }) {
  if (!detail) return banner("refused", null); // what was wrong is over
  if (code === "signed-out") sessionIs(code);
  const text = REFUSALS[code] ?? sentence(detail);
  waiting.get("opened")?.({ may: false });
  banner("refused", text, { kind: "error" });
  announce(text);
  if (fatal) microphone.close();
  if (fatal && visit.state !== "idle") $("controls").hidden = true;
}

const UNKEPT =
  "This browser keeps nothing on this machine (a private window, or its disk is full): do not reload this page while it records.";
const DIFFERS = "The server does not have exactly the sound that was recorded here. What it has not acknowledged is kept in this browser: save it as a file.";

const WORKER = {
  link: showConnection,
  snapshot: ({ snapshot }) => showSnapshot(snapshot),
  event: ({ event }) => EVENTS[event.kind]?.(event),
  opened: () => waiting.get("opened")?.({ may: true }),
  done: () => waiting.get("done")?.(),
  locked: () => sessionIs("locked"),
  refused: showRefusal,
  received: ({ whole }) => {
    banner("differs", whole ? null : DIFFERS, { kind: "error", actions: [["Save the sound", () => save(worker, visit.id)]] });
    if (visit.state === "recording") microphone.close(); // it was finished on the server: nothing more is recorded
    if (["recording", "paused", "stopping"].includes(visit.state)) become("finishing");
  },
  unkept: () => banner("unkept", UNKEPT, { kind: "warn" }),
  failed: ({ name }) => banner("failed", `Sending to the server failed (${name}). Reload this page: it offers what is kept.`, { kind: "error" }),
  left: ({ left }) => offerLeft(left, { worker, resume, finish }),
};

worker.onmessage = ({ data }) => WORKER[data.is]?.(data);
document.addEventListener("scribe:session", () => worker.postMessage({ do: "hurry" }));

// --- what was left: left.js says what, and these are the two ways to go on
async function resume(id, mode, samples) {
  if (!(await openMicrophone())) return;
  if (!(await carry(id, mode, samples))) return;
  await act("resume");
  record();
}

async function finish(id, mode, samples) {
  if (!(await carry(id, mode, samples))) return;
  become("stopping");
  await act("stop");
}

// --- hands
$("form").addEventListener("input", readForm);
$("form").addEventListener("submit", (event) => {
  event.preventDefault();
  start();
});
$("try").addEventListener("click", async () => {
  if (await openMicrophone()) announce("The microphone works. Say something: the level shows how loud it is.");
});
for (const [id, run] of Object.entries({ pause: togglePause, mark, drop, stop })) $(id).addEventListener("click", run);
$("device").addEventListener("change", () => microphone.stream && openMicrophone());
navigator.mediaDevices?.addEventListener("devicechange", listDevices);

// Single keys, as long as they are wanted and no field has the focus (WCAG 2.1.4: they can be switched off).
const KEYS = { p: "pause", m: "mark", d: "drop", s: "stop" };
const FIELDS = "input, select, textarea, dialog, [contenteditable]";
$("keys").checked = localStorage.getItem("live-keys") !== "off";
$("keys").addEventListener("change", () => localStorage.setItem("live-keys", $("keys").checked ? "on" : "off"));
document.addEventListener("keydown", (event) => {
  const id = KEYS[event.key.toLowerCase()];
  const plain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.repeat;
  if (!id || !plain || !$("keys").checked || event.target.closest(FIELDS) || $("confirm").open) return;
  event.preventDefault();
  if (!$(id).disabled) $(id).click();
});

addEventListener("beforeunload", (event) => {
  if (visit.state === "recording" || (visit.unsent > 0 && visit.state !== "ready")) event.preventDefault();
});
document.addEventListener("visibilitychange", () => keepAwake(!document.hidden && visit.state === "recording"));

if (!Microphone.usable) banner("microphone", reason({ name: globalThis.isSecureContext ? "NotSupportedError" : "SecurityError" }), { kind: "error" });
readForm();
listDevices();
worker.postMessage({ do: "list" });
