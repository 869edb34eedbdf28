import { onlyKeys } from "./core/arguments.ts";
import type { Backend } from "./core/backend.ts";
import { byLastItem, type ListCall } from "./core/lists.ts";
import type { CallOptions } from "./core/options.ts";
import type { Call } from "./core/result.ts";
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
    const args = () => onlyKeys(range, "from", "to", "timeZone", "bucket");
    return this.#backend.call("read", "get_analytics", args, options);
  }

  /**
   * Lists decisions and changes of access that concern the signed-in user, newest first: events they caused, events of
   * their projects, and events about them.
   *
   * Requires: signed-in user.
   * Errors: `VALIDATION_ERROR`.
   */
  audit(filter: AuditFilter = {}, options?: CallOptions): ListCall<AuditEventList, AuditEvent> {
    const args = () => onlyKeys(filter, "projectId", "limit");
    return this.#backend.list("list_audit_events", args, byLastItem(items), options);
  }
}

const items = (page: AuditEventList) => page.events;
