/** An app in React Native: what test/examples/hermes.test.ts expects of it is the line that it prints. */
import { backend, channels, stopTimers } from "./stand-ins.js";
import "whatwg-fetch";
import "react-native-url-polyfill/auto";
import { createClient, isOnSwiftError, OnSwiftError } from "@onswift/sdk";

const stored = new Map();
/** As AsyncStorage. */
const storage = {
  getItem: async (key) => stored.get(key) ?? null,
  setItem: async (key, value) => void stored.set(key, value),
  removeItem: async (key) => void stored.delete(key),
};

const id = "a0000000-0000-4000-8000-000000000001";
const encoded = (value) =>
  toBase64(JSON.stringify(value)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
function toBase64(text) {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  let bits = "";
  for (const character of unescape(encodeURIComponent(text))) {
    bits += character.charCodeAt(0).toString(2).padStart(8, "0");
  }
  return bits.replace(/.{1,6}/g, (six) => letters[Number.parseInt(six.padEnd(6, "0"), 2)]);
}
const exp = Math.floor(Date.now() / 1000) + 900;
const claims = { sub: id, email: "zoë@example.com", userType: "creator", session_id: id, exp };
const token = `${encoded({ alg: "HS256" })}.${encoded(claims)}.c2lnbmF0dXJl`;
const session = {
  access_token: token,
  refresh_token: "refresh",
  token_type: "bearer",
  expires_in: 900,
  user: { id, email: claims.email, factors: [] },
};
const user = { id, email: claims.email, name: "Zoë", userType: "creator" };
const pages = { 1: ["a", "b"], 2: ["c"] };
const refusal = {
  code: "PT400",
  hint: "VALIDATION_ERROR",
  message: "Validation failed",
  details: '[{"field":"name","message":"Name is required."}]',
};

backend.answer = ({ url, body }) => {
  const name = url.split("/").at(-1);
  if (url.includes("/auth/v1/token")) return [200, session];
  if (url.includes("/auth/v1/user")) return [200, session.user];
  if (url.includes("/auth/v1/logout")) return [204, null];
  if (name === "check_sign_in") return [200, { email: user.email }];
  if (name === "get_account" || name === "get_me") return [200, user];
  if (name === "create_project") return [400, refusal];
  if (name === "list_sessions") return undefined;
  if (name === "list_projects") {
    const { page = 1 } = JSON.parse(body);
    const projects = pages[page].map((project) => ({ id: project }));
    return [200, { projects, pagination: { page, limit: 2, total: 3, hasNext: page === 1 } }];
  }
  return [500, {}];
};
channels.event = {
  type: "broadcast",
  event: "notification:new",
  payload: { id: "e1", actorId: null, notification: { id: "n1" } },
};

async function main() {
  const onswift = createClient({ url: "http://backend.test", key: "sb_publishable_x", storage });
  const credentials = { email: user.email, password: "x" };
  const signedIn = await onswift.auth.signIn(credentials).orThrow();
  const received = [];
  const unsubscribe = onswift.realtime.on("notification:new", ({ notification }) =>
    received.push(notification.id),
  );
  await unsubscribe.ready.orThrow();
  const refused = await onswift.projects.create({ name: "" });
  const unreachable = await onswift.auth.sessions.list({ maxRetries: 1 });
  const iterated = [];
  for await (const project of onswift.projects.list({ limit: 2 })) iterated.push(project.id);
  const me = await onswift.users.me().withResponse();
  const slow = await onswift.users.me({ timeoutMs: 5 });
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 5);
  const aborted = await onswift.users.me({ signal: stop.signal });
  const all = await onswift.projects.list().toArray().orThrow();
  const { factors } = await onswift.auth.mfa.listFactors().orThrow();
  onswift.realtime.close();
  await onswift.auth.signOut().orThrow();
  return {
    user: signedIn.user,
    name: me.data.name,
    requestId: me.response.requestId,
    iterated,
    all: all.map((project) => project.id),
    factors,
    refused: [refused.error.code, refused.error.details[0].field, refused.error.requestId],
    isOnSwiftError: refused.error instanceof OnSwiftError && isOnSwiftError(refused.error),
    codes: [unreachable, slow, aborted].map(({ error }) => error.code),
    topics: channels.joined.map(({ topic }) => topic),
    withToken: channels.joined.every((join) => join.token === token),
    received,
    stored: stored.size,
  };
}

main()
  .then((result) => print(JSON.stringify(result)))
  .catch((error) => print(`failed: ${error.stack ?? error}`))
  .finally(stopTimers);
