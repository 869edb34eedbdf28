import { everyone, forbidden, rulesOf, select, self, signedIn, update } from "./rule.ts";

/** Profiles and skills. */
export const accountRules = [
  ...rulesOf(
    "profiles",
    ({ ids }) => ({ id: ids.assignee }),
    select("a talent's", signedIn, "name"),
    select("the creator's", ["creator"], "name", ({ ids }) => ({ id: ids.creator })),
    update("the assignee's name", ["assignee"], { name: "New" }),
    forbidden.update("own user_type", { user_type: "creator" }, (world, persona) => ({
      id: self(world, persona),
    })),
    forbidden.insert("a row", (world, persona) => ({
      id: self(world, persona),
      user_type: "creator",
      name: "X",
    })),
    forbidden.remove("own row", (world, persona) => ({ id: self(world, persona) })),
  ),
  ...rulesOf(
    "skills",
    { name: "Figma" },
    select("the list", everyone, "name"),
    forbidden.insert("a row", { name: "Telepathy" }),
    forbidden.update("a row", { name: "Telepathy" }),
    forbidden.remove(),
  ),
];
