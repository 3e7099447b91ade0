// Nothing that was typed is dropped, whatever the network and the server do.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Outbox } from "../../../scribe/web/static/workbench/outbox.js";

function bench(answers) {
  const sent = [];
  const states = [];
  const typed = [];
  const timers = [];
  const box = new Outbox({
    send: async (edits) => {
      const answer = answers.shift();
      if (answer) throw Object.assign(new Error(answer), { kind: answer });
      sent.push(...edits);
    },
    collect: () => typed.splice(0),
    onState: ({ state, waiting }) => states.push([state, waiting]),
    timer: { setTimeout: (call) => timers.push(call), clearTimeout: () => {} },
  });
  return { box, sent, states, typed, timers };
}

test("edits arrive in the order in which they were made", async () => {
  const { box, sent, typed } = bench([]);
  typed.push("words");
  box.push("speaker");
  typed.push("more words");
  await box.flush();
  assert.deepEqual(sent, ["words", "speaker", "more words"]);
});

test("offline: kept, said, and sent again later", async () => {
  const { box, sent, states, typed, timers } = bench(["offline", "offline"]);
  typed.push("a");
  await box.flush();
  typed.push("b");
  await box.flush();
  assert.deepEqual(sent, []);
  assert.deepEqual(states.at(-1), ["offline", 2]);
  await timers.at(-1)();
  assert.deepEqual(sent, ["a", "b"]);
  assert.deepEqual(states.at(-1), ["saved", 0]);
});

test("what was sent and not answered is sent again as it was, before anything newer", async () => {
  const answers = ["offline", "busy"];
  const batches = [];
  const typed = ["a"];
  const timers = [];
  const box = new Outbox({
    send: async (edits, again) => {
      batches.push([[...edits], again]);
      const answer = answers.shift();
      if (answer) throw Object.assign(new Error(answer), { kind: answer });
    },
    collect: () => typed.splice(0),
    timer: { setTimeout: (call) => timers.push(call), clearTimeout: () => {} },
  });
  await box.flush();
  typed.push("b");
  await box.flush();
  assert.equal(box.unsure, 1);
  typed.push("c");
  await timers.at(-1)();
  assert.deepEqual(batches, [
    [["a"], false],
    [["a"], true],
    [["a"], true],
    [["b", "c"], false],
  ]);
  assert.equal(box.unsure, 0);
});

test("an expired session waits until the person has signed in again", async () => {
  const { box, sent, states, typed } = bench(["session"]);
  typed.push("a");
  await box.flush();
  assert.equal(states.at(-1)[0], "session");
  typed.push("b");
  await box.flush();
  assert.deepEqual(sent, []);
  await box.resume();
  assert.deepEqual(sent, ["a", "b"]);
});

test("a conflict waits for a person, who may keep other edits", async () => {
  const { box, sent, states, typed } = bench(["conflict"]);
  typed.push("mine");
  await box.flush();
  assert.equal(states.at(-1)[0], "conflict");
  await box.settle(["mine, moved"]);
  assert.deepEqual(sent, ["mine, moved"]);
});

test("what is typed while a request is out goes with the next one", async () => {
  const { box, sent, typed } = bench([]);
  typed.push("a");
  const running = box.flush();
  typed.push("b");
  await running;
  assert.deepEqual(sent, ["a", "b"]);
});
