import { operation } from "../operation.ts";
import * as schemas from "../schemas/projects.ts";

const tag = "Projects";

const listProjects = operation({
  id: "listProjects",
  method: "get",
  path: "/projects",
  tag,
  summary: "Your projects: a creator's own, a talent's assigned ones",
  access: "user",
  query: schemas.projectQuery,
  success: {
    status: 200,
    description: "A page of projects",
    schema: schemas.projectList,
    list: "projects",
  },
  errors: [],
  handle: ({ call, query }) => call("list_projects", query),
});

const createProject = operation({
  id: "createProject",
  method: "post",
  path: "/projects",
  tag,
  summary: "Create a project (creators)",
  access: "user",
  body: schemas.createProject,
  roleFirst: "create_project",
  idempotent: true,
  success: { status: 201, description: "The project", schema: schemas.project },
  errors: ["CREATOR_ONLY"],
  handle: ({ call, body }) => call("create_project", body),
});

const getProject = operation({
  id: "getProject",
  method: "get",
  path: "/projects/:projectId",
  tag,
  summary: "A project, for its creator and its team",
  access: "user",
  params: schemas.projectParams,
  success: { status: 200, description: "The project", schema: schemas.project },
  errors: ["FORBIDDEN", "NOT_FOUND"],
  handle: ({ call, params }) => call("get_project", params),
});

const updateProject = operation({
  id: "updateProject",
  method: "put",
  path: "/projects/:projectId",
  tag,
  summary: "Change a project (its creator)",
  description: "Fields that are not sent stay. Any status may follow any other.",
  access: "user",
  params: schemas.projectParams,
  body: schemas.updateProject,
  rehearses: true,
  success: { status: 200, description: "The project after the change", schema: schemas.project },
  errors: ["FORBIDDEN", "NOT_FOUND", "CONFLICT"],
  handle: ({ call, params, body }) => call("update_project", { ...params, patch: body }),
});

const deleteProject = operation({
  id: "deleteProject",
  method: "delete",
  path: "/projects/:projectId",
  tag,
  summary: "Delete a project (its creator)",
  description: "From then on it is hidden from everybody, with its tasks and its team.",
  access: "user",
  params: schemas.projectParams,
  success: { status: 204, description: "The project is deleted" },
  errors: ["FORBIDDEN", "NOT_FOUND"],
  handle: async ({ call, params }) => {
    await call("delete_project", params);
    return undefined;
  },
});

export const projects = [listProjects, createProject, getProject, updateProject, deleteProject];
