import { connect, type Socket } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { rest } from "../world/stack.ts";
import { person, type World, world } from "./support.ts";
import { formOf, picture } from "./uploads.ts";

/** Forms that declare much and send little. */
let w: World;
const sockets: Socket[] = [];
let ended = 0;

beforeAll(async () => {
  w = await world();
});
afterAll(() => {
  for (const socket of sockets) socket.destroy();
});

/** Opens a form of 25 MB and sends its first bytes, and nothing more. */
async function openForm(token: string | undefined, bytes: number): Promise<void> {
  const { hostname, port, pathname } = new URL(rest);
  const socket = connect(Number(port), hostname);
  sockets.push(socket);
  socket
    .on("error", () => undefined)
    .once("close", () => {
      ended += 1;
    });
  socket.resume();
  await new Promise((resolve) => socket.on("connect", resolve));
  socket.write(
    [
      `POST ${pathname}/deliverables HTTP/1.1`,
      `Host: ${hostname}`,
      `Authorization: Bearer ${token}`,
      "Content-Type: multipart/form-data; boundary=b",
      `Content-Length: ${25 * 1024 * 1024}`,
      "\r\n",
    ].join("\r\n"),
  );
  await new Promise((resolve) => socket.write(Buffer.alloc(bytes), resolve));
}

test("idle forms of one account keep no other user waiting", async () => {
  const attacker = await person("talent");
  for (let n = 0; n < 10; n += 1) await openForm(attacker.token, 100);
  const place = { projectId: w.project.id, taskId: w.task.id };
  const form = formOf({ ...place, title: "In time", "files[]": picture() });
  const reply = await w.talent.post("/deliverables", form);
  expect([reply.status, reply.body?.error]).toEqual([201, undefined]);
  expect(ended, "idle forms that had to end first").toBe(0);
});
