// The sections of a page as tabs: one is shown, the address remembers which.

/** Make tabs of the links in `nav`, each to a section of the page. */
export function tabs(nav) {
  const links = [...nav.querySelectorAll("a")];
  const sections = links.map((link) => document.querySelector(link.hash));
  nav.setAttribute("role", "tablist");
  links.forEach((link, n) => {
    link.setAttribute("role", "tab");
    link.id = `tab-${sections[n].id}`;
    link.setAttribute("aria-controls", sections[n].id);
    sections[n].setAttribute("role", "tabpanel");
    sections[n].setAttribute("aria-labelledby", link.id);
  });

  const show = (chosen) => {
    links.forEach((link, n) => {
      link.setAttribute("aria-selected", n === chosen);
      link.tabIndex = n === chosen ? 0 : -1;
      sections[n].hidden = n !== chosen;
    });
  };
  const wanted = () => Math.max(0, links.findIndex((link) => link.hash === location.hash));
  const choose = (n) => {
    history.replaceState(null, "", links[n].hash);
    show(n);
    links[n].focus();
  };
  nav.addEventListener("click", (event) => {
    const n = links.indexOf(event.target.closest("a"));
    if (n < 0 || event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    choose(n);
  });
  nav.addEventListener("keydown", ({ key }) => {
    const at = links.indexOf(document.activeElement);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: links.length - 1 }[key];
    if (at >= 0 && to !== undefined) choose((to + links.length) % links.length);
  });
  addEventListener("hashchange", () => show(wanted()));
  show(wanted());
}
