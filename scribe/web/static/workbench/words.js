// Words, passages and edits, without a page. A word is {start, end, text, probability, speaker}; its text keeps the
// leading space the recogniser gives it, and the text of a transcript is the join of its words.

const LONG_PASSAGE = 60; // words after which a passage of one speaker ends at the next full stop
const LONGEST_PASSAGE = 120; // words after which it ends anyway
const PAUSE = 1.6; // seconds of silence that end a passage of one speaker after a full stop

const isSpace = (character) => /\s/.test(character);
const endsSentence = (word) => /[.?!]["')\]]*$/.test(word.text);

/** The words joined, without the space before the first. */
export const textOf = (words) =>
  words
    .map((word) => word.text)
    .join("")
    .trimStart();

/** Words in runs to read and edit: another speaker, a pause after a sentence, or great length begins a new one. */
export function passages(words) {
  const runs = [];
  let run = [];
  for (const word of words) {
    const before = run.at(-1);
    const ends =
      before &&
      (before.speaker !== word.speaker ||
        run.length >= LONGEST_PASSAGE ||
        (endsSentence(before) && (run.length >= LONG_PASSAGE || word.start - before.end >= PAUSE)));
    if (ends) {
      runs.push(run);
      run = [];
    }
    run.push(word);
  }
  if (run.length) runs.push(run);
  return runs;
}

/** Where each word begins in `textOf(words)`, and where it ends: pairs of character offsets. */
export function offsets(words) {
  const places = [];
  let at = 0;
  words.forEach((word, index) => {
    const lead = word.text.length - word.text.trimStart().length;
    const start = index === 0 ? 0 : at + lead;
    const end = start + word.text.length - lead;
    places.push([start, end]);
    at = end;
  });
  return places;
}

/** Index of the word at a character offset of `textOf(words)`; the word before where it falls between two. */
export function wordAt(words, offset) {
  const places = offsets(words);
  let found = 0;
  places.forEach(([start], index) => {
    if (start <= offset) found = index;
  });
  return found;
}

/** Whether no word of `text` goes on over the place `at`. */
const isEdge = (text, at) => at <= 0 || at >= text.length || isSpace(text[at - 1]) || isSpace(text[at]);

/**
 * The smallest replacement of whole words that turns `words` into `text`: {first, count, text}, or null where nothing
 * changed. Words are only cut where there is a space on both sides, so a letter typed into a word replaces that word.
 */
export function edit(words, text) {
  const before = textOf(words);
  const after = text.replace(/\s/g, " ");
  if (before === after) return null;
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before[head] === after[head]) head++;
  let tail = 0;
  while (tail < shorter - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  while (!isEdge(before, head) || !isEdge(after, head)) head--;
  while (tail > 0 && !(isEdge(before, before.length - tail) && isEdge(after, after.length - tail))) tail--;
  const places = offsets(words);
  const stop = before.length - tail;
  const touched = places
    .map(([start, end], index) => [start, end, index])
    .filter(([start, end]) => end > head && start < stop);
  const first = touched.length ? touched[0][2] : places.filter(([, end]) => end <= head).length;
  const from = touched.length ? Math.min(head, touched[0][0]) : head;
  const to = touched.length ? Math.max(stop, touched.at(-1)[1]) : stop;
  const replaced = after
    .slice(from, after.length - (before.length - to))
    .trim()
    .replace(/ +/g, " ");
  if (!replaced && !touched.length) return null;
  if (replaced === before.slice(from, to).trim() && touched.length) return null;
  return { first, count: touched.length, text: replaced };
}

/** New words for `text` in place of `old`: equal words keep their times, the others share what time is left. */
export function retimed(old, text, { from, to, speaker }) {
  const tokens = text.split(/\s+/).filter(Boolean);
  const bare = old.map((word) => word.text.trim());
  const kept = common(bare, tokens);
  const made = tokens.map((token) => ({ start: from, end: to, text: ` ${token}`, probability: 1, speaker }));
  let at = 0;
  while (at < made.length) {
    if (kept.has(at)) {
      made[at] = { ...old[kept.get(at)], text: ` ${tokens[at]}` };
      at++;
      continue;
    }
    let stop = at;
    while (stop < made.length && !kept.has(stop)) stop++;
    const left = at > 0 ? made[at - 1].end : from;
    const right = stop < made.length ? old[kept.get(stop)].start : to;
    share(made.slice(at, stop), left, Math.max(left, right));
    at = stop;
  }
  return made;
}

function share(words, from, to) {
  const letters = words.reduce((total, word) => total + word.text.length, 0);
  let at = from;
  for (const word of words) {
    word.start = at;
    at += ((to - from) * word.text.length) / letters;
    word.end = at;
  }
}

/** Longest common subsequence: a map from an index of `right` to the equal one of `left`. */
export function common(left, right) {
  const pairs = new Map();
  let head = 0;
  while (head < left.length && head < right.length && left[head] === right[head]) pairs.set(head, head++);
  let tail = 0;
  while (tail < Math.min(left.length, right.length) - head && left.at(-1 - tail) === right.at(-1 - tail)) {
    pairs.set(right.length - 1 - tail, left.length - 1 - tail);
    tail++;
  }
  const a = left.slice(head, left.length - tail);
  const b = right.slice(head, right.length - tail);
  if (a.length * b.length > 250_000 || !a.length || !b.length) return pairs;
  const table = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      table[i][j] = a[i] === b[j] ? table[i + 1][j + 1] + 1 : Math.max(table[i + 1][j], table[i][j + 1]);
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    if (a[i] === b[j]) pairs.set(head + j++, head + i++);
    else if (table[i + 1][j] >= table[i][j + 1]) i++;
    else j++;
  }
  return pairs;
}

