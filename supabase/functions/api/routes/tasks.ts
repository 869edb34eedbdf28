import { operation } from "../operation.ts";
import { projectParams } from "../schemas/projects.ts";
import * as schemas from "../schemas/tasks.ts";

const tag = "Tasks";

const page = {
  status: 200,
  description: "A page of tasks",
  schema: schemas.taskList,
  list: "tasks",
} as const;

const listTasks = operation({
  id: "listTasks",
  method: "get",
  path: "/tasks",
  tag,
  summary: "Tasks over all projects: a talent's own, a creator's whole",
  access: "user",
  query: schemas.taskQuery,
  success: page,
  errors: [],
  handle: ({ call, query }) => call("list_tasks", query),
});

const listProjectTasks = operation({
  id: "listProjectTasks",
  method: "get",
  path: "/projects/:projectId/tasks",
  tag,
  summary: "A project's tasks, for its creator and its team",
  access: "user",
  params: projectParams,
  query: schemas.projectTaskQuery,
  success: page,
  errors: ["FORBIDDEN", "NOT_FOUND"],
  handle: ({ call, params, query }) => call("list_project_tasks", { ...params, ...query }),
});

const createTask = operation({
  id: "createTask",
  method: "post",
  path: "/projects/:projectId/tasks",
  tag,
  summary: "Create a task for a member of the team (the project's creator)",
  access: "user",
  params: projectParams,
  body: schemas.createTask,
  idempotent: true,
  success: { status: 201, description: "The task", schema: schemas.task },
  errors: ["ASSIGNEE_NOT_MEMBER", "FORBIDDEN", "NOT_FOUND"],
  handle: ({ call, params, body }) => call("create_task", { ...params, ...body }),
});

const getTask = operation({
  id: "getTask",
  method: "get",
  path: "/projects/:projectId/tasks/:taskId",
  tag,
  summary: "A task, for the project's creator and team",
  access: "user",
  params: schemas.taskParams,
  success: { status: 200, description: "The task", schema: schemas.task },
  errors: ["FORBIDDEN", "NOT_FOUND"],
  handle: ({ call, params }) => call("get_task", params),
});

const updateTask = operation({
  id: "updateTask",
  method: "put",
  path: "/projects/:projectId/tasks/:taskId",
  tag,
  summary: "Change a task: the creator all of it, its assignee the status",
  description: "An assignee who sends more than `status` is refused and nothing changes.",
  access: "user",
  params: schemas.taskParams,
  body: schemas.updateTask,
  rehearses: true,
  success: { status: 200, description: "The task after the change", schema: schemas.task },
  errors: [
    "ASSIGNEE_NOT_MEMBER",
    "FORBIDDEN",
    "STATUS_ONLY",
    "NOT_FOUND",
    "CONFLICT",
    "INVALID_STATE",
  ],
  handle: ({ call, params, body }) => call("update_task", { ...params, patch: body }),
});

const deleteTask = operation({
  id: "deleteTask",
  method: "delete",
  path: "/projects/:projectId/tasks/:taskId",
  tag,
  summary: "Delete a task (the project's creator)",
  access: "user",
  params: schemas.taskParams,
  success: { status: 204, description: "The task is deleted" },
  errors: ["FORBIDDEN", "NOT_FOUND", "INVALID_STATE"],
  handle: async ({ call, params }) => {
    await call("delete_task", params);
    return undefined;
  },
});

export const tasks = [listTasks, listProjectTasks, createTask, getTask, updateTask, deleteTask];
