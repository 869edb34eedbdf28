import { pick } from "./core/arguments.ts";
import type { Backend } from "./core/backend.ts";
import type { CallOptions } from "./core/options.ts";
import { type Call, call, type ListCall, listCall } from "./core/result.ts";
import type {
  NewProject,
  Project,
  ProjectFilter,
  ProjectList,
  ProjectPatch,
} from "./types/projects.ts";

/** Projects: a creator's own, a talent's those whose team they are on. */
export class Projects {
  readonly #backend: Backend;

  /** @internal */
  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /**
   * The signed-in user's projects, newest first: a creator's own, or those a talent is on.
   *
   * Errors: `VALIDATION_ERROR` for a status or sort that does not exist.
   * @example
   * ```ts
   * const { data } = await onswift.projects.list({ status: "in-progress", limit: 10 });
   * for await (const project of onswift.projects.list()) console.log(project.name);
   * ```
   */
  list(filter: ProjectFilter = {}, options?: CallOptions): ListCall<ProjectList, Project> {
    const load = async (page = filter.page) => {
      const args = { ...pick(filter, "status", "page", "limit", "sort"), page };
      return this.#backend.run<ProjectList>({ name: "list_projects", args, kind: "read" }, options);
    };
    return listCall(load, (page) => page.projects);
  }

  /**
   * Makes a project in `planning`. Creators only.
   *
   * Errors: `CREATOR_ONLY`, `VALIDATION_ERROR`, `CONFLICT` for a reused idempotency key.
   */
  create(project: NewProject, options?: CallOptions): Call<Project> {
    return call(async () => {
      const args = pick(project, "name", "description", "dueDate");
      return this.#backend.run({ name: "create_project", args, kind: "write" }, options);
    });
  }

  /**
   * One project with its team. Its creator and its team only.
   *
   * Errors: `NOT_FOUND`, `FORBIDDEN`.
   */
  get(projectId: string, options?: CallOptions): Call<Project> {
    return call(() =>
      this.#backend.run({ name: "get_project", args: { projectId }, kind: "read" }, options),
    );
  }

  /**
   * Changes what `patch` names. Its creator only.
   *
   * Errors: `NOT_FOUND`, `FORBIDDEN`, `VALIDATION_ERROR`, `CONFLICT` when another change was faster.
   */
  update(projectId: string, patch: ProjectPatch, options?: CallOptions): Call<Project> {
    const args = { projectId, patch };
    return call(() => this.#backend.run({ name: "update_project", args, kind: "write" }, options));
  }

  /**
   * Deletes a project for everybody, with its tasks. Its creator only.
   *
   * Errors: `NOT_FOUND`, `FORBIDDEN`.
   */
  delete(projectId: string, options?: CallOptions): Call<null> {
    return call(() =>
      this.#backend.run({ name: "delete_project", args: { projectId }, kind: "write" }, options),
    );
  }
}
