// The worklist: what there is to do, the most urgent first.

import * as api from "./api.js";
import { STATES, titleOf, tone } from "./case.js";
import { $, $$, announce, duration, h } from "./dom.js";
import { STAGES } from "./waiting.js";
import { Uploads } from "./upload.js";

const REFRESH = 15_000; // milliseconds; sooner while something is being transcribed
const REFRESH_BUSY = 2_000;
const TYPING = 250; // milliseconds after the last key of a search

class Worklist {
  constructor(session) {
    this.session = session;
    this.states = new Set();
    this.limit = 50;
    this.items = [];
    this.timer = 0;
    this.number = 0; // of the search, so that a late answer does not replace a newer one
    const may = (permission) => session.permissions.includes(permission);
    $("#upload-button").hidden = $("#new-visit").hidden = !may("recording:create");
    if (may("recording:create")) this.uploads = new Uploads({ onDone: () => this.search() });
    this.#listen();
  }

  get query() {
    return {
      text: $("#text").value.trim(),
      states: [...this.states],
      owner: $("#owner").value || null,
      priority: $("#priority").value || null,
      overdue: $("#overdue").checked || null,
      sort: $("#sort").value,
      limit: this.limit,
    };
  }

  async search() {
    clearTimeout(this.timer);
    const number = ++this.number;
    let wait = REFRESH;
    try {
      const page = await api.post("/encounters/search", this.query);
      if (number !== this.number) return;
      this.items = page.items;
      this.#draw(page);
      if (page.items.some(({ job }) => job && ["waiting", "running"].includes(job.state))) wait = REFRESH_BUSY;
      $("#list-trouble").hidden = true;
    } catch (error) {
      if (number !== this.number) return;
      if (error.kind === "session") location.reload();
      $("#list-trouble").hidden = false;
      $("#list-trouble").textContent = error.message;
    }
    document.body.dataset.ready = "yes";
    this.timer = setTimeout(() => (document.hidden ? (this.stale = true) : this.search()), wait);
  }

  #draw({ items, counts, total, next }) {
    const focused = document.activeElement?.closest?.(".case-row")?.dataset.id;
    this.#drawStates(counts);
    $("#rows").replaceChildren(...items.map((encounter) => this.#row(encounter)));
    const again = $(`.case-row[data-id="${CSS.escape(focused ?? "")}"] a`);
    if (focused && again) again.focus({ preventScroll: true });
    const filtered =
      this.query.text || this.states.size || this.query.owner || this.query.priority || this.query.overdue;
    $("#rows-head").hidden = !items.length;
    $("#nothing").hidden = items.length > 0;
    $("#nothing").textContent = filtered
      ? "Nothing matches. Take away a filter."
      : "Nothing here yet. Drop a recording anywhere on this page, or begin a new visit.";
    $("#more").hidden = !next;
    $("#more").textContent = `Show more (${total - items.length} left)`;
  }

  #drawStates(counts) {
    const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
    const chip = (state, label, count) =>
      h(
        "button",
        {
          type: "button",
          class: "state",
          "aria-pressed": String(state === null ? !this.states.size : this.states.has(state)),
          "data-state": state ?? "all",
          on: { click: () => this.#toggle(state) },
        },
        label,
        h("span", { class: "number" }, String(count)),
      );
    const focused = document.activeElement?.dataset?.state;
    $("#states").replaceChildren(
      chip(null, "All", all),
      ...Object.entries(STATES).map(([state, label]) => chip(state, label, counts[state] ?? 0)),
    );
    if (focused) $(`.state[data-state="${focused}"]`)?.focus();
  }

  #toggle(state) {
    if (state === null) this.states.clear();
    else if (this.states.has(state)) this.states.delete(state);
    else this.states.add(state);
    this.search();
  }

