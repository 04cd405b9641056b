// The overlay page: what the socket tells becomes cues, and the stage plays them one after another.
import { Connection } from "./connection.js";
import { sampleCues } from "./demo.js";
import { Feed } from "./feed.js";
import { still } from "./motion.js";
import { Stage } from "./stage.js";
import { renew } from "./version.js";

const query = new URLSearchParams(location.search);
const stage = new Stage(document.querySelector("[data-part=stage]"), still(query));

if (query.has("demo")) {
  sampleCues((cue) => stage.add(cue));
} else {
  const url = new URL(document.body.dataset.socket, location.href);
  url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  url.searchParams.set("token", query.get("token") ?? "");
  const connection = new Connection(url, (message) => {
    if (message.type === "snapshot") renew(message.version);
    feed.take(message);
  });
  const feed = new Feed((message) => connection.send(message), stage);
  connection.open();

  // OBS says whether this source is part of what the viewers see.
  window.addEventListener("obsSourceActiveChanged", ({ detail }) => {
    connection.greeting = { type: "on_air", is_on_air: Boolean(detail.active) };
    connection.send(connection.greeting);
  });
}

// Only on https and on localhost do browsers have this.
navigator.serviceWorker?.register(document.body.dataset.worker).catch(() => {});
