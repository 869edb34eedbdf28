import { aProject, inDays } from "../world/projects.ts";
import type { Random } from "../world/random.ts";
import type { Focus, Part } from "./focus.ts";
import { isRejected, type State } from "./state.ts";
import type { Actor, Answer, ModelWorld } from "./world.ts";

/** What a move can use. */
export interface Scene {
  readonly world: ModelWorld;
  readonly state: State;
  readonly actor: Actor;
  readonly random: Random;
  readonly focus: Focus;
}

/** What an actor or the system tries. */
export type Move = (scene: Scene) => Promise<Answer>;

/** A move, and how often it is made compared with the others. */
export interface Weighted {
  readonly weight: number;
  /** Who can succeed with it. */
  readonly part: Part;
  readonly move: Move;
}

const unknownId = "11111111-1111-4111-8111-111111111111";
const feedbacks = ["Warmer, please", "Again", "", "   ", null, "x".repeat(5001)];

const calling = (
  weight: number,
  part: Part,
  name: string,
  args: (scene: Scene) => Readonly<Record<string, unknown>>,
): Weighted => ({
  weight,
  part,
  move: (scene) => scene.world.call(scene.actor, name, args(scene)),
});

const projectId = ({ focus }: Scene) => focus.project?.id ?? unknownId;
const taskId = ({ focus }: Scene) => focus.task?.id ?? unknownId;
const deliverableId = ({ focus }: Scene) => focus.deliverable?.id ?? unknownId;
const memberId = ({ focus, random }: Scene) =>
  random.one(focus.project?.members ?? []) ?? unknownId;

/** Files for a submission: mostly fitting ones, sometimes any, or none. */
const filesFor = ({ state, random, actor, focus }: Scene) => {
  const all = Object.values(state.files);
  const fit = all.filter(
    ({ uploader, task, used, removed, state: now }) =>
      uploader === actor.id && task === focus.task?.id && !used && !removed && now !== "reserved",
  );
  const ids = random.some(fit, random.chance(0.95) ? 1 : 0, 3).map(({ id }) => id);
  if (random.chance(0.05)) ids.push(random.one(all)?.id ?? unknownId);
  return ids.map((fileId) => ({ fileId }));
};

/** The rejected file of the current version, or now and then any of its files. */
const fileToReplace = ({ state, random, focus: { deliverable } }: Scene) => {
  const files = deliverable?.versions.at(-1)?.files ?? [];
  const rejected = files.filter((id) => isRejected(state.files[id]));
  return random.one(random.chance(0.9) ? rejected : files) ?? unknownId;
};

/** Calls of the functions in `api`, with good and with bad arguments, by any actor. */
export const apiMoves: Readonly<Record<string, Weighted>> = {
  reserveForTask: calling(18, "assignee", "create_upload", (scene) => ({
    uploadType: "deliverable",
    fileName: scene.random.chance(0.95) ? "cut.png" : "../cut.exe",
    fileSize: scene.random.chance(0.95) ? 2048 : 0,
    mimeType: "image/png",
    projectId: projectId(scene),
    taskId: taskId(scene),
  })),
  reserveForRevision: calling(10, "author", "create_upload", (scene) => ({
    uploadType: "deliverable",
    fileName: "again.png",
    fileSize: 2048,
    mimeType: "image/png",
    deliverableId: deliverableId(scene),
  })),
  reserveSample: calling(2, "creator", "create_upload", (scene) => ({
    uploadType: "sample",
    fileName: "brand.png",
    fileSize: 2048,
    mimeType: "image/png",
    projectId: projectId(scene),
  })),
  confirm: calling(18, "uploader", "confirm_upload", ({ focus }) => ({
    fileId: focus.file?.id ?? unknownId,
  })),
  submit: calling(14, "assignee", "submit_deliverable", (scene) => ({
    projectId: projectId(scene),
    taskId: taskId(scene),
    title: scene.random.chance(0.97) ? "Cut" : " ",
    description: "First",
    files: filesFor(scene),
  })),
  resubmit: calling(12, "author", "resubmit_deliverable", (scene) => ({
    deliverableId: deliverableId(scene),
    files: filesFor(scene),
  })),
  replaceFile: calling(8, "author", "replace_file", (scene) => ({
    deliverableId: deliverableId(scene),
    fileId: fileToReplace(scene),
    newFileId: filesFor(scene)[0]?.fileId ?? unknownId,
  })),
  approve: calling(2, "creator", "approve_deliverable", (scene) => ({
    deliverableId: deliverableId(scene),
  })),
  requestRevision: calling(10, "creator", "request_revision", (scene) => ({
    deliverableId: deliverableId(scene),
    feedback: scene.random.one(feedbacks),
  })),
  takeBack: calling(0.5, "author", "delete_deliverable", (scene) => ({
    deliverableId: deliverableId(scene),
  })),
  addLink: calling(1, "creator", "add_sample", (scene) => ({
    projectId: projectId(scene),
    name: "Link",
    type: "link",
    url: "https://example.com/",
  })),
  addSample: calling(2, "creator", "add_sample", (scene) => ({
    projectId: projectId(scene),
    name: "File",
    type: "file",
    fileId:
      (scene.focus.file?.type === "sample"
        ? scene.focus.file
        : scene.random.one(
            Object.values(scene.state.files).filter(({ type, used }) => type === "sample" && !used),
          )
      )?.id ?? unknownId,
  })),
  deleteSample: calling(1, "creator", "delete_sample", (scene) => ({
    projectId: projectId(scene),
    sampleId: scene.focus.sample?.id ?? unknownId,
  })),
  createProject: {
    weight: 1,
    part: "creator",
    move: async ({ world, actor }) => {
      const answer = await world.call(actor, "create_project", aProject());
      const made = answer.rows[0]?.answer as { id: string } | undefined;
      if (made !== undefined) world.projects.add(made.id);
      return answer;
    },
  },
  moveProject: calling(2, "creator", "update_project", (scene) => ({
    projectId: projectId(scene),
    patch: {
      status: scene.random.one(["planning", ...Array(6).fill("in-progress"), "completed"]),
    },
  })),
  deleteProject: calling(0.1, "creator", "delete_project", (scene) => ({
    projectId: projectId(scene),
  })),
  addMember: calling(4, "creator", "add_team_member", (scene) => ({
    projectId: projectId(scene),
    userId: scene.random.one(scene.world.actors)?.id ?? unknownId,
  })),
  removeMember: calling(0.15, "creator", "remove_team_member", (scene) => ({
    projectId: projectId(scene),
    userId: memberId(scene),
  })),
  createTask: calling(0.4, "creator", "create_task", (scene) => ({
    projectId: projectId(scene),
    name: "Task",
    assigneeId: memberId(scene),
    dueDate: inDays(5),
  })),
  updateTask: calling(1, "creator", "update_task", (scene) => ({
    projectId: projectId(scene),
    taskId: taskId(scene),
    patch: scene.random.chance(0.2)
      ? { assigneeId: memberId(scene) }
      : { status: scene.random.one(["planning", "in-progress", "completed"]) },
  })),
  deleteTask: calling(0.2, "creator", "delete_task", (scene) => ({
    projectId: projectId(scene),
    taskId: taskId(scene),
  })),
};
