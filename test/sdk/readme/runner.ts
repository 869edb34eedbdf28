/**
 * The program that runs the blocks, one after the other, in the stranger's project. It gives the names of the README
 * their values, and does what a reader would do next with what a block exports. Prints one line for each block.
 */
export const runner = `
import { createClient } from "@onswift/sdk";
import { QueryClient } from "@tanstack/react-query";
import { Window } from "happy-dom";
import { Secret, TOTP } from "otpauth";

const { env } = process;
const { blocks } = JSON.parse(env.BLOCKS);
const options = (storageKey) => ({ url: env.API_URL, key: env.PUBLISHABLE_KEY, storageKey,
  headers: { "X-Forwarded-For": env.ADDRESS }, persistSession: false });
const account = (name, userType = name) => ({ name, userType, password: env.PASSWORD, email: name + env.EMAIL });
const person = async (name, userType) => {
  const onswift = createClient(options(name));
  const { user } = await onswift.auth.signUp(account(name, userType)).orThrow();
  return { onswift, id: user.id };
};
const creator = await person("creator");
const talent = await person("talent");
// The only one with a second factor.
const newcomer = await person("newcomer", "talent");
const made = { name: "Film", description: "x", dueDate: env.DUE };
const { id: projectId } = await creator.onswift.projects.create(made).orThrow();
await creator.onswift.team.add(projectId, { userId: talent.id }).orThrow();
const task = { name: "Cut", assigneeId: talent.id, dueDate: env.DUE };
const { id: taskId } = await creator.onswift.tasks.create(projectId, task).orThrow();
const { id: conversationId } = await creator.onswift.conversations.open(talent.id).orThrow();

// One transparent pixel.
const png = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==",
  "base64",
);
const stored = new Map();
Object.assign(globalThis, {
  url: env.API_URL, key: env.PUBLISHABLE_KEY, publishableKey: env.PUBLISHABLE_KEY,
  email: account("creator").email, password: env.PASSWORD,
  talentId: talent.id, projectId, taskId, conversationId,
  work: { projectId, taskId, title: "Cut", files: [{ name: "b.png", data: png }] },
  input: { files: [new File([png], "a.png", { type: "image/png" })] },
  pauseButton: {}, show() {}, badge() {}, loadAgain() {},
});
Object.defineProperty(globalThis, "localStorage", { configurable: true, value: {
  getItem: (key) => stored.get(key) ?? null,
  setItem: (key, value) => stored.set(key, value),
  removeItem: (key) => stored.delete(key),
} });

const until = async (done) => {
  for (const end = Date.now() + 60_000; ; await new Promise((wake) => setTimeout(wake, 50))) {
    if (done()) return;
    if (Date.now() > end) throw new Error("A block did not do what it promises.");
  }
};
const same = (actual, expected) => {
  if (actual !== expected) throw new Error(actual + " instead of " + expected);
};

/** What an authenticator app shows, and a code that it shows neither now nor around now. */
const codeOf = (secret) => new TOTP({ secret: Secret.fromBase32(secret) }).generate();
const wrongCodeOf = (secret) => {
  const totp = new TOTP({ secret: Secret.fromBase32(secret) });
  const tokens = ["000000", "111111", "222222", "333333", "444444", "555555", "666666", "777777"];
  return tokens.find((token) => totp.validate({ token, window: 3 }) === null);
};
const secrets = new Map();
const namesOf = ({ factors }) => factors.map(({ friendlyName }) => friendlyName).sort().join();

/** What follows a block that exports something. */
const next = {
  async App({ App }) {
    const page = new Window();
    Object.assign(globalThis, { document: page.document, window: page });
    const { createRoot } = await import("react-dom/client");
    const { createElement } = await import("react");
    const box = page.document.createElement("div");
    const root = createRoot(box);
    root.render(createElement(App));
    await until(() => box.innerHTML.includes("<p>Film</p>"));
    root.unmount();
  },
  async handle({ handle }) {
    const { accessToken } = await creator.onswift.auth.getSession().orThrow();
    const headers = { authorization: "Bearer " + accessToken };
    const listed = await (await handle(new Request("http://app.test", { headers }))).json();
    same(listed.projects.some(({ name }) => name === "Film"), true);
    const refused = await handle(new Request("http://app.test"));
    same(refused.status + (await refused.json()).code, "401NOT_AUTHENTICATED");
  },
  async onswiftOnServer({ onswiftOnServer }) {
    const signingIn = await onswiftOnServer();
    const { email, password } = account("talent");
    await signingIn.auth.signIn({ email, password }).orThrow();
    // Another request of the same browser.
    const user = await (await onswiftOnServer()).auth.verify().orThrow();
    same(user.id, talent.id);
  },
  async addFactor({ addFactor }) {
    for (const name of ["Phone", "Spare"]) {
      let secret;
      globalThis.show = (qrCode, typed) => {
        same(qrCode.startsWith("data:image/svg+xml"), true);
        secret = typed;
      };
      const finish = await addFactor(name, env.PASSWORD);
      same((await finish(wrongCodeOf(secret))).error?.code, "WRONG_CODE");
      same((await finish(codeOf(secret))).error, null);
      secrets.set(name, secret);
    }
    globalThis.show = () => {};
  },
  async enterCode({ signIn, enterCode }) {
    const { email, password } = account("newcomer");
    const factors = await signIn(email, password);
    same(namesOf({ factors }), "Phone,Spare");
    same((await onswift.users.me()).error?.code, "MFA_REQUIRED");
    same((await onswift.auth.getSession().orThrow()).mfaRequired, true);
    const { id } = factors.find(({ friendlyName }) => friendlyName === "Spare");
    const secret = secrets.get("Spare");
    same(await enterCode(id, wrongCodeOf(secret)), false);
    same(await enterCode(id, codeOf(secret)), true);
    same((await onswift.users.me().orThrow()).email, email);
    await onswift.auth.signOut().orThrow();
    const { email: other } = account("talent");
    same((await signIn(other, password)).length, 0);
    await onswift.auth.signOut().orThrow();
  },
  async removeFactor({ removeFactor }) {
    await removeFactor("Phone");
    same(namesOf(await onswift.auth.mfa.listFactors().orThrow()), "Spare");
  },
  async onswift({ onswift }) {
    same((await onswift.users.skills().orThrow()).skills.length > 0, true);
  },
};

const clients = {
  creator: creator.onswift,
  talent: talent.onswift,
  newcomer: newcomer.onswift,
  visitor: createClient(options("visitor")),
};
for (const { name, user } of blocks) {
  globalThis.onswift = clients[user];
  const block = await import("./" + name + ".mjs");
  for (const [exported, use] of Object.entries(next)) if (exported in block) await use(block);
  console.log("ran " + name);
}
process.exit(0);
`;
