// The JSON API of this server (docs/api.md). Errors are `ApiError` with the kind of trouble and the server's words.

const ROOT = "/api/v1";
const token = () => document.querySelector('meta[name="csrf-token"]')?.content ?? "";

const KINDS = { 401: "session", 409: "conflict", 429: "busy", 503: "busy", 507: "busy", 502: "busy", 504: "busy" };

// Changes whose answer did not come, by what was sent: sent again, they carry the same key and have their effect once.
const unanswered = new Map();

/** The Idempotency-Key of a change; `settled(status)` is called with what the server answered, 0 for nothing. */
export function keyOf(method, path, body) {
  const sent = `${method} ${path} ${body}`;
  const key = unanswered.get(sent) ?? crypto.randomUUID();
  unanswered.set(sent, key);
  return { key, settled: (status) => status > 0 && status < 500 && status !== 429 && unanswered.delete(sent) };
}

export class ApiError extends Error {
  constructor(kind, problem = {}) {
    super(problem.detail ?? "The server cannot be reached. What you typed is kept in this page.");
    this.kind = kind; // offline, busy, session, conflict, refused
    this.problem = problem;
  }
}

/** A request; resolves to the JSON of the answer, null where it has no body. */
export async function call(method, path, body, { signal } = {}) {
  const headers = { Accept: "application/json" };
  const text = body === undefined ? undefined : JSON.stringify(body);
  if (method !== "GET") headers["X-CSRF-Token"] = token();
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const change = method === "GET" ? null : keyOf(method, path, text);
  if (change) headers["Idempotency-Key"] = change.key;
  let response;
  try {
    response = await fetch(ROOT + path, { method, headers, signal, body: text, redirect: "error" });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError("offline");
  }
  const said = await response.text().catch(() => {
    throw new ApiError("offline"); // it broke off: whether the change was made is not known
  });
  let answer = null;
  try {
    answer = said ? JSON.parse(said) : null;
  } catch {
    answer = {};
  }
  if (answer?.code !== "in-flight") change?.settled(response.status);
  if (!response.ok) throw failure(response.status, answer);
  return answer;
}

function failure(status, problem) {
  if (problem?.code === "in-flight") return new ApiError("busy", problem);
  if (status === 403 && problem?.code === "csrf") return new ApiError("session", problem);
  return new ApiError(KINDS[status] ?? "refused", problem ?? {});
}

/** A file of the server: {content, name}. */
export async function file(path) {
  let response;
  try {
    response = await fetch(ROOT + path, { redirect: "error" });
  } catch {
    throw new ApiError("offline");
  }
  if (!response.ok) throw failure(response.status, await response.json().catch(() => ({})));
  const named = /filename="([^"]+)"/.exec(response.headers.get("Content-Disposition") ?? "");
  return { content: await response.blob(), name: named?.[1] ?? "note" };
}

export const get = (path) => call("GET", path);
export const post = (path, body) => call("POST", path, body);
export const patch = (path, body) => call("PATCH", path, body);

/** After a new sign-in the page's token is of the old session: takes the new one. */
export async function renewToken() {
  const session = await get("/session");
  document.querySelector('meta[name="csrf-token"]').content = session.csrf_token;
  return session;
}

/**
 * Sends a file with its progress; `onProgress(share)` hears 0 to 1. Resolves to the server's answer.
 * The name goes into a header, never into an address.
 */
export function upload(file, { query = "", onProgress = () => {}, signal } = {}) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `${ROOT}/recordings${query}`);
    const change = keyOf("POST", `/recordings${query}`, `${file.name} ${file.size} ${file.lastModified}`);
    request.setRequestHeader("Idempotency-Key", change.key);
    request.setRequestHeader("X-CSRF-Token", token());
    request.setRequestHeader("X-Filename", encodeURIComponent(file.name));
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.addEventListener(
      "progress",
      (event) => event.lengthComputable && onProgress(event.loaded / event.total),
    );
    request.addEventListener("load", () => {
      let answer = {};
      try {
        answer = JSON.parse(request.responseText);
      } catch {
        // an answer of something between us and the server
      }
      if (answer.code !== "in-flight") change.settled(request.status);
      if (request.status >= 200 && request.status < 300) resolve(answer);
      else reject(failure(request.status, answer));
    });
    request.addEventListener("error", () =>
      reject(new ApiError("offline", { detail: "The connection broke off. Send the file again." })),
    );
    request.addEventListener("abort", () => reject(new ApiError("refused", { detail: "Stopped. Nothing was kept." })));
    signal?.addEventListener("abort", () => request.abort());
    request.send(file);
  });
}

const REOPEN = 5_000; // milliseconds

/**
 * Server-sent events of an encounter. `handlers` by name of event; `refused` is called where the server, or a proxy
 * before it, refuses the stream. Returns a function that ends it.
 *
 * The browser opens a stream that broke off by itself, but never one that was refused: that is done here, every few
 * seconds, and at once when the person signs in again (the refusal of the old session may still be on its way).
 */
export function events(encounter, handlers) {
  let source = null;
  let timer = 0;
  const open = () => {
    clearTimeout(timer);
    source?.close();
    source = new EventSource(`${ROOT}/encounters/${encounter}/events`);
    for (const [name, handler] of Object.entries(handlers))
      if (name !== "refused") source.addEventListener(name, (event) => handler(JSON.parse(event.data)));
    source.addEventListener("error", (event) => {
      if (event.target !== source || source.readyState !== EventSource.CLOSED) return;
      timer = setTimeout(open, REOPEN);
      handlers.refused?.();
    });
  };
  document.addEventListener("scribe:session", open);
  open();
  return () => {
    document.removeEventListener("scribe:session", open);
    clearTimeout(timer);
    source.close();
  };
}
