// The microphone: which there are, how loud it is, and its sound as blocks for the worker.

const RATE = 16000;
const QUIET = -45; // dB of full scale: speech below is too quiet
const LOUD = -1;
const SILENT = -90; // a device that is off or a muted one
const WINDOW = 3; // seconds over which silence is judged

const REASONS = {
  NotAllowedError:
    "The browser may not use the microphone. Allow it with the sign beside the address of this page, then start again.",
  NotFoundError: "No microphone was found. Plug one in, or switch it on, then start again.",
  NotReadableError: "The microphone is in use by another program, or does not answer. Close the other program, then start again.",
  OverconstrainedError: "That microphone is gone. Choose another one, then start again.",
  SecurityError: "Browsers lend the microphone only to pages over https, or on this machine itself.",
  NotSupportedError: "This browser cannot record at 16 kHz. Use Chromium, Chrome or Edge.",
};

/** Why the microphone cannot be used, and what to do. */
export const reason = (error) => REASONS[error.name] ?? "The microphone cannot be used. Choose another one, then start again.";

const decibels = (value) => (value > 0 ? Math.max(-120, 20 * Math.log10(value)) : -120);

export class Microphone {
  /** `onlevel({peak, rms, word})` in dB of full scale; `onlost()` when the device is gone; `onwarning(text or null)`. */
  constructor({ onlevel, onlost, onwarning }) {
    this.onlevel = onlevel;
    this.onlost = onlost;
    this.onwarning = onwarning;
    this.history = [];
    this.context = null;
  }

  static get usable() {
    return Boolean(navigator.mediaDevices?.getUserMedia && globalThis.AudioWorkletNode);
  }

  /** Opens a device. `near` is for a microphone at the speaker's mouth: then nothing is done about loudness. */
  async open(id, near) {
    if (!Microphone.usable) throw Object.assign(new Error(), { name: "SecurityError" });
    this.release();
    const wishes = { channelCount: 1, echoCancellation: false, noiseSuppression: false, autoGainControl: !near };
    const audio = id ? { ...wishes, deviceId: { exact: id } } : wishes;
    this.stream = await navigator.mediaDevices.getUserMedia({ audio });
    const [track] = this.stream.getAudioTracks();
    track.addEventListener("ended", () => this.lost());
    await this.start();
    this.source = this.context.createMediaStreamSource(this.stream);
    this.source.connect(this.node);
    this.history = [];
    return track.getSettings().deviceId;
  }

  async start() {
    if (!this.context) {
      this.context = new AudioContext({ sampleRate: RATE, latencyHint: "balanced" });
      await this.context.audioWorklet.addModule("/static/live/worklet.js");
      const options = { numberOfOutputs: 0, channelCount: 1, channelCountMode: "explicit" };
      this.node = new AudioWorkletNode(this.context, "capture", options);
      this.node.port.onmessage = ({ data }) => this.level(data);
      this.context.addEventListener("statechange", () => {
        if (this.stream && this.context.state === "interrupted") this.onwarning("The system has taken the microphone away for now.");
      });
    }
    await this.context.resume();
  }

  /** A port on which every block of sound arrives. */
  port() {
    const { port1, port2 } = new MessageChannel();
    this.node.port.postMessage({ sink: port1 }, [port1]);
    return port2;
  }

  take() {
    this.node.port.postMessage({ take: true });
  }

  /** No more sound after this moment; `token` follows the last block to the worker. */
  leave(token) {
    this.node?.port.postMessage({ leave: true, token });
  }

  level({ peak, rms }) {
    const [top, mean] = [decibels(peak), decibels(rms)];
    this.history.push({ top, mean });
    if (this.history.length > 10 * WINDOW) this.history.shift();
    const loudest = Math.max(...this.history.map((moment) => moment.mean));
    const full = this.history.length >= 10 * WINDOW;
    const clipped = this.history.filter((moment) => moment.top >= LOUD).length;
    let word = "good";
    if (top >= LOUD) word = "too loud";
    else if (full && loudest < QUIET) word = "very quiet";
    this.onlevel({ peak: top, rms: mean, word });
    if (full && loudest < SILENT) this.onwarning("No sound arrives at all: the microphone may be muted or switched off.");
    else if (clipped >= 3) this.onwarning("The sound is too loud and gets distorted: move the microphone away, or turn it down.");
    else this.onwarning(null);
  }

  lost() {
    this.release();
    this.onlost();
  }

  /** Gives the device back. The worklet stays and answers, so that what it holds is not lost. */
  release() {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.source?.disconnect();
    this.stream = this.source = null;
  }

  async close() {
    this.release();
    await this.context?.close();
    this.context = null;
  }
}
