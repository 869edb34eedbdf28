export { type Area, keyOf, type OnSwiftKey } from "./queries/keys.ts";
export { keepLive, type LiveCache } from "./queries/live.ts";
export type { Item } from "./queries/pages.ts";
export { patchCached } from "./queries/patch.ts";
export { queriesOf } from "./queries/queries.ts";
export type {
  ListOf,
  OnSwiftQueries,
  PagedQuery,
  PageStart,
  Pages,
  Query,
} from "./queries/types.ts";
