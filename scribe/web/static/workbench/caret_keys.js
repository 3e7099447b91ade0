// The caret goes on into the next text field where one ends, as if the page were one text.

import { plain, select, selected } from "./highlights.js";

const GOES = { ArrowUp: -1, ArrowDown: 1, ArrowLeft: -1, ArrowRight: 1, Backspace: -1 };

/**
 * A key in the field `said`: moves to the field that `neighbour(-1 or 1)` names, if the caret is at the edge that the
 * key leads over. `reveal(field)` brings it into view first.
 */
export function goOn(event, said, { neighbour, reveal = () => {} }) {
  const goes = GOES[event.key];
  if (!goes || event.isComposing || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  if (said.isContentEditable && !atEdge(event.key, said)) return;
  const next = neighbour(goes);
  if (!next) return;
  event.preventDefault();
  const x = caretBox()?.left;
  reveal(next);
  if (!next.isContentEditable) {
    next.focus({ preventScroll: true });
    return;
  }
  select(next, goes < 0 ? plain(next).length : 0);
  if (event.key === "ArrowUp" || event.key === "ArrowDown") toColumn(next, x, goes);
}

function atEdge(key, said) {
  const place = selected(said);
  if (!place || place.start !== place.end) return false;
  if (key === "ArrowLeft" || key === "Backspace") return place.start === 0;
  if (key === "ArrowRight") return place.end === plain(said).length;
  return onLine(said, key === "ArrowUp");
}

function caretBox() {
  const selection = document.getSelection();
  return selection.rangeCount ? (selection.getRangeAt(0).getClientRects()[0] ?? null) : null;
}

/** Whether the caret is on the first line of a field, or on its last. */
function onLine(said, first) {
  const caret = caretBox();
  if (!caret) return true;
  const box = said.getBoundingClientRect();
  const line = parseFloat(getComputedStyle(said).lineHeight) || 24;
  return first ? caret.top - box.top < line : box.bottom - caret.bottom < line;
}

function toColumn(said, x, goes) {
  const box = said.getBoundingClientRect();
  const y = goes < 0 ? box.bottom - 6 : box.top + 6;
  const place = x === undefined ? null : document.caretPositionFromPoint?.(x, y);
  if (place && said.contains(place.offsetNode)) document.getSelection().collapse(place.offsetNode, place.offset);
}
