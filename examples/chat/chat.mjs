/**
 * Two people talk. Each hears what the other writes, sees them come, type, read and go, as it happens.
 *
 *   npm start                        # in one terminal
 *   npm run chat -w examples/chat    # in another
 *
 * Any other OnSwift: set API_URL and PUBLISHABLE_KEY.
 */
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { createClient } from "@onswift/sdk";
import WebSocket from "ws";

const { url, key } = whereOnSwiftRuns();
const run = randomBytes(3).toString("hex");
const [noor, theo] = await Promise.all([person("Noor", "creator"), person("Theo", "talent")]);

const { id } = await noor.onswift.conversations.open(theo.id).orThrow();
// First listen, then load: nothing falls in between.
await Promise.all([follow(noor), follow(theo)]);

await say(noor, "The night ferry leaves at ten. Are you free to cut it?");
await say(theo, "From Monday on. Do you have the harbour at dawn?");
await say(noor, "Two minutes of it, and the fog horn.");

const newest = await theo.onswift.messages.list(id, { limit: 1 }).orThrow();
const { id: messageId } = newest.messages[0];
await theo.onswift.conversations.markRead(id, messageId).orThrow();
await settled();

const { conversations } = await theo.onswift.conversations.list().orThrow();
console.log(`\nTheo has ${conversations[0].unreadCount} unread messages. All that was said:`);
for (const { sender, content } of (
  await theo.onswift.messages.list(id).orThrow()
).messages.toReversed())
  console.log(`  ${sender.name}: ${content}`);

await theo.onswift.auth.signOut().orThrow();
await settled();
for (const { onswift } of [noor, theo]) onswift.realtime.close();

/** Signs up, on a device of their own. Node 22 and newer have a WebSocket; Node 20 is handed one. */
async function person(name, userType) {
  const webSocket = globalThis.WebSocket ?? WebSocket;
  const onswift = createClient({ url, key, persistSession: false, webSocket });
  const email = `${name.toLowerCase()}-${run}@example.com`;
  const account = { email, password: "Quick-start-1", name, userType };
  const { user } = await onswift.auth.signUp(account).orThrow();
  return { id: user.id, name, onswift };
}

/** Prints what one of the two hears of the other. */
async function follow({ name, onswift }) {
  const { realtime } = onswift;
  const other = name === "Noor" ? "Theo" : "Noor";
  const tell = (what) => console.log(`${name}'s screen  ${what}`);
  const room = realtime.conversation(id);
  const listening = [
    realtime.on("message:received", ({ message }) => tell(`${other}: ${message.content}`)),
    realtime.on("conversation:read", () => tell(`${other} has read it`)),
    room.onTyping(({ isTyping }) => isTyping && tell(`${other} is typing …`)),
    room.onMembers(({ event }) => tell(`${other} is ${event.replace("user:", "")}`)),
  ];
  // Called when the connection was away for longer than could be made up for.
  realtime.onResync(() => tell("reload: something may have been missed"));
  for (const { ready } of listening) await ready.orThrow();
}

async function say({ onswift }, content) {
  const room = onswift.realtime.conversation(id);
  room.typing();
  await sleep(300);
  room.typing(false);
  await onswift.messages.send(id, { content }).orThrow();
  await settled();
}

/** Time for what was said to be seen. */
function settled() {
  return sleep(400);
}

function whereOnSwiftRuns() {
  const { API_URL, PUBLISHABLE_KEY } = process.env;
  if (API_URL && PUBLISHABLE_KEY) return { url: API_URL, key: PUBLISHABLE_KEY };
  try {
    const root = new URL("../..", import.meta.url);
    const status = ["run", "--silent", "status", "--", "-o", "json"];
    const options = { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] };
    const about = JSON.parse(execFileSync("npm", status, options));
    return { url: about.API_URL, key: about.PUBLISHABLE_KEY };
  } catch {
    console.error("No OnSwift is running here: type npm start first.");
    process.exit(1);
  }
}
