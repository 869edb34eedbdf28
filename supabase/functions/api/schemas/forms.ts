import { z } from "zod";
import { requests, text, uuid } from "./common.ts";
import { description as deliverableDescription } from "./deliverables.ts";

/** Requests that carry files as `multipart/form-data`. */
const form = <Shape extends z.ZodRawShape>(id: string, shape: Shape) =>
  z.strictObject(shape).register(requests, { id });

const file = z.unknown().meta({ openapi: { type: "string", format: "binary" } });

const files = z
  .array(file)
  .min(1)
  .max(10)
  .meta({ description: "1 to 10 files. The field can also be named `files[]`." });

export const submitForm = form("SubmitDeliverableForm", {
  projectId: uuid,
  taskId: uuid,
  title: text(1, 255),
  description: deliverableDescription.optional(),
  files,
});

export const resubmitForm = form("ResubmitDeliverableForm", {
  title: text(1, 255).optional(),
  description: deliverableDescription.optional(),
  files,
});

export const replaceFileForm = form("ReplaceFileForm", { file });

export const addSampleForm = form("AddSampleForm", {
  name: text(1, 255),
  type: z.literal("file"),
  file,
  description: text(0, 10_000).optional(),
});

export const setAvatarForm = form("SetAvatarForm", { avatar: file });
