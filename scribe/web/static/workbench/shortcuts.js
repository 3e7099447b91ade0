// Which key does what. Two sets that transcriptionists know, and what both share. A foot pedal sends keys of a set.

/** Commands in the order of the sheet: [name, what it does, group]. */
export const COMMANDS = [
  ["play", "Play or pause", "Listen"],
  ["back", "Back a little", "Listen"],
  ["forward", "Forward a little", "Listen"],
  ["slower", "Slower", "Listen"],
  ["faster", "Faster", "Listen"],
  ["normal", "Normal speed", "Listen"],
  ["start", "To the beginning", "Listen"],
  ["goto", "Go to a time", "Listen"],
  ["listen", "Hear the words at the caret, or the statement", "Listen"],
  ["nextFlag", "Next place to check", "Check"],
  ["previousFlag", "Previous place to check", "Check"],
  ["resolve", "Mark this place as checked", "Check"],
  ["inaudible", "Mark as inaudible, with the time", "Correct"],
  ["split", "Begin a new speaker at the caret", "Correct"],
  ["speaker", "Give the passage to speaker 1 to 9", "Correct"],
  ["vocabulary", "Add the selected words to the vocabulary", "Correct"],
  ["find", "Find and replace", "Correct"],
  ["undo", "Undo", "Correct"],
  ["redo", "Redo", "Correct"],
  ["save", "Save now", "Correct"],
  ["pane", "Next part of the page", "Move"],
  ["paneBack", "Previous part of the page", "Move"],
  ["moveUp", "Move the statement up", "Note"],
  ["moveDown", "Move the statement down", "Note"],
  ["addStatement", "Add a statement below", "Note"],
  ["remove", "Remove the statement", "Note"],
  ["sheet", "This sheet", "Move"],
];

const SHARED = {
  listen: ["Ctrl+Enter"],
  inaudible: ["Ctrl+J"],
  split: ["Enter"],
  goto: ["Ctrl+K"],
  start: ["Ctrl+0"],
  vocabulary: ["Alt+V"],
  find: ["Ctrl+F", "Ctrl+H"],
  undo: ["Ctrl+Z"],
  redo: ["Ctrl+Shift+Z", "Ctrl+Y"],
  save: ["Ctrl+S"],
  pane: ["F6"],
  paneBack: ["Shift+F6"],
  resolve: ["Alt+Enter"],
  speaker: ["Alt+1-9"],
  moveUp: ["Alt+Shift+ArrowUp"],
  moveDown: ["Alt+Shift+ArrowDown"],
  addStatement: ["Ctrl+Shift+Enter"],
  remove: ["Ctrl+Shift+Backspace"],
  sheet: ["?", "Ctrl+/"],
};

export const SETS = {
  oTranscribe: {
    ...SHARED,
    play: ["Escape"],
    back: ["F1", "Ctrl+1"],
    forward: ["F2", "Ctrl+2"],
    slower: ["F3", "Ctrl+3"],
    faster: ["F4", "Ctrl+4"],
    normal: ["Shift+F4"],
    nextFlag: ["F8", "Alt+ArrowDown"],
    previousFlag: ["Shift+F8", "Alt+ArrowUp"],
  },
  "Express Scribe": {
    ...SHARED,
    play: ["F9", "F4"],
    back: ["F7"],
    forward: ["F8"],
    slower: ["F2"],
    faster: ["F3"],
    normal: ["F10"],
    nextFlag: ["Alt+ArrowDown", "F1"],
    previousFlag: ["Alt+ArrowUp", "Shift+F1"],
  },
};

/** The key of an event as it is written in a set: "Ctrl+Shift+Z". Command on a Mac counts as Ctrl. */
export function keyName(event) {
  const held = [];
  if (event.ctrlKey || event.metaKey) held.push("Ctrl");
  if (event.altKey) held.push("Alt");
  const digit = event.altKey && /^Digit[1-9]$/.test(event.code ?? "") ? event.code.slice(-1) : null; // Alt+1 on a Mac is "¡"
  const letter = event.altKey && /^Key[A-Z]$/.test(event.code ?? "") ? event.code.slice(-1) : null;
  const key = digit ?? letter ?? (event.key.length === 1 ? event.key.toUpperCase() : event.key);
  if (event.shiftKey && (key.length > 1 || /[A-Z]/.test(key))) held.push("Shift");
  return [...held, key].join("+");
}

/** {command, digit} of a keydown, or null. `typing`: the caret is in a text, where bare keys are letters. */
export function commandOf(event, set, typing) {
  const name = keyName(event);
  if (typing && (name === "?" || event.isComposing)) return null;
  if (/^Alt\+[1-9]$/.test(name)) return { command: "speaker", digit: Number(name.at(-1)) };
  for (const [command, keys] of Object.entries(SETS[set] ?? SETS.oTranscribe))
    if (command !== "split" && keys.includes(name)) return { command };
  return null;
}

/** Keys as people read them: ["Ctrl", "Shift", "Z"]. */
export function readable(key) {
  const names = { ArrowUp: "↑", ArrowDown: "↓", Escape: "Esc", Backspace: "⌫" };
  return key.split("+").map((part) => names[part] ?? part);
}
