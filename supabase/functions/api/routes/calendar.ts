import type { Operation } from "../operation.ts";
import * as schemas from "../schemas/calendar.ts";

const tag = "Calendar";

const getCalendar: Operation = {
  id: "getCalendar",
  method: "get",
  path: "/calendar",
  tag,
  summary: "Get what is due, day by day",
  description:
    "Talent: assigned tasks and the projects of their teams. Creator: everything in their projects. At most 1,000 tasks, projects and overdue tasks each.",
  access: "user",
  query: schemas.calendarQuery,
  success: { status: 200, description: "Days on which something is due", schema: schemas.calendar },
  errors: ["FORBIDDEN", "NOT_FOUND"],
  handle: ({ call, query }) => call("get_calendar", {}, { input: query }),
};

const createLink: Operation = {
  id: "createCalendarLink",
  method: "post",
  path: "/calendar/link",
  tag,
  summary: "Create the secret link of the caller's iCalendar feed",
  description: "An earlier link stops working. The URL is shown only in this response.",
  access: "user",
  success: { status: 201, description: "The link", schema: schemas.createdLink },
  errors: [],
  handle: ({ call }) => call("create_calendar_link"),
};

const getLink: Operation = {
  id: "getCalendarLink",
  method: "get",
  path: "/calendar/link",
  tag,
  summary: "Get the caller's calendar link without its secret",
  access: "user",
  success: {
    status: 200,
    description: "The link without its secret; null if there is none",
    schema: schemas.currentLink,
  },
  errors: [],
  handle: ({ call }) => call("get_calendar_link"),
};

const deleteLink: Operation = {
  id: "deleteCalendarLink",
  method: "delete",
  path: "/calendar/link",
  tag,
  summary: "Revoke the caller's calendar link",
  access: "user",
  success: { status: 204, description: "The link no longer works" },
  errors: [],
  handle: async ({ call }) => {
    await call("delete_calendar_link");
    return undefined;
  },
};

export const calendar: readonly Operation[] = [getCalendar, createLink, getLink, deleteLink];
