// Menus: small details elements that close as menus do, one open at a time.
const MENU = "details.more";

export function tame(root) {
  const close = (kept) => root.querySelectorAll(`${MENU}[open]`).forEach((menu) => menu !== kept && (menu.open = false));

  root.addEventListener("click", ({ target }) => close(target.closest(MENU)));
  root.addEventListener("keydown", ({ key, target }) => {
    const menu = key === "Escape" && target.closest(`${MENU}[open]`);
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
}
