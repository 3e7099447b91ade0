// The waveform above the text, drawn from peaks that the server has computed: the recording is never decoded here.

import WaveSurfer from "../vendor/wavesurfer-8.0.1.esm.js";
import { h } from "./dom.js";

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/**
 * Draws `peaks` (numbers 0 to 1) over `duration` seconds into `place`, with a tick for each of `marks`
 * ({seconds, kind, title}). `media` is the audio element that it follows and moves.
 */
export function draw(place, { media, peaks, duration, marks, onMark }) {
  const stage = h("div", { class: "wave-stage" });
  const surfer = WaveSurfer.create({
    container: stage, // not on the page yet: see `styled`
    media,
    peaks: [peaks],
    duration,
    height: 48,
    barWidth: 2,
    barGap: 1,
    barRadius: 1,
    cursorWidth: 2,
    normalize: true,
    dragToSeek: true,
    hideScrollbar: true,
    waveColor: colour("--wave"),
    progressColor: colour("--wave-played"),
    cursorColor: colour("--accent"),
  });
  styled(surfer);
  const ticks = h("div", { class: "wave-marks", "aria-hidden": "true" });
  place.replaceChildren(stage, ticks);
  remark(ticks, marks, duration, onMark);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () =>
    surfer.setOptions({
      waveColor: colour("--wave"),
      progressColor: colour("--wave-played"),
      cursorColor: colour("--accent"),
    }),
  );
  return { surfer, remark: (newMarks) => remark(ticks, newMarks, duration, onMark) };
}

/** The style element of wavesurfer is not allowed here (no inline styles): its rules become an adopted sheet. */
function styled(surfer) {
  const shadow = surfer.getWrapper().getRootNode();
  const style = shadow.querySelector("style");
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(style.textContent);
  style.remove();
  shadow.adoptedStyleSheets = [sheet];
}

function remark(ticks, marks, duration, onMark) {
  ticks.replaceChildren(
    ...marks.map((mark) => {
      const tick = h("button", {
        class: `tick ${mark.kind}`,
        type: "button",
        tabIndex: -1,
        title: mark.title,
        on: { click: () => onMark(mark) },
      });
      tick.style.left = `${(100 * mark.seconds) / duration}%`;
      return tick;
    }),
  );
}
