// What a person does with the transcript, from clicks and keys to edits.

import * as api from "./api.js";
import { ask } from "./dialogs.js";
import { $, announce } from "./dom.js";
import { FlagRound } from "./flags.js";
import { TranscriptSaver } from "./saving.js";
import { fresh, speakerMenu } from "./speakers.js";
import { TranscriptModel } from "./transcript_model.js";
import { FLAG_TITLES, TranscriptView } from "./transcript_view.js";
import { textOf } from "./words.js";

const KINDS = [
  ["drug", "A drug"],
  ["name", "A name"],
  ["other", "Another word"],
];

export class TranscriptEditing {
  constructor(editor, document) {
    this.editor = editor;
    this.model = new TranscriptModel(document);
    this.view = new TranscriptView($("#transcript"), this.model);
    this.saver = new TranscriptSaver({
      encounter: editor.id,
      model: this.model,
      onState: (state) => {
        editor.status.of("transcript")(state);
        editor.undoable();
      },
      onSaved: () => this.#saved(),
    });
    this.round = new FlagRound({
      bar: $("#round"),
      model: this.model,
      view: this.view,
      player: editor.player,
      canEdit: () => this.model.canEdit,
    });
    this.#listen();
  }

  push(edit) {
    if (this.model.canEdit && edit) this.saver.box.push(edit);
  }

  /** Ticks for the waveform. */
  marks() {
    return this.model.openFlags.map((flag) => ({
      seconds: flag.interval.start,
      kind: flag.kind,
      title: FLAG_TITLES[flag.kind],
      flag,
    }));
  }

  /** The server's transcript again, under what is typed here; whether this person may edit it may have changed. */
  async reload() {
    const document = await api.get(this.saver.path);
    if (document.can_edit !== this.model.canEdit) {
      this.model.canEdit = document.can_edit;
      this.view.editable();
      this.round.draw();
    }
    if (document.revision > this.model.revision) await this.saver.refresh();
    this.editor.notices();
    this.editor.undoable();
  }

  /** The server's transcript in place of what stands here: edits that it refused are given up. */
  async anew() {
    this.model.take(await api.get(this.saver.path));
    this.view.draw();
    this.round.draw();
    await this.saver.box.settle([]);
    this.editor.undoable();
  }

