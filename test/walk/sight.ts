import type { Scene } from "./moves.ts";
import type { Deliverable, State, StoredFile } from "./state.ts";
import type { Actor } from "./world.ts";

const reads = (state: State, { id }: Actor, { project, by, deleted }: Deliverable) =>
  !deleted && (by === id || state.projects[project]?.creator === id);

function readsFile(state: State, actor: Actor, file: StoredFile): boolean {
  if (file.removed) return false;
  if (file.owner === actor.id) return true;
  const inWork = Object.values(state.deliverables).some(
    (deliverable) =>
      reads(state, actor, deliverable) &&
      deliverable.versions.some(({ files }) => files.includes(file.id)),
  );
  const inSample = Object.values(state.samples).some((sample) => {
    const project = state.projects[sample.project];
    const among = project?.creator === actor.id || project?.members.includes(actor.id);
    return sample.file === file.id && !project?.deleted && among;
  });
  return inWork || inSample;
}

/** What somebody gets to see now, against what the documents let them see. */
export async function wrongSights({ world, state, actor, random }: Scene): Promise<string[]> {
  const wrong: string[] = [];
  const seen = async (table: string, known: readonly string[]) => {
    const { rows, refused } = await world.attempt(
      actor,
      `select id from public.${table} where id = any ($1::uuid[])`,
      [known],
    );
    if (refused !== undefined && actor.claims !== null) wrong.push(`${table} answered ${refused}`);
    return rows.map(({ id }) => String(id)).sort();
  };
  const expectSights = (
    what: string,
    seenIds: readonly string[],
    due: readonly { id: string }[],
  ) => {
    const dueIds = due.map(({ id }) => id).sort();
    if (String(seenIds) !== String(dueIds)) wrong.push(`${what}: saw ${seenIds}, due ${dueIds}`);
  };

  const work = Object.values(state.deliverables);
  const files = Object.values(state.files);
  expectSights(
    "deliverables",
    await seen("deliverables", Object.keys(state.deliverables)),
    work.filter((deliverable) => reads(state, actor, deliverable)),
  );
  expectSights(
    "files",
    await seen("files", Object.keys(state.files)),
    files.filter((file) => readsFile(state, actor, file)),
  );

  const file = random.one(files);
  if (file !== undefined) {
    const { refused } = await world.call(actor, "get_download", { fileId: file.id });
    const due = readsFile(state, actor, file) && file.state === "clean";
    if ((refused === undefined) !== due) wrong.push(`download of ${file.id}: ${refused}`);
  }
  return wrong;
}
