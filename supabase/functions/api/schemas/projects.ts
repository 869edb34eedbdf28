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

export const projectParams = z.object({ projectId: uuid });

const dueInFuture = day.meta({ description: "Must be later than today (UTC)." });

export const createProject = requestBody("CreateProject", {
  name: text(1, 255),
  description: text(1, 10_000),
  dueDate: dueInFuture,
});

export const updateProject = requestBody(
  "UpdateProject",
  {
    name: text(1, 255).optional(),
    description: text(1, 10_000).optional(),
    status: workStatus.optional(),
    dueDate: day.optional().meta({ description: "A changed date must be later than today (UTC)." }),
  },
  { examples: [{ status: "in-progress" }] },
);

export const projectQuery = z.object({
  status: workStatus.optional(),
  ...paging(20),
  sort: sortable(["createdAt", "updatedAt", "dueDate", "name", "status"], "newest first"),
});

const teamMember = userCard.extend({ role: z.string().nullable(), joinedAt: instant });

export const project = answer("Project", {
  id: uuid,
  creatorId: uuid,
  name: z.string(),
  description: z.string(),
  status: workStatus,
  dueDate: day,
  taskCount: z.int().min(0),
  completedTaskCount: z.int().min(0),
  teamMembers: z.array(teamMember),
  createdAt: instant,
  updatedAt: instant,
  completedAt: instant.nullable(),
});

export const projectList = answer("ProjectList", { projects: z.array(project), pagination });

export const memberParams = projectParams.extend({ userId: uuid });

export const addMember = requestBody("AddTeamMember", {
  userId: uuid,
  role: text(0, 255)
    .nullish()
    .meta({ description: "A label such as “Video Editor”. It grants no rights." }),
});

export const membership = answer("Membership", {
  id: uuid,
  projectId: uuid,
  userId: uuid,
  role: z.string().nullable(),
  joinedAt: instant,
});
