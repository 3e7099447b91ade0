// The transcript on the page: a passage is a row of who, words and what to check. Words are edited in place.
//
// Each passage is one plain-text field, so the browser's own keys, input methods and screen readers work in it, and
// what a person types is read back from the text of the page. Rows out of sight are not laid out (content-visibility).

import { goOn } from "./caret_keys.js";
import { clock, h } from "./dom.js";
import { offsetOf, plain, rangeOf, select, selected, show } from "./highlights.js";
import { offsets, textOf, wordAt } from "./words.js";

export const FLAG_TITLES = {
  drug: "Drug",
  dose: "Dose",
  number: "Number",
  negation: "Negation",
  side: "Side",
  "taken-back": "Taken back",
  disagreement: "Term",
  missing: "Sound missing",
  inaudible: "Inaudible",
  unread: "Not read",
  blank: "Blank",
  marked: "Marked",
  overlap: "Both spoke",
  "low-trust": "Heard poorly",
  loop: "Repeats",
  language: "Language",
};
const HARMFUL = new Set(["drug", "dose", "number", "negation", "side"]);

export class TranscriptView extends EventTarget {
  /** Draws `model` into `place`. Events: typed, caret, who, split, flag. */
  constructor(place, model) {
    super();
    this.place = place;
    this.model = model;
    this.rows = new Map(); // passage -> {row, who, said, asides}
    this.current = null; // the passage that Tab reaches
    this.composing = null;
    this.spokenIndex = -1;
    this.#listen();
    this.draw();
    model.addEventListener("passages", ({ detail }) => this.#changed(detail));
    model.addEventListener("speakers", () => this.#relabel());
    model.addEventListener("flags", () => this.reflag());
  }

  draw() {
    this.rows.clear();
    this.place.replaceChildren(...this.model.passages.map((passage) => this.#row(passage)));
    this.#reach(this.model.passages[0] ?? null);
    this.reflag();
  }

  /** Whether the person may edit has changed: the fields follow. */
  editable() {
    for (const { said } of this.rows.values()) {
      said.contentEditable = this.model.canEdit ? "plaintext-only" : "false";
      if (this.model.canEdit) said.removeAttribute("aria-readonly");
      else said.setAttribute("aria-readonly", "true");
    }
  }

  /** The passage that an element of the page belongs to. */
  passageOf(node) {
    const row = (node?.nodeType === Node.TEXT_NODE ? node.parentElement : node)?.closest?.(".passage");
    return row?.passage ?? null;
  }

  /** {passage, start, end, first, count}: the words at the caret or in the selection; null where it is elsewhere. */
  caret() {
    const passage = this.passageOf(document.getSelection()?.anchorNode) ?? null;
    if (!passage) return null;
    const place = selected(this.rows.get(passage).said);
    if (!place || !passage.words.length) return null;
    const { start, end } = place;
    const first = wordAt(passage.words, start);
    const last = end > start ? wordAt(passage.words, end - 1) : first;
    return { passage, start, end, first: this.model.firstOf(passage) + first, count: last - first + 1 };
  }

  /** Selects words in the text, in view; `count` 0 puts the caret before a word. */
  selectWords(first, count) {
    const found = this.model.locate(first);
    if (!found) return;
    const { passage, at } = found;
    const { said } = this.rows.get(passage);
    const places = offsets(passage.words);
    const start = places[at]?.[0] ?? places.at(-1)?.[1] ?? 0;
    const end = count ? (places[Math.min(at + count, places.length) - 1]?.[1] ?? start) : start;
    this.#reach(passage);
    this.reveal(passage);
    if (this.model.canEdit) select(said, start, end);
    else said.focus({ preventScroll: true });
  }

  reveal(passage, block = "center") {
    const { row } = this.rows.get(passage);
    const pane = this.place.closest(".pane-body") ?? document.documentElement;
    const [box, room] = [row.getBoundingClientRect(), pane.getBoundingClientRect()];
    const [top, bottom] =
      pane === document.documentElement ? [80, innerHeight - 160] : [room.top + 8, room.bottom - 40];
    if (box.top < top || box.bottom > bottom) row.scrollIntoView({ block, behavior: "auto" });
  }

  /** Ranges on the page of words `first` to `first + count`; one for each passage. */
  ranges(first, count) {
    const found = [];
    let left = count;
    let index = first;
    while (left > 0) {
      const place = this.model.locate(index);
      if (!place || place.at >= place.passage.words.length) break;
      const here = Math.min(left, place.passage.words.length - place.at);
      const places = offsets(place.passage.words);
      const said = this.rows.get(place.passage)?.said;
      if (!said) break; // not drawn yet
      found.push(rangeOf(said, places[place.at][0], places[place.at + here - 1][1]));
      left -= here;
      index += here;
    }
    return found;
  }

  /** Lights the words of `stretches` ([{first, count}]) under a name, and brings the first into view. */
  light(name, stretches, { reveal = false } = {}) {
    show(
      name,
      stretches.flatMap(({ first, count }) => this.ranges(first, count)),
    );
    if (reveal && stretches.length) {
      const found = this.model.locate(stretches[0].first);
      if (found) this.reveal(found.passage);
    }
  }

  /** Lights the word that is said at `time`. */
  spoken(time, { follow = false } = {}) {
    const index = this.model.indexAt(time);
    const word = this.model.words[index];
    const now = word && word.start <= time + 0.05 ? index : -1;
    if (now === this.spokenIndex) return;
    if (now === -1 && word && time > 0 && word.start - time < 0.6) return; // a breath between words
    this.spokenIndex = now;
    this.light("spoken", now === -1 ? [] : [{ first: now, count: 1 }]);
    if (now !== -1 && follow && !this.place.contains(document.activeElement))
      this.reveal(this.model.locate(now).passage);
  }

  reflag() {
    const strong = [];
    const weak = [];
    const touched = new Set(this.flagged ?? []);
    this.flagged = new Set();
    const byPassage = new Map();
    for (const flag of this.model.openFlags) {
      const place = this.model.locate(Math.min(flag.first, Math.max(0, this.model.words.length - 1)));
      if (!place) continue;
      touched.add(place.passage);
      this.flagged.add(place.passage);
      byPassage.set(place.passage, [...(byPassage.get(place.passage) ?? []), flag]);
    }
    for (const passage of touched) if (this.rows.has(passage)) this.#flagRow(passage, byPassage.get(passage) ?? []);
    for (const flag of this.model.openFlags)
      if (flag.count) (HARMFUL.has(flag.kind) ? strong : weak).push(...this.ranges(flag.first, flag.count));
    show("flag", strong);
    show("flag-low", weak);
  }

  // --- drawing
  #row(passage) {
    const who = h("button", { type: "button", class: "voice", tabIndex: -1, "aria-haspopup": "menu" });
    const said = h("div", {
      class: "said",
      role: "textbox",
      "aria-multiline": "true",
      "aria-readonly": this.model.canEdit ? undefined : "true",
      contentEditable: this.model.canEdit ? "plaintext-only" : "false",
      spellcheck: false, // a browser may send what it checks to its maker
      translate: false,
      tabIndex: -1,
      autocapitalize: "off",
      autocorrect: "off",
    });
    const asides = h("div", { class: "asides" });
    const row = h("div", { class: "passage" }, who, said, asides);
    row.passage = passage;
    this.rows.set(passage, { row, who, said, asides });
    this.#label(passage);
    this.#paint(passage);
    return row;
  }

  #label(passage) {
    const { row, who, said } = this.rows.get(passage);
    const name = this.model.nameOf(passage.speaker);
    const at = this.model.timed ? clock(passage.start) : "";
    row.dataset.role = passage.speaker === null ? "unknown" : this.model.role(passage.speaker);
    who.replaceChildren(h("span", { class: "voice-name" }, name), " ", h("time", {}, at));
    who.setAttribute("aria-label", `${name} ${at}: change speaker`);
    said.setAttribute("aria-label", `${name}, ${at}`);
  }

  #relabel() {
    for (const passage of this.model.passages) if (this.rows.has(passage)) this.#label(passage);
  }

  /** Writes the text of a passage anew, with its gaps. */
  #paint(passage, gaps = []) {
    if (this.composing === passage) return;
    const { said } = this.rows.get(passage);
    const text = passage.text;
    const places = offsets(passage.words);
    const first = this.model.firstOf(passage);
    const parts = [];
    let at = 0;
    for (const flag of gaps) {
      const place = places[flag.first - first]?.[0] ?? text.length;
      if (place > at) parts.push(document.createTextNode(text.slice(at, place)));
      parts.push(this.#gap(flag));
      at = place;
    }
    if (at < text.length || !parts.length) parts.push(document.createTextNode(text.slice(at)));
    said.replaceChildren(...parts);
  }

  #gap(flag) {
    return h("span", { class: "gap", contentEditable: "false", "data-flag": flag.id }, flag.gap);
  }

