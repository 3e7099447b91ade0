// Who said it: the menu of a passage, names and roles, and two labels that are one person.

import { ask } from "./dialogs.js";
import { openMenu } from "./menu.js";

const ROLES = [
  ["clinician", "Clinician"],
  ["patient", "Patient"],
  ["other", "Other"],
];

/** The menu at the name of a passage. `push(edit)` sends an edit; `listen(passage)` plays it. */
export function speakerMenu({ model, passage, anchor, push, listen }) {
  const first = model.firstOf(passage);
  const count = passage.words.length;
  const give = (speaker) => push(model.assign(first, count, speaker));
  const voices = model.voices;
  openMenu(
    anchor,
    [
      { label: "Hear this passage", act: () => listen(passage) },
      ...(model.canEdit
        ? [
            { heading: "Said by" },
            ...voices.map((speaker, index) => ({
              label: model.nameOf(speaker),
              hint: index < 9 ? `Alt ${index + 1}` : undefined,
              checked: speaker === passage.speaker,
              act: () => give(speaker),
            })),
            { label: "Somebody new", checked: false, act: () => give(fresh(voices)) },
            { label: "Not known", checked: passage.speaker === null, act: () => give(null) },
            ...(passage.speaker === null
              ? []
              : [
                  null,
                  { label: "Name this speaker…", act: () => nameSpeaker(model, passage.speaker, push) },
                  {
                    label: "Same person as…",
                    disabled: voices.length < 2,
                    act: () => mergeSpeaker(model, passage.speaker, push),
                  },
                ]),
          ]
        : []),
    ],
    { label: "Speaker" },
  );
}

/** A label that nobody has yet. */
export function fresh(voices) {
  let number = voices.length + 1;
  while (voices.includes(`speaker-${number}`)) number++;
  return `speaker-${number}`;
}

export async function nameSpeaker(model, speaker, push) {
  const known = model.speakers.find((item) => item.speaker === speaker);
  const values = await ask(
    "Name this speaker",
    [
      {
        name: "name",
        label: "Name",
        value: known?.name ?? "",
        help: "Stands in the transcript in place of the role. May stay empty.",
      },
      { name: "role", label: "Role", options: ROLES, value: known?.role ?? "other" },
    ],
    { yes: "Name" },
  );
  if (values) push({ op: "name_speaker", speaker, name: values.name.trim(), role: values.role });
}

async function mergeSpeaker(model, speaker, push) {
  const others = model.voices.filter((each) => each !== speaker);
  const values = await ask(
    "Same person",
    [
      {
        name: "into",
        label: `${model.nameOf(speaker)} is the same person as`,
        options: others.map((each) => [each, model.nameOf(each)]),
      },
    ],
    { yes: "Merge", intro: "All passages of the two become passages of one speaker. Undo takes it back." },
  );
  if (values) push({ op: "merge_speakers", speaker, into: values.into });
}
