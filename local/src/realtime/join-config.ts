import { z } from "zod";

const flag = z
  .union([z.boolean(), z.enum(["true", "false"]).transform((word) => word === "true")])
  .catch(false);

const change = z.object({
  event: z.enum(["*", "INSERT", "UPDATE", "DELETE"]).default("*"),
  schema: z.string().optional(),
  table: z.string().optional(),
  filter: z.string().nullish(),
  select: z.array(z.string()).nullish(),
});

const config = z.object({
  broadcast: z
    .object({
      ack: flag.default(false),
      self: flag.default(false),
      replay: z
        .object({ since: z.number().int(), limit: z.number().int().min(1).default(25) })
        .optional()
        .catch(undefined),
      replication_ready: flag.default(false),
    })
    .prefault({}),
  presence: z
    .object({ key: z.string().default("").catch(""), enabled: flag.default(false) })
    .prefault({}),
  postgres_changes: z.array(z.unknown()).catch([]).default([]),
  private: flag.default(false),
});

const payload = z.object({ config: config.prefault({}), access_token: z.unknown().optional() });

export type JoinConfig = z.infer<typeof config>;
export type ChangeWish = z.infer<typeof change>;

/** What a join asks for. What cannot be read counts as not said. */
export function readJoin(said: unknown): { config: JoinConfig; token: string | undefined } {
  const read = payload.safeParse(said ?? {});
  const { config: wishes, access_token } = read.success ? read.data : payload.parse({});
  return { config: wishes, token: typeof access_token === "string" ? access_token : undefined };
}

/** Undefined where it is no wish that could be met. */
export const readChange = (said: unknown): ChangeWish | undefined => change.safeParse(said).data;
