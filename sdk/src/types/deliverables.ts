import type { Pagination } from "../core/result.ts";
import type { UserCard } from "./card.ts";
import type { FileInput, StoredFile, UploadedFile } from "./files.ts";

/** `pending` waits for the creator, `revision` for the talent; `approved` is the end. */
export type DeliverableStatus = "pending" | "approved" | "revision";

/** Work handed in for a task, with the files of its present version. */
export interface Deliverable {
  readonly id: string;
  readonly projectId: string;
  readonly projectName: string;
  readonly taskId: string;
  readonly taskName: string;
  readonly title: string;
  readonly description: string;
  readonly status: DeliverableStatus;
  /** From 1; each resubmission is another. */
  readonly version: number;
  /** How often it was sent back: at most three times. */
  readonly revisionCount: number;
  /** What the creator said last; `null` before that and once it is approved. */
  readonly feedback: string | null;
  readonly submittedBy: UserCard;
  readonly approvedAt: string | null;
  readonly approvedBy: Reviewer | null;
  readonly files: readonly StoredFile[];
  readonly submittedAt: string;
  readonly updatedAt: string;
}

/** A deliverable with everything that was handed in and said before. */
export interface DeliverableHistory extends Deliverable {
  /** First to last. */
  readonly versions: readonly DeliverableVersion[];
}

/** One version of a deliverable. */
export interface DeliverableVersion {
  readonly version: number;
  readonly title: string;
  readonly description: string;
  readonly files: readonly StoredFile[];
  readonly submittedAt: string;
  /** What the creator decided; `null` while they have not. */
  readonly review: DeliverableReview | null;
}

/** The creator's decision on one version. */
export interface DeliverableReview {
  readonly action: "approve" | "request_revision";
  readonly feedback: string | null;
  readonly reviewedBy: Reviewer;
  readonly reviewedAt: string;
}

/** Who decided. */
export interface Reviewer {
  readonly id: string;
  readonly name: string;
}

/** One page of deliverables. */
export interface DeliverableList {
  readonly deliverables: readonly Deliverable[];
  readonly pagination: Pagination;
}

/** Which deliverables, and in which order. */
export interface DeliverableFilter {
  readonly status?: DeliverableStatus | undefined;
  readonly projectId?: string | undefined;
  /** From 1. */
  readonly page?: number | undefined;
  /** Items a page: default 20, at most 100. */
  readonly limit?: number | undefined;
  /** A field, with `-` before it for descending; newest first by default. */
  readonly sort?: DeliverableSort | undefined;
}

type Descending<Field extends string> = Field | `-${Field}`;

/** What deliverables can be sorted by. */
export type DeliverableSort = Descending<"submittedAt" | "updatedAt" | "title" | "status">;

/** Work to hand in. */
export interface NewDeliverable {
  readonly projectId: string;
  /** A task of the project that is assigned to the caller. */
  readonly taskId: string;
  /** 1 to 255 characters. */
  readonly title: string;
  /** At most 10,000 characters; mentions people of the project as `@[Name](userId)`. */
  readonly description?: string | null | undefined;
  /** 1 to 10, in the order they are to be shown. */
  readonly files: Iterable<FileInput | UploadedFile>;
}

/** The answer to a revision. Title and description stay where they are left out. */
export interface Resubmission {
  readonly title?: string | null | undefined;
  readonly description?: string | null | undefined;
  /** 1 to 10; those of earlier versions stay with them. */
  readonly files: Iterable<FileInput | UploadedFile>;
}
