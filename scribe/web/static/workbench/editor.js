// The editor of one encounter: loads it, and joins transcript, note, codes, comments and recording.

import * as api from "./api.js";
import { Case } from "./case.js";
import { CodesPanel } from "./codes_panel.js";
import { CommentsPanel } from "./comments.js";
import * as decks from "./deck.js";
import { confirm, say } from "./dialogs.js";
import { $, announce, h } from "./dom.js";
import { documentsMenu } from "./documents.js";
import { NoteEditing } from "./note_editing.js";
import { load as loadSettings, save as saveSettings } from "./settings.js";
import { Status } from "./status.js";
import { Tabs } from "./tabs.js";
import { TranscriptEditing } from "./transcript_editing.js";
import { commandsOf } from "./commands.js";
import { listen } from "./keys.js";
import { waitFor } from "./waiting.js";

const TO_CORRECT = new Set(["draft", "in_correction"]);

class Editor {
  constructor(session, encounter) {
    this.session = session;
    document.addEventListener("scribe:session", () => this.resume()); // signed in again, or unlocked
    this.id = encounter.id;
    this.settings = loadSettings();
    this.status = new Status({ resume: () => this.resume(), settle: () => this.settle(), save: () => this.save() });
    this.case = new Case({ encounter, session, beforeMove: () => this.save(), onChange: () => this.caseChanged() });
    this.tabs = new Tabs((name) => this.shown(name));
    this.player = decks.deck(this.settings, (time) => this.moved(time));
    this.player.addEventListener("moved", () => saveSettings(this.settings));
  }

  async open() {
    const path = `/encounters/${this.id}`;
    const { encounter } = this.case;
    const [transcript, note] = await Promise.all([api.get(`${path}/transcript`), api.get(`${path}/note`)]);
    this.transcript = new TranscriptEditing(this, transcript);
    this.note = new NoteEditing(this, note);
    this.codes = new CodesPanel(this);
    this.comments = new CommentsPanel(this);
    this.actions();
    this.notices();
    listen(this.settings, commandsOf(this));
    document.body.dataset.ready = "yes";
    this.wave = await decks.load(this.player, encounter.recordings.at(-1), {
      marks: () => this.transcript.marks(),
      onMark: (mark) => this.transcript.round.show(mark.flag),
    });
    this.player.rate(this.settings.speed);
    await Promise.all([this.codes.load(), this.comments.load()]);
    this.follow();
    this.goToHash();
  }

  /** Links from the page of signing lead to a place: #at=SECONDS, #statement=ID, #codes. */
  goToHash() {
    const [name, value] = location.hash.slice(1).split("=");
    if (name === "codes") this.tabs.show("codes");
    else if (name === "statement") this.note.view.focus(decodeURIComponent(value));
    else if (name === "at") {
      const seconds = Number(value);
      const flag = this.transcript.model.openFlags.find(({ interval }) => Math.abs(interval.start - seconds) < 0.01);
      if (flag) this.transcript.round.show(flag);
      else this.player.seek(seconds);
    }
  }

  /** Something moved in the recording. */
  moved(time) {
    if (!this.transcript) return;
    this.transcript.view.spoken(time, { follow: this.player.playing });
  }

  shown(name) {
    if (name === "codes") this.codes?.load();
    if (name === "comments") this.comments?.load();
  }

  // --- saving
  get boxes() {
    return [this.transcript.saver.box, this.note.saver.box];
  }

  /** Sends everything; true where the server has it all. */
  async save() {
    await this.transcript.saver.box.flush();
    await this.note.saver.box.flush();
    const safe = this.boxes.every((box) => !box.waiting && !box.held);
    announce(safe ? "Saved" : "Not saved yet");
    return safe;
  }

  async resume() {
    if (!this.note) return location.reload(); // nothing was typed yet
    try {
      await api.renewToken();
    } catch {
      window.open("/", "_blank", "noopener");
      return undefined;
    }
    for (const box of this.boxes) await box.resume();
    return this.follow(); // a stream that was refused does not come back by itself
  }

  async settle() {
    for (const part of [this.transcript, this.note]) {
      if (part.saver.box.held === "conflict") await part.saver.settle("Somebody else");
      else if (part.saver.box.held && (await this.givesUp(part))) await part.anew();
    }
  }

  /** What the server refused is shown before it is given up, so that it can be copied. */
  async givesUp(part) {
    const texts = part.saver.box.queue.map((edit) => edit.text).filter(Boolean);
    if (!texts.length) return true;
    return confirm("These words were not saved", texts.join("\n"), {
      yes: "Give them up",
      no: "Keep them here",
      danger: true,
    });
  }

  /** A request beside the outboxes; its trouble is told. Resolves to the answer, or null. */
  async attempt(request) {
    try {
      return await request();
    } catch (error) {
      await say(error.kind === "session" ? "Signed out" : "That did not work", error.message);
      return null;
    }
  }

