import { operation } from "../operation.ts";
import * as schemas from "../schemas/calendar.ts";

const tag = "Calendar";

const getCalendar = operation({
  id: "getCalendar",
  method: "get",
  path: "/calendar",
  tag,
  summary: "Get what is due, day by day",
  description:
    "A talent gets their own tasks and the projects of their teams; a creator everything in their projects. At most 1,000 tasks, projects and overdue tasks each.",
  access: "user",
  query: schemas.calendarQuery,
  success: { status: 200, description: "Days on which something is due", schema: schemas.calendar },
  errors: ["FORBIDDEN", "NOT_FOUND"],
  handle: ({ call, query }) => call("get_calendar", query),
});

const createLink = operation({
  id: "createCalendarLink",
  method: "post",
  path: "/calendar/link",
  tag,
  summary: "Create the secret link of your iCalendar feed",
  description: "An earlier link stops working. The address is shown only in this response.",
  access: "user",
  success: { status: 201, description: "The link", schema: schemas.createdLink },
  errors: [],
  handle: ({ call }) => call("create_calendar_link"),
});

const getLink = operation({
  id: "getCalendarLink",
  method: "get",
  path: "/calendar/link",
  tag,
  summary: "Get whether you have a calendar link",
  access: "user",
  success: { status: 200, description: "The link without its secret", schema: schemas.currentLink },
  errors: [],
  handle: ({ call }) => call("get_calendar_link"),
});

const deleteLink = operation({
  id: "deleteCalendarLink",
  method: "delete",
  path: "/calendar/link",
  tag,
  summary: "Revoke your calendar link",
  access: "user",
  success: { status: 204, description: "There is no link any more" },
  errors: [],
  handle: async ({ call }) => {
    await call("delete_calendar_link");
    return undefined;
  },
});

export const calendar = [getCalendar, createLink, getLink, deleteLink];
