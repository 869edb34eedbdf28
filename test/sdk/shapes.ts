import { z } from "zod";
import type {
  AccountExport,
  CleanFile,
  Conversation,
  Deliverable,
  DeliverableHistory,
  Me,
  Membership,
  Message,
  Notification,
  NotificationPreferences,
  OpenedConversation,
  Pagination,
  Project,
  PublicProfile,
  Sample,
  Skill,
  StoredFile,
  Task,
  Upload,
  UserCard,
} from "../../sdk/src/index.ts";

/**
 * The SDK's types once more as schemas, to hold against what the backend really answers: strict, so that a
 * field too many is found as well as one too few.
 */
type Plain<T> = T extends string
  ? T
  : T extends readonly (infer Item)[]
    ? Plain<Item>[]
    : T extends object
      ? { -readonly [Key in keyof T]: Plain<T[Key]> }
      : T;

/** A schema whose type is exactly that of the SDK: the compiler compares them in both directions. */
const shape =
  <T>() =>
  <S extends z.ZodType<Plain<T>>>(schema: Plain<T> extends z.infer<S> ? S : never): S =>
    schema;

const id = z.uuid();
const time = z.iso.datetime({ offset: true });
const date = z.iso.date();
const link = z.url().nullable();
const status = z.enum(["planning", "in-progress", "completed"]);
const userType = z.enum(["creator", "talent"]);
const availability = z.enum([
  "available_now",
  "available_1_2_weeks",
  "available_2_4_weeks",
  "not_available",
]);

export const pagination = shape<Pagination>()(
  z.strictObject({
    page: z.int().min(1),
    limit: z.int().min(1).max(100),
    total: z.int().min(0),
    totalPages: z.int().min(0),
    hasNext: z.boolean(),
    hasPrev: z.boolean(),
  }),
);

export const card = shape<UserCard>()(
  z.strictObject({ id, name: z.string(), avatarUrl: z.string().nullable() }),
);

const talentFields = {
  professionalTitle: z.string().nullable(),
  bio: z.string().nullable(),
  skills: z.array(z.string()).nullable(),
  portfolioLinks: z.array(z.string()).nullable(),
  hourlyRate: z.number().nullable(),
  currency: z.literal("USD"),
  availability: availability.nullable(),
};
const social = {
  linkedinUrl: link,
  twitterUrl: link,
  instagramUrl: link,
  youtubeUrl: link,
  githubUrl: link,
};

export const me = shape<Me>()(
  z.strictObject({
    ...card.shape,
    email: z.email(),
    emailVerified: z.boolean(),
    userType,
    companyName: z.string().nullable(),
    ...talentFields,
    ...social,
    averageRating: z.number().nullable(),
    totalReviews: z.int(),
    profileCompletionPercentage: z.int().min(0).max(100),
    createdAt: time,
    updatedAt: time,
  }),
);

export const publicProfile = shape<PublicProfile>()(
  z.strictObject({
    ...card.shape,
    userType,
    ...talentFields,
    ...social,
    averageRating: z.number().nullable(),
    totalReviews: z.int(),
    createdAt: time,
  }),
);

export const skill = shape<Skill>()(z.strictObject({ id, name: z.string() }));

export const project = shape<Project>()(
  z.strictObject({
    id,
    creatorId: id,
    name: z.string(),
    description: z.string(),
    status,
    dueDate: date,
    taskCount: z.int(),
    completedTaskCount: z.int(),
    teamMembers: z.array(
      z.strictObject({ ...card.shape, role: z.string().nullable(), joinedAt: time }),
    ),
    createdAt: time,
    updatedAt: time,
    completedAt: time.nullable(),
  }),
);

export const membership = shape<Membership>()(
  z.strictObject({
    id,
    projectId: id,
    userId: id,
    role: z.string().nullable(),
    joinedAt: time,
  }),
);

export const task = shape<Task>()(
  z.strictObject({
    id,
    projectId: id,
    projectName: z.string(),
    name: z.string(),
    description: z.string(),
    status,
    assignee: card.nullable(),
    dueDate: date,
    recurrence: z.string().nullable(),
    seriesId: id.nullable(),
    createdAt: time,
    updatedAt: time,
    completedAt: time.nullable(),
  }),
);

const scanStatus = z.enum(["pending", "clean", "infected", "failed"]);

export const storedFile = shape<StoredFile>()(
  z.strictObject({
    id,
    fileName: z.string(),
    fileUrl: z.string().nullable(),
    fileSize: z.int().min(1),
    mimeType: z.string(),
    scanStatus,
    uploadedAt: time.nullable(),
  }),
);

const reviewer = z.strictObject({ id, name: z.string() });

