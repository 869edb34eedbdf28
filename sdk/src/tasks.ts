import { pick } from "./core/arguments.ts";
import type { Backend } from "./core/backend.ts";
import type { CallOptions } from "./core/options.ts";
import { type Call, call, type ListCall, listCall } from "./core/result.ts";
import type { Status } from "./types/projects.ts";
import type {
  NewTask,
  ProjectTaskFilter,
  Task,
  TaskFilter,
  TaskList,
  TaskPatch,
} from "./types/tasks.ts";

/** Tasks: the creator of the project runs them, the assigned talent moves their own. */
export class Tasks {
  readonly #backend: Backend;

  /** @internal */
  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /**
   * All tasks of one project, by due date. Its creator and its team.
   *
   * Errors: `NOT_FOUND`, `FORBIDDEN`, `VALIDATION_ERROR`.
   */
  list(
    projectId: string,
    filter: ProjectTaskFilter = {},
    options?: CallOptions,
  ): ListCall<TaskList, Task> {
    const load = async (page = filter.page) => {
      const picked = pick(filter, "status", "assigneeId", "page", "limit", "sort");
      return this.#page("list_project_tasks", { projectId, ...picked, page }, options);
    };
    return listCall(load, (page) => page.tasks);
  }

  /**
   * The signed-in user's tasks over all projects, by due date: those assigned to a talent, or all in a
   * creator's own projects.
   *
   * Errors: `VALIDATION_ERROR`.
   * @example
   * ```ts
   * const dueSoon = onswift.tasks.all({ status: "in-progress", dueTo: "2026-12-31" });
   * for await (const task of dueSoon) console.log(task.dueDate, task.name);
   * ```
   */
  all(filter: TaskFilter = {}, options?: CallOptions): ListCall<TaskList, Task> {
    const load = async (page = filter.page) => {
      const own = ["status", "assigneeId", "page", "limit", "sort"] as const;
      const args = { ...pick(filter, ...own, "projectId", "dueFrom", "dueTo"), page };
      return this.#page("list_tasks", args, options);
    };
    return listCall(load, (page) => page.tasks);
  }

  /**
   * Gives a talent on the team a task. The project's creator only.
   *
   * Errors: `NOT_FOUND`, `FORBIDDEN`, `ASSIGNEE_NOT_MEMBER`, `VALIDATION_ERROR`, `CONFLICT` for a reused
   * idempotency key.
   */
  create(projectId: string, task: NewTask, options?: CallOptions): Call<Task> {
    return call(async () => {
      const picked = pick(task, "name", "description", "assigneeId", "dueDate", "recurrence");
      return this.#write("create_task", { projectId, ...picked }, options);
    });
  }

  /**
   * One task. The project's creator and its team.
   *
   * Errors: `NOT_FOUND`, `FORBIDDEN`.
   */
  get(projectId: string, taskId: string, options?: CallOptions): Call<Task> {
    const args = { projectId, taskId };
    return call(() => this.#backend.run({ name: "get_task", args, kind: "read" }, options));
  }

  /**
   * Changes what `patch` names: anything for the project's creator, `status` alone for the assignee.
   *
   * Errors: `NOT_FOUND`, `FORBIDDEN`, `STATUS_ONLY`, `ASSIGNEE_NOT_MEMBER`, `VALIDATION_ERROR`, `CONFLICT`
   * when another change was faster, `INVALID_STATE` in the project of a deleted account.
   */
  update(projectId: string, taskId: string, patch: TaskPatch, options?: CallOptions): Call<Task> {
    return call(() => this.#write("update_task", { projectId, taskId, patch }, options));
  }

  /**
   * Moves a task; `update` with nothing but the status. The project's creator and the assignee.
   *
   * Errors: `NOT_FOUND`, `FORBIDDEN`, `VALIDATION_ERROR`.
   */
  setStatus(projectId: string, taskId: string, status: Status, options?: CallOptions): Call<Task> {
    return this.update(projectId, taskId, { status }, options);
  }

  /**
   * Deletes a task for everybody. The project's creator only.
   *
   * Errors: `NOT_FOUND`, `FORBIDDEN`.
   */
  delete(projectId: string, taskId: string, options?: CallOptions): Call<null> {
    return call(() => this.#write("delete_task", { projectId, taskId }, options));
  }

  #page(name: string, args: object, options?: CallOptions): Promise<TaskList> {
    return this.#backend.run({ name, args, kind: "read" }, options);
  }

  #write<T>(name: string, args: object, options?: CallOptions): Promise<T> {
    return this.#backend.run({ name, args, kind: "write" }, options);
  }
}
