import { z } from "zod";
import { auditEvent } from "./audit.ts";
import { securityEvent, sessions } from "./auth.ts";
import { currentLink } from "./calendar.ts";
import { answer, instant, userCard, uuid } from "./common.ts";
import { conversation, message } from "./conversations.ts";
import { deliverable } from "./deliverables.ts";
import { reservedFile } from "./files.ts";
import { notification, preferences } from "./notifications.ts";
import { project } from "./projects.ts";
import { publicReview, review } from "./reviews.ts";
import { task } from "./tasks.ts";
import { me } from "./users.ts";

/** All stored data of one account. */
export const exported = answer("Export", {
  exportedAt: instant,
  profile: me,
  projects: z.array(project),
  memberships: z.array(
    z.object({
      projectId: uuid,
      projectName: z.string(),
      role: z.string().nullable(),
      joinedAt: instant,
      removedAt: instant.nullable(),
    }),
  ),
  tasks: z.array(task),
  deliverables: z
    .array(deliverable)
    .meta({ description: "Those the user submitted, and those submitted to the user's projects." }),
  uploads: z.array(reservedFile),
  conversations: z.array(conversation),
  messages: z.array(message).meta({ description: "Those the user sent." }),
  notifications: z.array(notification),
  notificationPreferences: preferences.shape.preferences,
  blockedUsers: z.array(userCard),
  securityEvents: z.array(securityEvent),
  reviewsWritten: z.array(review),
  reviewsReceived: z.array(publicReview),
  calendarLink: currentLink.shape.link.meta({ description: "Without its secret." }),
  auditEvents: z
    .array(auditEvent)
    .meta({ description: "Those the user caused, and those about the user." }),
  sessions: sessions.shape.sessions,
});
