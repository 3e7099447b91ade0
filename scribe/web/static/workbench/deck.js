// The deck: buttons, time, speed and waveform of the recording, and how a person likes to listen.

import * as api from "./api.js";
import { ask } from "./dialogs.js";
import { $, clock, h, seconds } from "./dom.js";
import { Player } from "./player.js";
import { save } from "./settings.js";
import { draw } from "./waveform.js";

/** The player with its buttons; `onMoved(time)` hears where it is. */
export function deck(settings, onMoved) {
  const player = new Player($("#audio"), settings);
  const on = (id, call) => $(id).addEventListener("click", call);
  on("#play", () => player.toggle());
  on("#back", () => player.skip(-1));
  on("#forward", () => player.skip(1));
  on("#slower", () => player.faster(-1));
  on("#faster", () => player.faster(1));
  on("#goto", () => goTo(player));
  on("#settings", () => listening(player, settings));
  let shown = "";
  player.addEventListener("moved", () => {
    const now = clock(player.time, true);
    if (now !== shown) $("#now").textContent = shown = now;
    $("#speed").textContent = `${settings.speed}×`;
    const button = $("#play");
    if (button.ariaPressed !== String(player.playing)) {
      button.ariaPressed = String(player.playing);
      button.setAttribute("aria-label", player.playing ? "Pause" : "Play");
    }
    onMoved(player.time);
  });
  return player;
}

export async function goTo(player) {
  const values = await ask(
    "Go to a time",
    [{ name: "time", label: "Minutes and seconds", value: clock(player.time), help: "1:30, or 90" }],
    { yes: "Go" },
  );
  const at = values && seconds(values.time);
  if (at !== null && at !== undefined) player.seek(at);
}

/** Loads sound and waveform of a recording; without peaks the deck still plays. */
export async function load(player, recording, { marks, onMark }) {
  if (!recording) {
    $("#deck").classList.add("silent");
    return null;
  }
  player.audio.src = `/api/v1/recordings/${recording.id}/audio`;
  try {
    const { peaks, seconds: length } = await api.get(
      `/recordings/${recording.id}/peaks?per_second=${rate(recording.seconds)}`,
    );
    $("#length").textContent = ` / ${clock(length)}`;
    return draw($("#wave"), { media: player.audio, peaks, duration: length, marks: marks(), onMark });
  } catch (error) {
    $("#wave").replaceChildren(h("p", { class: "quiet small" }, `No waveform: ${error.message}`));
    return null;
  }
}

/** Peaks per second: about three thousand for the whole recording. */
const rate = (length) => Math.max(1, Math.min(20, Math.ceil(3000 / Math.max(1, length ?? 600))));

async function listening(player, settings) {
  const values = await ask(
    "Listening and keys",
    [
      {
        name: "keys",
        label: "Keys",
        options: [
          ["oTranscribe", "oTranscribe: Esc, F1 to F4"],
          ["Express Scribe", "Express Scribe: F4, F7 to F9"],
        ],
        value: settings.keys,
        help: "A foot pedal sends keys: set it to those of the list you choose.",
      },
      {
        name: "hold",
        label: "The play key",
        options: [
          ["toggle", "starts and stops"],
          ["hold", "plays while it is held, as a pedal does"],
        ],
        value: settings.hold ? "hold" : "toggle",
      },
      {
        name: "backstep",
        label: "A pause steps back by (seconds)",
        options: [
          ["0", "0"],
          ["1", "1"],
          ["1.5", "1.5"],
          ["2", "2"],
          ["3", "3"],
        ],
        value: String(settings.backstep),
      },
      {
        name: "skip",
        label: "Back and forward by (seconds)",
        options: [
          ["1", "1"],
          ["1.5", "1.5"],
          ["2", "2"],
          ["3", "3"],
          ["5", "5"],
          ["10", "10"],
        ],
        value: String(settings.skip),
      },
      {
        name: "clickPlays",
        label: "A click on a word",
        options: [
          ["yes", "plays from there"],
          ["no", "only goes there"],
        ],
        value: settings.clickPlays ? "yes" : "no",
      },
    ],
    { yes: "Keep" },
  );
  if (!values) return;
  Object.assign(settings, {
    keys: values.keys,
    hold: values.hold === "hold",
    backstep: Number(values.backstep),
    skip: Number(values.skip),
    clickPlays: values.clickPlays === "yes",
  });
  save(settings);
}
