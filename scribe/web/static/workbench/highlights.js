// Colour on words without touching the text: ranges of the CSS Custom Highlight API, by name.
//
// A passage's text is in text nodes, between which gaps ("____ [inaudible 00:12]") stand as elements of their own.
// Offsets count characters of the text nodes only.

const registry = new Map();

function highlight(name, priority) {
  if (!registry.has(name)) {
    const made = new Highlight();
    made.priority = priority;
    CSS.highlights.set(name, made);
    registry.set(name, made);
  }
  return registry.get(name);
}

/** Highlights by name, the later ones over the earlier. */
const PRIORITY = {
  doubtful: 0,
  "flag-low": 1,
  flag: 2,
  "flag-current": 3,
  evidence: 4,
  quote: 4,
  found: 5,
  "found-current": 6,
  spoken: 7,
};

/** Shows `ranges` under `name`, in place of those before. */
export function show(name, ranges) {
  const made = highlight(name, PRIORITY[name] ?? 0);
  made.clear();
  for (const range of ranges) if (range) made.add(range);
}

/** Adds ranges, and forgets some. */
export function change(name, { gone = [], come = [] }) {
  const made = highlight(name, PRIORITY[name] ?? 0);
  for (const range of gone) made.delete(range);
  for (const range of come) made.add(range);
}

/** The text nodes of a passage, without those of gaps. */
export function textNodes(element) {
  return [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE);
}

/** The text of a passage as it stands on the page. */
export const plain = (element) =>
  textNodes(element)
    .map((node) => node.data)
    .join("");

/** The range of characters `start` to `end`; null where the text is shorter. */
export function rangeOf(element, start, end) {
  const nodes = textNodes(element);
  const from = placeIn(nodes, start, true);
  const to = placeIn(nodes, end, false);
  if (!from || !to) return null;
  const range = document.createRange();
  range.setStart(...from);
  range.setEnd(...to);
  return range;
}

function placeIn(nodes, offset, forward) {
  let left = offset;
  for (const node of nodes) {
    if (left < node.length || (left === node.length && (!forward || node === nodes.at(-1)))) return [node, left];
    left -= node.length;
  }
  return null;
}

/** Offset of a place on the page in the text of `element`; null where it is elsewhere. */
export function offsetOf(element, node, at) {
  if (!element.contains(node)) return null;
  let offset = 0;
  const children = [...element.childNodes];
  for (const [index, child] of children.entries()) {
    if (node === element && index >= at) return offset;
    if (child === node) return offset + at;
    if (child.contains(node)) return offset; // in a gap
    if (child.nodeType === Node.TEXT_NODE) offset += child.length;
  }
  return offset;
}

/** Start and end of the selection in `element`; null where it is elsewhere. */
export function selected(element) {
  const selection = document.getSelection();
  if (!selection?.rangeCount) return null;
  const range = selection.getRangeAt(0);
  const start = offsetOf(element, range.startContainer, range.startOffset);
  const end = offsetOf(element, range.endContainer, range.endOffset);
  return start === null || end === null ? null : { start, end };
}

/** Puts the caret at `start`, or selects up to `end`. */
export function select(element, start, end = start) {
  element.focus({ preventScroll: true });
  const range = rangeOf(element, start, end) ?? document.createRange();
  if (!range.startContainer || range.startContainer === document) range.selectNodeContents(element);
  const selection = document.getSelection();
  selection.removeAllRanges();
  selection.addRange(range);
}
