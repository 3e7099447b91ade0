// From keys to commands, on the whole page; and the sheet that lists them.

import { sheet } from "./dialogs.js";
import { h } from "./dom.js";
import { COMMANDS, SETS, commandOf, readable } from "./shortcuts.js";

const isText = (element) => element?.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element?.tagName ?? "");

/** Runs `commands[name]({digit})` for keys of the person's set; a command that gives false leaves the key alone. */
export function listen(settings, commands) {
  const held = new Set();
  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || document.querySelector("dialog[open], .menu:popover-open")) return;
    const found = commandOf(event, settings.keys, isText(event.target));
    if (!found || !commands[found.command]) return;
    if (found.command === "play" && settings.hold) {
      event.preventDefault();
      if (!event.repeat) commands.press();
      held.add(event.code);
      return;
    }
    if (commands[found.command](found) !== false) event.preventDefault();
  });
  addEventListener("keyup", (event) => {
    if (held.delete(event.code)) commands.lift();
  });
}

/** The sheet of keys, by group. */
export function showSheet(settings) {
  const set = SETS[settings.keys];
  const groups = [...new Set(COMMANDS.map(([, , group]) => group))];
  const body = h(
    "div",
    { class: "keys" },
    ...groups.map((group) =>
      h(
        "section",
        {},
        h("h3", {}, group),
        h(
          "dl",
          {},
          ...COMMANDS.filter(([, , of]) => of === group).map(([command, title]) =>
            h(
              "div",
              {},
              h(
                "dt",
                {},
                ...set[command].flatMap((key, at) => [
                  at > 0 && " or ",
                  ...readable(key).map((part) => h("kbd", {}, part)),
                ]),
              ),
              h("dd", {}, title),
            ),
          ),
        ),
      ),
    ),
  );
  return sheet(`Keys: ${settings.keys}`, body);
}
