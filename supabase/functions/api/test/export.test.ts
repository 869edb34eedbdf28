import assert from "node:assert/strict";
import { wrapParts } from "../http/envelope.ts";
import { type ExportPiece, joinPieces } from "../http/export.ts";

/** Serves these pieces in turn; the cursor of each names its list and the place of the next. */
function served(...pieces: readonly ExportPiece[]) {
  const loaded: string[] = [];
  const load = (after: string) => {
    loaded.push(after);
    return Promise.resolve(pieces[Number(after.split("|")[1])] as ExportPiece);
  };
  return { parts: joinPieces(pieces[0] as ExportPiece, load), loaded };
}

async function textOf(parts: AsyncIterable<string>): Promise<string> {
  let text = "";
  for await (const part of parts) text += part;
  return text;
}

const at = "2026-01-01T00:00:00.000Z";

Deno.test("one piece is the export without its cursor", async () => {
  const { parts } = served({ exportedAt: at, next: null, projects: [], profile: { name: "A" } });
  assert.deepEqual(JSON.parse(await textOf(parts)), {
    exportedAt: at,
    projects: [],
    profile: { name: "A" },
  });
});

Deno.test("lists go on over pieces, wherever they are cut", async () => {
  const { parts, loaded } = served(
    { exportedAt: at, next: "tasks|1|x", tasks: [1, 2], profile: null, projects: [0] },
    { exportedAt: "later", next: "tasks|2|x", tasks: [3, 4] },
    { exportedAt: "later", next: "uploads|3|x", uploads: [5], tasks: [], messages: [6, 7] },
    { exportedAt: "later", next: "reviews|4|x", reviews: [], uploads: [8] },
    { exportedAt: "later", next: null, reviews: [9], events: [] },
  );
  assert.deepEqual(JSON.parse(await textOf(parts)), {
    exportedAt: at,
    profile: null,
    projects: [0],
    tasks: [1, 2, 3, 4],
    messages: [6, 7],
    uploads: [5, 8],
    reviews: [9],
    events: [],
  });
  assert.deepEqual(loaded.length, 4);
});

Deno.test("a piece is loaded only when the one before was taken", async () => {
  const { parts, loaded } = served(
    { exportedAt: at, next: "tasks|1|x", tasks: [1] },
    { exportedAt: at, next: null, tasks: [2] },
  );
  await parts.next();
  assert.deepEqual(loaded, []);
  await parts.return(undefined);
  assert.deepEqual(loaded, []);
});

Deno.test("a failure on the way is no complete JSON", async () => {
  const parts = joinPieces({ exportedAt: at, next: "tasks|1|x", tasks: [1] }, () =>
    Promise.reject(new Error("gone")),
  );
  await assert.rejects(() => textOf(parts), /gone/);
});

Deno.test("an envelope is written around the parts", async () => {
  const { parts } = served({ exportedAt: at, next: null, projects: [] });
  assert.deepEqual(JSON.parse(await textOf(wrapParts(parts))), {
    data: { exportedAt: at, projects: [] },
    meta: {},
  });
});
