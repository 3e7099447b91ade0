// The transcript while it grows: committed words stay where they are, the tentative tail changes.

import { clock, element } from "./ui.js";

const ROLES = { clinician: "Clinician", patient: "Patient", other: "Other" };
const PARAGRAPH = 2.5; // seconds of silence that begin a new paragraph of the same speaker
const NEAR = 80; // pixels from the end: whoever is there wants to follow

export class TranscriptView {
  /** @param place where it is shown @param jump a button that leads back to the end */
  constructor(place, jump) {
    this.place = place;
    this.jump = jump;
    this.follow = true;
    place.addEventListener("scroll", () => this.scrolled());
    jump.addEventListener("click", () => this.toEnd());
    this.clear();
  }

  clear() {
    this.words = [];
    this.roles = [];
    this.names = new Map();
    this.marks = [];
    this.runs = []; // [{first, speaker, row, text}]
    this.tail = element("span", { class: "tentative" });
    this.empty = element("p", { class: "quiet" });
    this.place.replaceChildren();
  }

  /** Everything at once: on joining late, and for the record. */
  show(words, tentative, roles) {
    const marks = this.marks;
    this.clear();
    this.marks = marks;
    this.roles = roles;
    this.add(0, words);
    this.maybe(tentative);
  }

  /** What stands there until the first word. */
  listening(text) {
    if (this.runs.length) return;
    this.empty.textContent = text;
    this.place.replaceChildren(this.empty);
  }

  add(first, words) {
    if (first !== this.words.length) return; // known already
    this.words.push(...words);
    this.tail.textContent = "";
    if (this.runs.at(-1)?.closed) this.again(first); // what was said before a mark stands before it
    else for (let at = first; at < this.words.length; at++) this.write(at);
    this.maybe([]);
  }

  maybe(words) {
    this.tail.textContent = words.map((word) => word.text).join("");
    if (words.length && !this.runs.length) this.begin(0, words[0]);
    this.runs.at(-1)?.text.append(this.tail);
    this.keepUp();
  }

  assign(assignments, roles) {
    let changed = this.words.length;
    for (const { first, count, speaker } of assignments) {
      for (let at = first; at < first + count; at++) this.words[at] = { ...this.words[at], speaker };
      changed = Math.min(changed, first);
    }
    if (JSON.stringify(roles) !== JSON.stringify(this.roles)) {
      this.roles = roles;
      changed = 0;
    }
    this.again(changed);
  }

  replace(first, count, text) {
    for (let at = first; at < first + count; at++) this.words[at] = { ...this.words[at], text: at === first ? text : "" };
    this.again(first);
  }

  /** A moment that somebody marked, a stretch that was dropped, a pause. */
  mark(seconds, text) {
    this.marks.push({ seconds, text });
    this.moment({ seconds, text }, this.words.length);
    this.keepUp();
  }

  /** Lays out anew from the run that holds word `at` on. */
  again(at) {
    const tail = this.tail.textContent;
    const kept = this.runs.findLastIndex((run) => !run.closed && run.first <= at);
    const from = Math.max(0, kept);
    const first = this.runs[from]?.first ?? 0;
    for (const run of this.runs.splice(from)) run.row.remove();
    const since = this.words[first]?.start ?? 0;
    const marks = this.marks.filter((mark) => mark.seconds > since);
    for (let word = first; word < this.words.length; word++) {
      while (marks.length && marks[0].seconds <= this.words[word].start) this.moment(marks.shift(), word);
      this.write(word);
    }
    for (const mark of marks) this.moment(mark, this.words.length);
    this.tail.textContent = tail;
    this.runs.at(-1)?.text.append(this.tail);
    this.keepUp();
  }

  moment({ seconds, text }, word) {
    const row = element("p", { class: "moment" }, element("span", { text: `${text}, ${clock(seconds)}` }));
    this.place.append(row);
    this.runs.push({ first: word, speaker: undefined, row, text: row, closed: true });
  }

  write(at) {
    const word = this.words[at];
    if (!word.text) return;
    const last = this.runs.at(-1);
    const before = this.words[at - 1];
    const paused = before && word.start - before.end > PARAGRAPH;
    const run = !last || last.closed || last.speaker !== word.speaker || paused ? this.begin(at, word) : last;
    run.said.append(run.said.textContent ? word.text : word.text.trimStart());
  }

  begin(first, word) {
    const said = element("span");
    const text = element("span", { class: "words" }, said);
    const name = this.name(word.speaker);
    const label = element("span", { class: "speaker", text: name.label, "data-role": name.role });
    const time = element("span", { class: "time number", text: clock(word.start) });
    const row = element("p", { class: "run" }, label, time, text);
    const run = { first, speaker: word.speaker, row, text, said };
    this.empty.remove();
    this.place.append(row);
    this.runs.push(run);
    return run;
  }

  name(speaker) {
    const role = this.roles.find((item) => item.speaker === speaker)?.role;
    if (role) return { label: ROLES[role], role };
    if (speaker === null || speaker === undefined) return { label: "\u2026", role: "unknown" };
    if (!this.names.has(speaker)) this.names.set(speaker, this.names.size + 1);
    return { label: `Speaker ${this.names.get(speaker)}`, role: "unknown" };
  }

  scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.place;
    this.follow = scrollHeight - scrollTop - clientHeight < NEAR;
    this.jump.hidden = this.follow;
  }

  keepUp() {
    if (this.follow) this.place.scrollTop = this.place.scrollHeight;
  }

  toEnd() {
    this.follow = true;
    this.jump.hidden = true;
    this.keepUp();
    this.place.focus();
  }
}
