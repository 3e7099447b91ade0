// Remarks of one person to the others about a place in the encounter.

import * as api from "./api.js";
import { ask } from "./dialogs.js";
import { $, clock, h } from "./dom.js";

export class CommentsPanel {
  constructor(editor) {
    this.editor = editor;
    this.place = $("#comments");
    this.path = `/encounters/${editor.id}/comments`;
  }

  async load() {
    try {
      this.take((await api.get(this.path)).comments);
    } catch (error) {
      this.place.replaceChildren(h("p", { class: "message" }, error.message));
    }
  }

  take(comments) {
    const open = comments.filter((comment) => !comment.resolved_at);
    const done = comments.filter((comment) => comment.resolved_at);
    const badge = $("#comments-count");
    badge.hidden = !open.length;
    badge.textContent = String(open.length);
    this.place.replaceChildren(
      h("div", { class: "panel-head" }, h("h2", {}, "Comments")),
      this.#form(),
      ...open.map((comment) => this.#one(comment)),
      ...(comments.length ? [] : [h("p", { class: "quiet" }, "Nobody has said anything yet.")]),
      ...(done.length
        ? [h("details", {}, h("summary", {}, `Settled (${done.length})`), ...done.map((comment) => this.#one(comment)))]
        : []),
    );
  }

  #form() {
    const text = h("textarea", {
      name: "text",
      rows: 2,
      required: true,
      "aria-label": "Comment",
      placeholder: "To whoever works on this next",
    });
    const here = h("input", { type: "checkbox", name: "here" });
    const form = h(
      "form",
      { class: "comment-form" },
      text,
      h(
        "div",
        { class: "row" },
        h("label", { class: "check" }, here, " at the place that is playing"),
        h("button", { type: "submit", class: "compact primary push" }, "Comment"),
      ),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send({ text: text.value.trim(), at_second: here.checked ? this.editor.player.time : null });
    });
    return form;
  }

  #one({ id, author, at, text, statement_id: statement, at_second: second, resolved_at: resolved }) {
    const where = statement
      ? h(
          "button",
          { type: "button", class: "plain compact", on: { click: () => this.#goTo(statement) } },
          "the statement",
        )
      : second !== null &&
        h(
          "button",
          { type: "button", class: "plain compact number", on: { click: () => this.editor.player.seek(second) } },
          clock(second),
        );
    const toggle =
      this.editor.case.may("comment:write") &&
      h(
        "button",
        { type: "button", class: "compact", on: { click: () => this.#resolve(id, !resolved) } },
        resolved ? "Open again" : "Settled",
      );
    return h(
      "article",
      { class: `comment${resolved ? " settled" : ""}` },
      h("p", { class: "small quiet row" }, h("b", {}, author.name), at.slice(0, 16).replace("T", " "), where),
      h("p", {}, text),
      toggle,
    );
  }

  #goTo(statement) {
    this.editor.tabs.show("note");
    this.editor.note.view.focus(statement);
  }

  /** Asks for a comment about a place, such as {statement_id}. */
  async write(about) {
    const values = await ask("Comment", [{ name: "text", label: "Comment", rows: 3, required: true }], {
      yes: "Comment",
    });
    if (values?.text.trim()) await this.#send({ text: values.text.trim(), ...about });
  }

  async #send(comment) {
    if (await this.editor.attempt(() => api.post(this.path, comment))) await this.load();
  }

  async #resolve(id, resolved) {
    if (await this.editor.attempt(() => api.patch(`${this.path}/${id}`, { resolved }))) await this.load();
  }
}
