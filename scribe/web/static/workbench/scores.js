// Draft against signed: how much a person had to change, in the form that quality departments know.

import { h } from "./dom.js";

const percent = (share) => `${(100 * share).toFixed(1)} %`;

export function scores({
  score,
  critical,
  noncritical,
  word_edit_rate: rate,
  transcript_edit_rate: heard,
  words,
  passed,
  engine,
  errors,
}) {
  const fact = (term, value) => h("div", {}, h("dt", {}, term), h("dd", { class: "number" }, value));
  return [
    h("h2", {}, "Draft against signed"),
    h(
      "dl",
      { class: "facts" },
      fact("Quality score", `${score.toFixed(0)} of 100${passed ? "" : ", below the mark"}`),
      fact("Critical errors", String(critical)),
      fact("Other errors", String(noncritical)),
      fact("Words edited, note", percent(rate)),
      fact("Words edited, transcript", percent(heard)),
      fact("Words signed", String(words)),
      fact("Engine", engine),
    ),
    h(
      "p",
      { class: "small quiet" },
      "100 less 3 for a critical error and 1 for any other; 98 and no critical error pass (after AHDI).",
    ),
    errors.length > 0 &&
      h(
        "details",
        {},
        h("summary", {}, `Errors of the draft (${errors.length})`),
        h(
          "ul",
          { class: "diff" },
          ...errors.map(({ critical: grave, kind, drafted, signed }) =>
            h(
              "li",
              {},
              h("span", { class: `mark ${grave ? "strong" : "weak"}` }, `${kind}${grave ? ", critical" : ""}`),
              h("p", { class: "prose" }, h("del", {}, drafted), " ", h("ins", {}, signed)),
            ),
          ),
        ),
      ),
  ].filter(Boolean);
}
