// Signing: what to settle first, the attestation, addenda and amendments, revisions and what differs between them.

import * as api from "./api.js";
import { Case } from "./case.js";
import { ask, say } from "./dialogs.js";
import { $, announce, clock, h } from "./dom.js";
import { difference } from "./difference.js";
import { documentsMenu } from "./documents.js";
import { layout } from "./note_view.js";
import { scores } from "./scores.js";

const KINDS = {
  flag: "Place to check",
  blank: "Gap in the transcript",
  changed: "Differs from what was heard",
  contradiction: "Two statements disagree",
  query: "Question without an answer",
  typed: "Typed, not heard",
  outdated: "Transcript corrected since",
  codes: "Coded before the last change",
  comment: "Open comment",
};

class Signing {
  constructor(session, encounter) {
    this.session = session;
    this.id = encounter.id;
    this.path = `/encounters/${encounter.id}`;
    this.case = new Case({ encounter, session, beforeMove: async () => true, onChange: () => this.load() });
    $("#documents").hidden = !this.case.may("document:export");
    $("#documents").addEventListener("click", (event) => documentsMenu(this, event.currentTarget));
  }

  /** Whether the newest revision is signed: an amended encounter is open until it is signed again. */
  get isSigned() {
    return this.note.signatures.length > 0;
  }

  async attempt(request) {
    try {
      return await request();
    } catch (error) {
      await say(error.kind === "conflict" ? "The note has changed" : "That did not work", error.message);
      if (error.kind === "conflict") await this.load();
      return null;
    }
  }

  async load() {
    const [encounter, note, checks, revisions] = await Promise.all([
      api.get(this.path),
      api.get(`${this.path}/note`),
      api.get(`${this.path}/checks`),
      api.get(`${this.path}/revisions`),
    ]);
    this.case.take(encounter);
    this.note = note;
    this.checks = checks;
    this.#record();
    this.#checks();
    this.#signature();
    this.#history(revisions.revisions);
    const statistics = note.signatures.length ? await api.get(`${this.path}/statistics`).catch(() => null) : null;
    $("#scores").replaceChildren(...(statistics ? scores(statistics) : []));
    document.body.dataset.ready = "yes";
  }

