// Small things that every part of the page uses.

import { keyOf } from "../workbench/api.js";

export const $ = (id) => document.getElementById(id);

/** An element with text and children. Text is only ever set as text: nothing that was said can become markup. */
export function element(tag, { text, ...attributes } = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== null && value !== false) made.setAttribute(name, value);
  if (text !== undefined) made.append(text);
  made.append(...children);
  return made;
}

/** Seconds as 2:05, or 1:02:05. */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (number) => String(number).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** Seconds in words, for messages: "12 s", "3 min". */
export const duration = (seconds) => (seconds < 90 ? `${Math.max(1, Math.round(seconds))} s` : `${Math.round(seconds / 60)} min`);

/** Says a change of state to a screen reader, once. */
export function announce(text) {
  const place = $("announcer");
  if (place.textContent !== text) place.textContent = text;
}

/** A message of the server as a sentence. */
export const sentence = (text) => text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? "" : ".");

/** Shows a banner under a name of its own, or takes it away (text null). `actions` are [label, function] pairs. */
export function banner(name, text, { kind = "notice", actions = [] } = {}) {
  const known = $("banners").querySelector(`[data-name="${name}"]`);
  if (text === null) return known?.remove();
  if (known?.dataset.text === text) return undefined;
  const buttons = actions.map(([label, act]) => {
    const button = element("button", { type: "button", text: label });
    button.addEventListener("click", act);
    return button;
  });
  const made = element("div", { class: `message ${kind}`, "data-name": name, "data-text": text }, element("p", { text }), ...buttons);
  if (known) known.replaceWith(made);
  else $("banners").append(made);
  return made;
}

/** Asks before something that cannot be taken back. Resolves to whether it shall be done. */
export function confirmed({ title, text, yes }) {
  const dialog = $("confirm");
  $("confirm-title").textContent = title;
  $("confirm-text").textContent = text;
  $("confirm-yes").textContent = yes;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

/** A request to the API. Throws an Error whose message is the problem's detail. */
export async function api(method, path, body) {
  const headers = { "X-CSRF-Token": document.querySelector('meta[name="csrf-token"]').content };
  const text = body === undefined ? undefined : JSON.stringify(body);
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const change = method === "GET" ? null : keyOf(method, path, text);
  if (change) headers["Idempotency-Key"] = change.key;
  const response = await fetch(path, { method, headers, body: text });
  const answer = response.status === 204 ? null : await response.json().catch(() => null);
  if (answer?.code !== "in-flight") change?.settled(response.status);
  if (!response.ok) throw Object.assign(new Error(answer?.detail ?? `The server answered ${response.status}.`), { code: answer?.code });
  return answer;
}
