// Times as the reader's clock shows them.
const clock = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });
const date = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", year: "numeric" });
const whole = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });

/** Write every time in `root`: as a clock, as a day, or as whichever says more when it may be long ago. */
export function localise(root) {
  for (const time of root.querySelectorAll("time:is([data-clock], [data-day], [data-recent])")) {
    const at = new Date(time.dateTime);
    time.textContent = form(time.dataset, at).format(at);
    time.title = whole.format(at);
  }
}

function form(asked, at) {
  if ("day" in asked) return day;
  const isToday = at.toDateString() === new Date().toDateString();
  return "recent" in asked && !isToday ? date : clock;
}
