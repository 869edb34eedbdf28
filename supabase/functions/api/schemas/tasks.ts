import { z } from "zod";
import {
  answer,
  day,
  instant,
  pagination,
  paging,
  requestBody,
  sortable,
  text,
  userCard,
  uuid,
  workStatus,
} from "./common.ts";
import { projectParams } from "./projects.ts";

export const taskParams = projectParams.extend({ taskId: uuid });

const recurrence = z
  .string()
  .max(200)
  .regex(
    /^FREQ=(DAILY|WEEKLY|MONTHLY)(;(INTERVAL=[1-9]\d?|COUNT=([2-9]|[1-9]\d|[12]\d\d|3[0-5]\d|36[0-6])|UNTIL=\d{8}))*$/,
  )
  .nullish()
  .meta({
    description:
      "Makes the task recur: FREQ=DAILY, WEEKLY or MONTHLY, with INTERVAL (1 to 99) and COUNT (2 to 366) or UNTIL (YYYYMMDD).",
    examples: ["FREQ=WEEKLY;INTERVAL=2;COUNT=10"],
  });

export const createTask = requestBody("CreateTask", {
  name: text(1, 255),
  description: text(0, 10_000).nullish(),
  assigneeId: uuid,
  dueDate: day,
  recurrence,
});

export const updateTask = requestBody(
  "UpdateTask",
  {
    name: text(1, 255).optional(),
    description: text(0, 10_000).nullish(),
    status: workStatus.optional(),
    assigneeId: uuid.optional().meta({ description: "Must be on the team of the project." }),
    dueDate: day.optional(),
    recurrence,
  },
  { examples: [{ status: "in-progress" }] },
);

const filters = { status: workStatus.optional(), assigneeId: uuid.optional() };
const sort = sortable(["dueDate", "createdAt", "updatedAt", "name", "status"], "by due date");

export const projectTaskQuery = z.object({ ...filters, ...paging(100), sort });

export const taskQuery = z.object({
  ...filters,
  projectId: uuid.optional(),
  dueFrom: day.optional(),
  dueTo: day.optional(),
  ...paging(20),
  sort,
});

export const task = answer("Task", {
  id: uuid,
  projectId: uuid,
  projectName: z.string(),
  name: z.string(),
  description: z.string(),
  status: workStatus,
  assignee: userCard
    .nullable()
    .meta({ description: "Null after the assignee has left the project." }),
  dueDate: day,
  recurrence: z.string().nullable().meta({
    description: "The rule that creates the next task; null if there is no next task.",
  }),
  seriesId: uuid.nullable().meta({ description: "The same for all tasks of one rule." }),
  createdAt: instant,
  updatedAt: instant,
  completedAt: instant.nullable(),
});

export const taskList = answer("TaskList", { tasks: z.array(task), pagination });
