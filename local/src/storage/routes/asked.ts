import type { Context } from "hono";
import type { z } from "zod";
import { invalidRequest } from "../errors.ts";
import type { Place } from "../objects.ts";
import type { Asked } from "../scope.ts";

export const asking = (context: Context, operation: string): Asked => ({
  operation,
  method: context.req.method,
  path: context.req.path,
});

/** Bucket and name as the path gives them. */
export const placeOf = (context: Context): Place => ({
  bucket: context.req.param("bucket") ?? "",
  name: context.req.param("name") ?? "",
});

/** A JSON body in the form a route needs; what is wrong is said in one sentence. */
export async function bodyAs<S extends z.ZodType>(
  context: Context,
  schema: S,
): Promise<z.output<S>> {
  const text = await context.req.text();
  let body: unknown;
  try {
    body = text.trim() === "" ? {} : JSON.parse(text);
  } catch {
    throw invalidRequest("The body is not JSON");
  }
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const where = issue?.path.join(".") ?? "";
  throw invalidRequest(
    `body${where === "" ? "" : `/${where}`} ${issue?.message ?? "is not valid"}`,
  );
}
