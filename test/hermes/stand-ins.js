/**
 * What React Native puts around Hermes, as far as the SDK uses it. Where it takes a package, so does this file; what
 * devices do natively is played here: timers, requests and sockets. No time passes: the next timer runs at once.
 */
import { AbortController, AbortSignal } from "abort-controller/dist/abort-controller";

const timers = new Map();
let now = 0;
let lastTimer = 0;
/** After this time, in milliseconds, an app that still waits for something has failed. */
const longest = 300_000;
const native = globalThis.setTimeout;

function start(work, ms = 0, every) {
  lastTimer += 1;
  timers.set(lastTimer, { work, at: now + ms, every });
  return lastTimer;
}

/** Runs the timers in the order of their time, each after all that the one before it has promised. */
function step() {
  const [next] = [...timers].sort(([one, a], [other, b]) => a.at - b.at || one - other);
  if (next === undefined || now > longest) return;
  const [id, { work, at, every }] = next;
  now = Math.max(now, at);
  if (every === undefined) timers.delete(id);
  else timers.set(id, { work, at: now + every, every });
  work();
  native(step);
}

Object.assign(globalThis, {
  self: globalThis,
  window: globalThis,
  AbortController,
  AbortSignal,
  setTimeout: (work, ms, ...args) => start(() => work(...args), ms),
  setInterval: (work, ms, ...args) => start(() => work(...args), ms, ms),
  clearTimeout: (id) => void timers.delete(id),
  clearInterval: (id) => void timers.delete(id),
  queueMicrotask: (work) => void Promise.resolve().then(work),
  performance: { now: () => now },
  console: { log: print, info: print, warn: print, error: print, debug() {}, assert() {} },
});

// React Native's engine has it since 0.72. The one that npm has is older.
Array.prototype.at ??= function at(index) {
  return this[index < 0 ? this.length + index : index];
};

/** Lets the program end. */
export const stopTimers = () => timers.clear();

/** The backend that answers requests: `answer` returns a status and a body. */
export const backend = { seen: [], answer: undefined };

globalThis.XMLHttpRequest = class {
  #headers = {};

  open(method, url) {
    Object.assign(this, { method, url });
  }

  setRequestHeader(name, value) {
    this.#headers[name.toLowerCase()] = value;
  }

  getAllResponseHeaders() {
    return "content-type: application/json\r\nx-request-id: r1\r\n";
  }

  abort() {
    this.onabort?.();
  }

  send(body) {
    const request = { method: this.method, url: this.url, headers: this.#headers, body };
    backend.seen.push(request);
    setTimeout(() => {
      const answer = backend.answer(request);
      if (answer === undefined) return this.onerror?.();
      const [status, value] = answer;
      const text = JSON.stringify(value);
      Object.assign(this, { status, responseText: text, response: text, responseURL: this.url });
      this.onload?.();
    }, 10);
  }
};

/** A Realtime server that lets every channel in, and then sends it one event. */
export const channels = { joined: [], event: undefined };

globalThis.WebSocket = class {
  readyState = 0;

  constructor(url) {
    this.url = url;
    setTimeout(() => {
      this.readyState = 1;
      this.onopen?.();
    }, 10);
  }

  send(text) {
    const { topic, event, ref, payload } = JSON.parse(text);
    const reply = (message) =>
      setTimeout(() => this.onmessage?.({ data: JSON.stringify(message) }));
    reply({ topic, event: "phx_reply", ref, payload: { status: "ok", response: {} } });
    if (event !== "phx_join") return;
    channels.joined.push({ topic, token: payload.access_token, url: this.url });
    reply({ topic, event: "broadcast", ref: null, payload: channels.event });
  }

  close() {
    this.readyState = 3;
    this.onclose?.({ code: 1000 });
  }
};

native(step);
