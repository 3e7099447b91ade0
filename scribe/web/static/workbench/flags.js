// The round of places to check: the most dangerous first, one key for the next and one for the last.

import { clock, h } from "./dom.js";
import { FLAG_TITLES } from "./transcript_view.js";

const AROUND = 1.2; // seconds that are played before and behind the place

export class FlagRound extends EventTarget {
  /** `bar` is the element that shows where the round is. Events: resolve, replace. */
  constructor({ bar, model, view, player, canEdit }) {
    super();
    Object.assign(this, { bar, model, view, player, canEdit });
    this.current = null; // id of the flag
    model.addEventListener("flags", () => this.draw());
    this.draw();
  }

  get flag() {
    return this.model.openFlags.find((flag) => flag.id === this.current) ?? null;
  }

  /** To the next open flag by risk; `direction` -1 to the one before. */
  go(direction) {
    const open = this.model.openFlags;
    if (!open.length) return;
    const at = open.findIndex((flag) => flag.id === this.current);
    const next = at === -1 ? (direction > 0 ? (this.resumeAt ?? 0) : open.length - 1) : at + direction;
    this.show(open[(next + open.length) % open.length]);
  }

  show(flag) {
    this.current = flag.id;
    this.resumeAt = this.model.openFlags.indexOf(flag);
    this.view.selectWords(flag.first, flag.count);
    this.view.light("flag-current", flag.count ? [flag] : []);
    if (this.model.timed) this.player.stretch(flag.interval.start - AROUND, flag.interval.end + AROUND);
    this.draw();
    this.dispatchEvent(new CustomEvent("shown", { detail: flag }));
  }

  resolve() {
    const flag = this.flag;
    if (!flag) return;
    this.resumeAt = this.model.openFlags.indexOf(flag);
    this.current = null;
    this.view.light("flag-current", []);
    this.dispatchEvent(new CustomEvent("resolve", { detail: flag }));
    if (this.model.openFlags.length) this.go(1);
  }

  draw() {
    const open = this.model.openFlags;
    const done = this.model.flags.length - open.length;
    const flag = this.flag;
    const count = open.length ? `${open.length} to check` : this.model.flags.length ? "All checked" : "Nothing flagged";
    const step = (label, sign, direction) =>
      h(
        "button",
        {
          type: "button",
          class: "compact",
          disabled: !open.length,
          "aria-label": label,
          title: label,
          on: { click: () => this.go(direction) },
        },
        sign,
      );
    this.bar.replaceChildren(
      h(
        "div",
        { class: "round-head" },
        h("strong", { class: open.length ? "count open" : "count" }, count),
        done > 0 && open.length > 0 && h("span", { class: "quiet small" }, `${done} done`),
        step("Previous place to check", "↑", -1),
        step("Next place to check", "↓", 1),
      ),
    );
    if (flag) this.bar.append(this.#card(flag));
  }

  #card(flag) {
    const resolve = h(
      "button",
      { type: "button", class: "compact primary", on: { click: () => this.resolve() } },
      "Checked",
    );
    const readings =
      flag.readings.length > 1 && this.canEdit() && flag.count > 0
        ? flag.readings.map((reading) =>
            h(
              "button",
              {
                type: "button",
                class: "compact reading",
                on: {
                  click: () => this.dispatchEvent(new CustomEvent("replace", { detail: { flag, text: reading } })),
                },
              },
              reading,
            ),
          )
        : [];
    return h(
      "div",
      { class: "flag-card", role: "group", "aria-label": "Place to check" },
      h(
        "p",
        {},
        h("b", {}, FLAG_TITLES[flag.kind] ?? flag.kind),
        h("span", { class: "quiet number" }, ` ${clock(flag.interval.start)} `),
        flag.reason,
      ),
      h(
        "div",
        { class: "row" },
        ...readings,
        h("button", { type: "button", class: "compact", on: { click: () => this.show(flag) } }, "Hear again"),
        this.canEdit() && resolve,
      ),
    );
  }
}