  #flagRow(passage, flags) {
    const { said, asides } = this.rows.get(passage);
    const gaps = flags.filter((flag) => flag.gap && !flag.count).sort((a, b) => a.first - b.first);
    const shown = [...said.querySelectorAll(".gap")].map((gap) => gap.dataset.flag).join();
    if (shown !== gaps.map((flag) => flag.id).join()) this.#keepingCaret(() => this.#paint(passage, gaps));
    asides.replaceChildren(
      ...flags.map((flag) =>
        h(
          "button",
          {
            type: "button",
            class: `aside ${HARMFUL.has(flag.kind) ? "strong" : "weak"}`,
            tabIndex: -1,
            title: flag.reason,
            on: { click: () => this.#tell("flag", { flag }) },
          },
          h("b", {}, FLAG_TITLES[flag.kind] ?? flag.kind),
          flag.readings.length > 1 ? ` ${flag.readings.join(" or ")}?` : "",
        ),
      ),
    );
  }

  #changed({ gone, at, anew }) {
    this.#keepingCaret(() => {
      for (const passage of gone) {
        this.rows.get(passage)?.row.remove();
        this.rows.delete(passage);
      }
      let before = this.rows.get(this.model.passages[at - 1])?.row ?? null;
      for (const passage of anew) {
        const row = this.rows.get(passage)?.row ?? this.#row(passage);
        if ((before ? before.nextSibling : this.place.firstChild) !== row) {
          if (before) before.after(row);
          else this.place.prepend(row);
        }
        before = row;
      }
      this.#reach(this.rows.has(this.current) ? this.current : (this.model.passages[at] ?? null));
    });
    this.reflag();
  }

  /** Does `work`, after which the caret is at the same word as before, if it was in the transcript. */
  #keepingCaret(work) {
    const inside = this.place.contains(document.activeElement) && document.activeElement.classList.contains("said");
    const caret = inside ? this.lastCaret : null;
    work();
    if (!caret || this.place.contains(document.activeElement)) return;
    const found = this.model.locate(Math.min(caret.first, Math.max(0, this.model.words.length - 1)));
    if (!found) return;
    const place = offsets(found.passage.words)[Math.min(found.at, found.passage.words.length - 1)];
    select(this.rows.get(found.passage).said, place[0] + caret.into);
  }

  #reach(passage) {
    for (const each of [this.current, passage]) {
      const parts = this.rows.get(each);
      if (!parts) continue;
      const tab = each === passage ? 0 : -1;
      for (const part of [parts.who, parts.said, ...parts.asides.children]) part.tabIndex = tab;
    }
    this.current = passage;
  }

  // --- what the person does
  #listen() {
    const on = (kind, handler) => this.place.addEventListener(kind, handler);
    on("focusin", (event) => {
      const passage = this.passageOf(event.target);
      if (passage) this.#reach(passage);
    });
    on("focusout", (event) => this.#left(this.passageOf(event.target)));
    on("beforeinput", (event) => this.#before(event));
    on("compositionstart", (event) => (this.composing = this.passageOf(event.target)));
    on("compositionend", () => (this.composing = null));
    on("input", (event) => this.#typed(event));
    on("keydown", (event) => this.#key(event));
    on("click", (event) => this.#clicked(event));
    on("paste", (event) => {
      if (!event.target.closest(".said")?.isContentEditable) event.preventDefault();
    });
    document.addEventListener("selectionchange", () => {
      const caret = this.caret();
      if (!caret) return;
      const start = offsets(caret.passage.words)[caret.first - this.model.firstOf(caret.passage)]?.[0] ?? 0;
      this.lastCaret = {
        first: caret.first,
        count: caret.count,
        into: Math.max(0, caret.start - start),
        passage: caret.passage,
      };
    });
  }

  #before(event) {
    if (["insertParagraph", "insertLineBreak"].includes(event.inputType)) {
      event.preventDefault();
      const caret = this.caret();
      if (caret) this.#tell("split", caret);
    } else if (["historyUndo", "historyRedo"].includes(event.inputType)) {
      event.preventDefault();
      this.#tell(event.inputType === "historyUndo" ? "undo" : "redo", {});
    }
  }

  #typed(event) {
    const passage = this.passageOf(event.target);
    if (!passage) return;
    const { said } = this.rows.get(passage);
    this.model.type(passage, plain(said));
    const standing = new Set([...said.querySelectorAll(".gap")].map((gap) => Number(gap.dataset.flag)));
    const gone = this.model.flagsOf(passage).filter((flag) => flag.gap && !flag.count && !standing.has(flag.id));
    this.#tell("typed", { passage, gone });
  }

  #left(passage) {
    if (!passage || !this.rows.has(passage) || passage.typed !== null) return;
    const { said } = this.rows.get(passage);
    if (plain(said) === textOf(passage.words)) return;
    const gaps = this.model.flagsOf(passage).filter((flag) => flag.gap && !flag.count);
    this.#paint(passage, gaps);
    this.reflag();
  }

  #clicked(event) {
    const who = event.target.closest(".voice");
    if (who) {
      this.#tell("who", { passage: this.passageOf(who), anchor: who });
      return;
    }
    const said = event.target.closest(".said");
    if (!said) return;
    const gap = event.target.closest(".gap");
    if (gap) {
      const flag = this.model.flags.find((each) => each.id === Number(gap.dataset.flag));
      if (flag) this.#tell("flag", { flag });
      return;
    }
    const place = document.caretPositionFromPoint?.(event.clientX, event.clientY);
    const chosen = document.getSelection();
    if (chosen && !chosen.isCollapsed) return; // words were selected, to be corrected
    const passage = this.passageOf(said);
    const offset = place ? offsetOf(said, place.offsetNode, place.offset) : selected(said)?.start;
    if (offset === null || offset === undefined || !passage.words.length) return;
    this.#tell("caret", { index: this.model.firstOf(passage) + wordAt(passage.words, offset), passage });
  }

  #key(event) {
    const said = event.target.closest(".said");
    if (!said) return;
    const index = this.model.passages.indexOf(this.passageOf(said));
    goOn(event, said, {
      neighbour: (step) => this.rows.get(this.model.passages[index + step])?.said ?? null,
      reveal: (field) => this.reveal(this.passageOf(field), "nearest"),
    });
  }

  #tell(kind, detail) {
    this.dispatchEvent(new CustomEvent(kind, { detail }));
  }
}
