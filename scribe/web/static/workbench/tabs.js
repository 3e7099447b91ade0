// The tabs of the editor: arrow keys move, the panel follows. On a narrow page the transcript is one of them.

import { $, $$ } from "./dom.js";

const narrow = matchMedia("(max-width: 60rem)");

export class Tabs {
  constructor(onShow) {
    this.onShow = onShow;
    this.buttons = $$("#tabs [role=tab]");
    for (const button of this.buttons) button.addEventListener("click", () => this.show(button.id.slice(4)));
    $("#tabs").addEventListener("keydown", (event) => this.#key(event));
    narrow.addEventListener("change", () => this.#fit());
    this.current = "note";
    this.#fit();
  }

  show(name, { focus = false } = {}) {
    this.current = name;
    this.#fit();
    if (focus) $(`#pane-${name}`).focus({ preventScroll: true });
    this.onShow(name);
  }

  #fit() {
    if (!narrow.matches && this.current === "transcript") this.current = "note";
    for (const button of this.buttons) {
      const name = button.id.slice(4);
      const chosen = name === this.current;
      button.setAttribute("aria-selected", String(chosen));
      button.tabIndex = chosen ? 0 : -1;
      $(`#pane-${name}`).hidden = !chosen && name !== this.beside;
    }
    this.#role("transcript", narrow.matches);
    this.#role("note", this.beside !== "note");
  }

  /** What stands at the left of a wide page: the transcript, and beside the codes the note that they rest on. */
  get beside() {
    if (narrow.matches) return null;
    return this.current === "codes" ? "note" : "transcript";
  }

  #role(name, isPanel) {
    const pane = $(`#pane-${name}`);
    pane.setAttribute("role", isPanel ? "tabpanel" : "region");
    pane.classList.toggle("beside", !isPanel);
    if (isPanel) pane.setAttribute("aria-labelledby", `tab-${name}`);
    else pane.removeAttribute("aria-labelledby");
    pane.setAttribute("aria-label", name === "note" ? "Note" : "Transcript");
  }

  #key(event) {
    const shown = this.buttons.filter((button) => button.offsetParent);
    const at = shown.indexOf(document.activeElement);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: shown.length - 1 }[event.key];
    if (to === undefined || at === -1) return;
    event.preventDefault();
    const next = shown[(to + shown.length) % shown.length];
    next.focus();
    this.show(next.id.slice(4));
  }

  /** Shows the transcript, where it is not beside the note. */
  showTranscript() {
    if (narrow.matches) this.show("transcript");
  }

  get isNarrow() {
    return narrow.matches;
  }
}
