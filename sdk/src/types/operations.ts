import type { Analytics, AuditEventList } from "./analytics.ts";
import type { SecurityEventList, SessionList } from "./auth.ts";
import type { Calendar, CreatedCalendarLink, CurrentCalendarLink } from "./calendar.ts";
import type { Conversation, ConversationList, OpenedConversation } from "./conversations.ts";
import type { DeliverableHistory, DeliverableList } from "./deliverables.ts";
import type { CleanFile, Upload } from "./files.ts";
import type { Message, MessageList } from "./messages.ts";
import type { NotificationList, NotificationPreferences, Unsubscribed } from "./notifications.ts";
import type { Project, ProjectList, TeamMember } from "./projects.ts";
import type { Review, ReviewList } from "./reviews.ts";
import type { Sample, SampleList } from "./samples.ts";
import type { Task, TaskList } from "./tasks.ts";
import type { BlockList, Me, PublicProfile, SkillList, TalentList } from "./users.ts";

/**
 * What the functions of the schema `api` return, for apps that call them with supabase-js: its generated types know
 * these results only as `Json`.
 */
export interface OperationResults {
  readonly add_sample: Sample;
  readonly add_team_member: TeamMember;
  readonly approve_deliverable: DeliverableHistory;
  readonly confirm_upload: Upload;
  readonly create_calendar_link: CreatedCalendarLink;
  readonly create_project: Project;
  readonly create_review: Review;
  readonly create_task: Task;
  readonly create_upload: Upload;
  readonly create_uploads: { readonly uploads: readonly Upload[] };
  readonly edit_message: Message;
  readonly get_analytics: Analytics;
  readonly get_calendar: Calendar;
  readonly get_calendar_link: CurrentCalendarLink;
  readonly get_conversation: Conversation;
  readonly get_deliverable: DeliverableHistory;
  readonly get_download: CleanFile;
  readonly get_me: Me;
  readonly get_notification_preferences: NotificationPreferences;
  readonly get_project: Project;
  readonly get_task: Task;
  readonly get_user: PublicProfile;
  readonly list_audit_events: AuditEventList;
  readonly list_blocks: BlockList;
  readonly list_conversations: ConversationList;
  readonly list_deliverables: DeliverableList;
  readonly list_messages: MessageList;
  readonly list_notifications: NotificationList;
  readonly list_project_tasks: TaskList;
  readonly list_projects: ProjectList;
  readonly list_reviews: ReviewList;
  readonly list_samples: SampleList;
  readonly list_security_events: SecurityEventList;
  readonly list_sessions: SessionList;
  readonly list_skills: SkillList;
  readonly list_tasks: TaskList;
  readonly open_conversation: OpenedConversation;
  readonly replace_file: DeliverableHistory;
  readonly request_revision: DeliverableHistory;
  readonly resubmit_deliverable: DeliverableHistory;
  readonly search_talent: TalentList;
  readonly send_message: Message;
  readonly submit_deliverable: DeliverableHistory;
  readonly unsubscribe: Unsubscribed;
  readonly update_me: Me;
  readonly update_notification_preferences: NotificationPreferences;
  readonly update_project: Project;
  readonly update_review: Review;
  readonly update_task: Task;
}

/** The part of generated types that {@link WithResults} changes. */
export interface DatabaseTypes {
  readonly api: { readonly Functions: Readonly<Record<string, { readonly Args: unknown }>> };
}

/**
 * The generated types of the database, with the results of its functions.
 *
 * @example
 * ```ts
 * const supabase = createClient<WithResults<Database>>(url, publishableKey);
 * const { data } = await supabase.schema("api").rpc("list_projects");
 * ```
 */
export type WithResults<Database extends DatabaseTypes> = {
  [Schema in keyof Database]: Schema extends "api"
    ? {
        [Part in keyof Database[Schema]]: Part extends "Functions"
          ? FunctionsWithResults<Database["api"]["Functions"]>
          : Database[Schema][Part];
      }
    : Database[Schema];
};

/** The functions of {@link WithResults}. */
export type FunctionsWithResults<Functions> = {
  [Name in keyof Functions]: Name extends keyof OperationResults
    ? Omit<Functions[Name], "Returns"> & { readonly Returns: OperationResults[Name] }
    : Functions[Name];
};
