import { z } from "zod";
import {
  answer,
  instant,
  link,
  pagination,
  paging,
  requestBody,
  sortable,
  text,
  uuid,
  when,
} from "./common.ts";
import { file } from "./files.ts";
import { projectParams } from "./projects.ts";

const name = text(1, 255);
const description = text(0, 10_000);

export const addSample = requestBody(
  "AddSample",
  {
    name,
    type: z.enum(["link", "file"]),
    url: link.nullish().meta({ description: "Required for a link." }),
    fileId: uuid.nullish().meta({
      description: "Required for a file: an unused upload of the caller, made for this project.",
    }),
    description: description.nullish(),
  },
  {
    allOf: [
      when("type", "link", {
        properties: { url: { type: "string" }, fileId: { type: "null" } },
        required: ["url"],
      }),
      when("type", "file", {
        properties: { fileId: { type: "string" }, url: { type: "null" } },
        required: ["fileId"],
      }),
    ],
    examples: [{ name: "Showreel", type: "link", url: "https://example.com/showreel" }],
  },
);

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
    description:
      "The URL of a file expires after one hour and is null until the file has been scanned as clean.",
  }),
  file: file.nullable(),
  description: z.string().nullable(),
  createdAt: instant,
});

export const sampleList = answer("SampleList", { samples: z.array(sample), pagination });
