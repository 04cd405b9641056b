// Times in the clock and the words of whoever looks; the server writes UTC.
const format = new Intl.DateTimeFormat(undefined, {
  weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit",
});

/** Rewrite every `<time data-local>` in `root`. */
export function localise(root) {
  for (const time of root.querySelectorAll("time[data-local]")) {
    const text = format.format(new Date(time.dateTime));
    if (time.textContent !== text) time.textContent = text;
  }
}

localise(document);
