// Carries a recording to the server, whatever the network does. Runs in a worker, so that a busy page delays nothing.
//
// Sound and what was done with it (pause, resume, mark, drop, stop) go through one numbered sequence. Each item is
// kept (outbox.js) until the server has acknowledged it, and sent again after a cut; recording never waits for that.
// It is sent only once it is kept: a tab that is reloaded must not count from before what the server has already.

import { GAP, crc32, encode } from "./frames.js";
import { Outbox } from "./outbox.js";

const RATE = 16000;
const RECENT = 240; // items in memory: a minute of sound; older ones are read back from the outbox
const BATCH = 40;
const IN_FLIGHT = 256 * 1024; // bytes that may wait in the socket
const FIRST_WAIT = 250; // milliseconds until the first attempt to connect again
const LONGEST_WAIT = 8000;
const QUIET = 10000; // milliseconds without a word from the server until we ask
const DEAF = 25000; // ... and until the connection counts as lost
const WORKLET_WITHIN = 5000; // milliseconds until a worklet counts as gone: a busy machine may take seconds to answer

const tell = (message) => postMessage(message);
const pause = (time) => new Promise((resolve) => setTimeout(resolve, time));

class Link {
  constructor(outbox, entry) {
    this.outbox = outbox; // null where the browser keeps nothing
    this.entry = entry;
    this.recent = new Map();
    this.seq = entry.seq; // the number of the next item
    this.position = entry.position; // samples so far
    this.crc = entry.crc; // of all samples so far; null where the beginning was recorded elsewhere
    this.next = entry.seq; // the number of the next item to send
    this.kept = entry.seq; // all below are in the outbox (without one: in memory) and may be sent
    this.acked = entry.seq; // all below are safe on the server
    this.flight = []; // what was sent on this connection and is not safe yet: {seq, end, control}
    this.safe = entry.position; // samples that are safe on the server
    this.wait = FIRST_WAIT;
    this.closed = false;
    this.silent = false; // paused or stopped: nothing is recorded
    this.received = false; // the server has all of it; what is still to come is the draft
    this.keeping = Promise.resolve();
    this.pumping = false;
    this.socket = null;
    this.ready = false;
    this.heard = 0;
  }

  async prepare() {
    const first = this.outbox ? await this.outbox.first(this.entry) : null;
    if (first !== null) this.next = this.acked = first;
    this.clock = setInterval(() => this.watch(), 1000);
    this.connect();
  }

  // --- what is recorded
  /** Sound that comes after the pause it belongs before was held back too long: the server does not record it either. */
  sound(samples) {
    if (this.silent) return;
    const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
    if (this.crc !== null) this.crc = crc32(bytes, this.crc);
    const first = this.position;
    this.position += samples.length;
    this.add({ first, samples });
  }

  control(kind, more = {}) {
    if (kind === "pause" || kind === "stop") this.silent = true;
    if (kind === "resume") this.silent = false;
    this.add({ first: this.position, control: { kind, ...more } });
  }

  add(item) {
    item.seq = this.seq++;
    this.recent.set(item.seq, item);
    const after = { seq: this.seq, position: this.position, crc: this.crc };
    if (!this.outbox) return this.sendable(this.seq);
    this.keeping = this.keeping
      .then(() => this.outbox?.keep(this.entry, item, after))
      .then(() => {
        this.sendable(after.seq);
        while (this.outbox && this.recent.size > RECENT) this.recent.delete(this.recent.keys().next().value);
      })
      .catch(() => this.unkept());
  }

  /** All below `seq` may be sent. */
  sendable(seq) {
    this.kept = Math.max(this.kept, seq);
    this.pump();
  }

  /** The browser's storage refuses: from here on memory has to do. */
  unkept() {
    if (!this.outbox) return;
    this.outbox = null;
    tell({ is: "unkept" });
    this.sendable(this.seq);
  }

  // --- the connection
  connect() {
    if (this.closed) return;
    this.ready = false;
    const address = new URL(`/api/v1/live/${this.entry.id}/socket`, self.location.href);
    address.protocol = address.protocol.replace("http", "ws");
    const socket = new WebSocket(address);
    socket.binaryType = "arraybuffer";
    this.socket = socket;
    this.heard = Date.now();
    socket.onopen = () =>
      this.say({ type: "hello", client: this.entry.client, rate: RATE });
    socket.onmessage = ({ data }) => {
      if (socket !== this.socket || typeof data !== "string") return;
      this.heard = Date.now();
      this.hear(JSON.parse(data));
    };
    socket.onclose = ({ code }) => {
      if (socket === this.socket) this.lost(code);
    };
    this.report();
  }

