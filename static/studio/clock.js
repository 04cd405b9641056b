// Times as the reader's clock shows them.
const clock = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });
const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", year: "numeric" });
const whole = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });

export function localise(root) {
  for (const time of root.querySelectorAll("time[data-clock], time[data-day]")) {
    const at = new Date(time.dateTime);
    time.textContent = (time.dataset.day === undefined ? clock : day).format(at);
    time.title = whole.format(at);
  }
}
