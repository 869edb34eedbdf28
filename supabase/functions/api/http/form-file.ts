import type { z } from "zod";
import type { ApiError } from "./errors.ts";

/** A file of a `multipart/form-data` body. The caller chose its name and type. */
export class FormFile {
  readonly name: string;
  readonly type: string | undefined;
  readonly bytes: Uint8Array;

  constructor(name: string, type: string | undefined, bytes: Uint8Array) {
    this.name = name;
    this.type = type;
    this.bytes = bytes;
  }
}

/** What an operation accepts as `multipart/form-data`. */
export interface Form<Fields extends z.ZodObject = z.ZodObject> {
  /** The fields of the form. A list collects all fields of its name. */
  readonly schema: Fields;
  /** The limit for all files together. */
  readonly maxBytes: number;
  readonly tooLarge: () => ApiError;
}
