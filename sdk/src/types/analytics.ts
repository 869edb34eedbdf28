import type { UserCard } from "./card.ts";
import type { Status } from "./projects.ts";
import type { ReviewDistribution } from "./reviews.ts";

/** How the time of analytics is cut into pieces. */
export type AnalyticsBucket = "day" | "week" | "month";

/** What analytics cover. */
export interface AnalyticsRange {
  /** First day, `YYYY-MM-DD`; default: 89 days before `to`. */
  readonly from?: string | undefined;
  /** Last day, `YYYY-MM-DD`, at most 366 days; default: today. */
  readonly to?: string | undefined;
  /** IANA name such as `Europe/Berlin`; default `UTC`. Days and buckets begin at its midnight. */
  readonly timeZone?: string | undefined;
  /** Default `week` (from Monday). */
  readonly bucket?: AnalyticsBucket | undefined;
}

/** Figures about the signed-in user's work. Rates are between 0 and 1, and `null` without anything to count. */
export interface Analytics {
  readonly from: string;
  readonly to: string;
  readonly timeZone: string;
  readonly bucket: AnalyticsBucket;
  /** Tasks due in the range. */
  readonly tasks: {
    readonly due: number;
    readonly completed: number;
    readonly completedOnTime: number;
    readonly completionRate: number | null;
    /** Share of the completed tasks. */
    readonly onTimeRate: number | null;
  };
  /** Deliverables first submitted in the range. */
  readonly deliverables: {
    readonly submitted: number;
    readonly approved: number;
    readonly approvedWithoutRevision: number;
    readonly revisionsPerDeliverable: number | null;
  };
  /** Creators: from a submission to its decision. Talents: from a revision request to the resubmission. */
  readonly responseTime: {
    readonly count: number;
    readonly averageHours: number | null;
    readonly medianHours: number | null;
  };
  /** Every bucket of the range, also empty ones. */
  readonly timeline: readonly {
    /** First day of the bucket. */
    readonly start: string;
    readonly tasksCompleted: number;
    readonly deliverablesSubmitted: number;
    readonly reviews: number;
    readonly averageRating: number | null;
  }[];
  /** Creators only: at most 50, the most tasks first. */
  readonly projects?:
    | readonly {
        readonly projectId: string;
        readonly name: string;
        readonly status: Status;
        readonly tasksDue: number;
        readonly completionRate: number | null;
        readonly onTimeRate: number | null;
      }[]
    | undefined;
  /** Creators only: at most 50, the most tasks first. */
  readonly teamMembers?:
    | readonly {
        readonly user: UserCard;
        readonly tasksDue: number;
        readonly completionRate: number | null;
        readonly onTimeRate: number | null;
        readonly revisionsPerDeliverable: number | null;
      }[]
    | undefined;
  /** Talents only. */
  readonly averageRating?: number | null | undefined;
  /** Talents only. */
  readonly totalReviews?: number | undefined;
  /** Talents only. */
  readonly reviewDistribution?: ReviewDistribution | undefined;
}

/** What an audit event records. A newer backend may add actions: always keep a `default` branch. */
export type AuditAction =
  | "project.created"
  | "project.status_changed"
  | "project.deleted"
  | "team.member_added"
  | "team.member_removed"
  | "task.assigned"
  | "task.deleted"
  | "deliverable.submitted"
  | "deliverable.approved"
  | "deliverable.revision_requested"
  | "deliverable.deleted"
  | "deliverable.file_replaced"
  | "review.created"
  | "review.updated"
  | "review.deleted";

/** A decision, or a change of who has access. */
export interface AuditEvent {
  readonly id: string;
  readonly action: AuditAction;
  /** Who did it; `null` for the system. */
  readonly actor: UserCard | null;
  /** The person the event is about. */
  readonly subject: UserCard | null;
  readonly projectId: string | null;
  /** What `entityId` identifies; for `team`, the project. */
  readonly entityType: "project" | "team" | "task" | "deliverable" | "review";
  readonly entityId: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly createdAt: string;
}

/** Audit events, newest first. */
export interface AuditEventList {
  readonly events: readonly AuditEvent[];
  readonly hasMore: boolean;
}

/** Which audit events. */
export interface AuditFilter {
  readonly projectId?: string | undefined;
  /** Items per page: default 50, at most 100. */
  readonly limit?: number | undefined;
}
