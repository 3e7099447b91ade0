// The sign-in page.

import { $, onSubmit } from "../workbench/dom.js";

const HOME = [
  ["encounter:list", "/"],
  ["user:manage", "/people"],
  ["audit:read", "/audit"],
];
const form = $("#sign-in");
const problem = $("#problem");

function show(text) {
  problem.textContent = text;
  problem.hidden = false;
}

const TRIES = 20; // while too many people sign in at the same moment
const pause = (seconds) => new Promise((resolve) => setTimeout(resolve, 1000 * seconds));

async function send(tries = TRIES) {
  const response = await fetch("/api/v1/session", {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRF-Token": $('meta[name="csrf-token"]').content },
    body: JSON.stringify(Object.fromEntries(new FormData(form))),
  });
  const answer = await response.json();
  if (response.ok) {
    const home = HOME.find(([permission]) => answer.permissions.includes(permission))?.[1] ?? "/account";
    location.assign(answer.must_change_password ? "/account" : home);
    return;
  }
  if (answer.code === "busy" && tries > 1) {
    show("Many people are signing in: you are next in a moment.");
    await pause(Number(response.headers.get("Retry-After") ?? 2) * (0.5 + Math.random()));
    await send(tries - 1);
    return;
  }
  if (answer.code === "too-many") $("#second").hidden = false; // with a second factor nobody has to wait
  if (answer.code === "csrf") {
    location.reload(); // the page lay open until its visit was over
    return;
  }
  const second = answer.code === "second-factor";
  if (second) $("#second").hidden = false;
  show(answer.detail);
  $(second ? "#code" : "#password").focus();
  $(second ? "#code" : "#password").select();
}

onSubmit(form, async () => {
  const button = $("[type=submit]", form);
  button.disabled = true;
  try {
    await send();
  } catch {
    show("The server cannot be reached: try again.");
  } finally {
    button.disabled = false;
  }
});