  say(message) {
    this.socket.send(JSON.stringify(message));
  }

  hear(message) {
    const answers = {
      ready: () => {
        this.wait = FIRST_WAIT;
        this.session = BigInt(message.session);
        this.frames = 0;
        this.there = message.next_sample; // samples that need not be sent
        this.flight = [];
        this.next = this.acked;
        this.ready = true;
        this.safe = Math.max(this.safe, message.durable_sample);
        this.report();
        this.pump();
      },
      ack: () => this.acknowledge(message),
      snapshot: () => tell({ is: "snapshot", snapshot: message.snapshot }),
      event: () => tell({ is: "event", event: message.event }),
      receipt: () => this.receipt(message),
      saved: () => tell({ is: "event", event: { kind: "saved", link: message.link, draft: message.draft } }),
      locked: () => tell({ is: "locked" }),
      error: () => this.refused(message),
      pong: () => {},
    };
    answers[message.type]?.();
  }

  /** Safe there: the samples before `durable_sample`, and what was done up to number `control`. */
  acknowledge({ durable_sample: samples, control }) {
    this.safe = Math.max(this.safe, samples);
    const before = this.acked;
    while (this.flight.length) {
      const [item] = this.flight;
      if (item.control ? item.seq > control : item.end > samples) break;
      this.acked = item.seq + 1;
      this.recent.delete(item.seq);
      this.flight.shift();
    }
    if (this.acked > before) {
      const below = this.acked;
      this.keeping = this.keeping.then(() => this.outbox?.release(this.entry, below)).catch(() => this.unkept());
    }
    this.report();
  }

  /** The server has the whole recording: what it counted must be what was recorded here. */
  async receipt({ samples, crc32: theirs }) {
    if (this.received) return; // told again on a new connection
    this.received = true;
    const whole = samples === this.position && (theirs === null || this.crc === null || theirs === this.crc);
    if (whole) {
      await this.keeping;
      await this.outbox?.forget(this.entry.id).catch(() => this.unkept());
    }
    tell({ is: "received", whole, samples: this.position, crc: this.crc });
    this.report();
  }

  refused({ code, detail, fatal }) {
    if (fatal) this.closed = true;
    tell({ is: "refused", code, detail, fatal });
    this.report();
  }

  lost(code) {
    this.socket = null;
    this.ready = false;
    if (this.closed) return this.report();
    const wait = this.wait * (0.5 + Math.random());
    this.wait = Math.min(2 * this.wait, LONGEST_WAIT);
    this.report();
    this.retry = setTimeout(() => this.connect(), wait);
  }

  /** Connect at once: the network is back, or somebody asks for it. */
  hurry() {
    if (this.closed || this.socket) return;
    clearTimeout(this.retry);
    this.wait = FIRST_WAIT;
    this.connect();
  }

  watch() {
    this.report();
    if (!this.socket) return;
    const silence = Date.now() - this.heard;
    if (silence > DEAF) {
      const deaf = this.socket;
      this.lost();
      deaf.close();
    } else if (silence > QUIET && this.socket.readyState === WebSocket.OPEN) this.say({ type: "ping" });
  }

  async pump() {
    if (this.pumping) return;
    this.pumping = true;
    try {
      while (this.ready && this.next < this.kept) {
        if (this.socket.bufferedAmount > IN_FLIGHT) {
          await pause(20);
          continue;
        }
        const items = await this.items();
        if (!items.length) return tell({ is: "failed", name: "missing" }); // storage lost what it had taken
        for (const item of items) {
          if (!this.ready || item.seq !== this.next) break; // a new connection began elsewhere
          this.send(item);
          this.next = item.seq + 1;
        }
      }
    } finally {
      this.pumping = false;
    }
  }

  /** The next items to send: from memory, or else from the outbox. */
  async items() {
    const recent = this.recent.get(this.next);
    if (recent || !this.outbox) return recent ? [recent] : [];
    await this.keeping;
    return this.outbox.read(this.entry, this.next, BATCH);
  }

