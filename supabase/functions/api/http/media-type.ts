import { parseMediaType } from "@std/media_types/parse_media_type.js";

/** The media type of the body, in lower case and without parameters. Empty when it is missing. */
const typeOf = (headers: Headers): string =>
  (headers.get("content-type") ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";

/** Compares the media type alone; its parameters are checked by the code that reads the body. */
export const hasType = (headers: Headers, type: string): boolean => typeOf(headers) === type;

/** A parameter of the media type, such as the boundary of a form. Undefined when it cannot be read. */
export function typeParameter(headers: Headers, name: string): string | undefined {
  try {
    const [, parameters] = parseMediaType(headers.get("content-type") ?? "");
    return parameters?.[name];
  } catch {
    return undefined;
  }
}
