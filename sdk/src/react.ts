"use client";

export * from "./queries.ts";
export {
  type ActionOptions,
  isPending,
  type SendMessage,
  useAction,
  useMarkRead,
  useSendMessage,
} from "./react/actions.ts";
export { useMe } from "./react/me.ts";
export { OnSwiftProvider, useOnSwift, useOnSwiftQueries, useSession } from "./react/provider.ts";
export {
  type TypingState,
  usePresence,
  useRealtime,
  useRealtimeStatus,
  useTyping,
} from "./react/realtime.ts";
export { type Sent, type Upload, useUpload } from "./react/upload.ts";
