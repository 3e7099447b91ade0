// Whether everything is saved, in words, and what to do where it is not.

import { $, h } from "./dom.js";

const WORDS = {
  saved: "Saved",
  waiting: "Typing…",
  saving: "Saving…",
  offline: "Not saved: no connection. Kept here, sent as soon as there is one.",
  session: "Not saved: your session has ended. Kept here.",
  conflict: "Not saved: somebody else changed the same words.",
  refused: "Not saved.",
};
const WORST = ["refused", "conflict", "session", "offline", "saving", "waiting", "saved"];

export class Status {
  /** `resume` after a new sign-in, `settle` after a conflict or a refusal, `save` at once. */
  constructor({ resume, settle, save }) {
    Object.assign(this, { resume, settle, save });
    this.parts = new Map(); // "transcript", "note" -> {state, waiting, error}
  }

  /** A listener for the outbox of `part`. */
  of(part) {
    return (state) => {
      this.parts.set(part, state);
      this.draw();
    };
  }

  get worst() {
    const found = [...this.parts.values()];
    return WORST.map((state) => found.find((part) => part.state === state)).find(Boolean) ?? { state: "saved" };
  }

  draw() {
    const { state, error } = this.worst;
    if (state === this.shown && state !== "refused") return;
    this.shown = state;
    const place = $("#saved");
    place.dataset.state = state;
    place.replaceChildren(state === "refused" ? `Not saved: ${error?.message ?? ""}` : WORDS[state]);
    const act = (label, call) =>
      place.append(" ", h("button", { type: "button", class: "compact", on: { click: call } }, label));
    if (state === "session") {
      place.append(
        " ",
        h("a", { href: "/", target: "_blank", rel: "noopener" }, "Sign in again in a new tab"),
        ", then",
      );
      act("Send", this.resume);
    } else if (state === "conflict") act("Choose", this.settle);
    else if (state === "refused") act("Load anew", this.settle);
    else if (state === "offline") act("Try now", this.save);
    if (state === "conflict") this.settle();
  }
}
