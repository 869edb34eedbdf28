import type { Operation } from "../operation.ts";
import * as schemas from "../schemas/deliverables.ts";
import { replaceFileForm, resubmitForm, submitForm } from "../schemas/forms.ts";
import { refuseFalseUploads } from "../uploads/false-files.ts";
import { withFormFields } from "../uploads/form-errors.ts";
import { uploadThen } from "../uploads/form-uploads.ts";
import { projectForm } from "../uploads/forms.ts";
import { discardMismatchesOnFailure, fileIdsIn } from "../uploads/mismatches.ts";

const tag = "Deliverables";

const formHint =
  "As JSON with the ids of uploaded files, or as a form with the files, of at most 25 MB together.";

/** Why a submission can be refused. */
const submissionErrors = [
  "UPLOAD_MISSING",
  "FILE_MISMATCH",
  "FILE_INFECTED",
  "FILE_TOO_LARGE",
  "TALENT_ONLY",
  "FORBIDDEN",
  "NOT_FOUND",
  "INVALID_STATE",
] as const;

const listDeliverables: Operation = {
  id: "listDeliverables",
  method: "get",
  path: "/deliverables",
  tag,
  summary: "List deliverables (creator: of all projects; talent: own submissions)",
  access: "user",
  query: schemas.deliverableQuery,
  success: {
    status: 200,
    description: "A page of deliverables",
    schema: schemas.deliverableList,
    list: "deliverables",
  },
  errors: [],
  handle: async ({ call, query, withFileUrls }) =>
    withFileUrls(await call("list_deliverables", {}, { input: query })),
};

const submitDeliverable: Operation = {
  id: "submitDeliverable",
  method: "post",
  path: "/deliverables",
  tag,
  summary: "Submit a deliverable for a task (its assignee)",
  description: formHint,
  access: "user",
  body: schemas.submit,
  form: projectForm("files", submitForm),
  idempotent: true,
  success: { status: 201, description: "The deliverable", schema: schemas.deliverable },
  errors: [...submissionErrors],
  handle: async (context) => {
    const { call, body, withFileUrls } = context;
    await refuseFalseUploads(context, body.json.files, fileIdField);
    const submitting = call("submit_deliverable", {}, { input: body });
    const ids = fileIdsIn(body.json.files);
    return withFileUrls(await discardMismatchesOnFailure(call, ids, submitting));
  },
  handleForm: (context) => {
    const { projectId, taskId, ...fields } = context.form.fields;
    const target = { uploadType: "deliverable", ids: { projectId, taskId }, fields } as const;
    const submitting = uploadThen(context, target, (uploads) =>
      context.call("submit_deliverable", { projectId, taskId, ...fields, files: idsOf(uploads) }),
    );
    return withFormFields("files", submitting).then(context.withFileUrls);
  },
};

const getDeliverable: Operation = {
  id: "getDeliverable",
  method: "get",
  path: "/deliverables/:deliverableId",
  tag,
  summary: "Get a deliverable with all its versions (its submitter and the project's creator)",
  access: "user",
  params: schemas.deliverableParams,
  success: { status: 200, description: "The deliverable", schema: schemas.deliverable },
  errors: ["FORBIDDEN", "NOT_FOUND"],
  handle: async ({ call, params, withFileUrls }) =>
    withFileUrls(await call("get_deliverable", params)),
};

const reviewDeliverable: Operation = {
  id: "reviewDeliverable",
  method: "put",
  path: "/deliverables/:deliverableId",
  tag,
  summary: "Approve a deliverable or request a revision (the project's creator)",
  description:
    "At most 3 revisions can be requested. After that the deliverable can be approved or deleted.",
  access: "user",
  params: schemas.deliverableParams,
  body: schemas.reviewDeliverable,
  success: {
    status: 200,
    description: "The deliverable after the decision",
    schema: schemas.deliverable,
  },
  errors: ["MAX_REVISIONS_REACHED", "FORBIDDEN", "NOT_FOUND", "INVALID_STATE"],
  handle: async ({ call, params, body: { json }, withFileUrls }) => {
    const name = json.action === "approve" ? "approve_deliverable" : "request_revision";
    // The database judges the action too, also a missing one.
    const input = { json: { action: null, ...json }, args: {} };
    return withFileUrls(await call(name, params, { input }));
  },
};

