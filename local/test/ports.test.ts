/** The ports of one run of the stack. */
import { once } from "node:events";
import { createServer } from "node:net";
import { expect, test } from "vitest";
import { loadConfig } from "../src/config.ts";
import { choosePorts } from "../src/ports.ts";
import { fixture } from "./support/settings.ts";

const config = await loadConfig(fixture);

test("free ports are all different, and none is of the range for outgoing connections", async () => {
  const { internal, ...open } = await choosePorts(config, { api: 0 });
  const ports = [...Object.values(open), ...Object.values(internal)];
  expect(new Set(ports).size).toBe(9);
  for (const port of ports) expect(port >= 20_000 && port < 32_000).toBe(true);
});

/** A free API port whose neighbours are free too: another program may hold one of them. */
async function freeApiPort(): Promise<number> {
  for (;;) {
    const { api } = await choosePorts(config, { api: 0 });
    const isFree = await choosePorts(config, { api }).then(
      () => true,
      () => false,
    );
    if (isFree) return api;
  }
}

test("a requested API port moves the other public ports along", async () => {
  const api = await freeApiPort();
  const ports = await choosePorts(config, { api });
  expect(ports).toMatchObject({
    api,
    db: api + config.db.port - config.api.port,
    mail: api + config.local_smtp.port - config.api.port,
  });
});

test("a port in use is refused with the option that chooses another one", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  try {
    const { port } = other.address() as { port: number };
    await expect(choosePorts(config, { api: 0, mail: port })).rejects.toThrow(
      `Port ${port} (mail) is in use by another program. Stop that program, or choose another port with --mail-port.`,
    );
  } finally {
    other.close();
  }
});

test("two public ports cannot be the same", async () => {
  const { api } = await choosePorts(config, { api: 0 });
  await expect(choosePorts(config, { api, db: api })).rejects.toThrow("--db-port");
});

test("a neighbour beyond the last port is refused by its name and option", async () => {
  await expect(choosePorts(config, { api: 65_535 })).rejects.toThrow(
    /^The database port would be 65536, which is no port number\. Choose one with --db-port/,
  );
});
