// One's own account: password, second factor, where one is signed in.

import * as api from "../workbench/api.js";
import { ask, confirm, say } from "../workbench/dialogs.js";
import { $, announce, h, onSubmit } from "../workbench/dom.js";

const moment = (text) => new Date(text).toLocaleString();

async function attempt(request) {
  try {
    return await request();
  } catch (error) {
    await say("That did not work", error.message);
    return null;
  }
}

async function changePassword(event) {
  const form = event.currentTarget;
  const { old, fresh, again } = Object.fromEntries(new FormData(form));
  if (fresh !== again) {
    await say("That did not work", "The new password is not the same in both fields.");
    return;
  }
  const session = await attempt(() => api.post("/me/password", { old, new: fresh }));
  if (!session) return;
  $('meta[name="csrf-token"]').content = session.csrf_token;
  form.reset();
  $("#must-change")?.remove();
  announce("The password is changed");
  await say("Password changed", "You are signed out everywhere else.");
}

async function enrol() {
  const offer = await attempt(() => api.post("/me/totp/offer"));
  if (!offer) return;
  $("#offer").replaceChildren(
    h("p", {}, "Scan this with an authenticator, or type the secret into it."),
    h("img", { class: "qr", src: offer.picture, alt: "QR code of the secret below" }),
    h("p", { class: "mono" }, offer.secret.match(/.{1,4}/g).join(" ")),
    h("button", { type: "button", class: "primary", on: { click: () => finish(offer.secret) } }, "It shows six digits"),
  );
}

async function finish(secret) {
  const values = await ask(
    "Second factor",
    [
      { name: "code", label: "The six digits it shows now", required: true },
      { name: "password", label: "Your password", type: "password", required: true },
    ],
    { yes: "Turn on" },
  );
  if (!values) return;
  const made = await attempt(() => api.post("/me/totp", { secret, ...values }));
  if (!made) return;
  $("#offer").replaceChildren(
    h("h3", {}, "Recovery codes"),
    h("p", {}, "Each works once in place of the digits. They are shown only now: print them, or write them down."),
    h("ul", { class: "codes-list" }, ...made.codes.map((code) => h("li", {}, code))),
    h("button", { type: "button", on: { click: () => window.print() } }, "Print"),
  );
  $("#factor-state").textContent = "On.";
  $("#enrol").hidden = true;
  $("#drop").hidden = false;
}

async function drop() {
  const values = await ask("Turn the second factor off", [
    { name: "password", label: "Your password", type: "password", required: true },
  ]);
  if (values && (await attempt(() => api.post("/me/totp/remove", values).then(() => true)))) location.reload();
}

const place = (one, last) =>
  h(
    "tr",
    {},
    h("td", {}, one.address || "unknown", one.this ? " (this one)" : ""),
    h("td", {}, moment(one.created_at)),
    h("td", {}, moment(last)),
  );

async function sessions() {
  const found = (await attempt(() => api.get("/me/sessions"))) ?? [];
  $("#sessions").replaceChildren(...found.map((one) => place(one, one.seen_at)));
}

async function devices() {
  const found = (await attempt(() => api.get("/me/devices"))) ?? [];
  $("#devices").replaceChildren(...found.map((one) => place(one, one.used_at)));
}

async function forgetOthers() {
  if (!(await confirm("Forget the other browsers?", "They have to wait as strangers do after failed sign-ins."))) return;
  await attempt(() => api.post("/me/devices/forget-others").then(() => true));
  await devices();
}

async function endOthers() {
  if (!(await confirm("Sign out everywhere else?", "All your other sessions end now."))) return;
  await attempt(() => api.post("/me/sessions/end-others").then(() => true));
  await sessions();
}

onSubmit($("#password-form"), changePassword);
$("#enrol").addEventListener("click", enrol);
$("#drop").addEventListener("click", drop);
$("#end-others").addEventListener("click", endOthers);
$("#forget-others").addEventListener("click", forgetOthers);
if (!$("#must-change")) {
  sessions();
  devices();
}
