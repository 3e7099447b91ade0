// A change that is sent again after its answer was lost carries the key that it had.
import assert from "node:assert/strict";
import { test } from "node:test";

const sent = [];
const answers = [];
globalThis.document = { querySelector: () => ({ content: "token" }) };
globalThis.fetch = async (path, { method, headers }) => {
  sent.push(headers["Idempotency-Key"]);
  const answer = answers.shift();
  if (answer === undefined) throw new TypeError("network");
  return { ok: answer < 400, status: answer, text: async () => (answer < 400 ? "{}" : '{"code":"x"}') };
};
const api = await import("../../../scribe/web/static/workbench/api.js");

async function keys(...statuses) {
  sent.length = 0;
  for (const status of statuses) {
    if (status) answers.push(status);
    await api.post("/encounters/e1/comments", { text: "Look" }).catch(() => {});
  }
  return [...sent];
}

test("lost and failed answers keep the key, any other ends it", async () => {
  const [lost, failed, busy, done, next] = await keys(0, 500, 503, 201, 201);
  assert.equal(lost, failed);
  assert.equal(failed, busy);
  assert.equal(busy, done);
  assert.notEqual(done, next);
  const [refused, corrected] = await keys(422, 201);
  assert.notEqual(refused, corrected);
});

test("another change has another key", async () => {
  sent.length = 0;
  answers.push(undefined, 201);
  await api.post("/encounters/e1/comments", { text: "One" }).catch(() => {});
  await api.post("/encounters/e1/comments", { text: "Two" }).catch(() => {});
  assert.notEqual(sent[0], sent[1]);
});

test("reading needs none", async () => {
  sent.length = 0;
  answers.push(200);
  await api.get("/encounters/e1");
  assert.deepEqual(sent, [undefined]);
});
