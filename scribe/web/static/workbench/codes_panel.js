// The coder's panel: candidates with what they rest on, decisions, order, questions and the worksheet.

import * as api from "./api.js";
import { searchCode } from "./code_search.js";
import { ask } from "./dialogs.js";
import { $, announce, clock, h } from "./dom.js";
import { queries } from "./queries.js";
import { worksheet } from "./worksheet.js";

const FLAGS = {
  typed: "written in the note",
  "unknown-code": "not in this release",
  "not-billable": "too short for a claim",
  unsupported: "the words say something else",
  "side-missing": "no side named",
  "side-conflict": "two sides named",
  unspecified: "could be more specific",
  "partner-missing": "needs another code with it",
  excluded: "kept apart by an Excludes1 note",
  impression: "the clinician’s own thought",
  reported: "only the patient says so",
  listed: "only listed",
  doubtful: "heard poorly",
  unread: "could not be read for codes",
};
const SYSTEMS = { icd10cm: "ICD-10-CM", hcpcs: "HCPCS", cpt: "CPT" };
const STATUS = { proposed: "Proposed", accepted: "Accepted", rejected: "Rejected" };

export class CodesPanel {
  constructor(editor) {
    this.editor = editor;
    this.place = $("#codes");
    this.path = `/encounters/${editor.id}/codes`;
    this.place.addEventListener("keydown", (event) => this.#key(event));
    this.place.addEventListener("focusin", (event) => this.#light(event.target.closest(".code")?.suggestion));
  }

  get may() {
    return this.editor.case.may("code:decide");
  }

  async load() {
    try {
      this.take(await api.get(this.path));
    } catch (error) {
      this.place.replaceChildren(h("p", { class: "message" }, error.message));
    }
  }

  take(codes) {
    this.codes = codes;
    this.#badge();
    const focused = document.activeElement;
    const keep = focused?.closest?.(".code")?.dataset.code;
    const { suggestions, remarks, problems, warnings, stale } = codes;
    const open = suggestions.filter(({ status }) => status !== "rejected");
    const rejected = suggestions.filter(({ status }) => status === "rejected");
    this.place.replaceChildren(
      ...[
        ...warnings.map((warning) => h("p", { class: "message warn" }, warning)),
        stale &&
          h(
            "p",
            { class: "message row" },
            "The note changed after it was coded.",
            this.may &&
              h(
                "button",
                { type: "button", class: "compact push", on: { click: () => this.refresh() } },
                "Code it again",
              ),
          ),
        queries(this, codes.queries),
        h(
          "div",
          { class: "panel-head" },
          h("h2", {}, "Codes"),
          this.may && h("button", { type: "button", class: "compact", on: { click: () => this.add() } }, "Add a code…"),
        ),
        open.length
          ? h(
              "ol",
              { class: "codes", "aria-label": "Candidate codes" },
              ...open.map((suggestion) => this.#row(suggestion)),
            )
          : h("p", { class: "quiet" }, "No code is proposed for this note."),
        rejected.length > 0 &&
          h(
            "details",
            { class: "rejected" },
            h("summary", {}, `Rejected (${rejected.length})`),
            h("ol", { class: "codes" }, ...rejected.map((suggestion) => this.#row(suggestion))),
          ),
        remarks.length > 0 &&
          h(
            "section",
            {},
            h("h2", {}, "Look twice"),
            h(
              "ul",
              { class: "remarks" },
              ...remarks.map((remark) =>
                h("li", {}, this.#quote(remark.quote), h("p", { class: "small quiet" }, remark.reason)),
              ),
            ),
          ),
        problems.length > 0 &&
          h(
            "section",
            {},
            h("h2", {}, "What was done about each problem"),
            ...problems.map((problem) => this.#problem(problem)),
          ),
        codes.worksheet && worksheet(codes.worksheet, (quote) => this.#quote(quote)),
      ].filter(Boolean),
    );
    if (focused?.closest?.("form.query") && this.place.contains(focused)) focused.focus({ preventScroll: true });
    if (keep) this.place.querySelector(`.code[data-code="${CSS.escape(keep)}"]`)?.focus();
  }

  #badge() {
    const open = this.codes.suggestions.filter(({ status }) => status === "proposed").length;
    const asked = this.codes.queries.filter((query) => !query.answer).length;
    const badge = $("#codes-count");
    badge.hidden = !(open + asked);
    badge.textContent = asked ? `${open} · ${asked}?` : String(open);
    badge.title = `${open} to decide, ${asked} questions open`;
  }

  #row(suggestion) {
    const {
      code,
      display,
      status,
      probability,
      flags,
      evidence,
      system,
      version,
      added_by: added,
      replaces,
      reason,
      decided_by: by,
      units,
      modifiers,
    } = suggestion;
    const act = (label, call, more = {}) =>
      h("button", { type: "button", class: "compact", tabIndex: -1, ...more, on: { click: call } }, label);
    const share = Math.round(100 * probability);
    const row = h(
      "li",
      {
        class: `code ${status}`,
        tabIndex: 0,
        "data-code": code,
        "aria-label": `${code} ${display}, ${STATUS[status]}`,
      },
      h(
        "div",
        { class: "code-head" },
        h("b", { class: "number code-name" }, code),
        h("span", { class: "code-display" }, display),
        h("span", { class: `badge ${{ accepted: "good", rejected: "error" }[status] ?? ""}` }, STATUS[status]),
      ),
      h(
        "p",
        { class: "small quiet code-facts" },
        added
          ? `added by ${added}`
          : [h("meter", { min: 0, max: 100, value: share, "aria-label": "Probability" }), ` ${share} %`],
        ` · ${SYSTEMS[system] ?? system} ${version}`,
        replaces ? ` · in place of ${replaces}` : "",
        units ? ` · ${units} units` : "",
        by ? ` · ${STATUS[status].toLowerCase()} by ${by}` : "",
        reason ? ` · ${reason}` : "",
        ...modifiers.map((modifier) => ` · perhaps modifier ${modifier.code}`),
      ),
      flags.length > 0 &&
        h("p", { class: "marks" }, ...flags.map((flag) => h("span", { class: "mark weak" }, FLAGS[flag] ?? flag))),
      h(
        "ul",
        { class: "evidence" },
        ...evidence.map((each) =>
          h("li", {}, this.#quote(each), h("p", { class: "small quiet" }, each.reason || each.rule)),
        ),
      ),
      this.may &&
        h(
          "div",
          { class: "row code-actions" },
          status !== "accepted" &&
            act("Accept", () => this.decide(suggestion, "accept"), { class: "compact primary", title: "A" }),
          status !== "rejected" && act("Reject", () => this.decide(suggestion, "reject"), { title: "R" }),
          status !== "proposed" && act("Undecided", () => this.decide(suggestion, "reset"), { title: "U" }),
          act("Replace…", () => this.replace(suggestion), { title: "P" }),
          status !== "rejected" && [
            act("↑", () => this.order(suggestion, -1), { "aria-label": `${code} up`, title: "Alt Shift ↑" }),
            act("↓", () => this.order(suggestion, 1), { "aria-label": `${code} down`, title: "Alt Shift ↓" }),
          ],
        ),
    );
    row.suggestion = suggestion;
    for (const button of row.querySelectorAll("button")) button.tabIndex = 0;
    return row;
  }

  /** Words of the note with their second: a click plays them and marks them in the note. */
  #quote(quote) {
    const statement = this.editor.note.view.statement(quote.statement_id);
    const seconds = quote.seconds[0] ?? statement?.seconds[0];
    const play = async () => {
      this.editor.note.view.quote([quote]);
      if (seconds) await this.editor.note.hear({ seconds: quote.seconds.length ? quote.seconds : statement.seconds });
    };
    return h(
      "button",
      {
        type: "button",
        class: "quote plain",
        title: seconds ? "Hear it" : "Show it in the note",
        on: { click: play },
      },
      h("q", {}, quote.text),
      seconds && [" ", h("span", { class: "number small" }, clock(seconds.start))],
    );
  }

  #problem({ name, codes, support }) {
    return h(
      "div",
      { class: "problem-support" },
      h("h3", {}, name, " ", h("span", { class: "quiet number" }, codes.join(", "))),
      support.length
        ? h(
            "ul",
            {},
            ...support.map(({ kind, quote, link }) =>
              h(
                "li",
                {},
                h("b", { class: "small" }, kind),
                " ",
                this.#quote(quote),
                h("span", { class: "small quiet" }, ` ${link}`),
              ),
            ),
          )
        : h("p", { class: "small quiet" }, "Only listed: the note says of nothing that was done about it."),
    );
  }

  #light(suggestion) {
    if (!suggestion) return;
    this.editor.note.view.quote(suggestion.evidence);
    this.editor.transcript.light(suggestion.evidence.flatMap(({ seconds }) => seconds));
  }

  // --- decisions
  async #post(path, body) {
    const done = await this.editor.attempt(() => api.post(`/encounters/${this.editor.id}/${path}`, body));
    if (done) this.take(done);
    return done;
  }

  async decide({ system, code }, decision) {
    const next = $(`.code[data-code="${CSS.escape(code)}"]`)?.nextElementSibling?.dataset.code;
    if (await this.#post("codes/decisions", { decisions: [{ system, code, decision }] })) {
      announce(`${code} ${{ accept: "accepted", reject: "rejected", reset: "undecided" }[decision]}`);
      if (next) this.place.querySelector(`.code[data-code="${CSS.escape(next)}"]`)?.focus();
    }
  }

  async replace(suggestion) {
    const found = await searchCode({
      title: `In place of ${suggestion.code}`,
      system: suggestion.system,
      text: suggestion.display,
      encounter: this.editor.id,
    });
    if (found)
      await this.#post("codes/decisions", {
        decisions: [
          {
            system: suggestion.system,
            code: suggestion.code,
            decision: "replace",
            by: found.code,
            reason: found.reason,
          },
        ],
      });
  }

  /** A code of the coder's own; it rests on a statement of the note. */
  async add() {
    const statements = this.editor.note.view.note.sections.flatMap((section) => section.statements);
    if (!statements.length) return;
    const found = await searchCode({ title: "Add a code", system: "icd10cm", text: "", encounter: this.editor.id });
    if (!found) return;
    const values = await ask(
      `${found.code} rests on`,
      [
        {
          name: "statement",
          label: "Words of the note",
          options: statements.map(({ id, text }) => [id, text.slice(0, 90)]),
          value: this.lastStatement ?? "",
        },
      ],
      { yes: "Add" },
    );
    const statement = values && statements.find(({ id }) => id === values.statement);
    if (statement)
      await this.#post("codes/add", {
        system: found.system,
        code: found.code,
        quotes: [{ statement_id: statement.id, start: 0, end: Array.from(statement.text).length }],
        reason: found.reason,
      });
  }

  async order(suggestion, direction) {
    const open = this.codes.suggestions.filter(({ status }) => status !== "rejected");
    const at = open.indexOf(suggestion);
    const to = at + direction;
    if (to < 0 || to >= open.length) return;
    open.splice(at, 1);
    open.splice(to, 0, suggestion);
    await this.#post("codes/order", { codes: open.map(({ system, code }) => ({ system, code })) });
    this.place.querySelector(`.code[data-code="${CSS.escape(suggestion.code)}"]`)?.focus();
  }

  async refresh() {
    if (await this.#post("codes/refresh", { base_revision: this.codes.note_revision })) announce("Coded again");
  }

  async answer(query, text) {
    if (!(await this.editor.save())) return;
    const note = this.editor.note.view.note;
    if (await this.#post(`queries/${query.id}/answer`, { base_revision: note.revision, text })) {
      announce("Answered");
      await this.editor.note.reload();
    }
  }

  asked(statementId, question, options) {
    return this.#post("queries", { statement_id: statementId, question, options });
  }

  #key(event) {
    const row = event.target.closest(".code");
    if (!row || event.target !== row || event.ctrlKey || event.metaKey) return;
    const { suggestion } = row;
    const rows = [...this.place.querySelectorAll(".code")].filter((each) => each.offsetParent);
    const step = (by) => rows[rows.indexOf(row) + by]?.focus();
    const acts = {
      ArrowDown: () => (event.altKey && event.shiftKey ? this.may && this.order(suggestion, 1) : step(1)),
      ArrowUp: () => (event.altKey && event.shiftKey ? this.may && this.order(suggestion, -1) : step(-1)),
      a: () => this.may && this.decide(suggestion, "accept"),
      r: () => this.may && this.decide(suggestion, "reject"),
      u: () => this.may && this.decide(suggestion, "reset"),
      p: () => this.may && this.replace(suggestion),
      Enter: () => row.querySelector(".quote")?.click(),
    };
    if (!acts[event.key] || (event.altKey && !event.shiftKey)) return;
    event.preventDefault();
    event.stopPropagation();
    acts[event.key]();
  }
}
