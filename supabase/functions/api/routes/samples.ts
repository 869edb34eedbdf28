import type { Operation } from "../operation.ts";
import { addSampleForm } from "../schemas/forms.ts";
import { projectParams } from "../schemas/projects.ts";
import * as schemas from "../schemas/samples.ts";
import { refuseFalseUploads } from "../uploads/false-files.ts";
import { withFormFields } from "../uploads/form-errors.ts";
import { uploadThen } from "../uploads/form-uploads.ts";
import { projectForm } from "../uploads/forms.ts";
import { discardMismatchesOnFailure, fileIdsIn } from "../uploads/mismatches.ts";

const tag = "Samples";

const listSamples: Operation = {
  id: "listSamples",
  method: "get",
  path: "/projects/:projectId/samples",
  tag,
  summary: "List the samples of a project (its creator and team)",
  access: "user",
  params: projectParams,
  query: schemas.sampleQuery,
  success: {
    status: 200,
    description: "A page of samples",
    schema: schemas.sampleList,
    list: "samples",
  },
  errors: ["FORBIDDEN", "NOT_FOUND"],
  handle: async ({ call, params, query, withFileUrls }) =>
    withFileUrls(await call("list_samples", params, { input: query })),
};

const addSample: Operation = {
  id: "addSample",
  method: "post",
  path: "/projects/:projectId/samples",
  tag,
  summary: "Add a link or a file to the samples of a project (its creator)",
  description:
    "A link as JSON. A file as a form of at most 25 MB, or as JSON with the id of an uploaded file. At most 20 samples per project.",
  access: "user",
  params: projectParams,
  body: schemas.addSample,
  form: projectForm("file", addSampleForm),
  idempotent: true,
  success: { status: 201, description: "The sample", schema: schemas.sample },
  errors: [
    "UPLOAD_MISSING",
    "FILE_MISMATCH",
    "FILE_INFECTED",
    "FILE_TOO_LARGE",
    "FORBIDDEN",
    "NOT_FOUND",
    "INVALID_STATE",
  ],
  handle: async (context) => {
    const { call, params, body, withFileUrls } = context;
    await refuseFalseUploads(context, body.json, () => "fileId");
    const adding = call("add_sample", params, { input: body });
    return withFileUrls(await discardMismatchesOnFailure(call, fileIdsIn(body.json), adding));
  },
  handleForm: (context) => {
    const { params, form } = context;
    const target = { uploadType: "sample", ids: params, fields: form.fields } as const;
    const adding = uploadThen(context, target, ([upload]) =>
      context.call("add_sample", { ...params, ...form.fields, fileId: upload?.fileId }),
    );
    return withFormFields("file", adding).then(context.withFileUrls);
  },
};

const deleteSample: Operation = {
  id: "deleteSample",
  method: "delete",
  path: "/projects/:projectId/samples/:sampleId",
  tag,
  summary: "Delete a sample and its file (the project's creator)",
  access: "user",
  params: schemas.sampleParams,
  success: { status: 204, description: "The sample has been deleted" },
  errors: ["FORBIDDEN", "NOT_FOUND"],
  handle: async ({ call, params }) => {
    await call("delete_sample", params);
    return undefined;
  },
};

export const samples: readonly Operation[] = [listSamples, addSample, deleteSample];
