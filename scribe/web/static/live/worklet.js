// The sound of the microphone as 16-bit blocks. Runs on the audio thread; the context has resampled to 16 kHz already.
//
// Blocks go straight to the worker of link.js through a port of their own, so that a busy page never delays them.
// The page hears only levels.

const BLOCK = 4000; // samples: 250 ms
const LEVEL_EVERY = 1600; // samples: ten times a second

class Capture extends AudioWorkletProcessor {
  constructor() {
    super();
    this.block = new Int16Array(BLOCK);
    this.filled = 0;
    this.taking = false;
    this.sink = null;
    this.resetLevel();
    this.port.onmessage = ({ data }) => this.told(data);
  }

  told({ sink, take, leave, token }) {
    if (sink) this.sink = sink;
    if (take) this.taking = true;
    if (leave) {
      this.taking = false;
      this.flush();
      this.sink?.postMessage({ left: token }); // comes after the last block
    }
  }

  resetLevel() {
    this.seen = 0;
    this.peak = 0;
    this.squares = 0;
  }

  process(inputs) {
    const input = inputs[0][0];
    if (!input) return true; // nothing is connected at the moment
    for (const value of input) {
      const size = Math.abs(value);
      if (size > this.peak) this.peak = size;
      this.squares += value * value;
      if (this.taking) {
        const clipped = Math.max(-1, Math.min(1, value));
        this.block[this.filled++] = Math.round(clipped * 32767);
        if (this.filled === BLOCK) this.flush();
      }
    }
    this.seen += input.length;
    if (this.seen >= LEVEL_EVERY) {
      this.port.postMessage({ peak: this.peak, rms: Math.sqrt(this.squares / this.seen) });
      this.resetLevel();
    }
    return true;
  }

  flush() {
    if (!this.filled) return;
    const samples = this.block.slice(0, this.filled);
    this.filled = 0;
    this.sink?.postMessage({ samples }, [samples.buffer]);
  }
}

registerProcessor("capture", Capture);
