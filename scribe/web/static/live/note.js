// The note as its template lays it out (scribe/web/live_page.py gives its form), codes, and what to check first.

import { clock, element } from "./ui.js";

const HEADINGS = { 1: "h3", 2: "h4", 3: "h5" };

const words = (excerpt, known) =>
  element("span", { class: excerpt.unsure ? "unsure" : null, "data-new": known.has(excerpt.key) ? null : "" }, excerpt.text);

const time = (excerpts) => {
  const first = excerpts.find((excerpt) => excerpt.at !== null);
  return first ? element("span", { class: "time number", text: clock(first.at) }) : "";
};

function cell(excerpts, known) {
  return excerpts.flatMap((excerpt, at) => (at ? [" ", words(excerpt, known)] : [words(excerpt, known)]));
}

function table(block, known) {
  const head = element("tr", {}, ...block.columns.map((name) => element("th", { scope: "col", text: name })));
  const rows = block.rows.map((row) => element("tr", {}, ...row.cells.map((item) => element("td", {}, ...cell(item, known)))));
  return element("table", {}, element("thead", {}, head), element("tbody", {}, ...rows));
}

function lines(block, known) {
  const rows = block.rows.map((row) => {
    const excerpts = row.cells.flat();
    const label = row.label ? [element("b", { text: `${row.label}: ` })] : [];
    return element("li", { "data-depth": row.depth }, element("span", {}, ...label, ...cell(excerpts, known)), time(excerpts));
  });
  return element("ul", { class: `form-${block.form}` }, ...rows);
}

export class NoteView {
  constructor({ note, checks, checksPart, codes, codesPart }) {
    Object.assign(this, { place: note, checks, checksPart, codes, codesPart });
    this.known = null; // excerpts shown before; null: none yet, and then nothing is new
  }

  show(view) {
    const keys = new Set();
    for (const block of view.blocks) for (const row of block.rows) for (const item of row.cells.flat()) keys.add(item.key);
    const known = this.known ?? keys;
    this.known = keys;
    this.place.replaceChildren(...view.blocks.flatMap((block) => this.block(block, known)));
    this.checksPart.hidden = !view.checks.length;
    this.checks.replaceChildren(...view.checks.map((check) => this.check(check)));
    this.codesPart.hidden = !view.codes.length;
    this.codes.replaceChildren(
      ...view.codes.map(({ code, display }) => element("li", {}, element("b", { class: "number", text: code }), element("span", { text: display }))),
    );
  }

  block(block, known) {
    const made = [];
    if (block.heading) made.push(element(HEADINGS[block.level] ?? "h5", { text: block.heading }));
    if (block.rows.length) made.push(block.form === "table" ? table(block, known) : lines(block, known));
    else if (block.empty) made.push(element("p", { class: "quiet", text: block.empty }));
    return made;
  }

  check({ title, reason, readings, places }) {
    const said = readings.length ? element("span", { class: "readings", text: readings.join(" or ") }) : "";
    return element("li", {}, element("b", { text: title }), said, element("span", { text: reason }), element("span", { class: "time number", text: places.map(clock).join(", ") }));
  }
}
