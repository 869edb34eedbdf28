import { randomUUID } from "node:crypto";
import type { Move, Weighted } from "./moves.ts";

const done = { rows: [] };

/** The bytes of a reserved file arrive in time: the row that Storage writes as its own role. */
const bytesArrive: Move = async ({ world: { sql }, focus: { file }, random }) => {
  if (file?.state !== "reserved" || file.removed) return done;
  const size = random.chance(0.95) ? 2048 : 60_000_000;
  await sql`
    insert into storage.objects (bucket_id, name, version, metadata)
    select
      ${file.bucket}, ${file.path}, ${randomUUID()},
      ${sql.json({ size, mimetype: random.chance(0.97) ? "image/png" : "text/html" })}
    from public.files as f
    where f.id = ${file.id} and f.expires_at > now()
    on conflict do nothing`;
  return done;
};

/** A scan of a waiting file ends, mostly with the result that it is clean. */
const scanEnds: Move = async ({ world: { sql }, state, random }) => {
  const file = random.one(
    Object.values(state.files).filter(({ state: now }) => now === "uploaded"),
  );
  if (file === undefined) return done;
  if (random.chance(0.9)) {
    await sql`select private.scan_clean(f.id, f.object_version)
      from public.files as f where f.id = ${file.id}`;
  } else if (random.chance(0.5)) {
    await sql`select private.scan_infected(${file.id})`;
  } else {
    await sql`select private.scan_rejected(${file.id}, 'type')`;
  }
  return done;
};

/** The scan rejects a waiting file, one of the deliverable in focus if there is one. */
const scanRejects: Move = async ({ world: { sql }, state, random, focus }) => {
  const waiting = Object.values(state.files).filter(({ state: now }) => now === "uploaded");
  const current = focus.deliverable?.versions.at(-1)?.files ?? [];
  const file = random.one(waiting.filter(({ id }) => current.includes(id))) ?? random.one(waiting);
  if (file !== undefined) await sql`select private.scan_rejected(${file.id}, 'type')`;
  return done;
};

/** Two hours pass, which resets hourly limits. Sometimes a day passes, and expired reservations are removed. */
const timePasses: Move = async ({ world: { sql, actors }, random }) => {
  const ids = actors.map(({ id }) => id);
  await sql`update private.upload_batches set created_at = created_at - interval '2 hours'
    where user_id = any (${ids}::uuid[])`;
  if (random.chance(0.9)) return done;
  await sql`update public.files set expires_at = expires_at - interval '1 day'
    where uploader_id = any (${ids}::uuid[])`;
  await sql`select private.sweep_reservations()`;
  return done;
};

export const systemMoves: Readonly<Record<string, Weighted>> = {
  bytesArrive: { weight: 16, part: "uploader", move: bytesArrive },
  scanEnds: { weight: 12, part: "uploader", move: scanEnds },
  scanRejects: { weight: 4, part: "uploader", move: scanRejects },
  timePasses: { weight: 2, part: "uploader", move: timePasses },
};
