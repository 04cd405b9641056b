// What the signed-in viewer has, live, in every element with data-points ("balance" or "available").
// Other modules hear it as the event "points" of the document, with the message as its detail.
const SHORTEST_MS = 500;
const LONGEST_MS = 15_000;
// The server beats every ten seconds.
const SILENCE_MS = 35_000;
// Not signed in, or not as a viewer: there is nothing to wait for.
const REFUSALS = [4401, 4403];

let seq = -1;
let pause = SHORTEST_MS;
let patience = 0;

function open() {
  const socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/api/user/connect`);
  const listen = () => {
    clearTimeout(patience);
    patience = setTimeout(() => lost(socket), SILENCE_MS);
  };
  socket.onmessage = ({ data }) => {
    listen();
    const message = JSON.parse(data);
    pause = SHORTEST_MS;
    if (message.type === "POINTS_UPDATE") show(message);
    const isBehind = message.type === "beat" && message.seq > seq;
    socket.send(JSON.stringify({ type: isBehind ? "snapshot?" : "seen" }));
  };
  socket.onclose = ({ code }) => {
    if (REFUSALS.includes(code)) clearTimeout(patience);
    else lost(socket);
  };
  listen();
}

function lost(socket) {
  clearTimeout(patience);
  socket.onclose = socket.onmessage = null;
  socket.close();
  setTimeout(open, pause * (0.5 + Math.random()));
  pause = Math.min(pause * 2, LONGEST_MS);
}

function show(message) {
  if (message.seq < seq) return;
  seq = message.seq;
  for (const element of document.querySelectorAll("[data-points]")) {
    element.textContent = message[element.dataset.points].toLocaleString("en");
    element.closest("[hidden]")?.removeAttribute("hidden");
  }
  document.dispatchEvent(new CustomEvent("points", { detail: message }));
}

open();
