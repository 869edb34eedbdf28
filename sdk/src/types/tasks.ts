import type { Pagination } from "../core/lists.ts";
import type { UserCard } from "./card.ts";
import type { Status } from "./projects.ts";

/** A task of a project. */
export interface Task {
  readonly id: string;
  readonly projectId: string;
  readonly projectName: string;
  readonly name: string;
  /** May be empty. */
  readonly description: string;
  readonly status: Status;
  /** `null` after the assignee left the project or deleted their account. */
  readonly assignee: UserCard | null;
  /** A date, `YYYY-MM-DD`. */
  readonly dueDate: string;
  /**
   * The rule that creates the next task, for example `FREQ=WEEKLY;COUNT=10` (a subset of iCalendar's RRULE);
   * `null` if the task does not recur.
   */
  readonly recurrence: string | null;
  /** The same for all tasks of one rule; `null` for a task that never had a rule. */
  readonly seriesId: string | null;
  /** ISO 8601 in UTC, like every time in the SDK. */
  readonly createdAt: string;
  readonly updatedAt: string;
  /** `null` unless the task is completed. */
  readonly completedAt: string | null;
}

/** One page of tasks. */
export interface TaskList {
  readonly tasks: readonly Task[];
  readonly pagination: Pagination;
}

type Descending<Field extends string> = Field | `-${Field}`;

/** The sort orders of tasks. */
export type TaskSort = Descending<"dueDate" | "createdAt" | "updatedAt" | "name" | "status">;

/** The tasks of a project to list, and their order. */
export interface ProjectTaskFilter {
  readonly status?: Status | undefined;
  readonly assigneeId?: string | undefined;
  /** Page number, starting at 1. */
  readonly page?: number | undefined;
  /** Items per page: default and maximum 100. */
  readonly limit?: number | undefined;
  /** A field, with a leading `-` for descending order. Default: by due date. */
  readonly sort?: TaskSort | undefined;
}

/** The tasks of all projects to list, and their order. */
export interface TaskFilter extends ProjectTaskFilter {
  readonly projectId?: string | undefined;
  /** Items per page: default 20, at most 100. */
  readonly limit?: number | undefined;
  /** Due on this date or later, `YYYY-MM-DD`. */
  readonly dueFrom?: string | undefined;
  /** Due on this date or earlier, `YYYY-MM-DD`. */
  readonly dueTo?: string | undefined;
}

/** The input of `tasks.create`. */
export interface NewTask {
  /** 1 to 255 characters. */
  readonly name: string;
  /** At most 10,000 characters. */
  readonly description?: string | undefined;
  /** A talent on the project's team. */
  readonly assigneeId: string;
  /** A date, `YYYY-MM-DD`. */
  readonly dueDate: string;
  /**
   * Makes the task recur: `FREQ=DAILY`, `WEEKLY` or `MONTHLY`, with `INTERVAL` (1 to 99) and either `COUNT` (2 to 366)
   * or `UNTIL` (`YYYYMMDD`).
   */
  readonly recurrence?: string | undefined;
}

/** Changes to a task. Fields that are left out keep their values. The assignee can change only `status`. */
export interface TaskPatch {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly status?: Status | undefined;
  readonly assigneeId?: string | undefined;
  readonly dueDate?: string | undefined;
  /** As in {@link NewTask.recurrence}; `null` ends the series. */
  readonly recurrence?: string | null | undefined;
}