  #record() {
    const { note } = this;
    const article = layout(note);
    if (!note.signatures.length) article.prepend(h("p", { class: "watermark", "aria-hidden": "true" }, "Draft"));
    const signatures = note.signatures.map((signature) => signatureBlock("Signed", signature));
    const addenda = note.addenda.map(({ text, signature }) =>
      h(
        "section",
        { class: "addendum" },
        h("h3", {}, "Addendum"),
        h("p", { class: "prose" }, text),
        signatureBlock("Signed", signature),
      ),
    );
    $("#record").replaceChildren(article, ...signatures, ...addenda);
  }

  #checks() {
    if (this.isSigned) {
      $("#checks").replaceChildren();
      return;
    }
    const { findings, ready } = this.checks;
    const block = findings.filter(({ severity }) => severity === "block");
    const notice = findings.filter(({ severity }) => severity === "notice");
    const list = (items) => h("ul", { class: "findings" }, ...items.map((finding) => this.#finding(finding)));
    $("#checks").replaceChildren(
      ...[
        h("h2", {}, ready ? "Ready to sign" : `${block.length} to settle before signing`),
        ready && !notice.length && h("p", { class: "message good" }, "Nothing stands in the way."),
        block.length > 0 && list(block),
        notice.length > 0 &&
          h("details", { open: ready }, h("summary", {}, `Good to know (${notice.length})`), list(notice)),
      ].filter(Boolean),
    );
  }

  #finding({ kind, severity, title, detail, flag, statement_id: statement, interval, query_id: query }) {
    const where = query
      ? "#codes"
      : flag !== null && interval
        ? `#at=${interval.start}`
        : statement
          ? `#statement=${encodeURIComponent(statement)}`
          : "";
    return h(
      "li",
      { class: severity },
      h("a", { href: `/encounters/${this.id}${where}` }, title || KINDS[kind]),
      detail.length > 0 && h("span", { class: "mark strong" }, detail.join(", ")),
      interval && h("span", { class: "quiet small number" }, clock(interval.start)),
    );
  }

  #signature() {
    const place = $("#signature");
    if (this.isSigned) {
      place.replaceChildren(
        h("h2", {}, "Signed"),
        this.case.may("note:amend") &&
          h(
            "div",
            { class: "row" },
            h(
              "button",
              { type: "button", id: "add-addendum", on: { click: () => this.#addendum() } },
              "Add an addendum…",
            ),
            h("button", { type: "button", id: "amend", on: { click: () => this.#amend() } }, "Amend…"),
          ),
      );
      return;
    }
    if (!this.case.may("note:sign")) {
      place.replaceChildren(h("p", { class: "quiet" }, "Only a physician signs."));
      return;
    }
    const agree = h("input", { type: "checkbox", required: true, id: "agree" });
    const override = h("textarea", { id: "override", rows: 2, required: !this.checks.ready });
    const form = h(
      "form",
      { class: "sheet attest" },
      h("h2", {}, "Sign"),
      !this.checks.ready &&
        h(
          "div",
          { class: "field" },
          h("label", { htmlFor: "override" }, "Why it can be signed with what is open"),
          override,
          h("p", { class: "help" }, "The reason stands in the record."),
        ),
      h("label", { class: "attestation", htmlFor: "agree" }, agree, h("span", {}, this.checks.attestation)),
      h("button", { type: "submit", class: "primary", id: "sign" }, `Sign as ${this.session.name}`),
      h(
        "p",
        { class: "help" },
        `Revision ${this.note.revision} will not change any more. Corrections become amendments.`,
      ),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#sign(override.value.trim());
    });
    place.replaceChildren(form);
  }

  async #sign(override) {
    const done = await this.attempt(() =>
      api.post(`${this.path}/sign`, {
        base_revision: this.note.revision,
        attestation: this.checks.attestation,
        override,
      }),
    );
    if (!done) return;
    announce("Signed");
    await this.load();
    $("#signature h2")?.scrollIntoView({ block: "nearest" });
  }

  async #addendum() {
    const { addendum_attestation: attestation } = this.checks;
    const values = await ask(
      "Addendum",
      [
        {
          name: "text",
          label: "What is added",
          rows: 4,
          required: true,
          help: "It stands below the signed note, which itself stays as it is.",
        },
      ],
      { yes: `Sign as ${this.session.name}`, intro: attestation },
    );
    if (!values?.text.trim()) return;
    const done = await this.attempt(() =>
      api.post(`${this.path}/addenda`, { base_revision: this.note.revision, text: values.text.trim(), attestation }),
    );
    if (done) await this.load();
  }

  async #amend() {
    const values = await ask(
      "Amend the signed note",
      [
        {
          name: "reason",
          label: "Why",
          required: true,
          rows: 2,
          help: "The signed revision stays readable. The new one is signed again.",
        },
      ],
      { yes: "Open for correction" },
    );
    if (!values?.reason.trim()) return;
    if (
      await this.attempt(() =>
        api.post(`${this.path}/amend`, { base_revision: this.note.revision, reason: values.reason.trim() }),
      )
    )
      location.assign(`/encounters/${this.id}`);
  }

  // --- revisions
  #history(revisions) {
    const notes = revisions.filter(({ kind }) => kind === "note");
    const transcripts = revisions.filter(({ kind }) => kind === "transcript");
    $("#history").replaceChildren(
      h("h2", {}, "Revisions"),
      this.#list("note", "Note", notes),
      this.#list("transcript", "Transcript", transcripts),
    );
  }

  #list(kind, title, list) {
    const choice = (name, number, checked) =>
      h("input", {
        type: "radio",
        name: `${kind}-${name}`,
        value: number,
        checked,
        "aria-label": `${name === "old" ? "From" : "To"} revision ${number}`,
      });
    const rows = list.map(({ number, author, at, reason, sha256, signed }, index) =>
      h(
        "tr",
        {},
        h("td", {}, choice("old", number, index === list.length - 1)),
        h("td", {}, choice("new", number, index === 0)),
        h("td", { class: "number" }, String(number)),
        h("td", {}, signed && h("span", { class: "badge good" }, "signed"), ` ${reason}`),
        h("td", {}, author),
        h("td", { class: "number small" }, at.slice(0, 16).replace("T", " ")),
        h("td", { class: "mono small", title: sha256 }, sha256.slice(0, 8)),
      ),
    );
    const form = h(
      "form",
      {},
      h(
        "div",
        { class: "table", tabIndex: 0 },
        h(
          "table",
          {},
          h("caption", { class: "small quiet" }, title),
          h(
            "thead",
            {},
            h(
              "tr",
              {},
              ...["From", "To", "No.", "What", "By", "When (UTC)", "SHA-256"].map((name) =>
                h("th", { scope: "col" }, name),
              ),
            ),
          ),
          h("tbody", {}, ...rows),
        ),
      ),
      list.length > 1 && h("button", { type: "submit", class: "compact" }, "Show what differs"),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#differ(kind, Number(form.elements[`${kind}-old`].value), Number(form.elements[`${kind}-new`].value));
    });
    return h("details", { open: kind === "note" }, h("summary", {}, `${title} (${list.length})`), form);
  }

  async #differ(kind, left, right) {
    const [old, anew] = [Math.min(left, right), Math.max(left, right)];
    const found = await this.attempt(() => api.get(`${this.path}/diff?kind=${kind}&old=${old}&new=${anew}`));
    if (!found) return;
    const place = $("#difference");
    place.hidden = false;
    place.replaceChildren(...difference(found));
    place.scrollIntoView({ block: "start" });
    place.focus({ preventScroll: true });
  }
}

function signatureBlock(label, { author, at, attestation, sha256 }) {
  return h(
    "footer",
    { class: "signature-block" },
    h("p", {}, h("b", {}, `${label} by ${author}`), ` on ${at.slice(0, 16).replace("T", " ")} UTC`),
    h("p", { class: "small" }, attestation),
    h("p", { class: "small quiet mono" }, `SHA-256 ${sha256}`),
  );
}

async function start() {
  const id = document.body.dataset.encounter;
  try {
    const [session, encounter] = await Promise.all([api.get("/session"), api.get(`/encounters/${id}`)]);
    if (encounter.note_revision === null) location.replace(`/encounters/${id}`);
    else await new Signing(session, encounter).load();
  } catch (error) {
    if (!error.kind) throw error;
    $("#trouble").hidden = false;
    $("#trouble").textContent = error.message;
  }
}

start();
