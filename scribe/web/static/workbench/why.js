// Why a statement stands in the note: its rule, the findings it states, and the words and rows behind them.

import * as api from "./api.js";
import { show } from "./dialogs.js";
import { h } from "./dom.js";

/** Opens a dialog. `hear` is given the interval of words that are clicked. */
export async function why(encounter, statement, hear) {
  const found = await api.get(`/encounters/${encounter}/note/statements/${encodeURIComponent(statement.id)}/why`);
  const rule = found.file ? `Made by the rule ${found.rule}, ${found.file}.` : "A person typed it.";
  const none = found.file !== "" && found.findings.length === 0;
  await show(
    "Why it stands here",
    h(
      "div",
      { class: "why" },
      h("p", { class: "why-statement" }, statement.text),
      ...found.findings.map((finding) => block(finding, codesOn(finding.id, found), hear)),
      none && h("p", {}, "It states no finding: its words are kept as they were said."),
      ...codesOn(null, found).map((code) => h("p", {}, `${named(code)}, by its words alone.`)),
      h("p", { class: "quiet" }, rule),
    ),
  );
}

const codesOn = (finding, { codes }) => codes.filter((code) => code.finding === finding);
const named = ({ code, display, words }) => `${code} ${display}: “${words}”`;

function block(finding, codes, hear) {
  const [said, ...answers] = finding.said;
  return h(
    "section",
    {},
    h("h3", {}, `${finding.concept}: ${finding.claims.join(", ")}`),
    h(
      "dl",
      {},
      ...row("said", said, "", hear),
      ...answers.flatMap((answer) => row("answered", answer, "", hear)),
      ...finding.reasons.flatMap((reason) => row(reason.what, reason.words, reason.source, hear)),
      ...codes.flatMap((code) => [h("dt", {}, "code"), h("dd", {}, named(code))]),
    ),
  );
}

function row(what, words, source, hear) {
  const text = `“${words.text.trim()}”`;
  const quoted = words.interval
    ? h("button", { type: "button", class: "link", on: { click: () => hear(words.interval) } }, text)
    : text;
  return [h("dt", {}, what), h("dd", {}, quoted, source ? h("span", { class: "small quiet" }, ` ${source}`) : null)];
}
