import { z } from "zod";
import {
  answer,
  instant,
  pagination,
  paging,
  requestBody,
  sortable,
  text,
  userCard,
  uuid,
  visible,
  when,
} from "./common.ts";
import { file, fileIds } from "./files.ts";

const status = z.enum(["pending", "approved", "revision"]);

const title = text(1, 255);
export const description = text(0, 10_000).meta({
  description:
    "Can mention users of the project as `@[Name](userId)`, who are notified. A mention of anyone else is plain text.",
});
export const submit = requestBody("SubmitDeliverable", {
  projectId: uuid,
  taskId: uuid,
  title,
  description: description.nullish(),
  files: fileIds,
});

export const resubmit = requestBody("ResubmitDeliverable", {
  title: title.nullish(),
  description: description.nullish(),
  files: fileIds,
});

export const replaceFile = requestBody("ReplaceFile", {
  newFileId: uuid.meta({ description: "An unused upload of the caller for the same task." }),
});

export const replaceFileParams = z.object({ deliverableId: uuid, fileId: uuid });

export const reviewDeliverable = requestBody(
  "ReviewDeliverable",
  {
    action: z.enum(["approve", "request_revision"]),
    feedback: text(0, 5000)
      .nullish()
      .meta({ description: "Required when a revision is requested." }),
  },
  {
    ...when("action", "request_revision", {
      properties: { feedback: { type: "string", pattern: visible } },
      required: ["feedback"],
    }),
    examples: [{ action: "request_revision", feedback: "Warmer colours, please." }],
  },
);

export const deliverableParams = z.object({ deliverableId: uuid });

export const deliverableQuery = z.object({
  status: status.optional(),
  projectId: uuid.optional(),
  taskId: uuid.optional(),
  ...paging(20),
  sort: sortable(["submittedAt", "updatedAt", "title", "status"], "newest first"),
});

const namedUser = z.object({ id: uuid, name: z.string() });

const fields = {
  id: uuid,
  projectId: uuid,
  projectName: z.string(),
  taskId: uuid,
  taskName: z.string(),
  title: z.string(),
  description: z.string(),
  status,
  version: z.int().min(1),
  revisionCount: z.int().min(0).max(3),
  feedback: z.string().nullable(),
  submittedBy: userCard,
  approvedAt: instant.nullable(),
  approvedBy: namedUser.nullable(),
  files: z.array(file),
  submittedAt: instant,
  updatedAt: instant,
};

const review = z.object({
  action: z.enum(["approve", "request_revision"]),
  feedback: z.string().nullable(),
  reviewedBy: namedUser,
  reviewedAt: instant,
});

const version = z.object({
  version: z.int().min(1),
  title: z.string(),
  description: z.string(),
  files: z.array(file),
  submittedAt: instant,
  review: review.nullable(),
});

export const deliverable = answer("Deliverable", {
  ...fields,
  versions: z.array(version).meta({ description: "All submitted versions, oldest first." }),
});

export const deliverableList = answer("DeliverableList", {
  deliverables: z.array(z.object(fields)),
  pagination,
});
