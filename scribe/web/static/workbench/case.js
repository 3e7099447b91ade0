// The head of an encounter: whose it is, how far it has come, who holds it, and where it goes next.

import * as api from "./api.js";
import { ask, say } from "./dialogs.js";
import { $, h } from "./dom.js";
import { openMenu } from "./menu.js";

export const STATES = {
  recorded: "Recorded",
  transcribing: "Transcribing",
  draft: "Draft",
  in_correction: "In correction",
  qa: "QA",
  awaiting_signature: "Awaiting signature",
  signed: "Signed",
  amended: "Amended",
};
const ORDER = Object.keys(STATES);
const MOVES = {
  draft: "Back to draft",
  in_correction: "Take into correction",
  qa: "Send to QA",
  awaiting_signature: "Send to signature",
};
export const tone = (state) =>
  ({ signed: "good", amended: "good", awaiting_signature: "accent", qa: "warn" })[state] ?? "";

/** The name an encounter goes by. */
export const titleOf = (encounter) => encounter.patient.name || encounter.title || "Unnamed encounter";

/** The fields that a person edits, to compare. */
const editable = ({ patient, title, date_of_service: day, priority, clinician }) =>
  JSON.stringify([patient, title, day, priority, clinician]);

export class Case {
  constructor({ encounter, session, beforeMove, onChange }) {
    Object.assign(this, { session, beforeMove, onChange });
    this.take(encounter);
  }

  get path() {
    return `/encounters/${this.encounter.id}`;
  }

  may(permission) {
    return this.session.permissions.includes(permission);
  }

  take(encounter) {
    this.encounter = encounter;
    this.draw();
  }

  async reload() {
    this.take(await api.get(this.path));
    this.onChange(this.encounter);
  }

  draw() {
    const { encounter } = this;
    $("#case-title").textContent = titleOf(encounter);
    document.title = `${STATES[encounter.state]} · scribe`; // no name of a patient in the browser's history
    const facts = [
      encounter.patient.name && encounter.title,
      encounter.patient.identifier && `MRN ${encounter.patient.identifier}`,
      encounter.patient.birth_date && `born ${encounter.patient.birth_date}`,
      encounter.date_of_service && `seen ${encounter.date_of_service}`,
      encounter.clinician?.name,
      { visit: "Visit", dictation: "Dictation" }[encounter.mode],
    ].filter(Boolean);
    $("#case-facts").replaceChildren(...facts.map((fact) => h("span", { class: "fact" }, fact)));
    const mine = encounter.owner?.id === this.session.user_id;
    $("#case-state").replaceChildren(
      ...[
        h("span", { class: `badge ${tone(encounter.state)}` }, STATES[encounter.state]),
        encounter.priority === "stat" && h("span", { class: "badge error" }, "STAT"),
        encounter.owner && h("span", { class: "badge lock" }, mine ? "Held by you" : `Held by ${encounter.owner.name}`),
      ].filter(Boolean),
    );
  }