const deleteDeliverable: Operation = {
  id: "deleteDeliverable",
  method: "delete",
  path: "/deliverables/:deliverableId",
  tag,
  summary:
    "Delete a deliverable (its submitter before a decision, the project's creator before approval)",
  access: "user",
  params: schemas.deliverableParams,
  success: { status: 204, description: "The deliverable has been deleted" },
  errors: ["FORBIDDEN", "NOT_FOUND", "INVALID_STATE"],
  handle: async ({ call, params }) => {
    await call("delete_deliverable", params);
    return undefined;
  },
};

const resubmitDeliverable: Operation = {
  id: "resubmitDeliverable",
  method: "post",
  path: "/deliverables/:deliverableId/resubmit",
  tag,
  summary: "Submit the next version of a deliverable in revision (its submitter)",
  description: `${formHint} Title and description are unchanged if omitted.`,
  access: "user",
  params: schemas.deliverableParams,
  body: schemas.resubmit,
  form: projectForm("files", resubmitForm),
  idempotent: true,
  success: { status: 201, description: "The deliverable", schema: schemas.deliverable },
  errors: [...submissionErrors],
  handle: async (context) => {
    const { call, params, body, withFileUrls } = context;
    await refuseFalseUploads(context, body.json.files, fileIdField);
    const resubmitting = call("resubmit_deliverable", params, { input: body });
    const ids = fileIdsIn(body.json.files);
    return withFileUrls(await discardMismatchesOnFailure(call, ids, resubmitting));
  },
  handleForm: (context) => {
    const { params, form } = context;
    const target = { uploadType: "deliverable", ids: params, fields: form.fields } as const;
    const resubmitting = uploadThen(context, target, (uploads) =>
      context.call("resubmit_deliverable", { ...params, ...form.fields, files: idsOf(uploads) }),
    );
    return withFormFields("files", resubmitting).then(context.withFileUrls);
  },
};

const replaceFile: Operation = {
  id: "replaceFile",
  method: "post",
  path: "/deliverables/:deliverableId/files/:fileId/replace",
  tag,
  summary: "Replace a file that the scan rejected (its submitter)",
  description:
    "For a file of the current version of a pending deliverable whose `scanStatus` is `infected` or `failed`. Version and revisions stay as they are. As JSON with the id of an upload that was requested with the `deliverableId`, or as a form with the file, of at most 25 MB.",
  access: "user",
  params: schemas.replaceFileParams,
  body: schemas.replaceFile,
  form: projectForm("file", replaceFileForm),
  idempotent: true,
  success: { status: 200, description: "The deliverable", schema: schemas.deliverable },
  errors: [...submissionErrors],
  handle: async (context) => {
    const { call, params, body, withFileUrls } = context;
    const upload = { fileId: body.json.newFileId };
    await refuseFalseUploads(context, upload, () => "newFileId");
    const replacing = call("replace_file", params, { input: body });
    return withFileUrls(await discardMismatchesOnFailure(call, fileIdsIn(upload), replacing));
  },
  handleForm: (context) => {
    const { call, params, form } = context;
    const ids = { deliverableId: params.deliverableId };
    const target = { uploadType: "deliverable", ids, fields: form.fields } as const;
    const replacing = uploadThen(context, target, ([upload]) => {
      const args = { newFileId: upload?.fileId ?? null };
      // A new title or description is for the next version, so the database refuses it here.
      return call("replace_file", params, { input: { json: { ...form.fields, ...args }, args } });
    });
    return withFormFields("file", replacing).then(context.withFileUrls);
  },
};

const fileIdField = (index: number) => `files[${index}].fileId`;

const idsOf = (uploads: readonly { readonly fileId: string }[]) =>
  uploads.map(({ fileId }) => ({ fileId }));

export const deliverables: readonly Operation[] = [
  listDeliverables,
  submitDeliverable,
  getDeliverable,
  reviewDeliverable,
  deleteDeliverable,
  resubmitDeliverable,
  replaceFile,
];
