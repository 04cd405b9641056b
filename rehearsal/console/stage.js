// What every part of the console shares: making and keeping nodes, and posting to /control.
// Everything that a viewer may have typed goes in as text, never as markup.

export const at = (id) => document.getElementById(id);
export const world = {};
let noticeTimer;

export function make(tag, properties = {}, ...children) {
  const { attributes = {}, ...own } = properties;
  const node = Object.assign(document.createElement(tag), own);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

// Keeps the nodes of items that did not change, so that focus and scroll stay where they are.
export function draw(parent, items, key, build) {
  const old = new Map([...parent.children].map((node) => [node.dataset.key, node]));
  items.forEach((item, place) => {
    const id = String(key(item));
    const content = JSON.stringify(item);
    let node = old.get(id);
    if (!node || node.dataset.content !== content) {
      const fresh = build(item);
      fresh.dataset.key = id;
      fresh.dataset.content = content;
      const focused = node?.contains(document.activeElement) && document.activeElement.textContent;
      node?.replaceWith(fresh);
      node = fresh;
      if (focused) [...fresh.querySelectorAll("button")].find((it) => it.textContent === focused)?.focus();
    }
    old.delete(id);
    if (parent.children[place] !== node) parent.insertBefore(node, parent.children[place] ?? null);
  });
  for (const node of old.values()) node.remove();
}

export function say(text) {
  at("notice").textContent = text;
  clearTimeout(noticeTimer);
  noticeTimer = setTimeout(() => { at("notice").textContent = ""; }, 5000);
}

export async function control(path, wish, method = "POST") {
  try {
    const answer = await fetch(`/control/${path}`, {
      method,
      headers: wish ? { "Content-Type": "application/json" } : {},
      body: wish ? JSON.stringify(wish) : undefined,
    });
    const body = await answer.json();
    if (!answer.ok || body.refused) say(body.detail ?? body.refused);
    return answer.ok;
  } catch {
    say("The rehearsal server does not answer.");
    return false;
  }
}

export const button = (text, onclick, properties = {}) => make("button", { type: "button", textContent: text, onclick, ...properties });
