import { z } from "zod";
import {
  answer,
  instant,
  pagination,
  paging,
  requestBody,
  sortable,
  text,
  uuid,
} from "./common.ts";
import { file, form, formFile } from "./files.ts";
import { projectParams } from "./projects.ts";
import { link } from "./users.ts";

const name = text(1, 255);
const description = text(0, 10_000);

export const addSample = requestBody("AddSample", {
  name,
  type: z.enum(["link", "file"]),
  url: link.nullish().meta({ description: "For a link." }),
  fileId: uuid.nullish().meta({ description: "For a file: an upload of your own, not used yet." }),
  description: description.nullish(),
});

export const addSampleForm = form("AddSampleForm", {
  name,
  type: z.literal("file"),
  file: formFile,
  description: description.optional(),
});

export const sampleQuery = z.object({
  ...paging(100),
  sort: sortable(["createdAt", "name"], "oldest first"),
});

export const sampleParams = projectParams.extend({ sampleId: uuid });

export const sample = answer("Sample", {
  id: uuid,
  projectId: uuid,
  name: z.string(),
  type: z.enum(["link", "file"]),
  url: z.url().nullable().meta({
    description: "A file's is good for an hour, and null until the file was found clean.",
  }),
  file: file.nullable(),
  description: z.string().nullable(),
  createdAt: instant,
});

export const sampleList = answer("SampleList", { samples: z.array(sample), pagination });
