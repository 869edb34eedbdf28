import type { Scene } from "./moves.ts";
import type { Deliverable, State, StoredFile } from "./state.ts";
import type { Actor } from "./world.ts";

const mayRead = (state: State, { id }: Actor, { project, by, deleted }: Deliverable) =>
  !deleted && (by === id || state.projects[project]?.creator === id);

function mayReadFile(state: State, actor: Actor, file: StoredFile): boolean {
  if (file.removed) return false;
  if (file.uploader === actor.id) return true;
  const inWork = Object.values(state.deliverables).some(
    (deliverable) =>
      mayRead(state, actor, deliverable) &&
      deliverable.versions.some(({ files }) => files.includes(file.id)),
  );
  const inSample = Object.values(state.samples).some((sample) => {
    const project = state.projects[sample.project];
    const among = project?.creator === actor.id || project?.members.includes(actor.id);
    return sample.file === file.id && !project?.deleted && among;
  });
  return inWork || inSample;
}

/** The differences between what an actor sees and what the documents let them see. */
export async function visibilityErrors({ world, state, actor, random }: Scene): Promise<string[]> {
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
  const compare = (
    what: string,
    seenIds: readonly string[],
    expected: readonly { id: string }[],
  ) => {
    const expectedIds = expected.map(({ id }) => id).sort();
    if (String(seenIds) !== String(expectedIds))
      wrong.push(`${what}: saw ${seenIds}, may see ${expectedIds}`);
  };

  const work = Object.values(state.deliverables);
  const files = Object.values(state.files);
  compare(
    "deliverables",
    await seen("deliverables", Object.keys(state.deliverables)),
    work.filter((deliverable) => mayRead(state, actor, deliverable)),
  );
  compare(
    "files",
    await seen("files", Object.keys(state.files)),
    files.filter((file) => mayReadFile(state, actor, file)),
  );

  const file = random.one(files);
  if (file !== undefined) {
    const { refused } = await world.call(actor, "get_download", { fileId: file.id });
    const isExpected = mayReadFile(state, actor, file) && file.state === "clean";
    if ((refused === undefined) !== isExpected) wrong.push(`download of ${file.id}: ${refused}`);
  }
  return wrong;
}
