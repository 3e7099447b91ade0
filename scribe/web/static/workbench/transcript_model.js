// The transcript as it is on the page: words in passages, edits that the server does not have yet, and flags.
//
// `collect` turns typed text into edits and makes them here at once; `acknowledged` takes in what the server says.

import { edit, growth, passages, rebased, retimed, textOf, wordAtTime } from "./words.js";

let names = 0;

export class Passage {
  constructor(words) {
    this.id = `p${++names}`;
    this.words = words;
    this.speaker = words[0]?.speaker ?? null;
    this.typed = null; // text that stands on the page and not yet in `words`
  }

  get text() {
    return this.typed ?? textOf(this.words);
  }

  get start() {
    return this.words[0]?.start ?? 0;
  }
}

export class TranscriptModel extends EventTarget {
  /** `document` is the server's transcript. */
  constructor(document) {
    super();
    this.take(document);
  }

  /** Everything anew. */
  take(document) {
    this.revision = document.revision;
    this.server = document.words;
    this.timed = document.timed;
    this.duration = document.duration;
    this.passages = passages(document.words.map((word) => ({ ...word }))).map((run) => new Passage(run));
    this.#counted();
    this.#marks(document);
    this.canEdit = document.can_edit ?? this.canEdit;
  }

  get words() {
    if (!this.flat) this.flat = this.passages.flatMap((passage) => passage.words);
    return this.flat;
  }

  /** Index in the transcript of the first word of a passage. */
  firstOf(passage) {
    return this.firsts.get(passage);
  }

