// The socket: it is opened again for ever, and whatever was missed comes with its next snapshot.
const NOT_ALLOWED = 4403;
const SHORTEST = 500;
const LONGEST = 15000;
// The server beats every ten seconds.
const SILENCE = 35000;

/** Hand every set of panels to `show`; say in `line` when what is shown may be old. */
export function connect(show, line) {
  let pause = SHORTEST;
  let seq = 0;
  let socket;
  let patience;

  const open = () => {
    socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/ws/studio/`);
    socket.onmessage = ({ data }) => hear(JSON.parse(data));
    socket.onclose = ({ code }) => (code === NOT_ALLOWED ? location.reload() : again());
    listen();
  };
  const listen = () => {
    clearTimeout(patience);
    patience = setTimeout(() => socket.close(), SILENCE);
  };
  const again = () => {
    clearTimeout(patience);
    say("Not connected: what you see may be old. Trying again …");
    setTimeout(open, pause * (0.5 + Math.random()));
    pause = Math.min(pause * 2, LONGEST);
  };
  const hear = (message) => {
    listen();
    if (message.type === "beat") socket.send('{"type":"seen"}');
    const isNext = message.type === "panels" && message.seq === seq + 1;
    if (message.type === "snapshot" || isNext) {
      seq = message.seq;
      pause = SHORTEST;
      say("");
      show(message.panels);
    } else if (message.seq > seq) {
      socket.send('{"type":"snapshot?"}');
    }
  };
  const say = (text) => {
    if (line.textContent !== text) line.textContent = text;
  };
  open();
}
