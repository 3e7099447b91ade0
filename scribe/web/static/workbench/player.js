// The recording: play, step, speed, and stretches to listen to. Speed does not change the pitch.

const SLOWEST = 0.5;
const FASTEST = 2;
const STEP = 0.125; // of speed

export class Player extends EventTarget {
  /** `audio` is the page's audio element; `settings` says how far a step goes and how far a pause steps back. */
  constructor(audio, settings) {
    super();
    this.audio = audio;
    this.settings = settings;
    this.stop = null; // seconds at which a stretch ends
    this.endedStretch = false; // whether it was its end that stopped the sound, and not the person
    audio.preservesPitch = true;
    audio.addEventListener("play", () => this.#follow());
    for (const kind of ["play", "pause", "seeked", "ratechange", "loadedmetadata", "timeupdate", "error"])
      audio.addEventListener(kind, () => this.#tell());
    this.rate(settings.speed);
  }

  get time() {
    return this.audio.currentTime;
  }

  get playing() {
    return !this.audio.paused;
  }

  async play(until = null) {
    this.stop = until;
    try {
      await this.audio.play();
    } catch (error) {
      if (error.name !== "AbortError") this.dispatchEvent(new CustomEvent("refused", { detail: error.name }));
    }
  }

  /** Stops, and steps back a little so that the next start repeats the last words. */
  pause() {
    const stretch = this.stop !== null;
    this.stop = null;
    this.endedStretch = false;
    this.audio.pause();
    if (!stretch) this.seek(this.time - this.settings.backstep);
  }

  toggle() {
    if (this.playing) this.pause();
    else this.play();
  }

  seek(time) {
    const end = Number.isFinite(this.audio.duration) ? this.audio.duration : Infinity;
    this.audio.currentTime = Math.min(Math.max(0, time), end);
    if (this.stop !== null && this.time >= this.stop) this.stop = null;
    this.#tell();
  }

  skip(direction) {
    this.stop = null;
    this.seek(this.time + direction * this.settings.skip);
  }

  rate(speed) {
    const kept = Math.min(FASTEST, Math.max(SLOWEST, speed));
    this.audio.defaultPlaybackRate = kept;
    this.audio.playbackRate = kept;
    this.settings.speed = kept;
    this.#tell();
  }

  faster(direction) {
    this.rate(this.settings.speed + direction * STEP);
  }

  /** Plays `from` to `to` and stops there. */
  stretch(from, to) {
    this.seek(Math.max(0, from - 0.08));
    return this.play(Math.max(to, from + 0.3) + 0.12);
  }

  #follow() {
    const step = () => {
      if (this.audio.paused) return;
      if (this.stop !== null && this.time >= this.stop) {
        this.stop = null;
        this.endedStretch = true;
        this.audio.pause();
      }
      this.#tell();
      requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  }

  #tell() {
    this.dispatchEvent(new CustomEvent("moved", { detail: this.time }));
  }
}
