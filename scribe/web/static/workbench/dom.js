// Building elements: text is always set as text, never as markup.

/** An element. `props` are properties, `class`, `data-*`, `aria-*` and other attributes, and `on` for listeners. */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "on") for (const [kind, listener] of Object.entries(value)) element.addEventListener(kind, listener);
    else if (name === "class") element.className = value;
    else if (name in element && !name.includes("-") && name !== "list") element[name] = value;
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export const $ = (selector, root = document) => root.querySelector(selector);
export const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

/**
 * Calls `listener` when a form of the page is submitted, and enables its button, which the page sends disabled.
 *
 * Such a form has method="dialog": before this script runs, a browser must not send it, patient or password in the URL.
 */
export function onSubmit(form, listener) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    listener(event);
  });
  for (const button of $$('[type="submit"]', form)) button.disabled = false;
}

/** `1:02:03`, or `02:03` below an hour. `tenths` adds a digit. */
export function clock(seconds, tenths = false) {
  const at = Math.max(0, seconds);
  const whole = Math.floor(at);
  const parts = [Math.floor(whole / 60) % 60, whole % 60].map((part) => String(part).padStart(2, "0"));
  if (whole >= 3600) parts.unshift(String(Math.floor(whole / 3600)));
  return parts.join(":") + (tenths ? `.${Math.floor((at - whole) * 10)}` : "");
}

/** Seconds of "90", "1:30" or "1:02:03"; null where it is none of these. */
export function seconds(text) {
  if (!/^\d+(:[0-5]?\d){0,2}(\.\d+)?$/.test(text.trim())) return null;
  return text
    .trim()
    .split(":")
    .reduce((total, part) => total * 60 + Number(part), 0);
}

/** Says `text` to a screen reader, politely. */
export function announce(text) {
  $("#announcer").textContent = text;
}

/** A duration for people: "4 min", "2 h 10 min", "3 d". */
export function duration(totalSeconds) {
  const minutes = Math.max(0, Math.round(totalSeconds / 60));
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return `${Math.floor(minutes / 1440)} d`;
}
