import { z } from "zod";

const flag = z
  .union([z.boolean(), z.enum(["true", "false"]).transform((text) => text === "true")])
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
export type RequestedChange = z.infer<typeof change>;

/** Parses the payload of a join. Invalid parts get their defaults, as upstream does. */
export function parseJoin(value: unknown): { config: JoinConfig; token: string | undefined } {
  const parsed = payload.safeParse(value ?? {});
  const { config: requested, access_token } = parsed.success ? parsed.data : payload.parse({});
  return { config: requested, token: typeof access_token === "string" ? access_token : undefined };
}

/** Parses an entry of `postgres_changes`. Returns undefined if it is invalid. */
export const parseRequestedChange = (value: unknown): RequestedChange | undefined =>
  change.safeParse(value).data;
