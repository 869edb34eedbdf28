import { z } from "zod";
import type { Operation } from "../operation.ts";
import { answer, answers } from "../schemas/common.ts";

const tag = "Service";

export const health: Operation = {
  id: "getHealth",
  method: "get",
  path: "/health",
  tag,
  summary: "Health check",
  access: "public",
  unlimited: true,
  success: {
    status: 200,
    description: "Service and database are reachable",
    schema: answer("Health", { status: z.literal("ok") }),
  },
  errors: [],
  handle: async ({ database }) => {
    await database.ping();
    return JSON.stringify({ status: "ok" });
  },
};

/** Generated on the first request, because the document also describes this operation. */
export const openApi = (document: () => object): Operation => {
  let json: string | undefined;
  return {
    id: "getOpenApi",
    method: "get",
    path: "/openapi.json",
    tag,
    summary: "Get this OpenAPI document",
    access: "public",
    unlimited: true,
    success: {
      status: 200,
      description: "OpenAPI 3.1",
      schema: z
        .looseObject({ openapi: z.literal("3.1.1") })
        .register(answers, { id: "OpenApiDocument" }),
    },
    errors: [],
    handle: async () => {
      json ??= JSON.stringify(document());
      return json;
    },
  };
};
