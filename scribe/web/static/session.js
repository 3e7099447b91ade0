// Who is signed in, on every page: locks the screen when nobody touches it, and lets the same person back in without
// losing what the page holds. A recording goes on behind the lock. Other modules hear `scribe:session` on the document
// when the session goes on under a new token, and send again what they kept.

const API = "/api/v1/session";
const TELL_EVERY = 60_000; // milliseconds: how often the server hears that somebody is there
const LOOK_EVERY = 5_000;
const ACTIVITY = ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"];

const meta = (name) => document.querySelector(`meta[name="${name}"]`);
const user = meta("user")?.content ?? "";
const idle = 60_000 * Number(meta("idle-minutes")?.content ?? 15);
const tabs = new BroadcastChannel("scribe-session");
const plainFetch = window.fetch.bind(window);

let active = Date.now();
let told = Date.now();
let overlay = null;

async function call(method, path = "", body = undefined) {
  const headers = { Accept: "application/json", "X-CSRF-Token": meta("csrf-token").content };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const response = await plainFetch(API + path, { method, headers, body: body && JSON.stringify(body) });
  const text = await response.text();
  return { ok: response.ok, status: response.status, answer: text ? JSON.parse(text) : {} };
}

/** The session goes on: other modules may send again. */
function goOn(session) {
  meta("csrf-token").content = session.csrf_token;
  active = told = Date.now();
  hide();
  document.dispatchEvent(new CustomEvent("scribe:session"));
}

/** Takes the token of a session that another tab unlocked; false where it is locked, ended, or somebody else's. */
async function renew() {
  const { ok, answer } = await call("GET");
  if (!ok || !answer.signed_in || answer.locked) return false;
  if (answer.user_id !== user) {
    location.assign("/");
    return false;
  }
  goOn(answer);
  return true;
}

function hide() {
  overlay?.remove();
  overlay = null;
  document.documentElement.classList.remove("locked");
}

function element(tag, props = {}, ...children) {
  const made = document.createElement(tag);
  Object.assign(made, props);
  made.append(...children);
  return made;
}

function input(name, label, type, autocomplete) {
  const control = element("input", { id: `lock-${name}`, name, type, autocomplete, required: true, spellcheck: false });
  return element("div", { className: "field" }, element("label", { htmlFor: control.id }, label), control);
}

/** Covers the page until the person is back. `ended`: the session is over, so the login is asked for as well. */
function cover(ended) {
  if (overlay?.dataset.ended === String(ended)) return;
  hide();
  const problem = element("p", { className: "message error", hidden: true });
  problem.setAttribute("role", "alert");
  const code = input("code", "Six digits, or a recovery code", "text", "one-time-code");
  code.hidden = true;
  code.querySelector("input").required = false;
  const why = ended
    ? "Your session has ended. What you wrote is still on this page: sign in to go on."
    : "Nothing is lost, and a recording goes on.";
  const leave = element("button", { type: "button", className: "plain" }, ended ? "Leave this page" : "Sign out");
  const form = element(
    "form",
    { noValidate: true },
    element("h1", { id: "lock-title" }, ended ? "Sign in again" : "Locked"),
    element("p", { className: "quiet" }, why),
    problem,
    ...(ended ? [input("login", "Login", "text", "username")] : []),
    input("password", "Password", "password", "current-password"),
    code,
    element(
      "div",
      { className: "row" },
      element("button", { type: "submit", className: "primary" }, ended ? "Sign in" : "Unlock"),
      leave,
    ),
  );
  overlay = element("dialog", { className: "lock" }, form);
  overlay.dataset.ended = String(ended);
  overlay.setAttribute("aria-labelledby", "lock-title");
  overlay.addEventListener("cancel", (event) => event.preventDefault());
  overlay.addEventListener("keydown", (event) => {
    if (event.key === "Escape") event.preventDefault();
    event.stopPropagation(); // the keys of the page behind stay quiet
  });
  leave.addEventListener("click", () => signOut());
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    open(form, problem, code, ended);
  });
  document.body.append(overlay);
  document.documentElement.classList.add("locked");
  overlay.showModal();
  form.querySelector("input").focus();
}

async function open(form, problem, code, ended) {
  const button = form.querySelector("[type=submit]");
  button.disabled = true;
  try {
    if (ended) await call("GET").then(({ answer }) => (meta("csrf-token").content = answer.csrf_token));
    const given = Object.fromEntries(new FormData(form));
    if (!ended) delete given.code;
    const { ok, answer } = await call("POST", ended ? "" : "/unlock", given);
    if (ok && answer.user_id !== user) location.assign("/");
    else if (ok) {
      goOn(answer);
      tabs.postMessage("unlocked");
    } else if (answer.code === "signed-out") cover(true);
    else {
      code.hidden = answer.code !== "second-factor";
      problem.textContent = answer.detail;
      problem.hidden = false;
      form.querySelector(code.hidden ? "[name=password]" : "[name=code]").focus();
    }
  } catch {
    problem.textContent = "The server cannot be reached: try again.";
    problem.hidden = false;
  } finally {
    button.disabled = false;
  }
}

async function lock() {
  cover(false);
  tabs.postMessage("locked");
  await call("POST", "/lock").catch(() => {}); // without the server the screen is covered all the same
}

async function signOut() {
  await call("DELETE").catch(() => {});
  tabs.postMessage("signed-out");
  location.assign("/sign-in");
}

function somebodyIsHere() {
  if (overlay) return;
  const now = Date.now();
  if (now - active > idle) {
    look(); // the first key after a long sleep must not open what should be locked
    return;
  }
  active = now;
  if (now - told < TELL_EVERY) return;
  told = now;
  tabs.postMessage("active");
  call("POST", "/seen").then(({ status, answer }) => refused(status, answer), () => {});
}

function look() {
  if (!overlay && Date.now() - active > idle) lock();
}

/** What the server says to a request of any module. */
function refused(status, problem) {
  if (status === 401 && problem?.code === "locked") cover(false);
  else if (status === 401 && problem?.code === "signed-out") cover(true);
  else if (status === 403 && problem?.code === "csrf") renew().then((fine) => fine || cover(true), () => {});
}

/** A connection that lasts was told that the screen is locked or the session over; another tab may know better. */
document.addEventListener("scribe:refused", ({ detail: { code } }) => {
  if (!overlay) renew().then((fine) => fine || cover(code === "signed-out"), () => {});
});

window.fetch = async (...request) => {
  const response = await plainFetch(...request);
  if (response.status === 401 || response.status === 403) {
    response
      .clone()
      .json()
      .then((problem) => refused(response.status, problem), () => {});
  }
  return response;
};

tabs.addEventListener("message", ({ data }) => {
  if (data === "active") active = Date.now();
  else if (data === "locked") cover(false);
  else if (data === "signed-out") cover(true);
  else if (data === "unlocked") renew().catch(() => {});
});
for (const kind of ACTIVITY) addEventListener(kind, somebodyIsHere, { passive: true, capture: true });
addEventListener("visibilitychange", look);
setInterval(look, LOOK_EVERY);
document.querySelector("#lock-now")?.addEventListener("click", lock);
document.querySelector("#sign-out")?.addEventListener("click", signOut);