  // --- the head
  actions() {
    const button = (label, call, more = {}) =>
      h(
        "button",
        { type: "button", class: "compact", ...more, on: { click: (event) => call(event.currentTarget) } },
        label,
      );
    $("#case-actions").replaceChildren(
      ...[
        button("↶", () => this.step("undo"), { id: "undo", "aria-label": "Undo", title: "Undo (Ctrl+Z)" }),
        button("↷", () => this.step("redo"), { id: "redo", "aria-label": "Redo", title: "Redo (Ctrl+Shift+Z)" }),
        this.case.may("document:export") &&
          button("Documents", (anchor) => documentsMenu(this, anchor), { "aria-haspopup": "menu" }),
        button("Hand on", (anchor) => this.case.menu(anchor), { "aria-haspopup": "menu", id: "hand-on" }),
        h(
          "a",
          {
            class: "button compact primary",
            href: `/encounters/${this.id}/sign`,
            id: "to-sign",
            on: { click: (event) => this.leave(event) },
          },
          this.case.may("note:sign") ? "Check and sign" : "Checks",
        ),
        button("?", () => commandsOf(this).sheet(), { "aria-label": "Keys", title: "Keys (?)" }),
      ].filter(Boolean),
    );
    this.undoable();
  }

  /** To another page, with everything saved. */
  async leave(event) {
    event.preventDefault();
    const { href } = event.currentTarget;
    if (await this.save()) location.assign(href);
  }

  undoable() {
    if (!$("#undo") || !this.note) return;
    const dirty = this.boxes.some((box) => box.waiting) || this.transcript.model.isDirty || this.note.view.typed.size;
    $("#undo").disabled = !dirty && !this.transcript.model.canUndo && !this.note.view.note.can_undo;
    $("#redo").disabled = !this.transcript.model.canRedo && !this.note.view.note.can_redo;
  }

  /** Undo or redo, in the part where the person is or was last. */
  async step(which) {
    const parts =
      $("#pane-note").contains(document.activeElement) || this.lastPart === "note"
        ? [this.note, this.transcript]
        : [this.transcript, this.note];
    await this.attempt(async () => {
      for (const part of parts)
        if (await part.saver.step(which)) {
          announce(which === "undo" ? "Undone" : "Done again");
          return;
        }
      announce(`Nothing to ${which}`);
    });
    this.undoable();
  }

  /** Owner or state changed: what this person may edit may have, too. */
  async caseChanged() {
    if (!this.transcript) return;
    this.actions();
    this.notices();
    await Promise.all([this.transcript.reload(), this.note.reload()]);
    this.notices();
  }

  notices() {
    if (!this.note) return;
    const { encounter } = this.case;
    const place = $("#notices");
    const theirs = encounter.state === "qa" ? this.session.roles.includes("qa") : TO_CORRECT.has(encounter.state);
    const free = this.session.accounts && !encounter.owner && theirs;
    const signed = this.note.view.note.signatures.length > 0;
    const parts = [];
    if (free && this.transcript.model.canEdit && this.case.may("encounter:claim"))
      parts.push(
        h(
          "p",
          { class: "message row" },
          "Nobody has taken this one yet.",
          h(
            "button",
            { type: "button", class: "compact primary push", id: "claim", on: { click: () => this.case.takeUp() } },
            "Take it and correct",
          ),
        ),
      );
    if (signed)
      parts.push(
        h(
          "p",
          { class: "message good" },
          "Signed: the note stays as it is. Addenda and amendments are on the page of signing.",
        ),
      );
    const behind = this.note.view.note.transcript_latest > this.note.view.note.transcript_revision;
    if (behind && this.note.view.canEdit)
      parts.push(
        h(
          "p",
          { class: "message row", id: "outdated" },
          "The transcript was corrected after the note was made.",
          h(
            "button",
            {
              type: "button",
              class: "compact push",
              disabled: this.note.redrafting,
              on: { click: () => this.note.redraft() },
            },
            this.note.redrafting ? "Making the note again…" : "Make the note again",
          ),
        ),
      );
    place.replaceChildren(...parts);
  }

  // --- what others do
  follow() {
    this.unfollow?.();
    const look = () => this.case.reload().catch((error) => this.gone(error));
    this.unfollow = api.events(this.id, {
      revision: ({ kind, revision }) => {
        if (kind === "transcript" && revision > this.transcript.model.revision) this.transcript.saver.refresh();
        if (kind === "note" && revision > this.note.view.note.revision) this.note.saver.refresh();
      },
      state: ({ version }) => version === this.case.encounter.version || look(),
      owner: ({ owner }) => (owner?.id ?? owner) === (this.case.encounter.owner?.id ?? null) || look(),
      comment: () => this.comments.load(),
      gone: look,
      refused: look,
    });
  }

  /** What others did made it theirs alone: back to the worklist, unless something typed here is not saved. */
  async gone(error) {
    if (error.problem?.status !== 404 || this.isGone) return;
    this.isGone = true;
    this.unfollow();
    const safe = this.boxes.every((box) => !box.waiting);
    const words = safe ? "What you wrote is saved." : "What you wrote last is not saved: copy it from this page.";
    await say("Somebody else works on it now", words);
    if (safe) location.assign("/");
  }
}

async function start() {
  const id = document.body.dataset.encounter;
  try {
    const [session, encounter] = await Promise.all([api.get("/session"), api.get(`/encounters/${id}`)]);
    const editor = new Editor(session, encounter);
    if (encounter.note_revision === null || encounter.transcript_revision === null) {
      await waitFor(editor);
      return;
    }
    await editor.open();
    addEventListener("beforeunload", (event) => {
      if (editor.boxes.some((box) => box.waiting) || editor.transcript.model.isDirty || editor.note.view.typed.size)
        event.preventDefault();
    });
  } catch (error) {
    if (!error.kind) throw error;
    $("#notices").replaceChildren(h("p", { class: "message error", role: "alert" }, error.message));
  }
}

start();
