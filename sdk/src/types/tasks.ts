import type { Pagination } from "../core/result.ts";
import type { UserCard } from "./card.ts";
import type { Status } from "./projects.ts";

/** A task of a project. */
export interface Task {
  readonly id: string;
  readonly projectId: string;
  readonly projectName: string;
  readonly name: string;
  /** Empty when none was given. */
  readonly description: string;
  readonly status: Status;
  /** Who does it; `null` only after that talent has left the project or OnSwift. */
  readonly assignee: UserCard | null;
  /** A date, `YYYY-MM-DD`. */
  readonly dueDate: string;
  /**
   * The rule that makes the next task, for example `FREQ=WEEKLY;COUNT=10` (a subset of iCalendar's RRULE); `null`
   * where none follows.
   */
  readonly recurrence: string | null;
  /** Shared by all tasks that one rule made; `null` for a task that never had one. */
  readonly seriesId: string | null;
  /** ISO 8601 in UTC, like every time here. */
  readonly createdAt: string;
  readonly updatedAt: string;
  /** When it was completed; `null` while it is not. */
  readonly completedAt: string | null;
}

/** One page of tasks. */
export interface TaskList {
  readonly tasks: readonly Task[];
  readonly pagination: Pagination;
}

type Descending<Field extends string> = Field | `-${Field}`;

/** What tasks can be sorted by. */
export type TaskSort = Descending<"dueDate" | "createdAt" | "updatedAt" | "name" | "status">;

/** Which of a project's tasks, and in which order. */
export interface ProjectTaskFilter {
  readonly status?: Status | undefined;
  readonly assigneeId?: string | undefined;
  /** From 1. */
  readonly page?: number | undefined;
  /** Items a page: default and maximum 100. */
  readonly limit?: number | undefined;
  /** A field, with `-` before it for descending; by due date when left out. */
  readonly sort?: TaskSort | undefined;
}

/** Which of the user's tasks over all projects, and in which order. */
export interface TaskFilter extends ProjectTaskFilter {
  readonly projectId?: string | undefined;
  /** Items a page: default 20, at most 100. */
  readonly limit?: number | undefined;
  /** Due on this date or later, `YYYY-MM-DD`. */
  readonly dueFrom?: string | undefined;
  /** Due on this date or earlier, `YYYY-MM-DD`. */
  readonly dueTo?: string | undefined;
}

/** A new task. */
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

/** Changes to a task. What is left out stays. The assignee may change `status` alone. */
export interface TaskPatch {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly status?: Status | undefined;
  readonly assigneeId?: string | undefined;
  readonly dueDate?: string | undefined;
  /** As for a new task; `null` ends the series. */
  readonly recurrence?: string | null | undefined;
}
