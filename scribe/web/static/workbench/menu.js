// A menu beside a button: arrow keys, first letters, Escape; as the ARIA practices describe it.

import { h } from "./dom.js";

let closeOpen = null;

/** Opens a menu at `anchor`. Items: {label, hint, checked, danger, act}, {heading}, or null for a line. */
export function openMenu(anchor, items, { label = "Actions" } = {}) {
  closeOpen?.();
  const buttons = [];
  const rows = items.map((item) => {
    if (!item) return h("div", { role: "separator", class: "menu-line" });
    if (item.heading) return h("div", { class: "menu-heading", role: "presentation" }, item.heading);
    const kind = item.checked === undefined ? "menuitem" : "menuitemradio";
    const button = h(
      "button",
      {
        type: "button",
        role: kind,
        class: item.danger ? "menu-item danger" : "menu-item",
        tabIndex: -1,
        disabled: item.disabled,
        "aria-checked": item.checked === undefined ? undefined : String(item.checked),
        on: {
          click: () => {
            close();
            item.act();
          },
        },
      },
      h("span", {}, item.label),
      item.hint && h("kbd", {}, item.hint),
    );
    buttons.push(button);
    return button;
  });
  const menu = h("div", { class: "menu", role: "menu", "aria-label": label, popover: "manual" }, ...rows);
  document.body.append(menu);
  menu.showPopover();
  place(menu, anchor);
  anchor.setAttribute("aria-expanded", "true");
  const close = () => {
    if (!menu.isConnected) return;
    menu.remove();
    anchor.removeAttribute("aria-expanded");
    document.removeEventListener("pointerdown", outside, true);
    closeOpen = null;
    anchor.focus({ preventScroll: true });
  };
  const outside = (event) => !menu.contains(event.target) && close();
  document.addEventListener("pointerdown", outside, true);
  closeOpen = close;
  menu.addEventListener("keydown", (event) => {
    event.stopPropagation();
    const enabled = buttons.filter((button) => !button.disabled);
    const at = enabled.indexOf(document.activeElement);
    const to = {
      ArrowDown: (at + 1) % enabled.length,
      ArrowUp: (at - 1 + enabled.length) % enabled.length,
      Home: 0,
      End: enabled.length - 1,
    }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      enabled[to].focus();
    } else if (event.key === "Escape" || event.key === "Tab") {
      event.preventDefault();
      close();
    } else if (event.key.length === 1) {
      const found = [...enabled.slice(at + 1), ...enabled].find((button) =>
        button.textContent.toLowerCase().startsWith(event.key.toLowerCase()),
      );
      found?.focus();
    }
  });
  (
    buttons.find((button) => button.getAttribute("aria-checked") === "true") ??
    buttons.find((button) => !button.disabled)
  )?.focus();
  return close;
}

function place(menu, anchor) {
  const from = anchor.getBoundingClientRect();
  const size = menu.getBoundingClientRect();
  const left = Math.max(8, Math.min(from.left, innerWidth - size.width - 8));
  const below = from.bottom + 4;
  const top = below + size.height > innerHeight - 8 ? Math.max(8, from.top - size.height - 4) : below;
  menu.style.left = `${left}px`;
  menu.style.top = `${top}px`;
}
