import { type ErrorCode, statusOf } from "../http/errors.ts";
import { errorsOf, type Operation } from "../operation.ts";
import { type Json, reference } from "./schemas.ts";

const header = (description: string, schema: Json = { type: "integer", minimum: 0 }) => ({
  description,
  schema,
});

/** The headers of responses, by name. */
export const sharedHeaders = {
  "X-Request-Id": header("The id of the request in the log; the caller's own one if it sent one.", {
    type: "string",
    maxLength: 128,
  }),
  "Preference-Applied": header("`envelope` if the response is wrapped.", { const: "envelope" }),
  "X-RateLimit-Limit": header("Requests allowed per minute."),
  "X-RateLimit-Remaining": header("Requests left in this minute."),
  "X-RateLimit-Reset": header("Seconds until the limit is reset."),
  "Retry-After": header("Seconds to wait."),
};

const referenceTo = (...names: readonly (keyof typeof sharedHeaders)[]): Json =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));

/** The headers of every response, and of a response to a counted request. */
export const requestHeaders = referenceTo("X-Request-Id");
export const rateLimitHeaders = referenceTo(
  "X-RateLimit-Limit",
  "X-RateLimit-Remaining",
  "X-RateLimit-Reset",
);
export const envelopeHeaders = referenceTo("Preference-Applied");

/** The page that a browser gets instead of JSON. */
export const pageContent = ({ page }: Operation): Json =>
  page === undefined ? {} : { "text/html": { schema: { type: "string" } } };

export function redirection({ redirect }: Operation): Json {
  if (redirect === undefined) return {};
  const Location = header("The address of the app.", { type: "string", format: "uri" });
  return { 303: { description: redirect, headers: { ...requestHeaders, Location } } };
}

/** One response for each status, with its error codes. */
export function failures(operation: Operation): Json {
  const byStatus = Map.groupBy(errorsOf(operation), (code) => statusOf[code]);
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [status, failure(codes, pageContent(operation))]),
  );
}

function failure(codes: readonly ErrorCode[], page: Json): Json {
  const waits = codes.some((code) => code === "RATE_LIMITED" || code === "SERVICE_UNAVAILABLE");
  return {
    description: codes.map((code) => `\`${code}\``).join(", "),
    headers: { ...requestHeaders, ...(waits ? referenceTo("Retry-After") : {}) },
    content: {
      "application/json": {
        schema: {
          allOf: [
            reference("Error"),
            object({ error: object({ code: { type: "string", enum: codes } }) }),
          ],
        },
        examples: Object.fromEntries(
          codes.map((code) => [code, { $ref: `#/components/examples/${code}` }]),
        ),
      },
      ...page,
    },
  };
}

const object = (properties: Json): Json => ({ type: "object", properties });
