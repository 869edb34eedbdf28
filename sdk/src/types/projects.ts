import type { Pagination } from "../core/result.ts";

/** Where a project or a task stands. A project's creator may move it freely between these. */
export type Status = "planning" | "in-progress" | "completed";

/** A project's member, as shown in lists. */
export interface TeamMember {
  /** The user's id. */
  readonly id: string;
  readonly name: string;
  readonly avatarUrl: string | null;
  /** A label such as "Video Editor"; it grants nothing. */
  readonly role: string | null;
  readonly joinedAt: string;
}

/** A project. */
export interface Project {
  readonly id: string;
  readonly creatorId: string;
  readonly name: string;
  readonly description: string;
  readonly status: Status;
  /** A date, `YYYY-MM-DD`. */
  readonly dueDate: string;
  readonly taskCount: number;
  readonly completedTaskCount: number;
  readonly teamMembers: readonly TeamMember[];
  /** ISO 8601 in UTC, like every time here. */
  readonly createdAt: string;
  readonly updatedAt: string;
  /** When it was completed; `null` while it is not. */
  readonly completedAt: string | null;
}

/** One page of projects. */
export interface ProjectList {
  readonly projects: readonly Project[];
  readonly pagination: Pagination;
}

/** Which projects, and in which order. */
export interface ProjectFilter {
  readonly status?: Status | undefined;
  /** From 1. */
  readonly page?: number | undefined;
  /** Items a page: default 20, at most 100. */
  readonly limit?: number | undefined;
  /** A field, with `-` before it for descending; newest first by default. */
  readonly sort?: ProjectSort | undefined;
}

type Descending<Field extends string> = Field | `-${Field}`;

/** What projects can be sorted by. */
export type ProjectSort = Descending<"createdAt" | "updatedAt" | "dueDate" | "name" | "status">;

/** A new project. */
export interface NewProject {
  /** 1 to 255 characters. */
  readonly name: string;
  /** 1 to 10,000 characters. */
  readonly description: string;
  /** A date after today in UTC, `YYYY-MM-DD`. */
  readonly dueDate: string;
}

/** Changes to a project. What is left out stays. */
export interface ProjectPatch {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly status?: Status | undefined;
  /** When it changes, it has to be after today in UTC. */
  readonly dueDate?: string | undefined;
}

/** A talent to put on a team. */
export interface NewTeamMember {
  readonly userId: string;
  /** A label such as "Video Editor"; it grants nothing. */
  readonly role?: string | null | undefined;
}

/** A place on a project's team. */
export interface Membership {
  readonly id: string;
  readonly projectId: string;
  readonly userId: string;
  readonly role: string | null;
  readonly joinedAt: string;
}
