// The next songs, with who asked for them and when they come.
import { wait } from "./playhead.js";
import { titleOf } from "./song.js";

const MOST = 3;

export class Upcoming {
  #items;

  /** `items` are the `next` of a board. */
  constructor(items) {
    this.#items = items.slice(0, MOST).map((item) => ({ item, row: row(item) }));
    this.element = document.querySelector("template#upcoming").content.firstElementChild.cloneNode(true);
    this.element.querySelector("ol").append(...this.#items.map(({ row }) => row));
  }

  /** What makes these rows these rows; the waits change all the time. */
  static key(items) {
    return JSON.stringify(items.slice(0, MOST).map(({ kind, title, artists, request }) => [
      kind, title, artists, request?.id, request?.viewer,
    ]));
  }

  /** Write how long it takes, `passed` ms after `items` were told. */
  tick(items, passed) {
    this.#items.forEach(({ row }, n) => {
      const told = items[n].starts_in_ms;
      const text = wait(told === null ? null : told - passed);
      const eta = row.querySelector("[data-part=eta]");
      if (eta.textContent !== text) eta.textContent = text;
    });
  }
}

function row(item) {
  const element = document.querySelector("template#next").content.firstElementChild.cloneNode(true);
  const write = (part, text) => {
    element.querySelector(`[data-part=${part}]`).textContent = text;
  };
  write("next-title", titleOf(item));
  write("next-artists", item.artists.join(", "));
  write("next-requester", item.request?.viewer ?? "");
  return element;
}
