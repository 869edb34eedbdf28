import assert from "node:assert/strict";
import { zipSync } from "fflate";
import { builtin } from "../engines/builtin.ts";
import { chooseEngine } from "../engines/choice.ts";
import { eicar, inPieces, together } from "./eicar.ts";

const signal = new AbortController().signal;
const scan = (bytes: Uint8Array, pieces = 65_536) => builtin.scan(inPieces(bytes, pieces), signal);
const noise = (size: number) => Uint8Array.from({ length: size }, (_, index) => (index * 37) % 251);

Deno.test("the EICAR signature is found at any position and with any size of chunks", async () => {
  const hidden = together(noise(1000), eicar, noise(1000));
  for (const size of [1, 7, 67, 68, 69, 1000, 1033, 65_536]) {
    assert.equal(await scan(eicar, size), "Eicar-Test-Signature", `alone, by ${size}`);
    assert.equal(await scan(hidden, size), "Eicar-Test-Signature", `hidden, by ${size}`);
  }
});

Deno.test("bytes that only resemble the signature are clean", async () => {
  assert.equal(await scan(new Uint8Array()), undefined);
  assert.equal(await scan(noise(100_000)), undefined);
  assert.equal(await scan(eicar.subarray(0, -1)), undefined);
  assert.equal(await scan(together(eicar.subarray(0, 40), eicar.subarray(0, 40))), undefined);
});

Deno.test("the signature is found in the entries of a ZIP archive, deflated or stored", async () => {
  for (const level of [0, 9] as const) {
    const entries = { "a.txt": noise(5000), "b/c.txt": eicar, "d.txt": noise(10) };
    const archive = zipSync(entries, { level });
    for (const size of [3, 1000, 65_536]) {
      assert.equal(await scan(archive, size), "Eicar-Test-Signature", `level ${level}, by ${size}`);
    }
    assert.equal(await scan(zipSync({ ...entries, "b/c.txt": noise(68) }, { level })), undefined);
  }
});

Deno.test("a ZIP bomb is scanned with bounded memory, and a damaged archive causes no error", async () => {
  const bomb = zipSync({ zeros: new Uint8Array(64 * 1024 * 1024), "e.txt": eicar }, { level: 6 });
  assert.ok(bomb.length < 100_000);
  assert.equal(await scan(bomb), "Eicar-Test-Signature", "the entry after the bomb is scanned");
  const archive = zipSync({ "a.txt": noise(5000) });
  assert.equal(await scan(together(archive.subarray(0, 60), noise(500))), undefined);
});

Deno.test("the settings choose the engine; without one no file is scanned", async () => {
  const by = (settings: Record<string, string>) => chooseEngine((name) => settings[name]);
  assert.equal(by({ CLAMD_HOST: "clamd.test", SCAN_ENGINE: "builtin" }).name, "clamd");
  assert.equal(by({ SCAN_ENGINE: "builtin", CLAMD_HOST: "" }).name, "builtin");
  const none = by({});
  assert.equal((await none.status()).ready, false);
  await assert.rejects(none.scan(inPieces(eicar, 10), signal), /No scanner is configured/);
  assert.throws(
    () => by({ CLAMD_HOST: "clamd.test", CLAMD_PORT: "http" }),
    /must be a port number/,
  );
});
