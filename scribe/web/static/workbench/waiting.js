// While a recording is being transcribed: what runs, how far it is, and what to do where it failed.

import * as api from "./api.js";
import { $, h } from "./dom.js";

export const STAGES = {
  audio: "Reading the recording",
  vad: "Finding speech",
  asr: "Writing what was said",
  terms: "Checking medical terms",
  diarization: "Telling the speakers apart",
  sections: "Arranging the note",
  coding: "Looking for codes",
};
const ORDER = Object.keys(STAGES);

/** Shows the progress of an encounter without a note; opens the editor once there is one. */
export async function waitFor(editor) {
  document.body.dataset.waiting = "yes";
  const place = $("#waiting");
  place.hidden = false;
  editor.actions = () => {};
  const show = (job) => place.replaceChildren(...progress(job, editor));
  show(editor.case.encounter.job);
  const check = async () => {
    const encounter = await api.get(`/encounters/${editor.id}`);
    editor.case.take(encounter);
    if (encounter.note_revision === null) return show(encounter.job);
    return location.reload();
  };
  api.events(editor.id, {
    job: (job) => (job.state === "done" ? check() : show(job)),
    state: check,
    revision: check,
    gone: () => location.assign("/"),
  });
}

function progress(job, editor) {
  if (!job)
    return [
      h("h2", {}, "No recording yet"),
      h("p", {}, "Upload one from the worklist, or record the visit."),
      h("a", { class: "button primary", href: "/live" }, "Record"),
    ];
  if (job.state === "parked") {
    const retry = () => editor.attempt(() => api.post(`/jobs/${job.id}/retry`)).then(() => location.reload());
    return [
      h("h2", {}, "This recording could not be written"),
      h("p", { class: "message error" }, job.reason || "It failed several times."),
      editor.case.may("job:retry") &&
        h("button", { type: "button", class: "primary", on: { click: retry } }, "Try again"),
    ].filter(Boolean);
  }
  const at = ORDER.indexOf(job.stage);
  const steps = ORDER.map((stage, index) =>
    h(
      "li",
      { class: index < at ? "done" : index === at ? "now" : "" },
      STAGES[stage],
      index === at && job.total > 0 && h("progress", { max: job.total, value: job.done, "aria-label": STAGES[stage] }),
    ),
  );
  return [
    h("h2", {}, job.state === "waiting" ? "Waiting for its turn" : "The draft is being written"),
    h("ol", { class: "steps" }, ...steps),
    h("p", { class: "quiet small" }, "You can leave this page: the work goes on."),
  ];
}
