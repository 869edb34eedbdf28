import { z } from "zod";
import { answer, instant, userCard, uuid, wholeNumber } from "./common.ts";

export const auditQuery = z.object({
  projectId: uuid.optional(),
  before: z
    .string()
    .regex(/^\d{1,18}$/)
    .optional()
    .meta({ description: "The id of an event. Only earlier events are returned." }),
  limit: wholeNumber({ default: 50, description: "More than 100 counts as 100." }).optional(),
});

export const auditEvent = answer("AuditEvent", {
  id: z.string(),
  action: z.enum([
    "project.created",
    "project.status_changed",
    "project.deleted",
    "team.member_added",
    "team.member_removed",
    "task.assigned",
    "task.deleted",
    "deliverable.submitted",
    "deliverable.approved",
    "deliverable.revision_requested",
    "deliverable.deleted",
    "deliverable.file_replaced",
    "review.created",
    "review.updated",
    "review.deleted",
  ]),
  actor: userCard.nullable().meta({ description: "Null for the system." }),
  subject: userCard.nullable().meta({ description: "The person the event is about." }),
  projectId: uuid.nullable(),
  entityType: z.enum(["project", "team", "task", "deliverable", "review"]),
  entityId: uuid,
  details: z.record(z.string(), z.unknown()),
  createdAt: instant,
});

export const auditEventList = answer("AuditEventList", {
  events: z.array(auditEvent),
  hasMore: z.boolean(),
});
