// Opening somebody else's encounter in an emergency, with a reason.

import * as api from "../workbench/api.js";
import { $, h, onSubmit } from "../workbench/dom.js";

const problem = $("#problem");

async function attempt(request) {
  problem.hidden = true;
  try {
    return await request();
  } catch (error) {
    problem.textContent = error.message;
    problem.hidden = false;
    return null;
  }
}

async function open(encounter, reason) {
  const opened = await attempt(() => api.post(`/emergency/${encounter.id}`, { reason }));
  if (opened) location.assign(`/encounters/${opened.encounter}`);
}

const row = (encounter, reason) =>
  h(
    "div",
    { class: "sheet row" },
    h("span", {}, encounter.patient || "No name", h("br"), h("span", { class: "quiet small" }, [encounter.title, encounter.date_of_service].filter(Boolean).join(" · "))),
    h("button", { type: "button", class: "danger push", on: { click: () => open(encounter, reason) } }, "Open", h("span", { class: "visually-hidden" }, ` ${encounter.patient}`)),
  );

onSubmit($("#find"), async (event) => {
  const wanted = Object.fromEntries(new FormData(event.currentTarget));
  const found = await attempt(() => api.post("/emergency/search", wanted));
  if (!found) return;
  $("#found").replaceChildren(...found.map((encounter) => row(encounter, wanted.reason)));
  $("#none").hidden = found.length > 0;
});
