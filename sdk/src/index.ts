export type { Analytics as AnalyticsApi } from "./analytics.ts";
export type { Auth } from "./auth.ts";
export type { Calendar as CalendarApi } from "./calendar.ts";
export {
  type ClientDefaults,
  type ClientOptions,
  createClient,
  fromSupabase,
  type OnSwift,
  type SessionStorage,
} from "./client.ts";
export type { Conversations } from "./conversations.ts";
export {
  type BackendErrorCode,
  type ClientErrorCode,
  type FieldError,
  isOnSwiftError,
  OnSwiftError,
  type OnSwiftErrorCode,
  type OnSwiftErrorInit,
  type OnSwiftErrorJson,
} from "./core/errors.ts";
export type { ListCall, Pagination } from "./core/lists.ts";
export type { LogEntry, Logger } from "./core/log.ts";
export type { CallOptions } from "./core/options.ts";
export type { Call, ResponseInfo, Result, ResultWithResponse } from "./core/result.ts";
export type { WebSocketConstructor } from "./core/web-socket.ts";
export type { Deliverables } from "./deliverables.ts";
export type { Files } from "./files.ts";
export type { Messages } from "./messages.ts";
export type { Mfa } from "./mfa.ts";
export type { Notifications } from "./notifications.ts";
export type { Projects } from "./projects.ts";
export type { Realtime } from "./realtime/realtime.ts";
export type { ConversationRoom } from "./realtime/room.ts";
export type { Unsubscribe } from "./realtime/unsubscribe.ts";
export type { Reviews } from "./reviews.ts";
export type { Samples } from "./samples.ts";
export type { Sessions } from "./sessions.ts";
export type { Tasks } from "./tasks.ts";
export type { Team } from "./team.ts";
export type * from "./types/analytics.ts";
export type * from "./types/auth.ts";
export type * from "./types/calendar.ts";
export type * from "./types/card.ts";
export type * from "./types/conversations.ts";
export type * from "./types/deliverables.ts";
export type * from "./types/events.ts";
export type * from "./types/files.ts";
export type * from "./types/messages.ts";
export type * from "./types/mfa.ts";
export type * from "./types/notifications.ts";
export type * from "./types/operations.ts";
export type * from "./types/presence.ts";
export type * from "./types/projects.ts";
export type * from "./types/reviews.ts";
export type * from "./types/samples.ts";
export type * from "./types/supabase.ts";
export type * from "./types/tasks.ts";
export type * from "./types/uploads.ts";
export type * from "./types/users.ts";
export type { Users } from "./users.ts";
