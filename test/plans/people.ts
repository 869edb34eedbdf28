import { createHash } from "node:crypto";

/** The id of a generated row: see bench/data/marketplace. */
export function idOf(...parts: readonly (string | number)[]): string {
  const hash = createHash("md5").update(parts.join(" ")).digest("hex");
  return hash.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

export interface Person {
  readonly name: string;
  readonly id: string;
  readonly claims: Readonly<Record<string, string>>;
}

export const person = (name: string, kind: "creator" | "talent", n: number): Person => ({
  name,
  id: idOf(kind, n),
  claims: { sub: idOf(kind, n), role: "authenticated", session_id: idOf("session", kind, n) },
});

export const creator = person("a creator", "creator", 3);
export const heavyCreator = person("a creator with 5,000 projects", "creator", 0);
export const talent = person("a talent", "talent", 2);
export const heavyTalent = person("a talent in 500 teams", "talent", 0);
export const notifiedTalent = person("a talent with 100,000 notifications", "talent", 1);
/** One conversation of 20,000 messages, half of them unread. */
export const writtenTalent = person("a talent with 10,000 unread messages", "talent", 11);

export const people = [
  creator,
  heavyCreator,
  talent,
  heavyTalent,
  notifiedTalent,
  writtenTalent,
] as const;
