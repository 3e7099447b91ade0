// Uploads: many files at once, by button or by dropping them, each with its progress and its own message.

import * as api from "./api.js";
import { $, h } from "./dom.js";

const AT_ONCE = 2;
const SOUND = /\.(wav|flac|mp3|m4a|mp4|ogg|opus|webm)$/i;

/** Why a file is not sent at all, or null. */
export function refusal(file) {
  if (file.size === 0) return "This file is empty.";
  if (!SOUND.test(file.name)) return "Not a recording: WAV, FLAC, MP3, M4A, MP4, Ogg, Opus and WebM are read.";
  return null;
}

const size = (bytes) => (bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`);

export class Uploads {
  /** `onDone` hears that a file has arrived. */
  constructor({ onDone }) {
    this.onDone = onDone;
    this.waiting = [];
    this.running = 0;
    const input = $("#upload-files");
    $("#upload-button").addEventListener("click", () => input.click());
    input.addEventListener("change", () => {
      this.add(input.files);
      input.value = "";
    });
    this.#drops();
    addEventListener("beforeunload", (event) => {
      if (this.running || this.waiting.length) event.preventDefault();
    });
  }

  add(files) {
    $("#uploads").hidden = false;
    for (const file of files) {
      const item = this.#item(file);
      $("#uploads").prepend(item.row);
      const reason = refusal(file);
      if (reason) item.fail(reason, false);
      else this.waiting.push(item);
    }
    this.#next();
  }

  #next() {
    while (this.running < AT_ONCE && this.waiting.length) this.#send(this.waiting.shift());
  }

  async #send(item) {
    this.running++;
    const stop = new AbortController();
    item.begin(stop);
    try {
      const priority = item.stat.checked ? "?priority=stat" : "";
      const answer = await api.upload(item.file, {
        query: priority,
        signal: stop.signal,
        onProgress: (share) => item.progress(share),
      });
      item.done(answer);
      this.onDone();
    } catch (error) {
      item.fail(error.message, error.kind !== "refused");
    }
    this.running--;
    this.#next();
  }

  #item(file) {
    const bar = h("progress", { max: 1, value: 0, "aria-label": `Upload of ${file.name}` });
    const said = h("span", { class: "small quiet upload-said", role: "status" }, "waits");
    const actions = h("span", { class: "upload-actions" });
    const stat = h("input", { type: "checkbox" });
    const row = h(
      "div",
      { class: "upload" },
      h("b", { class: "upload-name" }, file.name),
      h("span", { class: "small quiet number" }, size(file.size)),
      bar,
      said,
      h("label", { class: "check small" }, stat, "STAT"),
      actions,
    );
    const end = (kind, text) => {
      row.dataset.state = kind;
      bar.hidden = true;
      said.textContent = text;
      stat.closest("label").hidden = true;
      actions.replaceChildren(
        h(
          "button",
          {
            type: "button",
            class: "plain compact",
            "aria-label": `Clear ${file.name}`,
            on: { click: () => this.#clear(row) },
          },
          "×",
        ),
      );
    };
    return {
      file,
      row,
      stat,
      begin: (stop) => {
        stat.disabled = true;
        said.textContent = "is sent";
        actions.replaceChildren(
          h("button", { type: "button", class: "plain compact", on: { click: () => stop.abort() } }, "Stop"),
        );
      },
      progress: (share) => {
        bar.value = share;
        said.textContent = share < 1 ? `${Math.round(100 * share)} %` : "is stored";
      },
      done: ({ encounter, duplicate_of: duplicate }) => {
        end(
          duplicate ? "duplicate" : "done",
          duplicate
            ? "This very recording is there already; nothing is transcribed twice."
            : "Sent. The draft is being written.",
        );
        actions.prepend(h("a", { href: `/encounters/${duplicate ?? encounter.id}` }, "Open"));
      },
      fail: (reason, again) => {
        end("failed", reason);
        if (again)
          actions.prepend(
            h(
              "button",
              { type: "button", class: "compact", on: { click: () => this.#again(row, file) } },
              "Send again",
            ),
          );
      },
    };
  }

  #again(row, file) {
    row.remove();
    this.add([file]);
  }

  #clear(row) {
    row.remove();
    $("#uploads").hidden = !$("#uploads").childElementCount;
  }

  #drops() {
    const drop = $("#drop");
    let depth = 0;
    const carries = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
    addEventListener("dragenter", (event) => {
      if (!carries(event)) return;
      depth++;
      drop.hidden = false;
    });
    addEventListener("dragleave", () => {
      depth = Math.max(0, depth - 1);
      drop.hidden = depth === 0;
    });
    addEventListener("dragover", (event) => carries(event) && event.preventDefault());
    addEventListener("drop", (event) => {
      if (!carries(event)) return;
      event.preventDefault();
      depth = 0;
      drop.hidden = true;
      this.add(event.dataTransfer.files);
    });
  }
}
