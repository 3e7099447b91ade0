// What a person does with the note, from clicks and keys to edits.

import * as api from "./api.js";
import { ask } from "./dialogs.js";
import { $, announce, h } from "./dom.js";
import { openMenu } from "./menu.js";
import { NoteView, layout } from "./note_view.js";
import { NoteSaver } from "./saving.js";
import { why } from "./why.js";

const ASSERTIONS = {
  present: "Present",
  absent: "Denied or absent",
  possible: "Possible",
  conditional: "Conditional",
  historical: "In the past",
  family: "In the family",
};
export const KINDS = {
  chief_complaint: "Chief complaint",
  hpi: "History of present illness",
  past_medical: "Past medical history",
  surgical: "Surgical history",
  family: "Family history",
  social: "Social history",
  medications: "Medications",
  allergies: "Allergies",
  immunizations: "Immunizations",
  ros: "Review of systems",
  vitals: "Vital signs",
  exam: "Physical examination",
  results: "Results",
  assessment: "Assessment",
  plan: "Plan",
  other: "Other",
};

export class NoteEditing {
  constructor(editor, note) {
    this.editor = editor;
    this.view = new NoteView($("#note"));
    this.view.take(note);
    this.saver = new NoteSaver({
      encounter: editor.id,
      view: this.view,
      onState: (state) => {
        editor.status.of("note")(state);
        editor.undoable();
      },
      onSaved: () => this.#saved(),
    });
    this.reading = false;
    this.#listen();
    this.#head();
    this.templates();
  }

  push(edit) {
    if (!this.view.canEdit) return undefined;
    this.saver.box.push(edit);
    return this.saver.box.flush();
  }

  /** The server's note again; a statement that is being typed keeps its text. */
  async reload() {
    await this.saver.box.flush();
    if (this.saver.box.waiting) return;
    this.view.take(await api.get(this.saver.path));
    this.#saved();
  }

  /** The server's note in place of what stands here: edits that it refused are given up. */
  async anew() {
    this.view.typed.clear();
    this.view.take(await api.get(this.saver.path));
    await this.saver.box.settle([]);
    this.#saved();
  }

  /** Makes the note again from the corrected transcript, which takes a while; the page says so meanwhile. */
  async redraft() {
    if (this.redrafting) return;
    this.redrafting = true;
    this.editor.notices();
    announce("Making the note again");
    const done = await this.editor.attempt(() => this.saver.redraft().then(() => true));
    this.redrafting = false;
    this.editor.notices();
    if (done) announce("The note was made again. What you had written stays.");
  }

