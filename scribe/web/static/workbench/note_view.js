// The note on the page: sections of statements, each edited in place, with what it rests on at hand.

import { goOn } from "./caret_keys.js";
import { clock, h } from "./dom.js";
import { rangeOf, show } from "./highlights.js";

const GROUPS = { history: "History", exam: "Exam", assessment: "Assessment", plan: "Plan" };
const CONCERNS = {
  typed: "typed, not heard",
  number: "number differs from what was heard",
  dose: "dose differs from what was heard",
  drug: "drug differs from what was heard",
  side: "side differs from what was heard",
  denial: "denial differs from what was heard",
  term: "term differs from what was heard",
  "low-trust": "heard poorly",
  contradiction: "another statement says otherwise",
};
const GRAVE = new Set(["number", "dose", "drug", "side", "denial", "contradiction"]);

export class NoteView extends EventTarget {
  /** Draws into `place`. Events: typed, focus, blur, play, menu, restore, add. */
  constructor(place) {
    super();
    this.place = place;
    this.rows = new Map(); // statement id -> {row, text, statement}
    this.typed = new Map(); // statement id -> text that the server does not have
    this.composing = null;
    place.addEventListener("input", (event) => this.#typed(event));
    place.addEventListener("compositionstart", (event) => (this.composing = event.target));
    place.addEventListener("compositionend", () => (this.composing = null));
    place.addEventListener("focusin", (event) => this.#at(event, "focus"));
    place.addEventListener("focusout", (event) => this.#at(event, "blur"));
    place.addEventListener("pointerover", (event) => this.#at(event, "hover"));
    place.addEventListener("pointerleave", () => this.#tell("hover", { statement: null }));
    place.addEventListener("click", (event) => this.#clicked(event));
    place.addEventListener("beforeinput", (event) => {
      if (["insertParagraph", "insertLineBreak"].includes(event.inputType)) {
        event.preventDefault();
        this.#at(event, "add");
      } else if (event.inputType === "historyUndo" || event.inputType === "historyRedo") {
        event.preventDefault();
        this.#tell(event.inputType === "historyUndo" ? "undo" : "redo", {});
      }
    });
    place.addEventListener("keydown", (event) => this.#key(event));
  }

  /** Takes the server's note; a statement that is being typed keeps its text. */
  take(note) {
    this.note = note;
    this.canEdit = note.can_edit;
    const focused = this.place.contains(document.activeElement)
      ? document.activeElement.closest(".statement")?.dataset.id
      : null;
    const caret = focused ? document.getSelection().focusOffset : 0;
    const old = this.rows;
    this.rows = new Map();
    const parts = [];
    let group = null;
    for (const section of note.sections) {
      if (section.group !== group && GROUPS[section.group] !== section.title)
        parts.push(h("h2", { class: "part" }, GROUPS[section.group]));
      group = section.group;
      parts.push(this.#section(section, old));
    }
    if (note.removed.length) parts.push(this.#removed(note.removed));
    if (!note.sections.length) parts.push(h("p", { class: "quiet" }, "Nothing was heard that belongs in a note."));
    this.place.replaceChildren(...parts);
    this.doubtful();
    const again = focused && this.rows.get(focused);
    if (again) {
      again.text.focus({ preventScroll: true });
      const node = again.text.firstChild;
      if (node) document.getSelection().collapse(node, Math.min(caret, node.length));
    }
  }

  /** Marks the words that the recogniser was not sure of, in statements that stand as drafted. */
  doubtful() {
    const spans = [...this.rows.values()].flatMap(({ text, statement }) =>
      this.typed.has(statement.id)
        ? []
        : statement.doubtful.map((span) => rangeOf(text, ...units(statement.text, span))),
    );
    show("doubtful", spans);
  }

  statement(id) {
    return this.rows.get(id)?.statement ?? null;
  }

  /** The statement in which the caret is, or null. */
  get current() {
    const id = document.activeElement?.closest?.(".statement")?.dataset.id;
    return id && this.place.contains(document.activeElement) ? this.statement(id) : null;
  }

  /** {kind, index, statements}: where a statement stands. */
  whereIs(id) {
    for (const section of this.note.sections) {
      const index = section.statements.findIndex((statement) => statement.id === id);
      if (index !== -1) return { kind: section.kind, index, statements: section.statements, section };
    }
    return null;
  }

  /** Texts that were typed, as edits; the server has them once they are acknowledged. */
  collect() {
    const edits = [];
    for (const [id, text] of this.typed) {
      const clean = text.replace(/\s+/g, " ").trim();
      const old = this.statement(id);
      if (old && clean && clean !== old.text) {
        old.text = clean;
        edits.push({ op: "edit_statement", statement: id, text: clean });
      }
    }
    this.typed.clear();
    return edits;
  }

  focus(id) {
    const found = this.rows.get(id);
    if (!found) return;
    found.row.scrollIntoView({ block: "center" });
    found.text.focus({ preventScroll: true });
  }

  /** Marks the statements that rest on what was said at a second; null marks none. */
  lightFor(seconds) {
    for (const { row, statement } of this.rows.values())
      row.classList.toggle(
        "related",
        seconds !== null && statement.seconds.some(({ start, end }) => start <= seconds && seconds <= end),
      );
  }

  /** Marks quotes ({statement_id, span}) in the statements, the first of them in view. */
  quote(quotes) {
    const found = quotes.map(({ statement_id: id, span }) => {
      const row = this.rows.get(id);
      const [start, end] = units(row?.statement.text ?? "", span);
      return row ? rangeOf(row.text, start, end) : null;
    });
    show("quote", found);
    for (const { row } of this.rows.values()) row.classList.remove("pointed");
    const first = this.rows.get(quotes[0]?.statement_id);
    if (first) {
      first.row.classList.add("pointed");
      first.row.scrollIntoView({ block: "nearest" });
    }
  }

  // --- drawing
  #section(section, old) {
    const title = `section-${section.kind}`;
    const list = h(
      "ul",
      { class: "statements" },
      ...section.statements.map((statement) => this.#row(statement, old.get(statement.id))),
    );
    const add = h(
      "button",
      {
        type: "button",
        class: "plain compact add",
        "aria-label": `Add to ${section.title}`,
        on: { click: () => this.#tell("add", { kind: section.kind, after: section.statements.at(-1)?.id ?? null }) },
      },
      "+",
    );
    return h(
      "section",
      { class: "note-section", "aria-labelledby": title, "data-kind": section.kind },
      h("div", { class: "section-head" }, h("h3", { id: title }, section.title), this.canEdit && add),
      list,
    );
  }

  #row(statement, before) {
    const composing = before && this.composing === before.text;
    const text = composing
      ? before.text
      : h("div", {
          class: "said",
          role: "textbox",
          "aria-multiline": "true",
          "aria-label": "Statement",
          "aria-readonly": this.canEdit ? undefined : "true",
          contentEditable: this.canEdit ? "plaintext-only" : "false",
          tabIndex: 0,
          spellcheck: false,
          translate: false,
          autocapitalize: "off",
          autocorrect: "off",
        });
    if (!composing) text.textContent = this.typed.get(statement.id) ?? statement.text;
    const marks = statement.concerns.map((concern) =>
      h("span", { class: `mark ${GRAVE.has(concern) ? "strong" : "weak"}` }, CONCERNS[concern] ?? concern),
    );
    if (statement.author && !statement.concerns.includes("typed"))
      marks.push(h("span", { class: "mark author" }, `edited by ${statement.author}`));
    if (statement.author && statement.concerns.includes("typed"))
      marks.push(h("span", { class: "mark author" }, statement.author));
    if (statement.flags.length)
      marks.push(
        h(
          "span",
          { class: "mark strong" },
          statement.flags.length > 1 ? `${statement.flags.length} to check` : "to check",
        ),
      );
    const play = statement.seconds.length
      ? h(
          "button",
          {
            type: "button",
            class: "plain play-at number",
            "data-do": "play",
            "aria-label": `Hear it, ${clock(statement.seconds[0].start)}`,
          },
          clock(statement.seconds[0].start),
        )
      : h("span", { class: "play-at quiet" }, statement.heard.length ? "" : "—");
    const more =
      this.canEdit &&
      h(
        "button",
        {
          type: "button",
          class: "plain more",
          "data-do": "menu",
          "aria-label": "More about this statement",
          "aria-haspopup": "menu",
        },
        "⋯",
      );
    const row = h(
      "li",
      { class: `statement${statement.heard.length ? "" : " unheard"}`, "data-id": statement.id },
      h("div", { class: "statement-text" }, text, marks.length > 0 && h("div", { class: "marks" }, ...marks)),
      play,
      more,
    );
    this.rows.set(statement.id, { row, text, statement });
    return row;
  }

  #removed(removed) {
    return h(
      "details",
      { class: "removed" },
      h("summary", {}, `Removed (${removed.length})`),
      h(
        "ul",
        { class: "statements" },
        ...removed.map(({ statement, author }) =>
          h(
            "li",
            { class: "statement gone", "data-id": statement.id },
            h(
              "div",
              { class: "statement-text" },
              h("del", {}, statement.text),
              h("div", { class: "marks" }, h("span", { class: "mark author" }, `removed by ${author}`)),
            ),
            this.canEdit && h("button", { type: "button", class: "compact", "data-do": "restore" }, "Put back"),
          ),
        ),
      ),
    );
  }

  // --- what the person does
  #typed(event) {
    const id = event.target.closest(".statement")?.dataset.id;
    if (!id) return;
    this.typed.set(id, event.target.textContent);
    this.#tell("typed", { id });
  }

  #at(event, kind) {
    const id = event.target.closest?.(".statement")?.dataset.id;
    const statement = id ? this.statement(id) : null;
    if (kind === "hover" && statement === this.hovered) return;
    if (kind === "hover") this.hovered = statement;
    if (statement || kind === "hover" || kind === "blur") this.#tell(kind, { statement });
  }

  #clicked(event) {
    const id = event.target.closest(".statement")?.dataset.id;
    const what = event.target.closest("[data-do]")?.dataset.do;
    if (!id || !what) {
      if (id && event.target.closest(".said") && document.getSelection().isCollapsed)
        this.#tell("clicked", { statement: this.statement(id) });
      return;
    }
    if (what === "restore") this.#tell("restore", { id });
    else this.#tell(what, { statement: this.statement(id), anchor: event.target.closest("button") });
  }

  #key(event) {
    const said = event.target.closest(".said");
    if (!said || !event.key.startsWith("Arrow")) return;
    const texts = [...this.rows.values()].map((row) => row.text);
    goOn(event, said, { neighbour: (step) => texts[texts.indexOf(said) + step] ?? null });
  }

  #tell(kind, detail) {
    this.dispatchEvent(new CustomEvent(kind, { detail }));
  }
}

/** The server counts characters, a browser UTF-16 units: a span in units. */
export function units(text, { start, end }) {
  const characters = Array.from(text);
  const from = characters.slice(0, start).join("").length;
  return [from, from + characters.slice(start, end).join("").length];
}

/** The note as its template lays it out: read only, each excerpt leads to its statement. */
export function layout(note, onExcerpt = () => {}) {
  const statements = new Map(
    note.sections.flatMap((section) => section.statements).map((statement) => [statement.id, statement]),
  );
  const excerpt = ({ statement_id: id, span }) => {
    const statement = statements.get(id);
    const text = (statement?.text ?? "").slice(...units(statement?.text ?? "", span));
    return h(
      "span",
      {
        class: `excerpt${statement?.heard.length ? "" : " unheard"}`,
        "data-id": id,
        on: { click: () => onExcerpt(statement) },
      },
      text,
    );
  };
  const spaced = (list, gap = " ") => list.flatMap((item, index) => (index ? [gap, excerpt(item)] : [excerpt(item)]));
  const rows = (block) => {
    if (block.form === "table") return table(block, spaced);
    if (block.form === "prose")
      return h("div", {}, ...block.rows.map((row) => h("p", {}, ...spaced(row.cells.flat()))));
    if (block.form === "lines")
      return h(
        "dl",
        { class: "lines" },
        ...block.rows.map((row) => h("div", {}, h("dt", {}, row.label), h("dd", {}, ...spaced(row.cells.flat())))),
      );
    return h(
      "ul",
      { class: block.form },
      ...block.rows.map((row) => h("li", { class: row.depth ? "of" : "problem" }, ...spaced(row.cells.flat()))),
    );
  };
  const blocks = note.view.blocks.map((block) => [
    block.heading && h(`h${Math.min(block.level + 2, 5)}`, { class: `level-${block.level}` }, block.heading),
    block.empty && h("p", { class: "quiet" }, block.empty),
    block.rows.length > 0 && rows(block),
  ]);
  return h(
    "article",
    { class: "laid-out prose", "aria-label": note.view.title },
    h("h2", {}, note.view.title),
    ...blocks.flat(),
  );
}

function table(block, spaced) {
  const head = h("tr", {}, ...block.columns.map((column) => h("th", { scope: "col" }, column)));
  const body = block.rows.map((row) => h("tr", {}, ...row.cells.map((cell) => h("td", {}, ...spaced(cell, "; ")))));
  return h("div", { class: "table", tabIndex: 0 }, h("table", {}, h("thead", {}, head), h("tbody", {}, ...body)));
}
