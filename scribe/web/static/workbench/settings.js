// How a person likes to work: kept in the browser, and never anything of a patient.

const NAME = "scribe-workbench";
const DEFAULTS = {
  keys: "oTranscribe",
  backstep: 1.5,
  skip: 1.5,
  hold: false,
  clickPlays: true,
  follow: true,
  speed: 1,
  split: 50,
};

export function load() {
  try {
    const kept = JSON.parse(localStorage.getItem(NAME) ?? "{}");
    return { ...DEFAULTS, ...Object.fromEntries(Object.entries(kept).filter(([name]) => name in DEFAULTS)) };
  } catch {
    return { ...DEFAULTS };
  }
}

export function save(settings) {
  try {
    localStorage.setItem(NAME, JSON.stringify(settings));
  } catch {
    // a browser that keeps nothing: the settings hold until the page is left
  }
}
