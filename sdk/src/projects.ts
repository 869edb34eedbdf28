import { onlyKeys } from "./core/arguments.ts";
import type { Backend } from "./core/backend.ts";
import { type ListCall, numbered } from "./core/lists.ts";
import type { CallOptions } from "./core/options.ts";
import type { Call } from "./core/result.ts";
import type {
  NewProject,
  Project,
  ProjectFilter,
  ProjectList,
  ProjectPatch,
} from "./types/projects.ts";

/** Projects. A creator sees their own projects, a talent the projects whose team they are on. */
export class Projects {
  readonly #backend: Backend;

  /** @internal */
  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /**
   * Lists the signed-in user's projects, newest first unless `sort` is set.
   *
   * Requires: signed-in user.
   * Errors: `VALIDATION_ERROR`.
   * @example
   * ```ts
   * const { data } = await onswift.projects.list({ status: "in-progress", limit: 10 });
   * for await (const project of onswift.projects.list()) console.log(project.name);
   * ```
   */
  list(filter: ProjectFilter = {}, options?: CallOptions): ListCall<ProjectList, Project> {
    const args = () => onlyKeys(filter, "status", "page", "limit", "sort");
    return this.#backend.list("list_projects", args, numbered(items), options);
  }

  /**
   * Creates a project with the status `planning`.
   *
   * Requires: creator.
   * Errors: `VALIDATION_ERROR`, `CREATOR_ONLY`, `CONFLICT` (idempotency key used for another request).
   * @example
   * ```ts
   * const project = await onswift.projects
   *   .create({ name: "Trailer", description: "Sixty seconds", dueDate: "2027-06-30" })
   *   .orThrow();
   * ```
   */
  create(project: NewProject, options?: CallOptions): Call<Project> {
    const args = () => onlyKeys(project, "name", "description", "dueDate");
    return this.#backend.call("create", "create_project", args, options);
  }

  /**
   * Returns one project with its team.
   *
   * Requires: project creator or team member.
   * Errors: `VALIDATION_ERROR`, `NOT_FOUND`, `FORBIDDEN`.
   */
  get(projectId: string, options?: CallOptions): Call<Project> {
    return this.#backend.call("read", "get_project", { projectId }, options);
  }

  /**
   * Updates the fields in `patch`; the others keep their values.
   *
   * Requires: project creator.
   * Errors: `VALIDATION_ERROR`, `NOT_FOUND`, `FORBIDDEN`, `CONFLICT` (another change at the same time).
   */
  update(projectId: string, patch: ProjectPatch, options?: CallOptions): Call<Project> {
    return this.#backend.call("write", "update_project", { projectId, patch }, options);
  }

  /**
   * Deletes a project with its tasks, for all its members.
   *
   * Requires: project creator.
   * Errors: `VALIDATION_ERROR`, `NOT_FOUND`, `FORBIDDEN`.
   */
  delete(projectId: string, options?: CallOptions): Call<null> {
    return this.#backend.call("write", "delete_project", { projectId }, options);
  }
}

const items = (page: ProjectList) => page.projects;
