// Older entries of the account, page by page; the server renders the newest.
const list = document.querySelector("#points-entries");
const button = document.querySelector("#points-older");
const row = document.querySelector("#points-entry");
const line = document.querySelector("#points-problem");

const number = new Intl.NumberFormat("en", { signDisplay: "exceptZero" });
const total = new Intl.NumberFormat("en");
const time = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
let address = `/api/points/me/entries?limit=${button.dataset.limit}`;

function render(entry) {
  const item = row.content.cloneNode(true).firstElementChild;
  const find = (name) => item.querySelector(`.${name}`);
  item.dataset.id = entry.id;
  find("amount").textContent = number.format(entry.amount);
  find("amount").classList.toggle("taken", entry.amount < 0);
  find("after").textContent = `${total.format(entry.balance_after)} after`;
  find("when").dateTime = entry.at;
  find("when").textContent = time.format(new Date(entry.at));
  const why = entry.cause.url ? document.createElement("a") : document.createElement("bdi");
  if (entry.cause.url) why.href = entry.cause.url;
  why.textContent = entry.description || button.dataset.unnamed;
  find("why").replaceChildren(why);
  return item;
}

async function older() {
  button.disabled = true;
  line.textContent = "";
  try {
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(answer.status);
    const page = await answer.json();
    // Pages begin at the newest entry, which may have come after this page was rendered.
    const oldest = Number(list.lastElementChild.dataset.id);
    const items = page.results.filter(({ id }) => id < oldest).map(render);
    list.append(...items);
    const next = page.next && new URL(page.next);
    address = next && next.pathname + next.search;
    if (!address) button.hidden = true;
    else if (!items.length) await older();
    items[0]?.focus();
  } catch {
    line.textContent = "They cannot be read just now: try again in a moment.";
  }
  button.disabled = false;
}

button.addEventListener("click", older);
