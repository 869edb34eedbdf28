import type { Pagination } from "../core/lists.ts";
import type { UserCard } from "./card.ts";
import type { FileInput, StoredFile, UploadedFile } from "./files.ts";

/** `pending`: waits for the creator's review. `revision`: waits for the talent. `approved`: final. */
export type DeliverableStatus = "pending" | "approved" | "revision";

/** Work submitted for a task, with the files of its current version. */
export interface Deliverable {
  readonly id: string;
  readonly projectId: string;
  readonly projectName: string;
  readonly taskId: string;
  readonly taskName: string;
  readonly title: string;
  readonly description: string;
  readonly status: DeliverableStatus;
  /** Starts at 1; each resubmission adds 1. */
  readonly version: number;
  /** How many revisions were requested: 0 to 3. */
  readonly revisionCount: number;
  /** The feedback of the latest revision request; `null` before the first one and after the approval. */
  readonly feedback: string | null;
  readonly submittedBy: UserCard;
  readonly approvedAt: string | null;
  readonly approvedBy: Reviewer | null;
  readonly files: readonly StoredFile[];
  readonly submittedAt: string;
  readonly updatedAt: string;
}

/** A deliverable with all its versions and reviews. */
export interface DeliverableHistory extends Deliverable {
  /** Oldest first. */
  readonly versions: readonly DeliverableVersion[];
}

/** One version of a deliverable. */
export interface DeliverableVersion {
  readonly version: number;
  readonly title: string;
  readonly description: string;
  readonly files: readonly StoredFile[];
  readonly submittedAt: string;
  /** `null` until the creator reviews the version. */
  readonly review: DeliverableReview | null;
}

/** The creator's review of one version. */
export interface DeliverableReview {
  readonly action: "approve" | "request_revision";
  readonly feedback: string | null;
  readonly reviewedBy: Reviewer;
  readonly reviewedAt: string;
}

/** The user who reviewed a version. */
export interface Reviewer {
  readonly id: string;
  readonly name: string;
}

/** One page of deliverables. */
export interface DeliverableList {
  readonly deliverables: readonly Deliverable[];
  readonly pagination: Pagination;
}

/** The deliverables to list, and their order. */
export interface DeliverableFilter {
  readonly status?: DeliverableStatus | undefined;
  readonly projectId?: string | undefined;
  readonly taskId?: string | undefined;
  /** Page number, starting at 1. */
  readonly page?: number | undefined;
  /** Items per page: default 20, at most 100. */
  readonly limit?: number | undefined;
  /** A field, with a leading `-` for descending order. Default: newest first. */
  readonly sort?: DeliverableSort | undefined;
}

type Descending<Field extends string> = Field | `-${Field}`;

/** The sort orders of deliverables. */
export type DeliverableSort = Descending<"submittedAt" | "updatedAt" | "title" | "status">;

/** The input of `deliverables.submit`. */
export interface NewDeliverable {
  readonly projectId: string;
  /** A task of the project, assigned to the signed-in talent. */
  readonly taskId: string;
  /** 1 to 255 characters. */
  readonly title: string;
  /**
   * At most 10,000 characters. `@[Name](userId)` mentions a user of the project, who is notified; a
   * mention of anyone else is plain text.
   */
  readonly description?: string | null | undefined;
  /** 1 to 10 files, in the order to show them. */
  readonly files: Iterable<FileInput | UploadedFile>;
}

/** The input of `deliverables.resubmit`. Title and description keep their values if they are left out. */
export interface Resubmission {
  readonly title?: string | null | undefined;
  readonly description?: string | null | undefined;
  /** 1 to 10 files. Earlier versions keep their own files. */
  readonly files: Iterable<FileInput | UploadedFile>;
}
