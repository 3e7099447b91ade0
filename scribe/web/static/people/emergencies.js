// On an encounter: who opened it in an emergency, so that everybody who works on it knows.

import * as api from "../workbench/api.js";
import { $, h } from "../workbench/dom.js";

const id = location.pathname.split("/")[2];
const moment = (text) => new Date(text).toLocaleString();

try {
  const found = await api.get(`/encounters/${id}/emergencies`);
  const lines = found.map((one) =>
    h("p", {}, h("strong", {}, `Emergency access by ${one.name}`), ` on ${moment(one.at)}, until ${moment(one.until)}: ${one.reason}`),
  );
  if (lines.length) $("main").before(h("aside", { class: "message warn", id: "emergencies", "aria-label": "Emergency access" }, ...lines));
} catch {
  // the page itself says what is wrong
}
