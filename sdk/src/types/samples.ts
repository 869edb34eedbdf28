import type { Pagination } from "../core/lists.ts";
import type { FileInput, StoredFile, UploadedFile } from "./files.ts";

/** A reference link or file that a project's creator shares with the team. */
export interface Sample {
  readonly id: string;
  readonly projectId: string;
  readonly name: string;
  readonly type: "link" | "file";
  /** The URL of a link; `null` for a file: call `files.downloadUrl(file.id)`. */
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

/** The samples to list, and their order. */
export interface SampleFilter {
  /** Page number, starting at 1. */
  readonly page?: number | undefined;
  /** Items per page: default and maximum 100. A project has at most 20 samples. */
  readonly limit?: number | undefined;
  /** A field, with a leading `-` for descending order. Default: oldest first. */
  readonly sort?: SampleSort | undefined;
}

type Descending<Field extends string> = Field | `-${Field}`;

/** The sort orders of samples. */
export type SampleSort = Descending<"createdAt" | "name">;

/** The input of `samples.add`. */
export type NewSample = NewLinkSample | NewFileSample;

/** A link to add as a sample. */
export interface NewLinkSample {
  readonly type: "link";
  /** 1 to 255 characters. */
  readonly name: string;
  /** http or https, at most 2,048 characters. */
  readonly url: string;
  /** At most 10,000 characters. */
  readonly description?: string | null | undefined;
}

/** A file to add as a sample. */
export interface NewFileSample {
  readonly type: "file";
  /** 1 to 255 characters. */
  readonly name: string;
  readonly file: FileInput | UploadedFile;
  /** At most 10,000 characters. */
  readonly description?: string | null | undefined;
}
