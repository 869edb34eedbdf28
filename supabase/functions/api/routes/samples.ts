import { operation } from "../operation.ts";
import { projectParams } from "../schemas/projects.ts";
import * as schemas from "../schemas/samples.ts";
import { droppingMismatches, inFormFields, throughUploads } from "../storage/uploads.ts";

const tag = "Samples";

const listSamples = operation({
  id: "listSamples",
  method: "get",
  path: "/projects/:projectId/samples",
  tag,
  summary: "A project's samples, for its creator and its team",
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
  handle: async ({ call, params, query, withAddresses }) =>
    withAddresses(await call("list_samples", { ...params, ...query })),
});

const addSample = operation({
  id: "addSample",
  method: "post",
  path: "/projects/:projectId/samples",
  tag,
  summary: "Add a link or a file to a project's samples (its creator)",
  description:
    "A link as JSON; a file as a form of at most 25 MB, or as JSON with the id of one uploaded before. At most 20 a project.",
  access: "user",
  params: projectParams,
  body: schemas.addSample,
  form: schemas.addSampleForm,
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
  handle: async ({ call, params, body, withAddresses }) => {
    const adding = call("add_sample", { ...params, ...body });
    return withAddresses(await droppingMismatches(call, [body], adding));
  },
  handleForm: (input) => {
    const { file, ...fields } = input.body;
    const target = { uploadType: "sample", ...input.params } as const;
    const adding = throughUploads(input, target, [file], ([upload]) =>
      input.call("add_sample", { ...input.params, ...fields, fileId: upload?.fileId }),
    );
    return inFormFields("file", adding).then(input.withAddresses);
  },
});

const deleteSample = operation({
  id: "deleteSample",
  method: "delete",
  path: "/projects/:projectId/samples/:sampleId",
  tag,
  summary: "Delete a sample, with its file (the project's creator)",
  access: "user",
  params: schemas.sampleParams,
  success: { status: 204, description: "The sample is deleted" },
  errors: ["FORBIDDEN", "NOT_FOUND"],
  handle: async ({ call, params }) => {
    await call("delete_sample", params);
    return undefined;
  },
});

export const samples = [listSamples, addSample, deleteSample];
