// Questions to the person, as modal dialogs. Each resolves to what was chosen, null where it was closed.

import { h } from "./dom.js";

function open(title, body, buttons, { wide = false, labelled = "dialog-title" } = {}) {
  const before = document.activeElement;
  return new Promise((resolve) => {
    const actions = buttons.map(({ label, value, kind = "" }) =>
      h(
        "button",
        { type: "submit", class: kind, value: String(value), on: { click: () => (dialog.chosen = value) } },
        label,
      ),
    );
    const form = h(
      "form",
      { method: "dialog" },
      h("h2", { id: labelled }, title),
      body,
      h("div", { class: "row dialog-actions" }, ...actions),
    );
    const dialog = h("dialog", { class: wide ? "wide" : "", "aria-labelledby": labelled }, form);
    dialog.chosen = null;
    dialog.addEventListener("keydown", (event) => event.stopPropagation()); // its keys are not those of the page
    dialog.addEventListener("close", () => {
      const answer =
        dialog.chosen === null ? null : { choice: dialog.chosen, values: Object.fromEntries(new FormData(form)) };
      dialog.remove();
      if (before?.isConnected) before.focus({ preventScroll: true });
      resolve(answer);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

export async function confirm(title, text, { yes = "Yes", no = "Cancel", danger = false } = {}) {
  const body = h("p", { class: "lines-kept" }, text);
  const answer = await open(title, body, [
    { label: no, value: false },
    { label: yes, value: true, kind: danger ? "danger" : "primary" },
  ]);
  return answer?.choice === true;
}

/** Shows something that takes more room than a line. */
export const show = (title, body) => open(title, body, [{ label: "Close", value: true, kind: "primary" }], { wide: true });

export const say = (title, text) => open(title, h("p", {}, text), [{ label: "OK", value: true, kind: "primary" }]);

/** Asks for fields: [{name, label, value, type, options, help, required, rows}]. Resolves to their values, or null. */
export async function ask(title, fields, { yes = "OK", intro = null } = {}) {
  const body = h("div", {}, intro && h("p", { class: "quiet" }, intro), ...fields.map(field));
  const answer = await open(title, body, [
    { label: "Cancel", value: false },
    { label: yes, value: true, kind: "primary" },
  ]);
  return answer?.choice === true ? answer.values : null;
}

/** One field with its label above and its help below. */
export function field({
  name,
  label,
  value = "",
  type = "text",
  options = null,
  help = "",
  required = false,
  rows = 0,
}) {
  const id = `field-${name}`;
  const common = { id, name, required, "aria-describedby": help ? `${id}-help` : undefined };
  let control;
  if (options) {
    control = h(
      "select",
      common,
      ...options.map(([key, text]) => h("option", { value: key, selected: key === value }, text)),
    );
  } else if (rows) control = h("textarea", { ...common, rows, value, autocomplete: "off" });
  else control = h("input", { ...common, type, value, autocomplete: "off" });
  return h(
    "div",
    { class: "field" },
    h("label", { htmlFor: id }, label),
    control,
    help && h("p", { class: "help", id: `${id}-help` }, help),
  );
}

/**
 * Two people wrote the same words. `pieces` are [{place, mine, theirs}]. Resolves to "mine" or "theirs", and to null
 * where the person wants to look first: then nothing is sent and nothing is dropped.
 */
export async function conflict(who, pieces) {
  const rows = pieces.map(({ place, mine, theirs }) =>
    h(
      "div",
      { class: "conflict" },
      h("h3", {}, place),
      h("div", { class: "conflict-sides" }, side("Yours", mine), side(`${who}’s`, theirs)),
    ),
  );
  const body = h(
    "div",
    {},
    h("p", {}, `${who} changed the same words while you were writing. Nothing is lost: choose which stand.`),
    ...rows,
  );
  const answer = await open(
    "Two people changed this",
    body,
    [
      { label: "Look first", value: "later" },
      { label: `Take ${who}’s`, value: "theirs" },
      { label: "Keep mine", value: "mine", kind: "primary" },
    ],
    { wide: true },
  );
  return answer && answer.choice !== "later" ? answer.choice : null;
}

const side = (title, text) =>
  h("div", {}, h("p", { class: "small quiet" }, title), h("p", { class: "prose" }, text || "(nothing)"));

/** A sheet that is only read. */
export const sheet = (title, body) =>
  open(title, body, [{ label: "Close", value: true, kind: "primary" }], { wide: true });