  #row(encounter) {
    const {
      id,
      state,
      priority,
      mode,
      title,
      patient,
      date_of_service: day,
      clinician,
      owner,
      turnaround,
      job,
      seconds: length,
    } = encounter;
    const name = titleOf(encounter);
    const facts = [
      patient.name && title,
      patient.identifier && `MRN ${patient.identifier}`,
      day,
      { visit: "visit", dictation: "dictation" }[mode],
      length && duration(Math.max(60, length)),
      clinician?.name,
    ].filter(Boolean);
    const mine = owner?.id === this.session.user_id;
    return h(
      "div",
      { class: `case-row${priority === "stat" ? " stat" : ""}`, role: "listitem", "data-id": id },
      h(
        "div",
        { class: "row-name" },
        priority === "stat" && h("span", { class: "badge error" }, "STAT"),
        h("a", { href: `/encounters/${id}` }, name),
      ),
      h("p", { class: "row-facts small quiet" }, facts.join(" · ")),
      h(
        "div",
        { class: "row-state" },
        job ? progress(job) : h("span", { class: `badge ${tone(state)}` }, STATES[state]),
      ),
      h(
        "div",
        { class: "row-owner small" },
        owner
          ? h("span", { class: mine ? "mine" : "" }, mine ? "you" : owner.name)
          : h("span", { class: "quiet" }, "—"),
      ),
      h(
        "div",
        { class: `row-clock number small${turnaround.overdue ? " overdue" : ""}` },
        turnaround.overdue && h("span", { class: "badge error" }, "overdue"),
        " ",
        clockOf(turnaround),
      ),
    );
  }

  // --- keys and clicks
  #listen() {
    let timer = 0;
    $("#text").addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => this.search(), TYPING);
    });
    $("#search").addEventListener("submit", (event) => {
      event.preventDefault();
      this.search();
    });
    for (const id of ["#owner", "#priority", "#sort", "#overdue"])
      $(id).addEventListener("change", () => this.search());
    $("#more").addEventListener("click", () => {
      this.limit = Math.min(200, this.limit + 50);
      this.search();
    });
    $("#rows").addEventListener("click", (event) => {
      const row = event.target.closest(".case-row");
      if (row && !event.target.closest("a, button")) row.querySelector("a").click();
    });
    addEventListener("keydown", (event) => this.#key(event));
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden && this.stale) this.search();
      this.stale = false;
    });
  }

  #key(event) {
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName ?? "");
    if (event.key === "/" && !typing) {
      event.preventDefault();
      $("#text").focus();
      return;
    }
    const inSearch = event.target.id === "text";
    if ((typing && !inSearch) || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = { ArrowDown: 1, ArrowUp: -1, ...(inSearch ? {} : { j: 1, k: -1 }) }[event.key];
    if (!step) return;
    const links = $$(".case-row a");
    const at = links.indexOf(document.activeElement);
    event.preventDefault();
    if (at + step < 0) $("#text").focus();
    else links[Math.min(at + step, links.length - 1)]?.focus();
  }
}

function progress(job) {
  if (job.state === "parked")
    return h(
      "span",
      { class: "failed" },
      h("span", { class: "badge error" }, "Failed"),
      h("span", { class: "small" }, ` ${job.reason}`),
    );
  if (job.state === "waiting") return h("span", { class: "badge" }, "Waiting");
  const label = STAGES[job.stage] ?? "Transcribing";
  return h(
    "span",
    { class: "working small" },
    label,
    h("progress", { max: job.total || 1, value: job.total ? job.done : undefined, "aria-label": label }),
  );
}

/** How long an encounter waits, or how long it took. */
function clockOf({ seconds, stopped_at: stopped, started_at: started }) {
  if (!started) return "";
  return stopped ? `took ${duration(seconds)}` : duration(seconds);
}

async function start() {
  try {
    await new Worklist(await api.get("/session")).search();
    announce("Worklist");
  } catch (error) {
    if (!error.kind) throw error;
    $("#list-trouble").hidden = false;
    $("#list-trouble").textContent = error.message;
  }
}

start();
