// Find and replace in transcript and note. Whole words, as the server replaces them.

import { h } from "./dom.js";
import { rangeOf, show } from "./highlights.js";

const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** Places of `words` in `text`: [start, end] pairs; whole words only. */
export function places(text, words, matchCase) {
  const wanted = words.trim();
  if (!wanted) return [];
  const pattern = new RegExp(
    `(?<![\\p{L}\\p{N}])${escaped(wanted).replace(/\s+/g, "\\s+")}(?![\\p{L}\\p{N}])`,
    matchCase ? "gu" : "giu",
  );
  return [...text.matchAll(pattern)].map((found) => [found.index, found.index + found[0].length]);
}

export class Finder {
  /** `fields()` gives the text fields of the page, [{element, passage}]; `replace({find, text, match_case, where})`. */
  constructor({ bar, fields, go, replace, canEdit }) {
    Object.assign(this, { bar, fields, go, replace, canEdit });
    this.hits = [];
    this.at = -1;
    this.#build();
  }

  open(text = "") {
    this.before = document.activeElement;
    this.bar.hidden = false;
    if (text) this.find.value = text;
    this.find.focus();
    this.find.select();
    this.search();
  }

  close() {
    this.bar.hidden = true;
    show("found", []);
    show("found-current", []);
    this.before?.focus?.({ preventScroll: true });
  }

  search() {
    this.hits = this.fields().flatMap((field) =>
      places(field.text(), this.find.value, this.matchCase.checked).map(([start, end]) => ({ field, start, end })),
    );
    this.at = -1;
    show(
      "found",
      this.hits.map(({ field, start, end }) => rangeOf(field.element, start, end)),
    );
    show("found-current", []);
    this.#count();
  }

  step(direction) {
    if (!this.hits.length) return;
    this.at = (this.at + direction + this.hits.length) % this.hits.length;
    const { field, start, end } = this.hits[this.at];
    show("found-current", [rangeOf(field.element, start, end)]);
    this.go(field, start, end);
    this.#count();
  }

  #count() {
    const found = this.hits.length;
    this.counter.textContent = !this.find.value
      ? ""
      : found
        ? `${this.at >= 0 ? `${this.at + 1} of ` : ""}${found}`
        : "none";
  }

  async #all() {
    const where = this.where.value;
    await this.replace({
      find: this.find.value.trim(),
      text: this.text.value.trim(),
      match_case: this.matchCase.checked,
      where,
    });
    this.search();
  }

  #build() {
    const act = (label, call, more = {}) =>
      h("button", { type: "button", class: "compact", on: { click: call }, ...more }, label);
    this.find = h("input", {
      type: "search",
      "aria-label": "Find",
      placeholder: "Find",
      autocomplete: "off",
      on: { input: () => this.search() },
    });
    this.text = h("input", {
      type: "text",
      "aria-label": "Replace with",
      placeholder: "Replace with",
      autocomplete: "off",
    });
    this.matchCase = h("input", { type: "checkbox", id: "find-case", on: { change: () => this.search() } });
    this.where = h(
      "select",
      { "aria-label": "Where to replace" },
      h("option", { value: "both" }, "Transcript and note"),
      h("option", { value: "transcript" }, "Transcript"),
      h("option", { value: "note" }, "Note"),
    );
    this.counter = h("span", { class: "quiet small number", role: "status" });
    this.bar.replaceChildren(
      this.find,
      this.counter,
      act("↑", () => this.step(-1), { "aria-label": "Previous hit" }),
      act("↓", () => this.step(1), { "aria-label": "Next hit" }),
      h("label", { class: "check", htmlFor: "find-case" }, this.matchCase, "Aa"),
      h(
        "span",
        { class: "find-replace" },
        this.text,
        this.where,
        act("Replace all", () => this.#all()),
      ),
      act("Close", () => this.close()),
    );
    this.bar.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.target === this.find) this.step(event.shiftKey ? -1 : 1);
      else if (event.key === "Enter" && event.target === this.text) this.#all();
      else if (event.key === "Escape") this.close();
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
  }
}
