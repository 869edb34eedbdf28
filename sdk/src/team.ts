import { onlyKeys } from "./core/arguments.ts";
import type { Backend } from "./core/backend.ts";
import { readClaims } from "./core/claims.ts";
import type { CallOptions } from "./core/options.ts";
import { type Call, call } from "./core/result.ts";
import type { Membership, NewTeamMember } from "./types/projects.ts";

/** The team of a project. `projects.get` returns its members. */
export class Team {
  readonly #backend: Backend;

  /** @internal */
  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /**
   * Adds a talent to the team.
   *
   * Requires: project creator.
   * Errors: `VALIDATION_ERROR`, `ALREADY_MEMBER`, `NOT_TALENT`, `NOT_FOUND` (project or user), `FORBIDDEN`,
   * `BLOCKED`, `INVALID_STATE` (the talent has left your teams twice in 30 days), `CONFLICT` (idempotency key used for another request).
   */
  add(projectId: string, member: NewTeamMember, options?: CallOptions): Call<Membership> {
    const args = () => ({ projectId, ...onlyKeys(member, "userId", "role") });
    return this.#backend.call("create", "add_team_member", args, options);
  }

  /**
   * Removes a talent from the team. Their open tasks lose their assignee, completed tasks keep it.
   *
   * Requires: project creator, or the talent themselves (see {@link Team.leave}).
   * Errors: `VALIDATION_ERROR`, `NOT_FOUND` (project or team member), `FORBIDDEN`.
   */
  remove(projectId: string, userId: string, options?: CallOptions): Call<null> {
    return this.#backend.call("write", "remove_team_member", { projectId, userId }, options);
  }

  /**
   * Removes the signed-in talent from the team.
   *
   * Requires: team member.
   * Errors: `VALIDATION_ERROR`, `NOT_FOUND` (project, or the user is not on its team), `FORBIDDEN`.
   */
  leave(projectId: string, options?: CallOptions): Call<null> {
    return call(() =>
      this.#backend.within(options, async (deadline) => {
        const { sub } = readClaims(await deadline.race(this.#backend.tokens.required()));
        const args = { projectId, userId: sub };
        const operation = { name: "remove_team_member", args, kind: "write" } as const;
        return this.#backend.runWithin(deadline, operation, options);
      }),
    );
  }
}
