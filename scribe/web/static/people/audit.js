// The audit trail, for auditors: rows from the newest on, and the check of the whole.

import * as api from "../workbench/api.js";
import { say } from "../workbench/dialogs.js";
import { $, h } from "../workbench/dom.js";

const BADGE = { refused: "badge warn", failed: "badge error" };
let next = null;

async function attempt(request) {
  try {
    return await request();
  } catch (error) {
    await say("That did not work", error.message);
    return null;
  }
}

/** A cell that filters by itself when it is chosen. */
const link = (field, value, text) =>
  h("button", { type: "button", class: "plain compact mono", title: `Only this ${field}`, on: { click: () => only(field, value) } }, text);

function only(field, value) {
  $(`#${field}`).value = value;
  load();
}

function about(row) {
  return [
    row.object && h("div", { class: "mono", title: row.object }, row.object.replace(/:([0-9a-f]{8})[0-9a-f]{8,}$/, ":$1")),
    row.encounter && link("encounter", row.encounter, `encounter ${row.encounter.slice(0, 8)}`),
    row.patient && link("patient", row.patient, `patient ${row.patient.slice(0, 8)}`),
  ];
}

function line(row) {
  const emergency = row.action.startsWith("emergency.");
  return h(
    "tr",
    {},
    h("td", { class: "number" }, String(row.seq)),
    h("td", {}, h("time", { dateTime: row.at }, new Date(row.at).toLocaleString())),
    h("td", {}, row.name || row.actor),
    h("td", {}, row.role),
    h("td", { class: "mono" }, emergency ? h("span", { class: "badge error" }, row.action) : row.action),
    h("td", {}, ...about(row)),
    h("td", {}, h("span", { class: BADGE[row.outcome] ?? "" }, row.outcome)),
    h("td", {}, row.reason),
  );
}

async function load(before = null) {
  const query = new URLSearchParams(new FormData($("#filters"))); // ids and names of actions, never of people
  for (const [name, value] of [...query]) if (!value) query.delete(name);
  if (before) query.set("before", before);
  const found = await attempt(() => api.get(`/audit?${query}`));
  if (!found) return;
  const rows = found.rows.map(line);
  if (before) $("#rows").append(...rows);
  else $("#rows").replaceChildren(...rows);
  next = found.next;
  $("#more").hidden = next === null;
  $("#none").hidden = $("#rows").childElementCount > 0;
  for (const row of found.rows) knowPerson(row);
}

function knowPerson(row) {
  const select = $("#person");
  if ([...select.options].some((option) => option.value === row.actor)) return;
  select.append(h("option", { value: row.actor }, row.name || row.actor));
}

async function verify() {
  const button = $("#verify");
  button.disabled = true;
  $("#verdict").replaceChildren(h("p", { class: "quiet" }, "Checking…"));
  const check = await attempt(() => api.post("/audit/verify"));
  button.disabled = false;
  if (!check) {
    $("#verdict").replaceChildren();
    return;
  }
  const head = check.intact ? "The audit trail is intact" : "The audit trail is not intact";
  $("#verdict").replaceChildren(
    h(
      "div",
      { class: `message ${check.intact ? "good" : "error"}` },
      h("p", {}, h("strong", {}, head), `: ${check.rows} rows, ${check.checkpoints} checkpoints.`),
      ...check.findings.map((one) => h("p", {}, `${one.seq ? `Row ${one.seq} ` : ""}${one.problem}.`)),
      ...check.notes.map((note) => h("p", { class: "small" }, note)),
    ),
  );
}

$("#filters").addEventListener("submit", (event) => {
  event.preventDefault();
  load();
});
$("#emergencies").addEventListener("click", () => only("action", "emergency.access"));
$("#more").addEventListener("click", () => load(next));
$("#verify").addEventListener("click", verify);
load();
