// The worksheet of the visit: problems, data, risk, and the level that two of the three reach.

import { h } from "./dom.js";

const COLUMNS = [
  ["problems", "Problems"],
  ["data", "Data"],
  ["risk", "Risk"],
];

export function worksheet(sheet, quote) {
  const column = ([name, title]) =>
    h(
      "section",
      { class: "mdm" },
      h("h3", {}, title, " ", h("span", { class: "badge" }, sheet[name])),
      h(
        "ul",
        {},
        ...sheet.elements
          .filter(({ component }) => component === name)
          .map((element) =>
            h(
              "li",
              {},
              h("span", { class: "small" }, `${element.title}: ${element.what}`),
              quote(element.quotes[0]),
              element.note && h("p", { class: "small quiet" }, element.note),
            ),
          ),
      ),
      !sheet.elements.some(({ component }) => component === name) &&
        h("p", { class: "small quiet" }, "Nothing in this note."),
    );
  return h(
    "section",
    { class: "worksheet", "aria-label": "Level of the visit" },
    h(
      "div",
      { class: "panel-head" },
      h("h2", {}, "Level of the visit"),
      h("span", { class: "badge accent" }, sheet.code ? `${sheet.level} · ${sheet.code}` : sheet.level),
    ),
    h(
      "p",
      { class: "small quiet" },
      `${sheet.service}; patient: ${sheet.patient}. A draft of the grid: the clinician picks the level.`,
    ),
    h("div", { class: "mdm-grid" }, ...COLUMNS.map(column)),
    sheet.minutes !== null &&
      h(
        "p",
        { class: "small" },
        `Time stated: ${sheet.minutes} minutes${sheet.time_level ? `, ${sheet.time_level}` : ""}`,
      ),
    sheet.next_level.length > 0 &&
      h(
        "div",
        {},
        h("h3", {}, "The next level asks for"),
        h("ul", {}, ...sheet.next_level.map((line) => h("li", { class: "small" }, line))),
      ),
    ...sheet.cautions.map((caution) => h("p", { class: "small quiet" }, caution)),
  );
}