  /** A field to choose who signs; null where nobody signs in, or no physician does. */
  async #whoSigns(more = {}) {
    if (!this.session.accounts) return null;
    const people = await api.get("/people").catch(() => []);
    const physicians = people.filter(({ roles }) => roles.includes("physician")).map(({ id, name }) => [id, name]);
    const { clinician } = this.encounter;
    if (!physicians.length) return null;
    if (clinician && !physicians.some(([id]) => id === clinician.id)) physicians.unshift([clinician.id, clinician.name]);
    const options = clinician ? physicians : [["", "Not decided"], ...physicians];
    return { name: "clinician", label: "Who signs it", options, value: clinician?.id ?? "", ...more };
  }

  /** Fields of the encounter: name, number, dates, priority, who signs. */
  async edit() {
    const { patient, title, date_of_service: day, priority } = this.encounter;
    const signs = await this.#whoSigns();
    const values = await ask(
      "This encounter",
      [
        { name: "name", label: "Patient", value: patient.name },
        { name: "identifier", label: "Record number (MRN)", value: patient.identifier },
        { name: "birth_date", label: "Born", type: "date", value: patient.birth_date ?? "" },
        { name: "title", label: "Kind of visit", value: title },
        { name: "date_of_service", label: "Date of service", type: "date", value: day ?? "" },
        {
          name: "priority",
          label: "Priority",
          options: [
            ["routine", "Routine"],
            ["stat", "STAT"],
          ],
          value: priority,
        },
        ...(signs ? [signs] : []),
      ],
      { yes: "Save" },
    );
    if (!values) return;
    const before = editable(this.encounter);
    const change = () =>
      api.patch(this.path, {
        base_version: this.encounter.version,
        title: values.title,
        priority: values.priority,
        date_of_service: values.date_of_service || null,
        ...(values.clinician ? { clinician_id: values.clinician } : {}),
        patient: { name: values.name, identifier: values.identifier, birth_date: values.birth_date || null },
      });
    await this.#do(async () => {
      try {
        return await change();
      } catch (error) {
        if (error.kind !== "conflict") throw error;
        this.encounter = await api.get(this.path); // its state or owner changed: these fields may not have
        if (editable(this.encounter) !== before) throw error;
        return change();
      }
    });
  }

  claim(more = {}) {
    return this.#do(() => api.post(`${this.path}/claim`, more));
  }

  /** Holds it, and begins to correct a draft. */
  takeUp() {
    return this.#do(async () => {
      const claimed = await api.post(`${this.path}/claim`, {});
      return claimed.state === "draft" && claimed.next_states.includes("in_correction")
        ? api.post(`${this.path}/state`, { to: "in_correction", reason: "" })
        : claimed;
    });
  }

  release() {
    return this.#do(() => api.post(`${this.path}/release`, {}));
  }

  /** The menu of where the encounter may go from here. */
  menu(anchor) {
    const { encounter } = this;
    const items = encounter.next_states
      .filter((state) => state in MOVES)
      .map((state) => ({ label: MOVES[state], act: () => this.move(state) }));
    const mine = encounter.owner?.id === this.session.user_id;
    if (mine) items.push(null, { label: "Let go, so that others can take it", act: () => this.release() });
    if (!encounter.owner && this.may("encounter:claim"))
      items.push(null, { label: "Take it", act: () => this.claim() });
    const over = this.session.roles.includes("qa") || encounter.clinician?.id === this.session.user_id;
    if (encounter.owner && !mine && over)
      items.push(null, { label: `Take it over from ${encounter.owner.name}…`, act: () => this.takeOver() });
    if (this.may("encounter:edit")) items.push(null, { label: "Patient, date, priority…", act: () => this.edit() });
    openMenu(anchor, items[0] ? items : items.slice(1), { label: "Hand on" });
  }

  async takeOver() {
    const values = await ask(
      "Take it over",
      [
        {
          name: "reason",
          label: "Why",
          required: true,
          help: `${this.encounter.owner.name} holds it. The reason stands in the record.`,
        },
      ],
      { yes: "Take over" },
    );
    if (values?.reason) await this.claim({ take_over: true, reason: values.reason });
  }

  async move(state) {
    let reason = "";
    if (ORDER.indexOf(state) < ORDER.indexOf(this.encounter.state)) {
      const values = await ask(
        MOVES[state],
        [{ name: "reason", label: "Why", required: true, rows: 2, help: "Whoever takes it next reads this." }],
        { yes: MOVES[state] },
      );
      if (!values) return;
      reason = values.reason;
    }
    if (state === "awaiting_signature" && !(await this.#hasSigner())) return;
    if (!(await this.beforeMove())) return;
    await this.#do(() => api.post(`${this.path}/state`, { to: state, reason }));
  }

  /** Asks who signs where nobody is named yet: nobody else would see it. False where the person thinks again. */
  async #hasSigner() {
    const field = this.encounter.clinician ? null : await this.#whoSigns({ required: true });
    if (!field) return true;
    const values = await ask("Send to signature", [field], { yes: "Send" });
    if (!values?.clinician) return false;
    const { version } = this.encounter;
    await this.#do(() => api.patch(this.path, { base_version: version, clinician_id: values.clinician }));
    return this.encounter.clinician !== null;
  }

  async #do(request) {
    try {
      this.take(await request());
      this.onChange(this.encounter);
    } catch (error) {
      await say("That did not work", error.message);
      if (error.kind === "conflict") await this.reload();
    }
  }
}
