// Finding a code by words: type, arrow down, Enter.

import * as api from "./api.js";
import { h } from "./dom.js";

const WAIT = 250; // milliseconds after the last key

/** A dialog; resolves to {system, code, display, reason}, or null where it was closed. */
export function searchCode({ title, system, text, encounter }) {
  return new Promise((resolve) => {
    let chosen = null;
    let timer = 0;
    const list = h("ul", { class: "code-results", role: "listbox", "aria-label": "Codes", id: "code-results" });
    const said = h("p", { class: "small quiet", role: "status" });
    const input = h("input", {
      type: "search",
      value: text,
      "aria-label": "Find a code",
      autocomplete: "off",
      role: "combobox",
      "aria-expanded": "true",
      "aria-controls": "code-results",
    });
    const reason = h("input", {
      type: "text",
      "aria-label": "Reason, if there is one to note",
      placeholder: "Reason, if there is one to note",
      autocomplete: "off",
    });
    const dialog = h(
      "dialog",
      { class: "wide", "aria-label": title },
      h("h2", {}, title),
      h("div", { class: "field" }, input),
      said,
      list,
      h("div", { class: "field" }, reason),
      h(
        "div",
        { class: "row dialog-actions" },
        h("button", { type: "button", on: { click: () => dialog.close() } }, "Cancel"),
      ),
    );
    const take = (found) => {
      chosen = { ...found, reason: reason.value.trim() };
      dialog.close();
    };
    const option = (found) => {
      const item = h(
        "li",
        { role: "option", tabIndex: -1, "aria-selected": "false", on: { click: () => take(found) } },
        h("b", { class: "number" }, found.code),
        ` ${found.display}`,
        found.found_by && h("span", { class: "small quiet" }, ` ${found.found_by}`),
      );
      item.found = found;
      return item;
    };
    const search = async () => {
      const wanted = input.value.trim();
      if (!wanted) return;
      said.textContent = "Searching…";
      try {
        const { codes } = await api.post("/codes/search", {
          system,
          text: wanted,
          limit: 12,
          encounter_id: encounter,
        });
        if (wanted !== input.value.trim()) return; // an answer to words that have changed since
        list.replaceChildren(...codes.map(option));
        said.textContent = codes.length ? `${codes.length} found` : "No code found: try other words.";
      } catch (error) {
        said.textContent = error.message;
      }
    };
    input.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(search, WAIT);
    });
    dialog.addEventListener("keydown", (event) => {
      event.stopPropagation();
      const items = [...list.children];
      const at = items.indexOf(document.activeElement);
      const to = { ArrowDown: at + 1, ArrowUp: at - 1 }[event.key];
      if (to !== undefined) {
        event.preventDefault();
        (items[to] ?? input).focus();
      } else if (event.key === "Enter" && at !== -1) take(items[at].found);
      else if (event.key === "Enter" && event.target === input && items.length) items[0].focus();
    });
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(chosen);
    });
    document.body.append(dialog);
    dialog.showModal();
    input.select();
    search();
  });
}
