// What the server has not acknowledged yet, kept in IndexedDB so that a closed or reloaded tab loses none of it.
//
// No patient data lies in browser storage in clear: every block is sealed with AES-GCM under a key made for the one
// recording. The key cannot be read by scripts (it is not extractable); so that a reloaded tab can open what it left,
// the browser keeps it beside the blocks, in its own profile. Whoever can read the files of the profile could get at both:
// the disk should be encrypted, too. Blocks are deleted as soon as the server has them safe, the key with the last one.

const NAME = "scribe-live";
const LAYOUT = 1;

const answer = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

const finished = (transaction) =>
  new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
  });

const about = (recording, seq) => new TextEncoder().encode(`${recording}|${seq}`);

export class Outbox {
  /** @param {IDBDatabase} database */
  constructor(database) {
    this.database = database;
  }

  /** Opens the storage. Rejects where the browser has none, for instance in some private windows. */
  static async open() {
    const request = indexedDB.open(NAME, LAYOUT);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("recordings", { keyPath: "id" });
      request.result.createObjectStore("items", { keyPath: ["recording", "seq"] });
    };
    return new Outbox(await answer(request));
  }

  /** Every recording that this browser still holds something of, or could go on with. */
  async recordings() {
    return answer(this.database.transaction("recordings").objectStore("recordings").getAll());
  }

  /**
   * Makes or finds the recording's entry: its key, and where its counting stands (the next number, the samples so far
   * and their checksum: `start` for a new one).
   */
  async begin(id, mode, start) {
    const known = await answer(this.database.transaction("recordings").objectStore("recordings").get(id));
    if (known) return { ...known, ...(await this.end(known)) };
    const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    const entry = { id, mode, key, client: crypto.randomUUID(), begun: Date.now(), ...start };
    const change = this.database.transaction("recordings", "readwrite");
    change.objectStore("recordings").put(entry);
    await finished(change);
    return entry;
  }

  /** Where the counting stands after the last item that is kept. */
  async end(entry) {
    const last = await answer(this.items().openCursor(this.range(entry.id), "prev"));
    return last ? last.value.after : { seq: entry.seq, position: entry.position, crc: entry.crc };
  }

  /** Keeps an item: `{seq, first, samples}` or `{seq, first, control}`. `after` is where the counting stands then. */
  async keep(entry, item, after) {
    const record = { recording: entry.id, seq: item.seq, first: item.first, after };
    if (item.control) record.control = item.control;
    else {
      record.iv = crypto.getRandomValues(new Uint8Array(12));
      record.sealed = await crypto.subtle.encrypt(
        { name: "AES-GCM", iv: record.iv, additionalData: about(entry.id, item.seq) }, entry.key, item.samples,
      );
    }
    const change = this.database.transaction("items", "readwrite");
    change.objectStore("items").put(record);
    await finished(change);
  }

  /** Up to `count` items from number `seq` on, opened. */
  async read(entry, seq, count) {
    const records = await answer(this.items().getAll(this.range(entry.id, seq), count));
    return Promise.all(records.map((record) => this.opened(entry, record)));
  }

  async opened(entry, record) {
    const { seq, first, control, iv, sealed } = record;
    if (control) return { seq, first, control };
    const plain = await crypto.subtle.decrypt(
      { name: "AES-GCM", iv, additionalData: about(entry.id, seq) }, entry.key, sealed,
    );
    return { seq, first, samples: new Int16Array(plain) };
  }

  /** The lowest number that is kept; null where nothing is. */
  async first(entry) {
    const cursor = await answer(this.items().openKeyCursor(this.range(entry.id)));
    return cursor ? cursor.primaryKey[1] : null;
  }

  /** Forgets the items below number `seq`: the server has them safe. */
  async release(entry, seq) {
    const change = this.database.transaction(["recordings", "items"], "readwrite");
    const items = change.objectStore("items");
    const below = IDBKeyRange.bound([entry.id, 0], [entry.id, seq], false, true);
    const last = await answer(items.openCursor(below, "prev"));
    if (last) {
      const recordings = change.objectStore("recordings");
      const kept = await answer(recordings.get(entry.id));
      if (kept) recordings.put({ ...kept, ...last.value.after });
      items.delete(below);
    }
    await finished(change);
  }

  /** Forgets the recording with all that is kept of it, and its key. */
  async forget(id) {
    const change = this.database.transaction(["recordings", "items"], "readwrite");
    change.objectStore("recordings").delete(id);
    change.objectStore("items").delete(this.range(id));
    await finished(change);
  }

  items() {
    return this.database.transaction("items").objectStore("items");
  }

  range(id, seq = 0) {
    return IDBKeyRange.bound([id, seq], [id, Infinity]);
  }
}