  /** {passage, at}: where the word `index` of the transcript stands. */
  locate(index) {
    let low = 0;
    let high = this.passages.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.firsts.get(this.passages[middle]) <= index) low = middle;
      else high = middle - 1;
    }
    const passage = this.passages[low];
    return passage ? { passage, at: index - this.firsts.get(passage) } : null;
  }

  /** Index of the word that is said at `seconds`. */
  indexAt(seconds) {
    return wordAtTime(this.words, seconds);
  }

  role(speaker) {
    return this.speakers.find((item) => item.speaker === speaker)?.role ?? "other";
  }

  /** The name of a speaker for people. */
  nameOf(speaker) {
    if (speaker === null) return "Unknown";
    const found = this.speakers.find((item) => item.speaker === speaker);
    const alike = this.speakers.filter((item) => item.role === found?.role);
    const title = { clinician: "Clinician", patient: "Patient", other: "Other" }[found?.role] ?? "Speaker";
    if (found?.name) return found.name;
    return alike.length > 1 ? `${title} ${alike.indexOf(found) + 1}` : title;
  }

  /** All speakers, the known ones in the order of the server and those only heard behind them. */
  get voices() {
    const heard = [...new Set(this.words.map((word) => word.speaker))].filter((speaker) => speaker !== null);
    return [...new Set([...this.speakers.map((item) => item.speaker), ...heard])];
  }

  get openFlags() {
    return this.flags.filter((flag) => !flag.checked_by);
  }

  /** Open flags of one passage, in the order of its words. */
  flagsOf(passage) {
    const first = this.firstOf(passage);
    const end = first + passage.words.length;
    const last = passage === this.passages.at(-1);
    return this.openFlags.filter((flag) => flag.first >= first && (flag.first < end || (last && flag.first === end)));
  }

  // --- edits that are made here
  /** Text was typed into a passage. */
  type(passage, text) {
    passage.typed = text;
  }

  get isDirty() {
    return this.passages.some((passage) => passage.typed !== null);
  }

  /** Edits for everything that was typed; they are made in `words` at once. */
  collect() {
    const edits = [];
    for (const passage of this.passages) {
      if (passage.typed === null) continue;
      const change = edit(passage.words, passage.typed);
      passage.typed = null;
      if (!change) continue;
      edits.push(...this.#typed(passage, change));
    }
    return edits;
  }

  #typed(passage, change) {
    const words = passage.words;
    if (change.count === 0 && words.length) {
      // beside another speaker's words: take a word of this passage along, so that the new ones are surely of it
      if (change.first === 0) Object.assign(change, { count: 1, text: `${change.text} ${words[0].text.trim()}` });
      else if (change.first === words.length) {
        const text = `${words.at(-1).text.trim()} ${change.text}`;
        Object.assign(change, { first: words.length - 1, count: 1, text });
      }
    }
    const first = this.firstOf(passage) + change.first;
    const made = { op: "replace_words", first, count: change.count, text: change.text };
    const anew = words.length === 0;
    this.#replace(passage, change);
    const edits = [made];
    if (anew) edits.push({ op: "assign_speaker", first, count: growth(made), speaker: passage.speaker });
    return edits;
  }

  #replace(passage, { first, count, text }) {
    const old = passage.words.slice(first, first + count);
    const at = this.firstOf(passage) + first;
    const from = old[0]?.start ?? this.words[at - 1]?.end ?? 0;
    const to = old.at(-1)?.end ?? this.words[at]?.start ?? from;
    const made = retimed(old, text, { from, to: Math.max(from, to), speaker: passage.speaker });
    passage.words.splice(first, count, ...made);
    this.#shift(at, count, made.length);
    this.#counted();
  }

  /** A new speaker for `count` words from `first` on. */
  assign(first, count, speaker) {
    const changed = this.words.slice(first, first + count).map((word) => ({ ...word, speaker }));
    this.splice(first, count, changed);
    return { op: "assign_speaker", first, count, speaker };
  }

  /** Words go, a gap stays. */
  inaudible(first, count) {
    this.splice(first, count, []);
    return { op: "mark_inaudible", first, count };
  }

  resolve(flag) {
    flag.checked_by = "you";
    this.#tell("flags");
    return { op: "resolve_flag", flag: flag.id };
  }

  restore(flag) {
    flag.checked_by = null;
    this.#tell("flags");
    return { op: "restore_flag", flag: flag.id };
  }

  /**
   * `count` words from `first` on are replaced by `made`. Passages that are touched are divided anew; those that stood
   * apart stay apart, so that what is done next to one of them is not done to the other.
   */
  splice(first, count, made) {
    const last = Math.max(0, this.words.length - 1);
    const from = Math.max(0, this.passages.indexOf(this.locate(Math.min(Math.max(0, first), last))?.passage));
    const to = this.passages.indexOf(this.locate(Math.min(Math.max(first, first + count - 1), last))?.passage);
    const touched = this.passages.slice(from, to + 1);
    const before = touched.length ? this.firstOf(touched[0]) : 0;
    const placed = touched.flatMap((passage) => passage.words.map((word) => [word, passage]));
    const home = (at) => placed[Math.min(first - before + at, placed.length - 1)]?.[1] ?? null;
    const coming = made.map((word, at) => [word, home(made.length === count ? at : 0)]);
    placed.splice(first - before, count, ...coming);
    const anew = groups(placed)
      .flatMap((words) => passages(words))
      .map((run) => touched.find((old) => alike(old, run)) ?? new Passage(run));
    const kept = new Set(anew);
    this.passages.splice(from, touched.length, ...anew);
    this.#shift(first, count, made.length);
    this.#counted();
    this.#tell("passages", { gone: touched.filter((passage) => !kept.has(passage)), at: from, anew });
  }

  // --- what the server says
  /**
   * The server has made the edits that were sent when the words were `sent`; its answer carries what changed.
   * `waiting` are edits made since. Returns them as they read now, and those that clash with somebody else's words.
   */
  acknowledged(answer, waiting, sent) {
    const theirs = patched(this.server, answer.patches);
    const open = waiting.length > 0 || this.isDirty;
    if (open && !answer.merged && theirs.length === sent.length) {
      Object.assign(this, {
        revision: answer.revision,
        server: theirs,
        canUndo: answer.can_undo,
        canRedo: answer.can_redo,
      });
      return { moved: waiting, clashes: [] };
    }
    return this.rebase(waiting, { ...answer, words: theirs }, { mine: sent });
  }

  /** The page reads as `document` with `waiting` edits, made on `mine`, on top of it; those in `drop` are left out. */
  rebase(waiting, document, { mine = this.server, drop = new Set() } = {}) {
    const all = [...waiting, ...this.collect()];
    const found = rebased(all, mine, document.words, drop);
    this.revision = document.revision;
    this.server = document.words;
    this.#align(document.words);
    this.#marks(document);
    for (const item of found.moved) this.replay(item);
    return found;
  }

  /** What `rebase` would find, without doing it. */
  rebased(waiting, document) {
    return rebased(waiting, this.server, document.words);
  }

  /** {first, count} of the words said in a stretch of the recording. */
  wordsIn({ start, end }) {
    const inside = (word) => (word.start + word.end) / 2;
    let first = this.indexAt(start);
    while (first < this.words.length && inside(this.words[first]) < start) first++;
    let last = first;
    while (last < this.words.length && inside(this.words[last]) <= end + 0.01) last++;
    return { first, count: last - first };
  }

  /** Makes one edit here, as the server will. */
  replay(item) {
    if (item.op === "replace_words") {
      const old = this.words.slice(item.first, item.first + item.count);
      const speaker = old[0]?.speaker ?? this.words[item.first - 1]?.speaker ?? null;
      const from = old[0]?.start ?? this.words[item.first - 1]?.end ?? 0;
      this.splice(item.first, item.count, retimed(old, item.text, { from, to: old.at(-1)?.end ?? from, speaker }));
    } else if (item.op === "assign_speaker") this.assign(item.first, item.count, item.speaker);
    else if (item.op === "mark_inaudible") this.inaudible(item.first, item.count);
  }

  /** The words of the page become `theirs`: passages stay where their words stay. */
  #align(theirs) {
    const here = this.words;
    const equal = (a, b) => a && b && a.text === b.text && a.speaker === b.speaker;
    let head = 0;
    while (head < here.length && head < theirs.length && equal(here[head], theirs[head])) head++;
    let tail = 0;
    const shorter = Math.min(here.length, theirs.length) - head;
    while (tail < shorter && equal(here.at(-1 - tail), theirs.at(-1 - tail))) tail++;
    if (head < Math.max(here.length, theirs.length)) {
      const made = theirs.slice(head, theirs.length - tail).map((word) => ({ ...word }));
      this.splice(head, here.length - tail - head, made);
    }
    this.words.forEach((word, index) => Object.assign(word, theirs[index]));
  }

  #marks({ speakers, flags, repairs, can_undo, can_redo }) {
    const named = JSON.stringify(this.speakers) !== JSON.stringify(speakers);
    this.speakers = speakers;
    this.flags = flags.map((flag) => ({ ...flag })).sort((a, b) => a.rank - b.rank || a.first - b.first);
    this.repairs = repairs;
    this.canUndo = can_undo;
    this.canRedo = can_redo;
    if (named) this.#tell("speakers");
    this.#tell("flags");
  }

  #shift(first, count, made) {
    for (const mark of [...(this.flags ?? []), ...(this.repairs ?? [])]) {
      if (mark.first >= first + count) mark.first += made - count;
      else if (mark.first + mark.count > first + count && mark.first >= first) {
        mark.count = mark.first + mark.count - first - count;
        mark.first = first + made;
      } else if (mark.first >= first) {
        mark.first = first;
        mark.count = Math.min(mark.count, made);
      } else if (mark.first + mark.count > first) mark.count = Math.max(1, mark.count + made - count);
    }
  }

  #counted() {
    this.flat = null;
    this.firsts = new Map();
    let at = 0;
    for (const passage of this.passages) {
      this.firsts.set(passage, at);
      at += passage.words.length;
    }
  }

  #tell(kind, detail = {}) {
    this.dispatchEvent(new CustomEvent(kind, { detail }));
  }
}

/** Words of [word, passage] pairs, in runs of one passage. */
function groups(placed) {
  const runs = [];
  placed.forEach(([word, passage], index) => {
    if (index && placed[index - 1][1] === passage) runs.at(-1).push(word);
    else runs.push([word]);
  });
  return runs;
}

const alike = (passage, run) =>
  passage.words.length === run.length &&
  passage.speaker === run[0]?.speaker &&
  passage.words.every((word, at) => word === run[at]);

/** `words` with the server's patches, whose indices are those of the result. */
export function patched(words, patches) {
  const result = [...words];
  for (const { first, count, words: made } of patches) result.splice(first, count, ...made);
  return result;
}
