import { docsPage, docsPolicy } from "../docs/page.ts";
import { scalarScript } from "../docs/scalar.ts";
import type { Operation } from "../operation.ts";

const tag = "Service";

const getDocs: Operation = {
  id: "getDocs",
  method: "get",
  path: "/docs",
  tag,
  summary: "Get a page to read and try this API",
  access: "public",
  linked: true,
  success: {
    status: 200,
    description: "The page",
    mediaType: "text/html",
    headers: { "content-security-policy": docsPolicy },
  },
  errors: [],
  handle: async () => docsPage,
};

const getDocsScript: Operation = {
  id: "getDocsScript",
  method: "get",
  path: "/docs/scalar.js",
  tag,
  summary: "Get the program of the page",
  access: "public",
  success: {
    status: 200,
    description: "Scalar",
    mediaType: "text/javascript",
    headers: { "cache-control": "public, max-age=86400" },
  },
  errors: [],
  handle: scalarScript,
};

export const docs: readonly Operation[] = [getDocs, getDocsScript];
