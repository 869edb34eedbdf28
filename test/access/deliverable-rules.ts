import { forbidden, insert, participants, rulesOf, select, self, team, update } from "./rule.ts";
import type { AccessWorld } from "./world.ts";

const ofTheDeliverable = ({ deliverableId }: AccessWorld) => ({ deliverable_id: deliverableId });

/** Deliverables with their history, files and samples. */
export const deliverableRules = [
  ...rulesOf(
    "deliverables",
    ({ deliverableId }) => ({ id: deliverableId }),
    select("the assignee's", participants, "title"),
    forbidden.insert("one for the task", (world, persona) => ({
      project_id: world.projectId,
      task_id: world.taskId,
      submitted_by_id: self(world, persona),
      title: "X",
    })),
    update("status and feedback (a decision)", ["creator"], {
      status: "revision",
      feedback: "Again",
    }),
    forbidden.update("title", { title: "New" }),
    forbidden.remove(),
  ),
  ...rulesOf(
    "deliverable_versions",
    ofTheDeliverable,
    select("the assignee's", participants, "version"),
    forbidden.insert("a row", (world) => ({
      ...ofTheDeliverable(world),
      version: 3,
      title: "X",
      description: "",
    })),
    forbidden.update("a row", { title: "X" }),
    forbidden.remove(),
  ),
  ...rulesOf(
    "deliverable_files",
    ({ fileId }) => ({ file_id: fileId }),
    select("the assignee's", participants, "file_id"),
    forbidden.insert("a row", (world) => ({
      ...ofTheDeliverable(world),
      file_id: world.sampleId,
      version: 1,
      place: 2,
    })),
    forbidden.update("a row", { place: 2 }),
    forbidden.remove(),
  ),
  ...rulesOf(
    "deliverable_reviews",
    ofTheDeliverable,
    select("of the assignee's", participants, "feedback"),
    forbidden.insert("a row", (world, persona) => ({
      ...ofTheDeliverable(world),
      version: 2,
      action: "approve",
      reviewer_id: self(world, persona),
    })),
    forbidden.update("a row", { feedback: "X" }),
    forbidden.remove(),
  ),
  ...rulesOf(
    "files",
    ({ fileId }) => ({ id: fileId }),
    select("of the assignee's deliverable", participants, "file_name"),
    select("of a sample", team, "file_name", ({ sampleId }) => ({ id: sampleId })),
    forbidden.insert("a row", (world, persona) => ({
      upload_type: "avatar",
      uploader_id: self(world, persona),
      bucket_id: "avatars",
      path: "x.png",
      file_name: "x.png",
      file_size: 1,
      mime_type: "image/png",
    })),
    forbidden.update("state", { state: "clean" }),
    forbidden.remove(),
  ),
  ...rulesOf(
    "project_samples",
    ({ sampleId }) => ({ id: sampleId }),
    select("the project's", team, "name"),
    insert("a link", ["creator"], ({ projectId }) => ({
      project_id: projectId,
      name: "Ref",
      type: "link",
      url: "https://example.com/ref",
    })),
    forbidden.update("a row", { name: "X" }),
    forbidden.remove(),
  ),
];
