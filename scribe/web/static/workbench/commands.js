// What the keys do in the editor.

import { $, $$ } from "./dom.js";
import { goTo } from "./deck.js";
import { Finder } from "./find.js";
import { plain } from "./highlights.js";
import { showSheet } from "./keys.js";

/** The commands of `shortcuts.js` for an editor. A command that gives false leaves its key to the browser. */
export function commandsOf(editor) {
  if (editor.commands) return editor.commands;
  const { player, settings } = editor;
  const statement = () => editor.note.view.current;
  const finder = makeFinder(editor);
  const inText = () => document.activeElement?.closest?.(".passage, .statement");
  editor.commands = {
    play: () => player.toggle(),
    press: () => player.play(),
    lift: () => player.pause(),
    back: () => player.skip(-1),
    forward: () => player.skip(1),
    slower: () => player.faster(-1),
    faster: () => player.faster(1),
    normal: () => player.rate(1),
    start: () => player.seek(0),
    goto: () => void goTo(player),
    listen: () => (statement() ? void editor.note.hear(statement()) : editor.transcript.hearCaret()),
    nextFlag: () => editor.transcript.round.go(1),
    previousFlag: () => editor.transcript.round.go(-1),
    resolve: () => editor.transcript.round.resolve(),
    inaudible: () => editor.transcript.inaudible(),
    speaker: ({ digit }) => editor.transcript.give(digit),
    vocabulary: () => void editor.transcript.vocabulary(),
    find: () => finder.open(document.getSelection()?.toString().trim().slice(0, 80)),
    undo: () => (isField() ? false : void editor.step("undo")),
    redo: () => (isField() ? false : void editor.step("redo")),
    save: () => void editor.save(),
    pane: () => nextPane(editor, 1),
    paneBack: () => nextPane(editor, -1),
    moveUp: () => (statement() ? void editor.note.move(statement(), -1) : false),
    moveDown: () => (statement() ? void editor.note.move(statement(), 1) : false),
    addStatement: () =>
      statement()
        ? void editor.note.add({ kind: editor.note.view.whereIs(statement().id).kind, after: statement().id })
        : false,
    remove: () => (statement() ? void editor.note.remove(statement()) : false),
    sheet: () => void showSheet(settings),
  };
  const isField = () => /^(INPUT|TEXTAREA)$/.test(document.activeElement?.tagName ?? "") && !inText();
  return editor.commands;
}

/** To the next part of the page that is shown: recording, transcript, note or codes or comments, head. */
function nextPane(editor, direction) {
  const places = [
    $("#play"),
    $("#transcript .said[tabindex='0']"),
    $("#pane-note .said"),
    $("#codes"),
    $("#comments"),
    $("#case-actions button:enabled"),
  ];
  const shown = places.filter((place) => place && place.offsetParent);
  const region = (element) => element?.closest("#deck, .pane, .case");
  const at = shown.findIndex((place) => region(place) === region(document.activeElement));
  shown[(at + direction + shown.length) % shown.length]?.focus();
}

function makeFinder(editor) {
  return new Finder({
    bar: $("#find"),
    canEdit: () => editor.transcript.model.canEdit,
    fields: () => $$("#transcript .said, #note .said").map((element) => ({ element, text: () => plain(element) })),
    go: (field, start, end) => {
      field.element.scrollIntoView({ block: "center" });
      if (editor.tabs.isNarrow) editor.tabs.show(field.element.closest("#transcript") ? "transcript" : "note");
    },
    replace: async ({ find, text, match_case: matchCase, where }) => {
      if (!find) return;
      const edit = { op: "replace_all", find, text, match_case: matchCase };
      if (where !== "note" && editor.transcript.model.canEdit) {
        editor.transcript.push(edit);
        await editor.transcript.saver.box.flush();
      }
      if (where !== "transcript" && editor.note.view.canEdit) await editor.note.push(edit);
    },
  });
}
