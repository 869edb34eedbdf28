import { z } from "zod";
import { answer, day, userCard, uuid, workStatus } from "./common.ts";
import { distribution } from "./reviews.ts";

export const analyticsQuery = z.object({
  from: day.optional().meta({ description: "First day. Default: 89 days before the last." }),
  to: day.optional().meta({ description: "Last day, at most 366 days. Default: today." }),
  timeZone: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/)
    .optional()
    .meta({ description: "IANA name. Default: UTC.", examples: ["Europe/Berlin"] }),
  bucket: z.enum(["day", "week", "month"]).optional().meta({ description: "Default: week." }),
});

const count = z.int().min(0);
const share = z
  .number()
  .min(0)
  .max(1)
  .nullable()
  .meta({ description: "Null without anything to count." });

export const analytics = answer("Analytics", {
  from: day,
  to: day,
  timeZone: z.string(),
  bucket: z.enum(["day", "week", "month"]),
  tasks: z
    .object({
      due: count,
      completed: count,
      completedOnTime: count,
      completionRate: share,
      onTimeRate: share,
    })
    .meta({ description: "Tasks due in the range." }),
  deliverables: z
    .object({
      submitted: count,
      approved: count,
      approvedWithoutRevision: count,
      revisionsPerDeliverable: z.number().min(0).nullable(),
    })
    .meta({ description: "Deliverables first submitted in the range." }),
  responseTime: z
    .object({
      count,
      averageHours: z.number().min(0).nullable(),
      medianHours: z.number().min(0).nullable(),
    })
    .meta({
      description:
        "Creators: from a submission to its decision. Talents: from a revision request to the resubmission.",
    }),
  timeline: z.array(
    z.object({
      start: day,
      tasksCompleted: count,
      deliverablesSubmitted: count,
      reviews: count,
      averageRating: z.number().min(1).max(5).nullable(),
    }),
  ),
  projects: z
    .array(
      z.object({
        projectId: uuid,
        name: z.string(),
        status: workStatus,
        tasksDue: count,
        completionRate: share,
        onTimeRate: share,
      }),
    )
    .optional()
    .meta({ description: "Creators only: at most 50, the most tasks first." }),
  teamMembers: z
    .array(
      z.object({
        user: userCard,
        tasksDue: count,
        completionRate: share,
        onTimeRate: share,
        revisionsPerDeliverable: z.number().min(0).nullable(),
      }),
    )
    .optional()
    .meta({ description: "Creators only: at most 50, the most tasks first." }),
  averageRating: z
    .number()
    .min(1)
    .max(5)
    .nullable()
    .optional()
    .meta({ description: "Talents only." }),
  totalReviews: count.optional().meta({ description: "Talents only." }),
  reviewDistribution: distribution.optional().meta({ description: "Talents only." }),
});
