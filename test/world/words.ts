import { randomInt } from "node:crypto";

/** A word that no other profile contains, nor one that differs from it in one letter. */
export const someWord = (): string =>
  `q${Array.from({ length: 14 }, () => "bcdfghjklmnpqrstvwxz"[randomInt(20)]).join("")}`;
