import { onlyKeys } from "./core/arguments.ts";
import type { Backend } from "./core/backend.ts";
import { keysetCall } from "./core/keyset.ts";
import type { CallOptions } from "./core/options.ts";
import { type Call, call, type ListCall } from "./core/result.ts";
import type {
  AnalyticsRange,
  AuditEvent,
  AuditEventList,
  AuditFilter,
  Analytics as Figures,
} from "./types/analytics.ts";

/** Figures about the signed-in user's work, and the audit trail of what concerns them. */
export class Analytics {
  readonly #backend: Backend;

  /** @internal */
  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /**
   * Returns figures about the signed-in user's work: completion and on-time rates, revisions per deliverable, response
   * time and a timeline; for creators also per project and team member, for talents also their rating.
   *
   * Requires: signed-in user.
   * Errors: `VALIDATION_ERROR`.
   * @example
   * ```ts
   * const { data } = await onswift.analytics.me({ timeZone: "Europe/Berlin", bucket: "month" });
   * ```
   */
  me(range: AnalyticsRange = {}, options?: CallOptions): Call<Figures> {
    return call(async () => {
      const args = onlyKeys(range, "from", "to", "timeZone", "bucket");
      return this.#backend.run({ name: "get_analytics", args, kind: "read" }, options);
    });
  }

  /**
   * Lists decisions and changes of access that concern the signed-in user, newest first: events they caused, events of
   * their projects, and events about them.
   *
   * Requires: signed-in user.
   * Errors: `VALIDATION_ERROR`.
   */
  audit(filter: AuditFilter = {}, options?: CallOptions): ListCall<AuditEventList, AuditEvent> {
    const load = async (before?: string) => {
      const args = { ...onlyKeys(filter, "projectId", "limit"), before };
      const operation = { name: "list_audit_events", args, kind: "read" } as const;
      return this.#backend.run<AuditEventList>(operation, options);
    };
    return keysetCall(load, (page) => page.events);
  }
}
