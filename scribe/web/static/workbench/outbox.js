// Edits on their way to the server. They are kept in memory until the server has acknowledged them: nothing that a
// person typed is dropped, and nothing is put into the browser's storage.

const RETRY_SECONDS = [1, 2, 4, 8, 15];

/**
 * One document's edits, sent in order, one request at a time.
 *
 * `send(edits, again)` resolves when the server has them; `again`: they were sent before, and what came of it is not
 * known. They are sent again as they were, before anything newer, so that they have their effect once. It rejects with {kind}: "offline" and "busy" are tried again,
 * "session" waits for `resume()`, "conflict" and "refused" wait for `settle()`. `collect()` gives edits not queued yet.
 * `onState({state, waiting, error})` hears "saved", "saving", "waiting", "offline", "session", "conflict", "refused".
 */
export class Outbox {
  constructor({ send, collect = () => [], onState = () => {}, delay = 700, timer = globalThis }) {
    Object.assign(this, { send, collect, onState, delay, timer });
    this.queue = [];
    this.sending = null;
    this.held = null; // the kind of error that a person has to settle first
    this.failures = 0;
    this.due = null;
    this.unsure = 0; // how many edits, from the first, were sent and not answered
  }

  get waiting() {
    return this.queue.length + (this.sending?.length ?? 0);
  }

  /** Something was typed: send soon, and not while the person goes on typing. */
  touch() {
    if (!this.held) this.#schedule(this.delay);
    if (!this.sending && !this.held && !this.failures) this.#tell("waiting");
  }

  /** Puts an edit into the queue behind what was typed before it. */
  push(edit) {
    this.#gather();
    this.queue.push(edit);
    this.touch();
  }

  /** Sends what there is; resolves when everything is with the server, or a person or the network stands in the way. */
  async flush() {
    this.timer.clearTimeout(this.due);
    if (this.sending) return this.running;
    this.#gather();
    if (!this.queue.length || this.held) {
      if (!this.held && !this.failures) this.#tell("saved");
      return undefined;
    }
    this.running = this.#run();
    return this.running;
  }

  /** Goes on after an expired session or a lost network. */
  resume() {
    if (this.held === "session") this.held = null;
    this.failures = 0;
    return this.flush();
  }

  /** After a conflict or a refusal: `edits` stand in place of what waited. */
  settle(edits) {
    this.queue = [...edits];
    this.held = null;
    this.unsure = 0;
    this.failures = 0;
    return this.flush();
  }

  #gather() {
    this.queue.push(...this.collect());
  }

  async #run() {
    while (this.queue.length && !this.held) {
      const again = this.unsure > 0;
      this.sending = this.queue.splice(0, this.unsure || this.queue.length);
      this.#tell("saving");
      try {
        await this.send(this.sending, again);
        this.sending = null;
        this.unsure = 0;
        this.failures = 0;
        this.#gather();
      } catch (error) {
        this.queue = [...this.sending, ...this.queue];
        this.unsure = ["offline", "busy"].includes(error.kind) ? this.sending.length : 0;
        this.sending = null;
        this.#failed(error);
        return;
      }
    }
    if (!this.held) this.#tell("saved");
  }

  #failed(error) {
    const kind = error.kind ?? "refused";
    if (kind === "offline" || kind === "busy") {
      this.#schedule(1000 * RETRY_SECONDS[Math.min(this.failures++, RETRY_SECONDS.length - 1)]);
      this.#tell("offline", error);
      return;
    }
    this.held = kind;
    this.#tell(kind, error);
  }

  #schedule(milliseconds) {
    this.timer.clearTimeout(this.due);
    this.due = this.timer.setTimeout(() => this.flush(), milliseconds);
  }

  #tell(state, error = null) {
    this.onState({ state, waiting: this.waiting, error });
  }
}
