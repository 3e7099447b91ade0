// Accounts and machine tokens, for administrators.

import * as api from "../workbench/api.js";
import { ask, confirm, say, sheet } from "../workbench/dialogs.js";
import { $, h } from "../workbench/dom.js";
import { openMenu } from "../workbench/menu.js";

const ROLES = $("#people-page").dataset.roles.split(" ");
const moment = (text) => (text ? new Date(text).toLocaleString() : "never");
let users = [];

async function attempt(request) {
  try {
    return await request();
  } catch (error) {
    await say("That did not work", error.message);
    return null;
  }
}

/** Something that is shown this once. */
const showOnce = (title, why, secret) =>
  sheet(title, h("div", {}, h("p", {}, why), h("p", {}, h("code", { id: "shown-once" }, secret))));

function roleFields(chosen) {
  return ROLES.map((role) => ({
    name: `role-${role}`,
    label: role,
    options: [
      ["no", "no"],
      ["yes", "yes"],
    ],
    value: chosen.includes(role) ? "yes" : "no",
  }));
}

const rolesOf = (values) => ROLES.filter((role) => values[`role-${role}`] === "yes");

async function add() {
  const values = await ask("Add a person", [
    { name: "login", label: "Login", required: true, help: "What they type to sign in, for example jane.doe." },
    { name: "name", label: "Name", required: true, help: "As colleagues and documents show it." },
    ...roleFields(users.length ? [] : ["admin"]),
    { name: "subject", label: "Identity provider", help: "Who they are there. Empty: they sign in with a password." },
  ]);
  if (!values) return;
  const body = { login: values.login, name: values.name, roles: rolesOf(values), subject: values.subject || null };
  const made = await attempt(() => api.post("/users", body));
  if (!made) return load(); // it may have been made by a request before, whose answer was lost
  if (made.password)
    await showOnce(
      "First password",
      `Give it to ${made.user.name}. It is shown only now, and has to be changed at the first sign-in.`,
      made.password,
    );
  if (!users.length) location.assign("/sign-in");
  else await load();
}

async function editRoles(user) {
  const values = await ask(`Roles of ${user.name}`, roleFields(user.roles), { yes: "Save" });
  if (!values) return;
  await attempt(() => api.patch(`/users/${user.id}`, { roles: rolesOf(values) }));
  await load();
}

async function rename(user) {
  const fields = [
    { name: "name", label: "Name", value: user.name, required: true },
    { name: "subject", label: "Identity provider", value: user.subject ?? "", help: "Who they are there." },
  ];
  const values = await ask(`Account ${user.login}`, fields, { yes: "Save" });
  if (!values) return;
  await attempt(() => api.patch(`/users/${user.id}`, values));
  await load();
}

async function resetPassword(user) {
  const sure = await confirm(`A new password for ${user.name}?`, "Their sessions end. The new password is shown once.");
  if (!sure) return;
  const made = await attempt(() => api.post(`/users/${user.id}/password`));
  if (made) await showOnce("New password", `Give it to ${user.name}. It has to be changed at sign-in.`, made.password);
  await load();
}

async function simply(title, text, path) {
  if (!(await confirm(title, text))) return;
  await attempt(() => api.post(path));
  await load();
}

function actions(user) {
  const locked = user.state === "locked";
  const unlock = () => simply(`Unlock ${user.name}?`, "They may sign in again, at once.", `/users/${user.id}/unlock`);
  return [
    ["Roles…", () => editRoles(user)],
    ["Name…", () => rename(user)],
    ["New password…", () => resetPassword(user)],
    user.has_totp && [
      "Take the second factor away…",
      () => simply(`Take the second factor of ${user.name} away?`, "For somebody who lost it.", `/users/${user.id}/totp/remove`),
    ],
    !locked && ["Forget failed sign-ins", unlock],
    locked
      ? ["Unlock", unlock]
      : ["Lock…", () => simply(`Lock ${user.name}?`, "Their sessions and tokens end now.", `/users/${user.id}/lock`)],
  ].filter(Boolean);
}

