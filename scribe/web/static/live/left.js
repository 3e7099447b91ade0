// Recordings that were left unfinished: by a reload, a closed tab, or a server that went away. Each is offered on.

import { announce, api, banner, duration, element } from "./ui.js";

const RATE = 16000;

const when = (time) =>
  new Date(time).toLocaleString([], { weekday: "short", hour: "2-digit", minute: "2-digit" });

/** `left`: what this browser keeps; the server is asked what it has. `ways`: {worker, resume, finish}. */
export async function offerLeft(left, ways) {
  const answer = await api("GET", "/api/v1/live").catch(() => null);
  if (!answer) return left.length && banner("left-unknown", "There are recordings from before, and the server does not answer yet: reload this page.", { kind: "warn" });
  const here = new Map(left.map((entry) => [entry.id, entry]));
  const unfinished = answer.recordings;
  for (const recording of unfinished) {
    const kept = here.get(recording.id);
    here.delete(recording.id);
    if (recording.carried && !kept) {
      banner("elsewhere", `A recording begun ${when(recording.begun)} is going on in another tab or browser.`);
    } else offer(recording, kept, ways);
  }
  const finished = new Map(answer.finished.map(({ id, seconds }) => [id, seconds]));
  for (const entry of here.values()) await orphan(entry, finished.get(entry.id), ways);
  return undefined;
}

function offer(recording, kept, { resume, finish }) {
  const unsent = kept?.unsent ? Math.max(0, kept.seconds - recording.seconds) : 0;
  const waits = unsent ? ` ${duration(unsent)} of it have not reached the server yet; they are kept here.` : "";
  const text = `A recording begun ${when(recording.begun)} is unfinished (${duration(Math.max(recording.seconds, kept?.seconds ?? 0))}).${waits}`;
  const samples = kept ? 0 : Math.round(recording.seconds * RATE);
  banner(`left-${recording.id}`, text, {
    actions: [
      ["Go on recording", () => resume(recording.id, recording.mode, samples)],
      [unsent ? "Send it and make the draft" : "Make the draft", () => finish(recording.id, recording.mode, samples)],
    ],
  });
  announce(text);
}

/**
 * Kept here and not unfinished there. Either all went well; or the server has lost it (`seconds` is undefined); or it was
 * finished there, at `seconds`, before all of it had come.
 */
async function orphan(entry, seconds, { worker }) {
  const missing = entry.seconds - (seconds ?? 0);
  if (!entry.unsent || missing < 0.5 / RATE) return worker.postMessage({ do: "forget", id: entry.id });
  const text =
    seconds === undefined
      ? `This browser keeps sound of a recording begun ${when(entry.begun)} that the server does not know. Save it as a file, then make a note of that.`
      : `The recording begun ${when(entry.begun)} was finished on the server before its last ${duration(missing)} had come. They are kept here: save them as a file, and upload that in the worklist.`;
  const name = `orphan-${entry.id}`;
  const forget = () => {
    banner(name, null);
    worker.postMessage({ do: "forget", id: entry.id });
  };
  return banner(name, text, { kind: "warn", actions: [["Save the sound", () => save(worker, entry.id)], ["Delete it", forget]] });
}

/** Offers what is kept of a recording as a file. */
export function save(worker, id) {
  const hear = ({ data }) => {
    if (data.is !== "rescued" || data.id !== id) return;
    worker.removeEventListener("message", hear);
    const link = element("a", { download: `recording-${id}.wav` });
    link.href = URL.createObjectURL(new Blob([header(data.parts), ...data.parts], { type: "audio/wav" }));
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  };
  worker.addEventListener("message", hear);
  worker.postMessage({ do: "rescue", id });
}

/** The 44 bytes before the samples of a WAV file: mono, 16 bits, 16 kHz. */
function header(parts) {
  const bytes = parts.reduce((sum, part) => sum + part.byteLength, 0);
  const view = new DataView(new ArrayBuffer(44));
  const text = (at, letters) => [...letters].forEach((letter, i) => view.setUint8(at + i, letter.charCodeAt(0)));
  text(0, "RIFF");
  view.setUint32(4, 36 + bytes, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, RATE, true);
  view.setUint32(28, 2 * RATE, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, "data");
  view.setUint32(40, bytes, true);
  return view;
}
