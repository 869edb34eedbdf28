import { z } from "zod";
import { answer, day, instant, uuid } from "./common.ts";
import { project } from "./projects.ts";
import { task } from "./tasks.ts";

export const calendarQuery = z.object({
  from: day.optional().meta({ description: "First day. Default: the first of this month (UTC)." }),
  to: day
    .optional()
    .meta({ description: "Last day, at most 366 days. Default: the end of from's month." }),
  projectId: uuid.optional(),
});

export const calendar = answer("Calendar", {
  from: day,
  to: day,
  days: z
    .array(z.object({ date: day, tasks: z.array(task), projects: z.array(project) }))
    .meta({ description: "Days on which something is due, in order." }),
  overdue: z.array(task).meta({ description: "Tasks not completed whose due date has passed." }),
});

const link = {
  createdAt: instant,
  lastUsedAt: instant
    .nullable()
    .meta({ description: "Null until a calendar program has used it." }),
};

export const createdLink = answer("CreatedCalendarLink", {
  url: z.url().meta({ description: "The secret address of the feed. It is shown only here." }),
  token: z.string(),
  ...link,
});

export const currentLink = answer("CalendarLink", { link: z.object(link).nullable() });

export const feedQuery = z.object({ token: z.string().min(1).max(200) });
