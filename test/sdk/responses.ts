import { z } from "zod";
import type {
  AccountExport,
  Analytics,
  AuditEventList,
  BlockList,
  Calendar,
  CleanFile,
  Confirmation,
  Conversation,
  ConversationList,
  CreatedCalendarLink,
  CurrentCalendarLink,
  Deliverable,
  DeliverableHistory,
  DeliverableList,
  DownloadUrl,
  EmailVerified,
  Me,
  Membership,
  Message,
  MessageList,
  Notification,
  NotificationList,
  NotificationPreferences,
  OpenedConversation,
  Pagination,
  Project,
  ProjectList,
  PublicProfile,
  Review,
  ReviewList,
  Sample,
  SampleList,
  SecurityEventList,
  SessionList,
  SignedIn,
  Skill,
  SkillList,
  StoredFile,
  TalentList,
  Task,
  TaskList,
  TokenPair,
  Unsubscribed,
  Upload,
  UserCard,
} from "../../sdk/src/index.ts";
import { analytics as analyticsSchema } from "../../supabase/functions/api/schemas/analytics.ts";
import { auditEventList as auditSchema } from "../../supabase/functions/api/schemas/audit.ts";
import * as auth from "../../supabase/functions/api/schemas/auth.ts";
import * as calendars from "../../supabase/functions/api/schemas/calendar.ts";
import * as common from "../../supabase/functions/api/schemas/common.ts";
import * as conversations from "../../supabase/functions/api/schemas/conversations.ts";
import * as deliverables from "../../supabase/functions/api/schemas/deliverables.ts";
import { exported } from "../../supabase/functions/api/schemas/export.ts";
import * as files from "../../supabase/functions/api/schemas/files.ts";
import * as notifications from "../../supabase/functions/api/schemas/notifications.ts";
import * as projects from "../../supabase/functions/api/schemas/projects.ts";
import * as reviews from "../../supabase/functions/api/schemas/reviews.ts";
import * as samples from "../../supabase/functions/api/schemas/samples.ts";
import * as tasks from "../../supabase/functions/api/schemas/tasks.ts";
import * as users from "../../supabase/functions/api/schemas/users.ts";
import { sameAs } from "./same-type.ts";

/**
 * The REST API's response schemas, to compare with what the SDK gets from PostgREST. The compiler checks that
 * each of them and the SDK's type of the same response are equal.
 */
export const session = sameAs<SignedIn>()(auth.session);
export const tokenPair = sameAs<TokenPair>()(auth.tokenPair);
export const securityEvents = sameAs<SecurityEventList>()(auth.securityEvents);
export const sessionList = sameAs<SessionList>()(auth.sessions);
export const confirmation = sameAs<Confirmation>()(auth.message);
export const emailVerified = sameAs<EmailVerified>()(auth.verified);

export const pagination = sameAs<Pagination>()(common.pagination);
export const card = sameAs<UserCard>()(common.userCard);

export const me = sameAs<Me>()(users.me);
export const publicProfile = sameAs<PublicProfile>()(users.profile);
export const talentList = sameAs<TalentList>()(users.talentList);
export const skills = sameAs<SkillList>()(users.skills);
export const skill = sameAs<Skill>()(users.skills.shape.skills.element);
export const accountExport = sameAs<AccountExport>()(exported);

export const project = sameAs<Project>()(projects.project);
export const projectList = sameAs<ProjectList>()(projects.projectList);
export const membership = sameAs<Membership>()(projects.membership);

export const task = sameAs<Task>()(tasks.task);
export const taskList = sameAs<TaskList>()(tasks.taskList);

export const storedFile = sameAs<StoredFile>()(files.file);
export const upload = sameAs<Upload>()(files.reservedFile);
export const downloadUrl = sameAs<DownloadUrl>()(files.download);

export const deliverableList = sameAs<DeliverableList>()(deliverables.deliverableList);
export const deliverable = sameAs<Deliverable>()(
  deliverables.deliverableList.shape.deliverables.element,
);
export const deliverableHistory = sameAs<DeliverableHistory>()(deliverables.deliverable);

export const sample = sameAs<Sample>()(samples.sample);
export const sampleList = sameAs<SampleList>()(samples.sampleList);

export const conversation = sameAs<Conversation>()(conversations.conversation);
export const openedConversation = sameAs<OpenedConversation>()(conversations.openedConversation);
export const conversationList = sameAs<ConversationList>()(conversations.conversationList);
export const message = sameAs<Message>()(conversations.message);
export const messageList = sameAs<MessageList>()(conversations.messageList);

export const notification = sameAs<Notification>()(notifications.notification);
export const notificationList = sameAs<NotificationList>()(notifications.notificationList);
export const preferences = sameAs<NotificationPreferences>()(notifications.preferences);

export const review = sameAs<Review>()(reviews.review);
export const reviewList = sameAs<ReviewList>()(reviews.reviewList);

export const calendar = sameAs<Calendar>()(calendars.calendar);
export const createdCalendarLink = sameAs<CreatedCalendarLink>()(calendars.createdLink);
export const currentCalendarLink = sameAs<CurrentCalendarLink>()(calendars.currentLink);

export const analytics = sameAs<Analytics>()(analyticsSchema);
export const auditEventList = sameAs<AuditEventList>()(auditSchema);

export const unsubscribed = sameAs<Unsubscribed>()(notifications.unsubscribed);

export const blocks = sameAs<BlockList>()(users.blockList);

/** Only the SDK uses this response: the REST API signs a URL instead. */
export const cleanFile = sameAs<CleanFile>()(
  z.object({
    fileId: common.uuid,
    bucket: z.string(),
    path: z.string(),
    fileName: z.string(),
    fileSize: z.int().min(1),
    mimeType: z.string(),
    expiresIn: z.int(),
  }),
);

// A schema with another field does not compile.
const widened = projects.project.extend({ extra: z.string() });
// @ts-expect-error: the SDK's Project has no field `extra`
sameAs<Project>()(widened);
// @ts-expect-error: the SDK's Project has a field `completedAt`
sameAs<Project>()(projects.project.omit({ completedAt: true }));
