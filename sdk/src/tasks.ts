import { onlyKeys } from "./core/arguments.ts";
import type { Backend } from "./core/backend.ts";
import { type ListCall, numbered } from "./core/lists.ts";
import type { CallOptions } from "./core/options.ts";
import type { Call } from "./core/result.ts";
import type { Status } from "./types/projects.ts";
import type {
  NewTask,
  ProjectTaskFilter,
  Task,
  TaskFilter,
  TaskList,
  TaskPatch,
} from "./types/tasks.ts";

const listKeys = ["status", "assigneeId", "page", "limit", "sort"] as const;

/** Tasks: the project's creator manages them, the assigned talent changes their status. */
export class Tasks {
  readonly #backend: Backend;

  /** @internal */
  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /**
   * Lists tasks of all projects, by due date unless `sort` is set: for a talent those assigned to them, for a
   * creator those of their projects.
   *
   * Requires: signed-in user.
   * Errors: `VALIDATION_ERROR`.
   * @example
   * ```ts
   * const dueSoon = onswift.tasks.list({ status: "in-progress", dueTo: "2026-12-31" });
   * for await (const task of dueSoon) console.log(task.dueDate, task.name);
   * ```
   */
  list(filter?: TaskFilter, options?: CallOptions): ListCall<TaskList, Task>;
  /**
   * Lists the tasks of one project, by due date unless `sort` is set.
   *
   * Requires: project creator or team member.
   * Errors: `VALIDATION_ERROR`, `NOT_FOUND`, `FORBIDDEN`.
   */
  list(
    projectId: string,
    filter?: ProjectTaskFilter,
    options?: CallOptions,
  ): ListCall<TaskList, Task>;
  list(
    first: string | TaskFilter = {},
    second: ProjectTaskFilter | CallOptions = {},
    third?: CallOptions,
  ): ListCall<TaskList, Task> {
    return typeof first === "string"
      ? this.#listOfProject(first, second as ProjectTaskFilter, third)
      : this.#listOfAllProjects(first, second as CallOptions);
  }

  /**
   * Creates a task and assigns it to a talent of the team.
   *
   * Requires: project creator.
   * Errors: `VALIDATION_ERROR`, `ASSIGNEE_NOT_MEMBER`, `NOT_FOUND`, `FORBIDDEN`, `CONFLICT` (idempotency key
   * used for another request).
   */
  create(projectId: string, task: NewTask, options?: CallOptions): Call<Task> {
    const keys = ["name", "description", "assigneeId", "dueDate", "recurrence"] as const;
    const args = () => ({ projectId, ...onlyKeys(task, ...keys) });
    return this.#backend.call("create", "create_task", args, options);
  }

  /**
   * Returns one task.
   *
   * Requires: project creator or team member.
   * Errors: `VALIDATION_ERROR`, `NOT_FOUND`, `FORBIDDEN`.
   */
  get(projectId: string, taskId: string, options?: CallOptions): Call<Task> {
    return this.#backend.call("read", "get_task", { projectId, taskId }, options);
  }

  /**
   * Updates the fields in `patch`; the others keep their values.
   *
   * Requires: project creator (any field) or assignee (`status` only).
   * Errors: `VALIDATION_ERROR`, `ASSIGNEE_NOT_MEMBER`, `NOT_FOUND`, `FORBIDDEN`, `STATUS_ONLY`, `CONFLICT`
   * (another change at the same time), `INVALID_STATE` (the creator's account was deleted).
   */
  update(projectId: string, taskId: string, patch: TaskPatch, options?: CallOptions): Call<Task> {
    const args = { projectId, taskId, patch };
    return this.#backend.call("write", "update_task", args, options);
  }

  /**
   * Sets the status of a task. Same as {@link Tasks.update} with only `status`.
   *
   * Requires: project creator or assignee.
   * Errors: `VALIDATION_ERROR`, `NOT_FOUND`, `FORBIDDEN`, `CONFLICT` (another change at the same time),
   * `INVALID_STATE` (the creator's account was deleted).
   */
  setStatus(projectId: string, taskId: string, status: Status, options?: CallOptions): Call<Task> {
    return this.update(projectId, taskId, { status }, options);
  }

  /**
   * Deletes a task for all members of the project.
   *
   * Requires: project creator.
   * Errors: `VALIDATION_ERROR`, `NOT_FOUND`, `FORBIDDEN`, `INVALID_STATE` (the task has an approved
   * deliverable).
   */
  delete(projectId: string, taskId: string, options?: CallOptions): Call<null> {
    return this.#backend.call("write", "delete_task", { projectId, taskId }, options);
  }

  #listOfProject(projectId: string, filter: ProjectTaskFilter, options?: CallOptions) {
    const args = () => ({ projectId, ...onlyKeys(filter, ...listKeys) });
    return this.#backend.list("list_project_tasks", args, numbered(items), options);
  }

  #listOfAllProjects(filter: TaskFilter, options?: CallOptions) {
    const args = () => onlyKeys(filter, ...listKeys, "projectId", "dueFrom", "dueTo");
    return this.#backend.list("list_tasks", args, numbered(items), options);
  }
}

const items = (page: TaskList) => page.tasks;
