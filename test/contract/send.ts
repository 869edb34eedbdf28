import { Caller, type Reply } from "../rest/support.ts";
import type { Operation } from "./document.ts";
import type { Sendable } from "./requests.ts";

/** Sends a request to an operation. The response is compared with the document. */
export function send(
  { method, path }: Pick<Operation, "method" | "path">,
  { params, query = {}, body }: Sendable,
  token: string | undefined,
  headers: Readonly<Record<string, string>> = {},
): Promise<Reply> {
  const caller = Object.assign(new Caller(), { token });
  const address = path.replaceAll(/\{(\w+)\}/g, (_all, name: string) =>
    encodeURIComponent(params[name] ?? ""),
  );
  const search = new URLSearchParams(query).toString();
  return caller.send(method.toUpperCase(), search === "" ? address : `${address}?${search}`, {
    ...(body === undefined ? {} : { body }),
    headers,
  });
}
