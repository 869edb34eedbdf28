/** The parts of the SDK that have reads. */
export type Area =
  | "auth"
  | "users"
  | "projects"
  | "tasks"
  | "deliverables"
  | "files"
  | "samples"
  | "conversations"
  | "messages"
  | "reviews"
  | "calendar"
  | "analytics"
  | "notifications";

/** The key of a read: its namespace, its method and its arguments. */
export type OnSwiftKey = readonly ["onswift", Area, ...unknown[]];

/**
 * The beginning of the keys of one namespace, of one method, or of one thing: `keyOf("tasks")`,
 * `keyOf("projects", "get", projectId)`. Without arguments, that of every key.
 */
export function keyOf(area: Area, ...rest: readonly unknown[]): OnSwiftKey;
export function keyOf(): readonly ["onswift"];
export function keyOf(...parts: readonly unknown[]): readonly unknown[] {
  return ["onswift", ...parts];
}
