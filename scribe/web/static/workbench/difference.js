// Two revisions side by side in one text: what went is struck out, what came is underlined; never by colour alone.

import { h } from "./dom.js";

const CHANGES = { changed: "changed", removed: "removed", added: "added", moved: "moved" };

export function difference({ kind, old, new: anew, lines, added, removed }) {
  const shown = lines.filter(({ change }) => change !== "same");
  const piece = ({ change, text }) =>
    change === "removed" ? h("del", {}, text) : change === "added" ? h("ins", {}, text) : text;
  const rows = shown.map(({ change, heading, pieces }) =>
    h(
      "li",
      {},
      h("p", { class: "small quiet" }, heading, " ", h("span", { class: "mark" }, CHANGES[change])),
      h("p", { class: "prose" }, ...pieces.map(piece)),
    ),
  );
  return [
    h("h2", {}, `${kind === "note" ? "Note" : "Transcript"}: revision ${old} to ${anew}`),
    h("p", { class: "quiet small" }, `${added} words added, ${removed} removed; what stayed is not shown.`),
    shown.length ? h("ul", { class: "diff" }, ...rows) : h("p", {}, "No word differs."),
  ];
}
