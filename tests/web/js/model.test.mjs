// The transcript on the page: edits change what they name and nothing else, and the server's answer settles it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { TranscriptModel, patched } from "../../../scribe/web/static/workbench/transcript_model.js";

const said = (speaker, text, from) =>
  text
    .split(" ")
    .map((token, at) => ({ start: from + at, end: from + at + 0.9, text: ` ${token}`, probability: 1, speaker }));

const visit = () => ({
  revision: 1,
  words: [...said("D", "How are you?", 0), ...said("P", "My knee hurts a lot.", 3), ...said("D", "Since when?", 8)],
  timed: true,
  duration: 10,
  speakers: [
    { speaker: "D", role: "clinician", score: 1, name: "" },
    { speaker: "P", role: "patient", score: 1, name: "" },
  ],
  flags: [
    {
      id: 0,
      kind: "drug",
      rank: 0,
      interval: { start: 5, end: 6 },
      reason: "",
      readings: [],
      first: 5,
      count: 1,
      gap: "",
      checked_by: null,
    },
  ],
  repairs: [],
  can_undo: false,
  can_redo: false,
  can_edit: true,
});

const texts = (model) => model.passages.map((passage) => `${passage.speaker}: ${passage.text}`);
const answer = (model, more = {}) => ({
  ...visit(),
  revision: model.revision + 1,
  merged: false,
  patches: [],
  ...more,
});

test("typing becomes one edit, and flags behind it move along", () => {
  const model = new TranscriptModel(visit());
  model.type(model.passages[0], "How are you feeling today?");
  assert.deepEqual(model.collect(), [{ op: "replace_words", first: 2, count: 1, text: "you feeling today?" }]);
  assert.equal(model.flags[0].first, 7);
  assert.equal(
    model.words.map((word) => word.text).join(""),
    " How are you feeling today? My knee hurts a lot. Since when?",
  );
});

test("words at the edge of a passage stay with its speaker", () => {
  const model = new TranscriptModel(visit());
  model.type(model.passages[1], "Yes, my knee hurts a lot.");
  const [edit] = model.collect();
  assert.ok(edit.count > 0 && edit.first === 3, "the edit takes a word of the passage along");
  assert.equal(model.passages[1].speaker, "P");
});

test("a split passage does not run together with its neighbour", () => {
  const model = new TranscriptModel(visit());
  model.assign(6, 2, "D");
  assert.deepEqual(texts(model), ["D: How are you?", "P: My knee hurts", "D: a lot.", "D: Since when?"]);
  model.assign(6, 2, "P");
  assert.deepEqual(texts(model).at(-1), "D: Since when?");
});

test("the server's words settle the page, and a word typed meanwhile stays", () => {
  const model = new TranscriptModel(visit());
  model.type(model.passages[0], "How are we?");
  const edits = model.collect();
  const sent = [...model.words];
  model.type(model.passages[2], "Since when then?");
  const patches = [{ first: 2, count: 1, words: [{ ...model.server[2], text: " we?" }] }];
  model.acknowledged(answer(model, { patches }), [], sent);
  assert.equal(edits.length, 1);
  assert.equal(model.passages[2].text, "Since when then?");
  assert.deepEqual(model.collect(), [{ op: "replace_words", first: 9, count: 1, text: "when then?" }]);
});

test("another person's words come in, and edits made here are moved behind them", () => {
  const model = new TranscriptModel(visit());
  model.type(model.passages[2], "Since Monday?");
  const theirs = visit().words;
  theirs.splice(0, 1, ...said("D", "Good morning, how", 0));
  const { moved, clashes } = model.rebase([], { ...visit(), revision: 2, words: theirs });
  assert.deepEqual(clashes, []);
  assert.deepEqual(moved, [{ op: "replace_words", first: 11, count: 1, text: "Monday?" }]);
  assert.equal(model.passages[0].text, "Good morning, how are you?");
  assert.equal(model.passages.at(-1).text, "Since Monday?");
});

test("patches are applied in the places of the result", () => {
  const words = said("D", "a b c", 0);
  const [x, y] = said("D", "x y", 0);
  assert.deepEqual(
    patched(words, [
      { first: 0, count: 1, words: [x, y] },
      { first: 3, count: 1, words: [] },
    ]).map((word) => word.text),
    [" x", " y", " b"],
  );
});
