// Times of one's own page in the reader's clock; the server writes UTC, with or without the hour.
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const day = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });

for (const time of document.querySelectorAll("main time")) {
  const format = time.textContent.includes(":") ? moment : day;
  time.textContent = format.format(new Date(time.dateTime));
}
