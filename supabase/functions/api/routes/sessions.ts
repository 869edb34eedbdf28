import type { Operation } from "../operation.ts";
import * as schemas from "../schemas/auth.ts";

const tag = "Authentication";

const listSessions: Operation = {
  id: "listSessions",
  method: "get",
  path: "/auth/sessions",
  tag,
  summary: "List your sessions, newest first",
  access: "user",
  success: { status: 200, description: "All sessions of the user", schema: schemas.sessions },
  errors: [],
  handle: ({ call }) => call("list_sessions"),
};

const revokeSession: Operation = {
  id: "revokeSession",
  method: "delete",
  path: "/auth/sessions/:sessionId",
  tag,
  summary: "End one of your sessions",
  description: "Its access token stops working at once. It can be the current session.",
  access: "user",
  params: schemas.sessionParams,
  success: { status: 204, description: "The session has ended" },
  errors: ["NOT_FOUND"],
  handle: async ({ params, call }) => {
    await call("revoke_session", params);
    return undefined;
  },
};

const listSecurityEvents: Operation = {
  id: "listSecurityEvents",
  method: "get",
  path: "/auth/security-log",
  tag,
  summary: "List sign-ins and changes of your password and address, newest first",
  description: "Events are kept for 90 days.",
  access: "user",
  query: schemas.securityQuery,
  success: {
    status: 200,
    description: "Events, newest first",
    schema: schemas.securityEvents,
    list: "events",
  },
  errors: [],
  handle: ({ call, query }) => call("list_security_events", {}, { input: query }),
};

export const sessions: readonly Operation[] = [listSessions, revokeSession, listSecurityEvents];
