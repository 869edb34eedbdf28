import type { Operation } from "../operation.ts";
import { projectParams } from "../schemas/projects.ts";
import * as schemas from "../schemas/tasks.ts";

const tag = "Tasks";

const page = {
  status: 200,
  description: "A page of tasks",
  schema: schemas.taskList,
  list: "tasks",
} as const;

const listTasks: Operation = {
  id: "listTasks",
  method: "get",
  path: "/tasks",
  tag,
  summary: "List tasks over all projects (creator: all tasks; talent: assigned tasks)",
  access: "user",
  query: schemas.taskQuery,
  success: page,
  errors: [],
  handle: ({ call, query }) => call("list_tasks", {}, { input: query }),
};

const listProjectTasks: Operation = {
  id: "listProjectTasks",
  method: "get",
  path: "/projects/:projectId/tasks",
  tag,
  summary: "List the tasks of a project (its creator and team)",
  access: "user",
  params: projectParams,
  query: schemas.projectTaskQuery,
  success: page,
  errors: ["FORBIDDEN", "NOT_FOUND"],
  handle: ({ call, params, query }) => call("list_project_tasks", params, { input: query }),
};

const createTask: Operation = {
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
  handle: ({ call, params, body }) => call("create_task", params, { input: body }),
};

const getTask: Operation = {
  id: "getTask",
  method: "get",
  path: "/projects/:projectId/tasks/:taskId",
  tag,
  summary: "Get a task (the project's creator and team)",
  access: "user",
  params: schemas.taskParams,
  success: { status: 200, description: "The task", schema: schemas.task },
  errors: ["FORBIDDEN", "NOT_FOUND"],
  handle: ({ call, params }) => call("get_task", params),
};

const updateTask: Operation = {
  id: "updateTask",
  method: "put",
  path: "/projects/:projectId/tasks/:taskId",
  tag,
  summary: "Update a task (creator: any field; assignee: status only)",
  description: "A request of the assignee with other fields than `status` is refused as a whole.",
  access: "user",
  params: schemas.taskParams,
  body: schemas.updateTask,
  success: { status: 200, description: "The task after the update", schema: schemas.task },
  errors: [
    "ASSIGNEE_NOT_MEMBER",
    "FORBIDDEN",
    "STATUS_ONLY",
    "NOT_FOUND",
    "CONFLICT",
    "INVALID_STATE",
  ],
  handle: ({ call, params, body }) => call("update_task", { ...params, patch: body.json }),
};

const deleteTask: Operation = {
  id: "deleteTask",
  method: "delete",
  path: "/projects/:projectId/tasks/:taskId",
  tag,
  summary: "Delete a task (the project's creator)",
  access: "user",
  params: schemas.taskParams,
  success: { status: 204, description: "The task has been deleted" },
  errors: ["FORBIDDEN", "NOT_FOUND", "INVALID_STATE"],
  handle: async ({ call, params }) => {
    await call("delete_task", params);
    return undefined;
  },
};

export const tasks: readonly Operation[] = [
  listTasks,
  listProjectTasks,
  createTask,
  getTask,
  updateTask,
  deleteTask,
];
