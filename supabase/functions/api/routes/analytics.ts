import { operation } from "../operation.ts";
import { analytics, analyticsQuery } from "../schemas/analytics.ts";
import { auditEventList, auditQuery } from "../schemas/audit.ts";

const tag = "Analytics";

const getAnalytics = operation({
  id: "getAnalytics",
  method: "get",
  path: "/analytics/me",
  tag,
  summary: "Get figures about your work",
  description:
    "A talent gets figures of their own tasks, deliverables and reviews; a creator those of all their projects, also per project and team member.",
  access: "user",
  query: analyticsQuery,
  success: { status: 200, description: "The figures", schema: analytics },
  errors: [],
  handle: ({ call, query }) => call("get_analytics", query),
});

const listAuditEvents = operation({
  id: "listAuditEvents",
  method: "get",
  path: "/audit",
  tag,
  summary: "List decisions and changes of access that concern you",
  access: "user",
  query: auditQuery,
  success: {
    status: 200,
    description: "Events, newest first",
    schema: auditEventList,
    list: "events",
  },
  errors: [],
  handle: ({ call, query }) => call("list_audit_events", query),
});

export const figures = [getAnalytics, listAuditEvents];
