// The note as a document: whatever formats the server has.

import * as api from "./api.js";
import { h } from "./dom.js";
import { openMenu } from "./menu.js";

const NAMES = {
  docx: "Word (DOCX)",
  pdf: "PDF",
  html: "Web page (HTML)",
  text: "Plain text",
  markdown: "Markdown",
  json: "Data (JSON)",
  fhir: "FHIR R4 document",
};

export async function documentsMenu(editor, anchor) {
  if (editor.save && !(await editor.save())) return;
  const formats = await editor.attempt(() => api.get(`/encounters/${editor.id}/documents`));
  if (!formats) return;
  openMenu(
    anchor,
    formats.map(({ format, suffix }) => ({
      label: NAMES[format] ?? format,
      hint: suffix,
      act: () => download(editor, format),
    })),
    { label: "Documents" },
  );
}

/** The browser keeps the file; a failure is told on the page and never kept as a file. */
async function download(editor, format) {
  const found = await editor.attempt(() => api.file(`/encounters/${editor.id}/documents/${format}`));
  if (!found) return;
  const address = URL.createObjectURL(found.content);
  const link = h("a", { href: address, download: found.name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
