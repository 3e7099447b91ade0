// The keys of the two sets, as a keyboard and a pedal send them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { COMMANDS, SETS, commandOf, keyName } from "../../../scribe/web/static/workbench/shortcuts.js";

const key = (name, more = {}) => ({
  key: name,
  code: "",
  ctrlKey: false,
  altKey: false,
  shiftKey: false,
  metaKey: false,
  ...more,
});

test("oTranscribe and Express Scribe as their users know them", () => {
  const meaning = (set, name, more) => commandOf(key(name, more), set, true)?.command;
  assert.equal(meaning("oTranscribe", "Escape"), "play");
  assert.equal(meaning("oTranscribe", "F1"), "back");
  assert.equal(meaning("oTranscribe", "F2"), "forward");
  assert.equal(meaning("oTranscribe", "F4"), "faster");
  assert.equal(meaning("oTranscribe", "j", { ctrlKey: true }), "inaudible");
  assert.equal(meaning("Express Scribe", "F9"), "play");
  assert.equal(meaning("Express Scribe", "F4"), "play");
  assert.equal(meaning("Express Scribe", "F7"), "back");
  assert.equal(meaning("Express Scribe", "F8"), "forward");
});

test("a question mark is a letter while typing, and the sheet elsewhere", () => {
  assert.equal(commandOf(key("?", { shiftKey: true }), "oTranscribe", true), null);
  assert.equal(commandOf(key("?", { shiftKey: true }), "oTranscribe", false).command, "sheet");
});

test("letters alone never do anything, and an input method keeps its keys", () => {
  for (const letter of "abcdefghijklmnopqrstuvwxyz0123456789")
    assert.equal(commandOf(key(letter), "oTranscribe", true), null);
  assert.equal(commandOf(key("Escape", { isComposing: true }), "oTranscribe", true), null);
});

test("Option and a digit on a Mac still name the speaker", () => {
  assert.deepEqual(commandOf(key("¡", { altKey: true, code: "Digit1" }), "oTranscribe", true), {
    command: "speaker",
    digit: 1,
  });
  assert.equal(keyName(key("z", { metaKey: true, shiftKey: true })), "Ctrl+Shift+Z");
});

test("in each set every command has a key, and no key two commands", () => {
  for (const [name, set] of Object.entries(SETS)) {
    assert.deepEqual(Object.keys(set).sort(), COMMANDS.map(([command]) => command).sort(), name);
    const keys = Object.values(set).flat();
    assert.equal(new Set(keys).size, keys.length, name);
  }
});
