import type { Operation } from "../operation.ts";
import * as schemas from "../schemas/projects.ts";

const tag = "Projects";

const listProjects: Operation = {
  id: "listProjects",
  method: "get",
  path: "/projects",
  tag,
  summary: "List the caller's projects (creator: created; talent: member of the team)",
  access: "user",
  query: schemas.projectQuery,
  success: {
    status: 200,
    description: "A page of projects",
    schema: schemas.projectList,
    list: "projects",
  },
  errors: [],
  handle: ({ call, query }) => call("list_projects", {}, { input: query }),
};

const createProject: Operation = {
  id: "createProject",
  method: "post",
  path: "/projects",
  tag,
  summary: "Create a project (creators only)",
  access: "user",
  body: schemas.createProject,
  idempotent: true,
  success: { status: 201, description: "The project", schema: schemas.project },
  errors: ["CREATOR_ONLY"],
  handle: ({ call, body }) => call("create_project", {}, { input: body }),
};

const getProject: Operation = {
  id: "getProject",
  method: "get",
  path: "/projects/:projectId",
  tag,
  summary: "Get a project (its creator and team)",
  access: "user",
  params: schemas.projectParams,
  success: { status: 200, description: "The project", schema: schemas.project },
  errors: ["FORBIDDEN", "NOT_FOUND"],
  handle: ({ call, params }) => call("get_project", params),
};

const updateProject: Operation = {
  id: "updateProject",
  method: "put",
  path: "/projects/:projectId",
  tag,
  summary: "Update a project (its creator)",
  description: "Omitted fields are unchanged. Any status can follow any other.",
  access: "user",
  params: schemas.projectParams,
  body: schemas.updateProject,
  success: { status: 200, description: "The project after the update", schema: schemas.project },
  errors: ["FORBIDDEN", "NOT_FOUND", "CONFLICT"],
  handle: ({ call, params, body }) => call("update_project", { ...params, patch: body.json }),
};

const deleteProject: Operation = {
  id: "deleteProject",
  method: "delete",
  path: "/projects/:projectId",
  tag,
  summary: "Delete a project (its creator)",
  description: "The project is hidden from all users, together with its tasks and team.",
  access: "user",
  params: schemas.projectParams,
  success: { status: 204, description: "The project has been deleted" },
  errors: ["FORBIDDEN", "NOT_FOUND"],
  handle: async ({ call, params }) => {
    await call("delete_project", params);
    return undefined;
  },
};

export const projects: readonly Operation[] = [
  listProjects,
  createProject,
  getProject,
  updateProject,
  deleteProject,
];