function row(user) {
  const state = user.state === "locked" ? ["error", "locked"] : user.must_change ? ["warn", "new password"] : ["good", "active"];
  const button = h("button", { type: "button", class: "compact", "aria-haspopup": "menu" }, "Change", h("span", { class: "visually-hidden" }, ` ${user.name}`));
  button.addEventListener("click", () => openMenu(button, actions(user).map(([label, act]) => ({ label, act }))));
  return h(
    "tr",
    {},
    h("td", {}, user.login),
    h("td", {}, user.name),
    h("td", {}, user.roles.join(", ")),
    h("td", {}, h("span", { class: `badge ${state[0]}` }, state[1])),
    h("td", {}, user.has_totp ? "on" : "off"),
    h("td", {}, moment(user.signed_in_at)),
    h("td", {}, button),
  );
}

async function addToken() {
  const values = await ask("Make a token", [
    { name: "name", label: "What it is for", required: true },
    { name: "person_id", label: "Acts for", options: users.map((user) => [user.id, user.name]) },
    { name: "scopes", label: "May", rows: 3, required: true, help: "Permissions, separated by spaces, e.g. encounter:list note:read." },
    { name: "days", label: "Days", type: "number", value: "90", required: true },
  ]);
  if (!values) return;
  const scopes = values.scopes.split(/[\s,]+/).filter(Boolean);
  const made = await attempt(() => api.post("/tokens", { ...values, scopes, days: Number(values.days) }));
  if (!made) return load();
  await showOnce("Token", "Send it as Authorization: Bearer. It is shown only now.", made.text);
  await load();
}

function tokenRow(token) {
  const holder = users.find((user) => user.id === token.person_id)?.name ?? token.person_id;
  const over = token.revoked_at || new Date(token.ends_at) < new Date();
  const revoke = async () => {
    if (!(await confirm(`Revoke ${token.name}?`, "It opens nothing from now on."))) return;
    await attempt(() => api.call("DELETE", `/tokens/${token.id}`));
    await load();
  };
  return h(
    "tr",
    {},
    h("td", {}, token.name),
    h("td", {}, holder),
    h("td", { class: "mono" }, token.scopes.join(" ")),
    h("td", {}, token.revoked_at ? "revoked" : moment(token.ends_at)),
    h("td", {}, moment(token.used_at)),
    h("td", {}, over ? null : h("button", { type: "button", class: "compact", on: { click: revoke } }, "Revoke")),
  );
}

function failureRow(found) {
  const who = found.address || (users.find((user) => user.id === found.person_id)?.login ?? found.person_id);
  return h(
    "tr",
    {},
    h("td", {}, who),
    h("td", {}, String(found.failures)),
    h("td", {}, moment(found.last_at)),
    h("td", {}, found.waits_until ? moment(found.waits_until) : "need not wait"),
  );
}

async function load() {
  users = (await attempt(() => api.get("/users"))) ?? [];
  const failures = (await attempt(() => api.get("/sign-in-failures"))) ?? [];
  $("#failures").replaceChildren(...failures.map(failureRow));
  $("#failures-section").hidden = !failures.length;
  const tokens = (await attempt(() => api.get("/tokens"))) ?? [];
  $("#no-accounts").hidden = users.length > 0;
  $("#add-token").disabled = !users.length;
  $("#users").replaceChildren(...users.map(row));
  $("#tokens").replaceChildren(...tokens.map(tokenRow));
  $("#tokens-table").hidden = !tokens.length;
  $("#no-tokens").hidden = tokens.length > 0;
}

$("#add").addEventListener("click", add);
$("#add-token").addEventListener("click", addToken);
load();

/** Says what stands against taking in changes: a full disk, checkpoints that cannot be written. */
async function lookAtHealth() {
  const { ready, checks } = await api.get("/health/details");
  $("#health").hidden = ready;
  $("#health").textContent = checks
    .filter((check) => !check.ready)
    .map((check) => `${check.name}: ${check.trouble}`)
    .join("; ");
}

lookAtHealth().catch(() => {}); // the rest of the page says that the server is away
