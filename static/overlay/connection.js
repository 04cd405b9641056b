// One socket that comes back for ever, without ever showing that it was away.
const LONGEST_WAIT_MS = 3000;
const FIRST_WAIT_MS = 500;
const OPENS_WITHIN_MS = 10_000;
const KNOCK_WITHIN_MS = 3000;
// The server says something every 10 s; a socket this quiet is dead, whatever the browser thinks.
const SILENCE_MS = 25_000;
// The token is not valid. Perhaps the server was only started on another database, as in a rehearsal.
const NOT_ALLOWED = 4403;
const NOT_ALLOWED_WAIT_MS = 60_000;

export class Connection {
  #socket = null;
  #failures = 0;
  #isLeft = false;
  #watchdog = 0;

  /** `door` is an address that answers while the server is there; `take` gets each message, parsed. */
  constructor(url, door, take) {
    this.url = url;
    this.door = door;
    this.take = take;
  }

  open() {
    const socket = new WebSocket(this.url);
    this.#socket = socket;
    this.#watch(OPENS_WITHIN_MS);
    socket.onopen = () => this.#watch(SILENCE_MS);
    socket.onmessage = ({ data }) => {
      this.#failures = 0;
      this.#watch(SILENCE_MS);
      this.take(JSON.parse(data));
    };
    socket.onclose = ({ code }) => this.#lost(code);
  }

  /** Leave for good. */
  close() {
    this.#isLeft = true;
    clearTimeout(this.#watchdog);
    this.#socket?.close();
  }

  /** Send if there is a socket; what is not sent now is not worth sending later. */
  send(message) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  #watch(ms) {
    clearTimeout(this.#watchdog);
    this.#watchdog = setTimeout(() => {
      // close() waits for an answer that a dead network never gives.
      this.#socket.onclose = this.#socket.onmessage = this.#socket.onopen = null;
      this.#socket.close();
      this.#lost(0);
    }, ms);
  }

  #lost(code) {
    clearTimeout(this.#watchdog);
    if (this.#isLeft) return;
    this.#socket = null;
    if (code === NOT_ALLOWED) {
      console.warn("Greenroom: this overlay address is not valid, or it was revoked.");
      setTimeout(() => this.open(), NOT_ALLOWED_WAIT_MS);
      return;
    }
    this.#comeBack();
  }

  #comeBack() {
    const ceiling = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(this.#failures, 10));
    this.#failures += 1;
    setTimeout(async () => {
      if (this.#isLeft) return;
      // Browsers hold sockets back, by seconds, that failed often; they do not hold back a knock.
      if (this.#failures < 2 || (await this.#knock())) this.open();
      else this.#comeBack();
    }, Math.random() * ceiling);
  }

  async #knock() {
    try {
      const signal = AbortSignal.timeout(KNOCK_WITHIN_MS);
      return (await fetch(this.door, { cache: "no-store", signal })).ok;
    } catch {
      return false;
    }
  }
}
