// The note as a document: whatever formats the server has.

import * as api from "./api.js";
import { openMenu } from "./menu.js";

const NAMES = {
  docx: "Word (DOCX)",
  pdf: "PDF",
  html: "Web page (HTML)",
  text: "Plain text",
  txt: "Plain text",
  markdown: "Markdown",
  json: "Data (JSON)",
  fhir: "FHIR R4 document",
};

export async function documentsMenu(editor, anchor) {
  if (editor.save && !(await editor.save())) return;
  const formats = await editor.attempt(() => api.get(`/encounters/${editor.id}/documents`));
  if (!formats) return;
  const list = formats.documents ?? formats;
  openMenu(
    anchor,
    list.map(({ format, suffix }) => ({
      label: NAMES[format] ?? format,
      hint: suffix,
      act: () => download(editor, format),
    })),
    { label: "Documents" },
  );
}

/** The browser keeps the file; a failure is told on the page. */
async function download(editor, format) {
  const link = document.createElement("a");
  link.href = `/api/v1/encounters/${editor.id}/documents/${format}`;
  link.download = "";
  document.body.append(link);
  link.click();
  link.remove();
}
