import { operation } from "../operation.ts";
import * as schemas from "../schemas/deliverables.ts";
import { droppingMismatches, inFormFields, throughUploads } from "../storage/uploads.ts";

const tag = "Deliverables";

const formHint =
  "As JSON with the ids of files uploaded before, or as a form that carries the files: at most 25 MB together.";

/** What may stand against handing work in. */
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

const listDeliverables = operation({
  id: "listDeliverables",
  method: "get",
  path: "/deliverables",
  tag,
  summary: "A creator's deliverables over all projects; a talent's own submissions",
  access: "user",
  query: schemas.deliverableQuery,
  success: {
    status: 200,
    description: "A page of deliverables",
    schema: schemas.deliverableList,
    list: "deliverables",
  },
  errors: [],
  handle: async ({ call, query, withAddresses }) =>
    withAddresses(await call("list_deliverables", query)),
});

const submitDeliverable = operation({
  id: "submitDeliverable",
  method: "post",
  path: "/deliverables",
  tag,
  summary: "Hand in work for a task (the talent it is assigned to)",
  description: formHint,
  access: "user",
  body: schemas.submit,
  form: schemas.submitForm,
  roleFirst: "submit_deliverable",
  idempotent: true,
  success: { status: 201, description: "The deliverable", schema: schemas.deliverable },
  errors: [...submissionErrors],
  handle: async ({ call, body, withAddresses }) =>
    withAddresses(await droppingMismatches(call, body.files, call("submit_deliverable", body))),
  handleForm: (input) => {
    const { files, ...fields } = input.body;
    const { projectId, taskId } = fields;
    const target = { uploadType: "deliverable", projectId, taskId } as const;
    const submitting = throughUploads(input, target, files, (uploads) =>
      input.call("submit_deliverable", { ...fields, files: idsOf(uploads) }),
    );
    return inFormFields("files", submitting).then(input.withAddresses);
  },
});

const getDeliverable = operation({
  id: "getDeliverable",
  method: "get",
  path: "/deliverables/:deliverableId",
  tag,
  summary: "A deliverable with all its versions, for its submitter and the project's creator",
  access: "user",
  params: schemas.deliverableParams,
  success: { status: 200, description: "The deliverable", schema: schemas.deliverable },
  errors: ["FORBIDDEN", "NOT_FOUND"],
  handle: async ({ call, params, withAddresses }) =>
    withAddresses(await call("get_deliverable", params)),
});

const reviewDeliverable = operation({
  id: "reviewDeliverable",
  method: "put",
  path: "/deliverables/:deliverableId",
  tag,
  summary: "Approve a deliverable or send it back (the project's creator)",
  description: "A deliverable can be sent back three times; then it can be approved or deleted.",
  access: "user",
  params: schemas.deliverableParams,
  body: schemas.reviewDeliverable,
  success: { status: 200, description: "After the decision", schema: schemas.deliverable },
  errors: ["MAX_REVISIONS_REACHED", "FORBIDDEN", "NOT_FOUND", "INVALID_STATE"],
  handle: async ({ call, params, body, withAddresses }) =>
    withAddresses(
      body.action === "approve"
        ? await call("approve_deliverable", params)
        : await call("request_revision", { ...params, feedback: body.feedback }),
    ),
});

const deleteDeliverable = operation({
  id: "deleteDeliverable",
  method: "delete",
  path: "/deliverables/:deliverableId",
  tag,
  summary: "Delete a deliverable: its submitter before a decision, the creator before approval",
  access: "user",
  params: schemas.deliverableParams,
  success: { status: 204, description: "The deliverable is deleted" },
  errors: ["FORBIDDEN", "NOT_FOUND", "INVALID_STATE"],
  handle: async ({ call, params }) => {
    await call("delete_deliverable", params);
    return undefined;
  },
});

const resubmitDeliverable = operation({
  id: "resubmitDeliverable",
  method: "post",
  path: "/deliverables/:deliverableId/resubmit",
  tag,
  summary: "Answer a revision with the next version (who submitted it)",
  description: `${formHint} Title and description stay where they are left out.`,
  access: "user",
  params: schemas.deliverableParams,
  body: schemas.resubmit,
  form: schemas.resubmitForm,
  roleFirst: "resubmit_deliverable",
  idempotent: true,
  success: { status: 201, description: "The deliverable", schema: schemas.deliverable },
  errors: [...submissionErrors],
  handle: async ({ call, params, body, withAddresses }) => {
    const resubmitting = call("resubmit_deliverable", { ...params, ...body });
    return withAddresses(await droppingMismatches(call, body.files, resubmitting));
  },
  handleForm: (input) => {
    const { files, ...fields } = input.body;
    const target = { uploadType: "deliverable", ...input.params } as const;
    const resubmitting = throughUploads(input, target, files, (uploads) =>
      input.call("resubmit_deliverable", { ...input.params, ...fields, files: idsOf(uploads) }),
    );
    return inFormFields("files", resubmitting).then(input.withAddresses);
  },
});

const idsOf = (uploads: readonly { readonly fileId: string }[]) =>
  uploads.map(({ fileId }) => ({ fileId }));

export const deliverables = [
  listDeliverables,
  submitDeliverable,
  getDeliverable,
  reviewDeliverable,
  deleteDeliverable,
  resubmitDeliverable,
];
