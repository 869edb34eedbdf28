import type { TransactionSql } from "postgres";
import { addConversation } from "../world/conversations.ts";
import { addReviewedDeliverable, addSample } from "../world/deliverables.ts";
import { anAccount } from "../world/people.ts";
import { addReview } from "../world/reviews.ts";
import { tables } from "../world/tables.ts";
import { sqlEntrance } from "../world/through-sql.ts";
import { buildWorld } from "../world/world.ts";

/** Everyone whom a rule can treat differently. */
export const personas = [
  "creator",
  "other creator",
  "member",
  "assignee",
  "removed member",
  "stranger",
  "anon",
] as const;

export type Persona = (typeof personas)[number];

export interface AccessWorld {
  /** The account of each persona. anon has none. */
  readonly ids: Readonly<Record<Exclude<Persona, "anon">, string>>;
  readonly projectId: string;
  readonly taskId: string;
  /** A talent on no team, whom the creator may add. */
  readonly candidateId: string;
  /** Submitted by the assignee, reviewed once, pending, with one file. */
  readonly deliverableId: string;
  readonly fileId: string;
  /** A file in the project's samples, uploaded by the creator. */
  readonly sampleId: string;
  /** Between the creator and the assignee, with a message of the creator. */
  readonly conversationId: string;
  readonly messageId: string;
  /** Of the creator, with the assignee and the member on its team until the end. */
  readonly completedProjectId: string;
  /** The creator's review of the assignee. */
  readonly reviewId: string;
}

/** A project with a row in every table, written as the database's own role. */
export async function buildAccessWorld(sql: TransactionSql): Promise<AccessWorld> {
  const entrance = sqlEntrance(sql);
  const { projectId, taskId, ...people } = await buildWorld(
    entrance,
    "otherCreator",
    "member",
    "removedMember",
    "stranger",
  );
  const ids = {
    creator: people.creator.id,
    "other creator": people.otherCreator.id,
    member: people.member.id,
    assignee: people.assignee.id,
    "removed member": people.removedMember.id,
    stranger: people.stranger.id,
  };
  const db = tables(sql);
  await db
    .updateTable("public.project_members")
    .set({ removed_at: new Date() })
    .where("project_id", "=", projectId)
    .where("user_id", "=", ids["removed member"])
    .execute();
  const { id: candidateId } = await entrance.signUp(anAccount("talent"));
  const place = { projectId, taskId, submitterId: ids.assignee };
  const work = await addReviewedDeliverable(sql, place);
  const sampleId = await addSample(sql, projectId, ids.creator);
  const conversation = await addConversation(sql, ids.creator, ids.assignee);
  await db
    .insertInto("public.user_blocks")
    .values({ blocker_id: ids.member, blocked_id: ids["other creator"] })
    .execute();
  await db
    .insertInto("public.notification_preferences")
    .values({ user_id: ids.assignee, type: "mentioned", in_app: true, email: true })
    .execute();
  const review = await addReview(sql, ids.creator, [ids.assignee, ids.member]);
  return { ids, projectId, taskId, candidateId, ...work, sampleId, ...conversation, ...review };
}
