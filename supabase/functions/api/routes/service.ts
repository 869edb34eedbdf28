import { z } from "zod";
import { operation } from "../operation.ts";
import { answer } from "../schemas/common.ts";

const tag = "Service";

export const health = operation({
  id: "getHealth",
  method: "get",
  path: "/health",
  tag,
  summary: "Whether the surface and its database answer",
  access: "public",
  unlimited: true,
  success: {
    status: 200,
    description: "They do",
    schema: answer("Health", { status: z.literal("ok") }),
  },
  errors: [],
  handle: async ({ database }) => {
    await database.ping();
    return JSON.stringify({ status: "ok" });
  },
});

/** The document describes itself too, so it is made when it is first asked for. */
export const openApi = (document: () => object) => {
  let json: string | undefined;
  return operation({
    id: "getOpenApi",
    method: "get",
    path: "/openapi.json",
    tag,
    summary: "This document",
    access: "public",
    unlimited: true,
    success: {
      status: 200,
      description: "OpenAPI 3.1",
      schema: answer("OpenApiDocument", { openapi: z.literal("3.1.1") }),
    },
    errors: [],
    handle: async () => {
      json ??= JSON.stringify(document());
      return json;
    },
  });
};
