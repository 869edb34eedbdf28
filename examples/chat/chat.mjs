/**
 * A live conversation between two users: messages, read marks, typing and presence.
 *
 *   npm start                        # in one terminal
 *   npm run chat -w examples/chat    # in another
 *
 * To use another backend, set API_URL and PUBLISHABLE_KEY.
 */
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { createClient } from "@onswift/sdk";
import WebSocket from "ws";

const { url, key } = backendAddress();
const run = randomBytes(3).toString("hex");
const [noor, theo] = await Promise.all([signUp("Noor", "creator"), signUp("Theo", "talent")]);

const { id } = await noor.onswift.conversations.open(theo.id).orThrow();
// Add listeners first, then load data: this way no event is missed.
await Promise.all([printEvents(noor), printEvents(theo)]);

await sendMessage(noor, "The night ferry leaves at ten. Are you free to cut it?");
await sendMessage(theo, "From Monday on. Do you have the harbour at dawn?");
await sendMessage(noor, "Two minutes of it, and the fog horn.");

const newest = await theo.onswift.messages.list(id, { limit: 1 }).orThrow();
const { id: messageId } = newest.messages[0];
await theo.onswift.conversations.markRead(id, messageId).orThrow();
await waitForEvents();

const { conversations } = await theo.onswift.conversations.list().orThrow();
console.log(`\nTheo has ${conversations[0].unreadCount} unread messages. The conversation:`);
for (const { sender, content } of (
  await theo.onswift.messages.list(id).orThrow()
).messages.toReversed())
  console.log(`  ${sender.name}: ${content}`);

await theo.onswift.auth.signOut().orThrow();
await waitForEvents();
for (const { onswift } of [noor, theo]) onswift.realtime.close();

/** Signs up with an own client. Runtimes without a WebSocket class need one. */
async function signUp(name, userType) {
  const webSocket = globalThis.WebSocket ?? WebSocket;
  const onswift = createClient({ url, key, persistSession: false, webSocket });
  const email = `${name.toLowerCase()}-${run}@example.com`;
  const account = { email, password: "Quick-start-1", name, userType };
  const { user } = await onswift.auth.signUp(account).orThrow();
  return { id: user.id, name, onswift };
}

/** Prints the events that one of the users receives. */
async function printEvents({ name, onswift }) {
  const { realtime } = onswift;
  const other = name === "Noor" ? "Theo" : "Noor";
  const print = (line) => console.log(`${name}'s screen  ${line}`);
  const room = realtime.conversation(id);
  const subscriptions = [
    realtime.on("message:received", ({ message }) => print(`${other}: ${message.content}`)),
    realtime.on("conversation:read", () => print(`${other} read the messages`)),
    room.onTyping(({ isTyping }) => isTyping && print(`${other} is typing …`)),
    room.onMembers(({ event }) => print(`${other} is ${event.replace("user:", "")}`)),
  ];
  // Called after a reconnect if some events could not be replayed.
  realtime.onResync(() => print("reload: some events may be missing"));
  for (const { ready } of subscriptions) await ready.orThrow();
}

async function sendMessage({ onswift }, content) {
  const room = onswift.realtime.conversation(id);
  room.typing();
  await sleep(300);
  room.typing(false);
  await onswift.messages.send(id, { content }).orThrow();
  await waitForEvents();
}

/** Gives the events time to arrive. */
function waitForEvents() {
  return sleep(400);
}

function backendAddress() {
  const { API_URL, PUBLISHABLE_KEY } = process.env;
  if (API_URL && PUBLISHABLE_KEY) return { url: API_URL, key: PUBLISHABLE_KEY };
  try {
    const root = new URL("../..", import.meta.url);
    const status = ["run", "--silent", "status", "--", "-o", "json"];
    const options = { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] };
    const about = JSON.parse(execFileSync("npm", status, options));
    return { url: about.API_URL, key: about.PUBLISHABLE_KEY };
  } catch {
    console.error("OnSwift is not running. Start it first: npm start");
    process.exit(1);
  }
}
