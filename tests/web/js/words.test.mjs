// Edits of words keep every word, and times in order; node's own test runner, no page.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  edit,
  offsets,
  passages,
  rebased,
  retimed,
  textOf,
  wordAt,
  wordAtTime,
} from "../../../scribe/web/static/workbench/words.js";

const words = (text, speaker = "A") =>
  text
    .split(" ")
    .map((token, index) => ({ start: index, end: index + 0.8, text: ` ${token}`, probability: 1, speaker }));

function applied(list, change) {
  const from = change.first > 0 ? list[change.first - 1].end : 0;
  const old = list.slice(change.first, change.first + change.count);
  const to = list[change.first + change.count]?.start ?? list.at(-1)?.end ?? from;
  const made = retimed(old, change.text, { from, to, speaker: "A" });
  return [...list.slice(0, change.first), ...made, ...list.slice(change.first + change.count)];
}

/** Numbers that look random and are the same in each run. */
function random(seed) {
  let state = seed;
  return (limit) => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return Math.floor((state / 2147483648) * limit);
  };
}

test("a letter typed into a word replaces that word alone", () => {
  assert.deepEqual(edit(words("takes lisinopel daily"), "takes lisinopril daily"), {
    first: 1,
    count: 1,
    text: "lisinopril",
  });
});

test("typing a new word between two inserts it", () => {
  assert.deepEqual(edit(words("takes daily"), "takes metformin daily"), { first: 1, count: 0, text: "metformin" });
});

test("a word at the end, and one at the beginning", () => {
  assert.deepEqual(edit(words("takes it"), "takes it daily"), { first: 2, count: 0, text: "daily" });
  assert.deepEqual(edit(words("takes it"), "She takes it"), { first: 0, count: 0, text: "She" });
});

test("words that were deleted are a replacement by nothing", () => {
  assert.deepEqual(edit(words("no no pain"), "no pain"), { first: 1, count: 1, text: "" });
});

test("two words pulled together, and one pushed apart", () => {
  assert.deepEqual(edit(words("for ty mg"), "forty mg"), { first: 0, count: 2, text: "forty" });
  assert.deepEqual(edit(words("15mg daily"), "15 mg daily"), { first: 0, count: 1, text: "15 mg" });
});

test("only a space more is no edit", () => {
  assert.equal(edit(words("no pain"), "no  pain"), null);
  assert.equal(edit(words("no pain"), "no pain "), null);
});

test("parts of words that the recogniser joined stay with their word", () => {
  const list = [...words("on A"), { start: 2, end: 3, text: "-Torva", probability: 1, speaker: "A" }];
  const change = edit(list, "on atorvastatin");
  assert.deepEqual(change, { first: 1, count: 2, text: "atorvastatin" });
});

test("whatever is typed, the words afterwards are what stands there, with times in order", () => {
  const next = random(7);
  const letters = "ab c d";
  for (let round = 0; round < 4000; round++) {
    const list = words(Array.from({ length: 1 + next(8) }, () => "abcd"[next(4)].repeat(1 + next(3))).join(" "));
    let text = textOf(list);
    for (let key = 0; key <= next(4); key++) {
      const at = next(text.length + 1);
      text = text.slice(0, at) + (next(3) ? letters[next(letters.length)] : "") + text.slice(at + next(3));
    }
    const change = edit(list, text);
    const after = change ? applied(list, change) : list;
    assert.deepEqual(
      textOf(after).split(/\s+/).filter(Boolean),
      text.split(/\s+/).filter(Boolean),
      JSON.stringify([textOf(list), text, change]),
    );
    after.forEach((word, index) => {
      assert.ok(word.end >= word.start);
      if (index) assert.ok(word.start >= after[index - 1].start);
    });
  }
});

test("words that stay keep their times, a new one takes the time between them", () => {
  const [first, , third] = retimed(words("takes lisinopel daily"), "takes lisinopril daily", {
    from: 0,
    to: 3,
    speaker: "A",
  });
  assert.equal(first.start, 0);
  assert.equal(third.start, 2);
});

test("passages end at another speaker, and all words are in one", () => {
  const list = [...words("How are you?"), ...words("Fine.", "B"), ...words("Good.")];
  assert.deepEqual(passages(list).map(textOf), ["How are you?", "Fine.", "Good."]);
  const long = words(Array.from({ length: 500 }, (_, at) => (at % 10 === 9 ? "end." : "word")).join(" "));
  const runs = passages(long);
  assert.ok(runs.length > 5);
  assert.equal(runs.flat().length, 500);
  assert.ok(runs.every((run) => run.length <= 120));
});

test("a place in the text finds its word", () => {
  const list = words("takes it daily");
  assert.deepEqual(offsets(list), [
    [0, 5],
    [6, 8],
    [9, 14],
  ]);
  assert.equal(wordAt(list, 7), 1);
  assert.equal(wordAt(list, 14), 2);
  assert.equal(wordAtTime(list, 1.1), 1);
  assert.equal(wordAtTime(list, 1.9), 2);
  assert.equal(wordAtTime(list, 99), 3);
});

test("an edit moves with the words of others before it, and clashes where they touched the same", () => {
  const mine = words("one two three four");
  const theirs = words("zero one two three four");
  const change = { op: "replace_words", first: 2, count: 1, text: "3" };
  assert.deepEqual(rebased([change], mine, theirs), { moved: [{ ...change, first: 3 }], clashes: [] });
  const clash = rebased([change], mine, words("one two THREE and four"));
  assert.deepEqual(clash.clashes, [{ mine: change, first: 2, count: 2 }]);
  assert.deepEqual(clash.moved, [{ ...change, count: 2 }]);
  const two = [
    { op: "replace_words", first: 0, count: 1, text: "a b" },
    { op: "replace_words", first: 3, count: 1, text: "3" },
  ];
  assert.deepEqual(
    rebased(two, mine, theirs).moved.map((item) => item.first),
    [1, 4],
  );
});
