/**
 * A supabase-js client. Any version 2 client fits; it is described by what it has instead of by name, so
 * that its types do not become part of ours.
 */
export interface SupabaseLike {
  readonly auth: object;
  readonly rpc: unknown;
  readonly schema: unknown;
  /** Only realtime needs it. */
  readonly realtime?: object;
}