/** How many words an edit adds to those that stand behind it. */
export function growth(edit) {
  if (edit.op === "replace_words") return edit.text.split(/\s+/).filter(Boolean).length - edit.count;
  return edit.op === "mark_inaudible" ? -edit.count : 0;
}

/**
 * Edits made on `mine` as they read on `theirs`: {moved, clashes}. An edit clashes where `theirs` has other words in
 * its place; then it names the stretch of `theirs` that stands there, so that a person can choose. Edits follow one
 * another, each on the result of those before it; those in `drop` are left out.
 */
export function rebased(edits, mine, theirs, drop = new Set()) {
  const kept = common(
    theirs.map((word) => word.text),
    mine.map((word) => word.text),
  ); // index of mine -> of theirs
  const ours = []; // [place, words more] of the edits before, as they were made
  const made = []; // the same, as they will be made
  const before = (list, first) => list.reduce((total, [at, grown]) => (at < first ? total + grown : total), 0);
  const moved = [];
  const clashes = [];
  for (const item of edits) {
    if (item.first === undefined) {
      moved.push(item);
      continue;
    }
    const count = item.count ?? 0;
    const first = Math.min(Math.max(0, item.first - before(ours, item.first)), mine.length);
    const [left, right] = around(kept, first, count, mine.length, theirs.length);
    const there = { ...item, first: left + before(made, item.first) };
    if (count > 0) there.count = right - left;
    if (right - left !== count || !sameWords(mine, first, theirs, left, count))
      clashes.push({ mine: item, first: left, count: right - left });
    ours.push([item.first, growth(item)]);
    if (drop.has(item)) continue;
    moved.push(there);
    made.push([item.first, growth(there)]);
  }
  return { moved, clashes };
}

function around(kept, first, count, mineLength, theirsLength) {
  const place = kept.get(first);
  const stays =
    place !== undefined &&
    Array.from({ length: count }, (_, at) => at).every((at) => kept.get(first + at) === place + at);
  if (stays) return [place, place + count];
  let before = first - 1;
  while (before >= 0 && !kept.has(before)) before--;
  let behind = first + count;
  while (behind < mineLength && !kept.has(behind)) behind++;
  const left = before >= 0 ? kept.get(before) + 1 : 0;
  const right = count === 0 ? left : behind < mineLength ? kept.get(behind) : theirsLength;
  return [left, Math.max(left, right)];
}

function sameWords(mine, first, theirs, left, count) {
  for (let at = 0; at < count; at++) if (mine[first + at]?.text !== theirs[left + at]?.text) return false;
  return true;
}

/** First word index for which `end > seconds`: the word being said, or the next. */
export function wordAtTime(words, time) {
  let low = 0;
  let high = words.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (words[middle].end > time) high = middle;
    else low = middle + 1;
  }
  return low;
}
