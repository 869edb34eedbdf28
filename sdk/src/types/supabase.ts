/**
 * A supabase-js client of any 2.x version. It is described by its members, so that the types of supabase-js do
 * not become part of the SDK's types.
 */
export interface SupabaseLike {
  readonly auth: object;
  readonly rpc: unknown;
  readonly schema: unknown;
  /** Only needed for realtime. */
  readonly realtime?: object;
}