  #saved() {
    this.editor.wave?.remark(this.marks());
    this.editor.undoable();
    const { note } = this.editor.note.view;
    if (note.transcript_latest < this.model.revision) {
      note.transcript_latest = this.model.revision;
      this.editor.notices();
    }
  }

  #listen() {
    const { view, model, saver, editor } = this;
    view.addEventListener("typed", ({ detail: { gone } }) => {
      editor.lastPart = "transcript";
      for (const flag of gone) this.push(model.resolve(flag));
      saver.box.touch();
      editor.undoable();
    });
    view.addEventListener("caret", ({ detail: { index, passage } }) => this.#wentTo(index, passage));
    view.addEventListener("who", ({ detail: { passage, anchor } }) => {
      this.saver.box.flush();
      speakerMenu({ model, passage, anchor, push: (edit) => this.push(edit), listen: (heard) => this.hear(heard) });
    });
    view.addEventListener("split", ({ detail }) => this.split(detail));
    view.addEventListener("flag", ({ detail: { flag } }) => this.round.show(flag));
    view.addEventListener("undo", () => editor.step("undo"));
    view.addEventListener("redo", () => editor.step("redo"));
    this.round.addEventListener("resolve", ({ detail: flag }) => this.push(model.resolve(flag)));
    this.round.addEventListener("replace", ({ detail: { flag, text } }) => this.#reading(flag, text));
    this.round.addEventListener("shown", ({ detail: { interval } }) => {
      editor.tabs.showTranscript();
      editor.note?.view.lightFor((interval.start + interval.end) / 2);
    });
  }

  #wentTo(index, passage) {
    const { player, settings } = this.editor;
    this.editor.lastPart = "transcript";
    const word = this.model.words[index];
    this.editor.note?.view.lightFor(word && this.model.timed ? (word.start + word.end) / 2 : null);
    if (!this.model.timed || !word) return;
    if (player.playing && player.stop === null) player.seek(word.start);
    else if (settings.clickPlays) player.stretch(word.start, sentenceEnd(passage, word));
    else player.seek(word.start);
  }

  /** Plays a passage. */
  hear(passage) {
    if (passage.words.length) this.editor.player.stretch(passage.words[0].start, passage.words.at(-1).end);
  }

  /** Plays from the caret to the end of its passage, or the words that are selected. */
  hearCaret() {
    const caret = this.view.caret();
    if (!caret) return false;
    const words = this.model.words.slice(caret.first, caret.first + caret.count);
    const end = caret.end > caret.start ? words.at(-1).end : caret.passage.words.at(-1).end;
    this.editor.player.stretch(words[0].start, end);
    return true;
  }

  /** A new speaker from the caret to the end of the passage. */
  split(caret) {
    const first = this.model.firstOf(caret.passage);
    const end = first + caret.passage.words.length;
    const at = caret.start === 0 ? first : Math.max(first + 1, caret.first);
    if (at >= end || !this.model.canEdit) return;
    const { voices } = this.model;
    const speaker =
      at === first || voices.length < 2
        ? fresh(voices)
        : voices[(voices.indexOf(caret.passage.speaker) + 1) % voices.length];
    this.push(this.model.assign(at, end - at, speaker));
    announce(`From here: ${this.model.nameOf(speaker)}`);
  }

  /** The passage at the caret belongs to speaker `digit`. */
  give(digit) {
    const caret = this.view.caret();
    const speaker = this.model.voices[digit - 1];
    if (!caret || speaker === undefined || !this.model.canEdit) return false;
    const selected = caret.end > caret.start;
    const first = selected ? caret.first : this.model.firstOf(caret.passage);
    const count = selected ? caret.count : caret.passage.words.length;
    this.push(this.model.assign(first, count, speaker));
    announce(this.model.nameOf(speaker));
    return true;
  }

  /** The words in the selection cannot be made out; or there is a gap at the caret. */
  inaudible() {
    const caret = this.view.caret();
    if (!caret || !this.model.canEdit) return false;
    const selected = caret.end > caret.start;
    this.push(
      this.model.inaudible(
        selected ? caret.first : caret.first + (caret.start > 0 ? 1 : 0),
        selected ? caret.count : 0,
      ),
    );
    this.saver.box.flush();
    announce("Marked as inaudible");
    return true;
  }

  async #reading(flag, text) {
    const clean = textOf(this.model.words.slice(flag.first, flag.first + flag.count));
    const kept = /[.,;?!]$/.exec(clean)?.[0] ?? "";
    if (clean.replace(/[.,;?!]$/, "") !== text) {
      const edit = { op: "replace_words", first: flag.first, count: flag.count, text: text + kept };
      this.saver.box.push(edit);
      this.model.replay(edit);
    }
    this.round.current = flag.id;
    this.round.resolve();
  }

  /** Adds the selected words to the words the recogniser listens for. */
  async vocabulary() {
    const text = document
      .getSelection()
      ?.toString()
      .trim()
      .replace(/[.,;:?!]+$/, "");
    if (!text) {
      announce("Select the words first");
      return;
    }
    const values = await ask(
      "Add to the vocabulary",
      [
        { name: "text", label: "Words", value: text, required: true },
        { name: "kind", label: "What it is", options: KINDS, value: "other" },
        { name: "sounds", label: "Sounds like", help: "If it is not spoken as it is written; several with commas." },
      ],
      { yes: "Add", intro: "The recogniser listens for it from the next recording on." },
    );
    if (!values?.text) return;
    const sounds = values.sounds
      .split(",")
      .map((sound) => sound.trim())
      .filter(Boolean);
    const done = await this.editor.attempt(() =>
      api.post("/vocabulary", { text: values.text, kind: values.kind, sounds_like: sounds }),
    );
    if (done) announce(`${values.text} is in the vocabulary`);
  }

  /** Words of a stretch of the recording, lit. */
  light(intervals, { reveal = false } = {}) {
    this.view.light(
      "evidence",
      intervals.map((interval) => this.model.wordsIn(interval)).filter(({ count }) => count),
      { reveal },
    );
  }
}

/** Seconds at which the sentence of `word` ends in its passage. */
function sentenceEnd(passage, word) {
  const from = passage.words.indexOf(word);
  const end = passage.words.slice(Math.max(0, from)).find((each) => /[.?!]$/.test(each.text));
  return (end ?? passage.words.at(-1) ?? word).end;
}