  #saved() {
    this.editor.undoable();
    this.editor.notices();
    if (this.reading) this.#lay();
    if (this.view.note.template !== this.select?.value) this.#head();
  }

  #listen() {
    const { view, editor } = this;
    view.addEventListener("typed", () => {
      editor.lastPart = "note";
      this.saver.box.touch();
      editor.undoable();
    });
    view.addEventListener("focus", ({ detail: { statement } }) => {
      editor.lastPart = "note";
      this.held = statement;
      this.#evidence(statement, { reveal: !editor.tabs.isNarrow });
    });
    view.addEventListener("blur", () => (this.held = null));
    view.addEventListener("hover", ({ detail: { statement } }) => this.#evidence(statement ?? this.held));
    view.addEventListener(
      "clicked",
      ({ detail: { statement } }) => this.editor.settings.clickPlays && this.hear(statement),
    );
    view.addEventListener("play", ({ detail: { statement } }) => this.hear(statement));
    view.addEventListener("menu", ({ detail: { statement, anchor } }) => this.menu(statement, anchor));
    view.addEventListener("restore", ({ detail: { id } }) => this.push({ op: "restore_statement", statement: id }));
    view.addEventListener("add", ({ detail }) => this.add(detail.statement ? this.#behind(detail.statement) : detail));
    view.addEventListener("undo", () => editor.step("undo"));
    view.addEventListener("redo", () => editor.step("redo"));
  }

  #behind(statement) {
    return { kind: this.view.whereIs(statement.id).kind, after: statement.id };
  }

  #evidence(statement, { reveal = false } = {}) {
    this.editor.transcript?.light(statement?.seconds ?? [], { reveal });
  }

  /** Plays where a statement was heard, place after place. */
  async hear(statement) {
    if (!statement?.seconds.length) return;
    this.#evidence(statement, { reveal: true });
    const { player } = this.editor;
    for (const { start, end } of statement.seconds) {
      await player.stretch(start, end);
      if (!(await stopped(player))) return;
    }
  }

  // --- edits
  async add({ kind, after }) {
    if (!this.view.canEdit) return;
    const values = await ask(
      `Add to ${KINDS[kind] ?? kind}`,
      [
        {
          name: "text",
          label: "Statement",
          required: true,
          rows: 2,
          help: `Marked as typed by ${this.editor.session.name}: it rests on no words of the recording.`,
        },
      ],
      { yes: "Add" },
    );
    if (values?.text.trim()) await this.push({ op: "add_statement", kind, text: values.text.trim(), after });
  }

  remove(statement) {
    const next = this.view.whereIs(statement.id);
    const neighbour = next.statements[next.index + 1] ?? next.statements[next.index - 1];
    announce("Removed. It stands under Removed, and undo brings it back.");
    return this.push({ op: "remove_statement", statement: statement.id })?.then(
      () => neighbour && this.view.focus(neighbour.id),
    );
  }

  /** Up or down among its neighbours. */
  async move(statement, direction) {
    const { kind, index, statements } = this.view.whereIs(statement.id);
    const to = index + direction;
    if (to < 0 || to >= statements.length) return;
    const others = statements.filter((each) => each.id !== statement.id);
    await this.push({ op: "move_statement", statement: statement.id, kind, after: others[to - 1]?.id ?? null });
    this.view.focus(statement.id);
  }

  async moveTo(statement, kind) {
    const section = this.view.note.sections.find((each) => each.kind === kind);
    await this.push({
      op: "move_statement",
      statement: statement.id,
      kind,
      after: section?.statements.at(-1)?.id ?? null,
    });
    this.view.focus(statement.id);
  }

  menu(statement, anchor) {
    const { kind } = this.view.whereIs(statement.id);
    openMenu(
      anchor,
      [
        { label: "Hear it", disabled: !statement.seconds.length, hint: "Ctrl Enter", act: () => this.hear(statement) },
        { label: "Move to section…", act: () => this.#chooseSection(statement, kind) },
        { label: "Add below", hint: "Ctrl Shift Enter", act: () => this.add({ kind, after: statement.id }) },
        { label: "What it claims…", act: () => this.#chooseAssertion(statement) },
        { label: "Why it stands here…", act: () => this.#explain(statement) },
        ...(statement.drafted
          ? [
              {
                label: "Back to the drafted words",
                act: () => this.push({ op: "restore_statement", statement: statement.id }),
              },
            ]
          : []),
        { label: "Comment…", act: () => this.editor.comments.write({ statement_id: statement.id }) },
        null,
        { label: "Remove", hint: "Ctrl Shift ⌫", danger: true, act: () => this.remove(statement) },
      ],
      { label: "Statement" },
    );
  }

  #explain(statement) {
    const hear = ({ start, end }) => this.hear({ ...statement, seconds: [{ start, end }] });
    return this.editor.attempt(() => why(this.editor.id, statement, hear));
  }

  async #chooseSection(statement, kind) {
    const values = await ask(
      "Move to section",
      [{ name: "kind", label: "Section", options: Object.entries(KINDS), value: kind }],
      { yes: "Move" },
    );
    if (values && values.kind !== kind) await this.moveTo(statement, values.kind);
  }

  async #chooseAssertion(statement) {
    const values = await ask(
      "What it claims",
      [
        {
          name: "assertion",
          label: "What the statement says about what it names",
          options: Object.entries(ASSERTIONS),
          value: statement.assertion,
          help: "Codes are proposed by it: a denial gives none.",
        },
      ],
      { yes: "Set" },
    );
    if (values && values.assertion !== statement.assertion)
      await this.push({ op: "set_assertion", statement: statement.id, assertion: values.assertion });
  }

  // --- how it is shown
  async templates() {
    const found = await api.get("/templates").catch(() => null);
    this.known = found?.templates ?? [];
    this.#head();
  }

  #head() {
    const options = (this.known ?? []).map(({ name, title }) =>
      h("option", { value: name, selected: name === this.view.note.template }, title),
    );
    this.select = h(
      "select",
      {
        "aria-label": "Template",
        class: "compact",
        disabled: !this.view.canEdit,
        on: { change: (event) => this.#choose(event.target.value) },
      },
      ...options,
    );
    const toggle = (label, reading) =>
      h(
        "button",
        {
          type: "button",
          class: "compact",
          "aria-pressed": String(this.reading === reading),
          on: { click: () => this.show(reading) },
        },
        label,
      );
    $("#note-head").replaceChildren(
      h(
        "div",
        { class: "segmented", role: "group", "aria-label": "How the note is shown" },
        toggle("Edit", false),
        toggle("As it reads", true),
      ),
      ...(options.length ? [this.select] : []),
    );
  }

  async #choose(template) {
    await this.push({ op: "set_template", template });
    this.show(true);
  }

  show(reading) {
    this.reading = reading;
    $("#note").hidden = reading;
    $("#note-laid-out").hidden = !reading;
    if (reading) this.#lay();
    this.#head();
  }

  #lay() {
    $("#note-laid-out").replaceChildren(layout(this.view.note, (statement) => statement && this.hear(statement)));
  }
}

/** Resolves when a stretch has ended: true at its end, false where the person stopped it. */
function stopped(player) {
  return new Promise((resolve) => {
    const done = () => {
      if (player.playing) return;
      player.removeEventListener("moved", done);
      resolve(player.endedStretch);
    };
    player.addEventListener("moved", done);
  });
}
