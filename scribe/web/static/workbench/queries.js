// Questions to the clinician: asked by the rules or a coder, answered by whoever signs.

import { ask } from "./dialogs.js";
import { h } from "./dom.js";

const OTHER = "other";

/** The section of questions. `panel` sends answers and questions. */
export function queries(panel, list) {
  const may = panel.editor.case.may("query:ask");
  const open = list.filter((query) => !query.answer);
  const answered = list.filter((query) => query.answer);
  if (!list.length && !may) return null;
  const begun = (query) => panel.place.querySelector(`form.query[data-query="${CSS.escape(query.id)}"]`);
  return h(
    "section",
    { class: "queries" },
    h(
      "div",
      { class: "panel-head" },
      h("h2", {}, "Questions to the clinician"),
      may && h("button", { type: "button", class: "compact", on: { click: () => askOne(panel) } }, "Ask…"),
    ),
    ...open.map((query) => begun(query) ?? one(panel, query)), // an answer that somebody has begun stays
    !open.length && h("p", { class: "quiet small" }, "No question is open."),
    answered.length > 0 &&
      h(
        "details",
        {},
        h("summary", {}, `Answered (${answered.length})`),
        ...answered.map((query) =>
          h(
            "div",
            { class: "query answered" },
            h("p", {}, query.question),
            h(
              "p",
              {},
              h("b", {}, query.answer.text),
              h("span", { class: "small quiet" }, ` ${query.answer.author}, ${query.answer.at.slice(0, 10)}`),
            ),
          ),
        ),
      ),
  );
}

function one(panel, query) {
  const may = panel.editor.case.may("query:answer");
  const heading = `query-${query.id}`;
  const options = [...new Set([...query.options, OTHER, "unable to determine"])];
  const words = h("input", {
    type: "text",
    name: "words",
    "aria-label": "In your own words",
    placeholder: "In your own words",
    autocomplete: "off",
    on: { focus: () => (form.elements.option.value = OTHER) },
  });
  const form = h(
    "form",
    { class: "query", "aria-labelledby": heading, "data-query": query.id },
    h("p", { id: heading }, h("b", {}, query.question)),
    query.asked_by && h("p", { class: "small quiet" }, `asked by ${query.asked_by}`),
    ...query.indicators.map((quote) => h("p", { class: "small" }, h("q", {}, quote.text))),
    may &&
      h(
        "div",
        { class: "options", role: "radiogroup", "aria-labelledby": heading },
        ...options.map((option) =>
          h(
            "label",
            { class: "option" },
            h("input", { type: "radio", name: "option", value: option, required: true }),
            " ",
            option === OTHER ? "Other:" : option,
            option === OTHER && words,
          ),
        ),
      ),
    may
      ? h("button", { type: "submit", class: "compact primary" }, "Answer")
      : h("p", { class: "small quiet" }, "Waits for the clinician."),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const option = form.elements.option.value;
    if (option === OTHER && !words.value.trim()) words.focus();
    else panel.answer(query, option === OTHER ? `other: ${words.value.trim()}` : option);
  });
  return form;
}

async function askOne(panel) {
  const statements = panel.editor.note.view.note.sections.flatMap((section) => section.statements);
  const values = await ask(
    "Ask the clinician",
    [
      { name: "statement", label: "About", options: statements.map(({ id, text }) => [id, text.slice(0, 90)]) },
      {
        name: "question",
        label: "Question",
        rows: 2,
        required: true,
        help: "Ask openly: a question that leads to an answer is no query.",
      },
      {
        name: "options",
        label: "Answers to choose from",
        rows: 3,
        help: "One on each line. “Other” and “unable to determine” are always there.",
      },
    ],
    { yes: "Ask" },
  );
  if (!values?.question.trim()) return;
  await panel.asked(
    values.statement,
    values.question.trim(),
    values.options
      .split("\n")
      .map((line) => line.trim())
      .filter(Boolean),
  );
}
