import type { Pagination } from "../core/lists.ts";

/** The status of a project or a task. Any change between these is allowed. */
export type Status = "planning" | "in-progress" | "completed";

/** A member of a project's team. */
export interface TeamMember {
  /** The user's id. */
  readonly id: string;
  readonly name: string;
  readonly avatarUrl: string | null;
  /** A label such as "Video Editor". It grants no permissions. */
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
  /** ISO 8601 in UTC, like every time in the SDK. */
  readonly createdAt: string;
  readonly updatedAt: string;
  /** `null` unless the project is completed. */
  readonly completedAt: string | null;
}

/** One page of projects. */
export interface ProjectList {
  readonly projects: readonly Project[];
  readonly pagination: Pagination;
}

/** The projects to list, and their order. */
export interface ProjectFilter {
  readonly status?: Status | undefined;
  /** Page number, starting at 1. */
  readonly page?: number | undefined;
  /** Items per page: default 20, at most 100. */
  readonly limit?: number | undefined;
  /** A field, with a leading `-` for descending order. Default: newest first. */
  readonly sort?: ProjectSort | undefined;
}

type Descending<Field extends string> = Field | `-${Field}`;

/** The sort orders of projects. */
export type ProjectSort = Descending<"createdAt" | "updatedAt" | "dueDate" | "name" | "status">;

/** The input of `projects.create`. */
export interface NewProject {
  /** 1 to 255 characters. */
  readonly name: string;
  /** 1 to 10,000 characters. */
  readonly description: string;
  /** A date after today in UTC, `YYYY-MM-DD`. */
  readonly dueDate: string;
}

/** Changes to a project. Fields that are left out keep their values. */
export interface ProjectPatch {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly status?: Status | undefined;
  /** If it changes: a date after today in UTC. */
  readonly dueDate?: string | undefined;
}

/** The input of `team.add`. */
export interface NewTeamMember {
  readonly userId: string;
  /** A label such as "Video Editor". It grants no permissions. */
  readonly role?: string | null | undefined;
}

/** A membership in a project's team. */
export interface Membership {
  readonly id: string;
  readonly projectId: string;
  readonly userId: string;
  readonly role: string | null;
  readonly joinedAt: string;
}