export const deliverable = shape<Deliverable>()(
  z.strictObject({
    id,
    projectId: id,
    projectName: z.string(),
    taskId: id,
    taskName: z.string(),
    title: z.string(),
    description: z.string(),
    status: z.enum(["pending", "approved", "revision"]),
    version: z.int().min(1),
    revisionCount: z.int().min(0).max(3),
    feedback: z.string().nullable(),
    submittedBy: card,
    approvedAt: time.nullable(),
    approvedBy: reviewer.nullable(),
    files: z.array(storedFile),
    submittedAt: time,
    updatedAt: time,
  }),
);

export const deliverableHistory = shape<DeliverableHistory>()(
  z.strictObject({
    ...deliverable.shape,
    versions: z.array(
      z.strictObject({
        version: z.int().min(1),
        title: z.string(),
        description: z.string(),
        files: z.array(storedFile),
        submittedAt: time,
        review: z
          .strictObject({
            action: z.enum(["approve", "request_revision"]),
            feedback: z.string().nullable(),
            reviewedBy: reviewer,
            reviewedAt: time,
          })
          .nullable(),
      }),
    ),
  }),
);

export const sample = shape<Sample>()(
  z.strictObject({
    id,
    projectId: id,
    name: z.string(),
    type: z.enum(["link", "file"]),
    url: z.string().nullable(),
    file: storedFile.nullable(),
    description: z.string().nullable(),
    createdAt: time,
  }),
);

export const upload = shape<Upload>()(
  z.strictObject({
    fileId: id,
    uploadType: z.enum(["deliverable", "sample", "avatar"]),
    projectId: id.nullable(),
    taskId: id.nullable(),
    deliverableId: id.nullable(),
    bucket: z.string(),
    path: z.string(),
    fileName: z.string(),
    fileSize: z.int().min(1),
    mimeType: z.string(),
    state: z.enum(["reserved", "uploaded", "clean", "infected", "failed"]),
    scanStatus,
    expiresAt: time,
  }),
);

export const cleanFile = shape<CleanFile>()(
  z.strictObject({
    fileId: id,
    bucket: z.string(),
    path: z.string(),
    fileName: z.string(),
    fileSize: z.int().min(1),
    mimeType: z.string(),
    expiresIn: z.int(),
  }),
);

export const conversation = shape<Conversation>()(
  z.strictObject({
    id,
    creator: card,
    talent: card,
    lastMessage: z
      .strictObject({ id, content: z.string().nullable(), senderId: id, sentAt: time })
      .nullable(),
    unreadCount: z.int().min(0),
    lastMessageAt: time.nullable(),
    createdAt: time,
  }),
);

export const openedConversation = shape<OpenedConversation>()(
  conversation.extend({ created: z.boolean() }),
);

export const message = shape<Message>()(
  z.strictObject({
    id,
    conversationId: id,
    sender: card,
    content: z.string().nullable(),
    sentAt: time,
    isEdited: z.boolean(),
    editedAt: time.nullable(),
    deletedAt: time.nullable(),
    clientMessageId: id.nullable(),
  }),
);

export const notification = shape<Notification>()(
  z.strictObject({
    id,
    type: z.string(),
    title: z.string(),
    message: z.string(),
    entityType: z.string().nullable(),
    entityId: id.nullable(),
    metadata: z.looseObject({
      projectId: id.optional(),
      taskId: id.optional(),
      conversationId: id.optional(),
    }),
    isRead: z.boolean(),
    readAt: time.nullable(),
    createdAt: time,
  }),
);

const choice = z.strictObject({ inApp: z.boolean(), email: z.boolean() });

export const preferences = shape<NotificationPreferences>()(
  z.strictObject({
    preferences: z.strictObject({
      task_assigned: choice,
      task_unassigned: choice,
      deliverable_submitted: choice,
      deliverable_approved: choice,
      revision_requested: choice,
      message_received: choice,
      review_received: choice,
      deadline_approaching: choice,
      project_status_changed: choice,
      team_added: choice,
      mentioned: choice,
      file_rejected: choice,
    }),
  }),
);

export const accountExport = shape<AccountExport>()(
  z.strictObject({
    exportedAt: time,
    profile: me,
    projects: z.array(project),
    memberships: z.array(
      z.strictObject({
        projectId: id,
        projectName: z.string(),
        role: z.string().nullable(),
        joinedAt: time,
        removedAt: time.nullable(),
      }),
    ),
    tasks: z.array(task),
    deliverables: z.array(deliverableHistory),
    uploads: z.array(upload),
    conversations: z.array(conversation),
    messages: z.array(message),
    notifications: z.array(notification),
    notificationPreferences: preferences.shape.preferences,
    blockedUsers: z.array(card),
  }),
);
