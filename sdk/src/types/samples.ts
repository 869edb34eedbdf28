import type { Pagination } from "../core/result.ts";
import type { FileInput, StoredFile, UploadedFile } from "./files.ts";

/** Something a project's creator shows the team: a link, or a file. */
export interface Sample {
  readonly id: string;
  readonly projectId: string;
  readonly name: string;
  readonly type: "link" | "file";
  /** The address of a link; a file's comes from `files.downloadUrl(file.id)`. */
  readonly url: string | null;
  /** `null` for a link. */
  readonly file: StoredFile | null;
  readonly description: string | null;
  readonly createdAt: string;
}

/** One page of samples. */
export interface SampleList {
  readonly samples: readonly Sample[];
  readonly pagination: Pagination;
}

/** Which samples, and in which order. */
export interface SampleFilter {
  /** From 1. */
  readonly page?: number | undefined;
  /** Items a page: default 100, and at most that; a project has at most 20. */
  readonly limit?: number | undefined;
  /** A field, with `-` before it for descending; oldest first by default. */
  readonly sort?: SampleSort | undefined;
}

type Descending<Field extends string> = Field | `-${Field}`;

/** What samples can be sorted by. */
export type SampleSort = Descending<"createdAt" | "name">;

/** A sample to add. */
export type NewSample = NewLinkSample | NewFileSample;

/** A link as a sample. */
export interface NewLinkSample {
  readonly type: "link";
  /** 1 to 255 characters. */
  readonly name: string;
  /** http or https, at most 2,048 characters. */
  readonly url: string;
  /** At most 10,000 characters. */
  readonly description?: string | null | undefined;
}

/** A file as a sample. */
export interface NewFileSample {
  readonly type: "file";
  /** 1 to 255 characters. */
  readonly name: string;
  readonly file: FileInput | UploadedFile;
  /** At most 10,000 characters. */
  readonly description?: string | null | undefined;
}
