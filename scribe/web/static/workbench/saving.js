// Saving: what was typed goes to the server by itself, and what stands in the way is said and settled here.

import * as api from "./api.js";
import { clock } from "./dom.js";
import { conflict } from "./dialogs.js";
import { Outbox } from "./outbox.js";
import { textOf } from "./words.js";

// edits that the page makes itself before the server has answered
const MADE_HERE = new Set(["replace_words", "assign_speaker", "mark_inaudible", "resolve_flag", "restore_flag"]);

/** The transcript's edits. `onState` hears the outbox; `onSaved` that the server has a new revision. */
export class TranscriptSaver {
  constructor({ encounter, model, onState, onSaved }) {
    Object.assign(this, { model, onSaved });
    this.path = `/encounters/${encounter}/transcript`;
    this.sent = [];
    const send = (edits, again) => this.#send(edits, again);
    this.box = new Outbox({ send, collect: () => model.collect(), onState });
  }

  async #send(ops, again) {
    if (!again) this.sent = [...this.model.words];
    const sent = this.sent;
    const answer = await api.post(`${this.path}/edits`, { base_revision: this.model.revision, ops });
    const surprising = answer.merged || ops.some(({ op }) => !MADE_HERE.has(op));
    this.#took({ ...answer, merged: surprising }, sent);
  }

  #took(answer, sent) {
    const { moved } = this.model.acknowledged(answer, this.box.queue, sent);
    this.box.queue = moved;
    this.onSaved(answer);
  }

  /** "undo" or "redo" of this person's last edit; false where there is none, or where edits cannot be sent now. */
  async step(which) {
    await this.box.flush();
    if (this.box.waiting || (which === "undo" ? !this.model.canUndo : !this.model.canRedo)) return false;
    const sent = [...this.model.words];
    const answer = await api.post(`${this.path}/${which}`, { base_revision: this.model.revision });
    this.#took({ ...answer, merged: true }, sent);
    return true;
  }

  /** Somebody else made a revision: takes it in, under what is typed here. */
  async refresh() {
    if (this.box.sending || this.box.held || this.box.unsure) return;
    const document = await api.get(this.path);
    if (document.revision <= this.model.revision || this.box.sending || this.box.unsure) return;
    const { moved, clashes } = this.model.rebase(this.box.queue, document);
    this.box.queue = clashes.length ? this.box.queue : moved;
    if (moved.length) this.box.touch();
  }

  /** Two people wrote the same words: asks which stand, and sends again. */
  async settle(who) {
    const theirs = await api.get(this.path);
    const waiting = [...this.box.queue, ...this.model.collect()];
    const trial = this.model.rebased(waiting, theirs);
    const pieces = trial.clashes.map(({ mine, first, count }) => ({
      place: clock(theirs.words[Math.min(first, theirs.words.length - 1)]?.start ?? 0),
      mine: mine.text ?? this.model.nameOf(mine.speaker ?? null),
      theirs: textOf(theirs.words.slice(first, first + count)),
    }));
    const choice = pieces.length ? await conflict(theirs.author || who, pieces) : "mine";
    if (!choice) return;
    const drop = new Set(choice === "theirs" ? trial.clashes.map(({ mine }) => mine) : []);
    const { moved } = this.model.rebase(waiting, theirs, { drop });
    await this.box.settle(moved);
  }
}

/** The note's edits, in the same way. Statements are named by their ids, so nothing has to be moved. */
export class NoteSaver {
  constructor({ encounter, view, onState, onSaved }) {
    Object.assign(this, { view, onSaved });
    this.path = `/encounters/${encounter}/note`;
    this.box = new Outbox({ send: (edits) => this.#send(edits), collect: () => view.collect(), onState });
  }

  async #send(ops) {
    const answer = await api.post(`${this.path}/edits`, { base_revision: this.view.note.revision, ops });
    this.#took(answer.note);
  }

  #took(note) {
    this.view.take(note);
    this.onSaved(note);
  }

  async step(which) {
    await this.box.flush();
    if (this.box.waiting || !(which === "undo" ? this.view.note.can_undo : this.view.note.can_redo)) return false;
    const answer = await api.post(`${this.path}/${which}`, { base_revision: this.view.note.revision });
    this.#took(answer.note);
    return true;
  }

  async redraft() {
    await this.box.flush();
    const answer = await api.post(`${this.path}/redraft`, { base_revision: this.view.note.revision });
    this.#took(answer.note);
  }

  async refresh() {
    if (this.box.sending || this.box.held || this.box.unsure) return;
    const note = await api.get(this.path);
    if (this.box.sending || this.box.waiting) return;
    this.#took(note);
  }

  async settle(who) {
    const note = await api.get(this.path);
    const waiting = [...this.box.queue, ...this.view.collect()];
    const theirs = new Map(
      note.sections.flatMap((section) =>
        section.statements.map((statement) => [statement.id, { text: statement.text, place: section.title }]),
      ),
    );
    const before = new Map(
      this.view.note.sections.flatMap((section) => section.statements.map((statement) => [statement.id, statement])),
    );
    const clashes = waiting.filter(
      (item) =>
        item.statement &&
        (!theirs.has(item.statement) || theirs.get(item.statement).text !== before.get(item.statement)?.text),
    );
    const pieces = clashes.map((item) => ({
      place: theirs.get(item.statement)?.place ?? "Removed",
      mine: item.text ?? before.get(item.statement)?.text ?? "",
      theirs: theirs.get(item.statement)?.text ?? "",
    }));
    const choice = pieces.length ? await conflict(note.author || who, pieces) : "mine";
    if (!choice) return;
    this.view.take(note);
    this.onSaved(note);
    const kept =
      choice === "mine"
        ? waiting.filter((item) => !item.statement || theirs.has(item.statement))
        : waiting.filter((item) => !clashes.includes(item));
    await this.box.settle(kept);
  }
}
