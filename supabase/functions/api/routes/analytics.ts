import type { Operation } from "../operation.ts";
import { analytics, analyticsQuery } from "../schemas/analytics.ts";
import { auditEventList, auditQuery } from "../schemas/audit.ts";

const tag = "Analytics";

const getAnalytics: Operation = {
  id: "getAnalytics",
  method: "get",
  path: "/analytics/me",
  tag,
  summary: "Get figures about the caller's work",
  description:
    "Talent: figures of their own tasks, deliverables and reviews. Creator: of all their projects, also per project and team member.",
  access: "user",
  query: analyticsQuery,
  success: { status: 200, description: "The figures", schema: analytics },
  errors: [],
  handle: ({ call, query }) => call("get_analytics", {}, { input: query }),
};

const listAuditEvents: Operation = {
  id: "listAuditEvents",
  method: "get",
  path: "/audit",
  tag,
  summary: "List decisions and changes of access that concern the caller",
  access: "user",
  query: auditQuery,
  success: {
    status: 200,
    description: "Events, newest first",
    schema: auditEventList,
    list: "events",
  },
  errors: [],
  handle: ({ call, query }) => call("list_audit_events", {}, { input: query }),
};

export const figures: readonly Operation[] = [getAnalytics, listAuditEvents];
