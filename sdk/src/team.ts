import { pick } from "./core/arguments.ts";
import type { Backend } from "./core/backend.ts";
import { readClaims } from "./core/claims.ts";
import type { CallOptions } from "./core/options.ts";
import { type Call, call } from "./core/result.ts";
import type { Membership, NewTeamMember } from "./types/projects.ts";

/** The team of a project. Who is on it stands in the project itself: `projects.get`. */
export class Team {
  readonly #backend: Backend;

  /** @internal */
  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /**
   * Puts a talent on the team. The project's creator only.
   *
   * Errors: `NOT_FOUND`, `FORBIDDEN`, `ALREADY_MEMBER`, `NOT_TALENT`, `VALIDATION_ERROR`, `CONFLICT` for a
   * reused idempotency key.
   */
  add(projectId: string, member: NewTeamMember, options?: CallOptions): Call<Membership> {
    return call(async () => {
      const args = { projectId, ...pick(member, "userId", "role") };
      return this.#backend.run({ name: "add_team_member", args, kind: "write" }, options);
    });
  }

  /**
   * Takes a talent off the team: their open tasks lose their assignee, completed ones keep the name.
   * The project's creator, or the talent themselves (see {@link Team.leave}).
   *
   * Errors: `NOT_FOUND` also for somebody who is not on the team, `FORBIDDEN`.
   */
  remove(projectId: string, userId: string, options?: CallOptions): Call<null> {
    const args = { projectId, userId };
    return call(() =>
      this.#backend.run({ name: "remove_team_member", args, kind: "write" }, options),
    );
  }

  /**
   * The signed-in talent leaves the team.
   *
   * Errors: `NOT_FOUND` when they are not on it.
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