  send({ seq, first, samples, control }) {
    this.flight.push({ seq, end: first + (samples?.length ?? 0), control: Boolean(control) });
    if (control) return this.say({ type: "control", seq, at: first, ...control });
    const lost = this.frames === 0 && first > this.there;
    return this.socket.send(encode(this.session, this.frames++, first, samples, lost ? GAP : 0));
  }

  report() {
    tell({
      is: "link",
      state: this.closed ? "closed" : this.ready ? "open" : "waiting",
      seconds: this.position / RATE,
      unsent: Math.max(0, this.position - this.safe) / RATE,
      samples: this.position,
      crc: this.crc,
    });
  }

  async end() {
    this.closed = true;
    clearInterval(this.clock);
    clearTimeout(this.retry);
    this.socket?.close();
    await this.keeping;
  }
}

let outbox = null;
let link = null;
let leave = () => {}; // gives the lock back

/** Only one tab may carry a recording: resolves to false where another one does. */
const claim = (id) =>
  new Promise((resolve) => {
    if (!navigator.locks) return resolve(true);
    navigator.locks
      .request(`scribe-live-${id}`, { ifAvailable: true }, (lock) => {
        resolve(lock !== null);
        return lock && new Promise((release) => (leave = release));
      })
      .catch(() => resolve(true));
  });

const isFree = async (id) => {
  const held = (await navigator.locks?.query())?.held ?? [];
  return !held.some((lock) => lock.name === `scribe-live-${id}`);
};

/** Actions on the recording that have to come after the last block of sound: by the token that the worklet sends back. */
const afterSound = new Map();

const hearWorklet = ({ data }) => {
  if (!link) return;
  if (data.samples) link.sound(data.samples);
  else {
    afterSound.get(data.left)?.();
    afterSound.delete(data.left);
  }
};

const tasks = {
  async list() {
    outbox ??= await Outbox.open().catch(() => null);
    const left = [];
    for (const entry of (await outbox?.recordings()) ?? []) {
      if (!(await isFree(entry.id))) continue;
      const { position } = await outbox.end(entry);
      const unsent = (await outbox.first(entry)) !== null;
      left.push({ id: entry.id, mode: entry.mode, begun: entry.begun, seconds: position / RATE, unsent });
    }
    tell({ is: "left", left });
  },

  /** `samples`: how many the server has of a recording that another browser began. */
  async open({ id, mode, samples = 0 }) {
    if (!(await claim(id))) return tell({ is: "refused", code: "taken-here", detail: "taken", fatal: true });
    outbox ??= await Outbox.open().catch(() => null);
    const start = { seq: 0, position: samples, crc: samples ? null : 0 };
    const fresh = { id, mode, client: crypto.randomUUID(), ...start };
    const entry = (await outbox?.begin(id, mode, start).catch(() => null)) ?? fresh;
    link = new Link(entry === fresh ? null : outbox, entry);
    if (entry === fresh) tell({ is: "unkept" });
    await link.prepare();
    tell({ is: "opened", id, seconds: link.position / RATE });
  },

  async port({ port }) {
    port.onmessage = hearWorklet;
  },

  async control({ kind, more, token }) {
    const act = () => {
      link?.control(kind, more);
      tell({ is: "done", kind });
    };
    if (!token) return act();
    afterSound.set(token, act);
    await pause(WORKLET_WITHIN);
    if (afterSound.delete(token)) act();
  },

  async hurry() {
    link?.hurry();
  },

  async forget({ id }) {
    await outbox?.forget(id);
    await tasks.list();
  },

  /** All that is kept of a recording, as the bytes of its samples: for saving where the server is gone for good. */
  async rescue({ id }) {
    const entry = (await outbox?.recordings())?.find((known) => known.id === id);
    const parts = [];
    if (entry) for (const item of await outbox.read(entry, 0, undefined)) if (item.samples) parts.push(item.samples);
    tell({ is: "rescued", id, parts });
  },

  async close() {
    await link?.end();
    link = null;
    leave();
  },
};

// One after the other, except that waiting for the worklet holds nobody up.
let queue = Promise.resolve();
onmessage = ({ data }) => {
  const run = () => tasks[data.do](data);
  if (data.do === "control") run();
  else queue = queue.then(run).catch((error) => tell({ is: "failed", name: error.name }));
};
addEventListener("online", () => link?.hurry());
