import { beforeAll, describe, test } from "vitest";
import { bad, buildWorld, expectSameError, type NamedCase, unknownId, type World } from "./case.ts";

const wrongProfile = {
  skills: ["Figma", 7],
  portfolioLinks: ["https://a.example", "ftp://b.example"],
  hourlyRate: 4,
};

const wrongSearch = {
  skills: ["Juggling"],
  skillsMode: "some",
  minRate: -1,
  minRating: 6,
  sort: "name",
  limit: 0,
  cursor: "!",
};

const cases: readonly NamedCase[] = [
  [
    "a message without content and with an invalid id",
    {
      as: "creator",
      sdk: ({ sdk }, { conversationId }) =>
        sdk.messages.send(conversationId, { content: " ", clientMessageId: "x" }),
      rest: ({ rest }, { conversationId }) =>
        rest.post(`/conversations/${conversationId}/messages`, {
          content: " ",
          clientMessageId: "x",
        }),
    },
  ],
  [
    "a message to a conversation of others",
    {
      as: "outsider",
      sdk: ({ sdk }, { conversationId }) => sdk.messages.send(conversationId, { content: "Hi" }),
      rest: ({ rest }, { conversationId }) =>
        rest.post(`/conversations/${conversationId}/messages`, { content: "Hi" }),
    },
  ],
  [
    "a list of messages before and after an unknown one",
    {
      as: "creator",
      sdk: ({ sdk }, { conversationId }) =>
        sdk.messages.list(conversationId, bad({ before: unknownId, after: "x", limit: 0 })),
      rest: ({ rest }, { conversationId }) =>
        rest.get(`/conversations/${conversationId}/messages?before=${unknownId}&after=x&limit=0`),
    },
  ],
  [
    "a conversation with a user of the same type",
    {
      as: "creator",
      sdk: ({ sdk }, { outsider }) => sdk.conversations.open(outsider.id),
      rest: ({ rest }, { outsider }) => rest.post("/conversations", { participantId: outsider.id }),
    },
  ],
  [
    "a conversation with an id that is not a UUID",
    {
      as: "creator",
      sdk: ({ sdk }) => sdk.conversations.open("nonsense"),
      rest: ({ rest }) => rest.post("/conversations", { participantId: "nonsense" }),
    },
  ],
  [
    "a profile with invalid entries of lists and unknown fields",
    {
      as: "talent",
      sdk: ({ sdk }) => sdk.users.update(bad(wrongProfile)),
      rest: ({ rest }) => rest.put("/users/me", wrongProfile),
    },
  ],
  [
    "a search with invalid filters",
    {
      as: "creator",
      sdk: ({ sdk }) => sdk.users.search(bad(wrongSearch)),
      rest: ({ rest }) =>
        rest.get(
          "/users/search?skills[]=Juggling&skillsMode=some&minRate=-1&minRating=6&sort=name&limit=0&cursor=!",
        ),
    },
  ],
  [
    "a search with a minimum rate above the maximum",
    {
      as: "creator",
      sdk: ({ sdk }) => sdk.users.search({ minRate: 80.5, maxRate: 80 }),
      rest: ({ rest }) => rest.get("/users/search?minRate=80.5&maxRate=80"),
    },
  ],
  [
    "a search by a talent",
    {
      as: "talent",
      sdk: ({ sdk }) => sdk.users.search({ q: "editor" }),
      rest: ({ rest }) => rest.get("/users/search?q=editor"),
    },
  ],
  [
    "the profile of a creator",
    {
      as: "talent",
      sdk: ({ sdk }, { creator }) => sdk.users.get(creator.id),
      rest: ({ rest }, { creator }) => rest.get(`/users/${creator.id}`),
    },
  ],
  [
    "a user who blocks themselves",
    {
      as: "talent",
      sdk: ({ sdk }, { talent }) => sdk.users.block(talent.id),
      rest: ({ rest }, { talent }) => rest.put(`/users/${talent.id}/block`, {}),
    },
  ],
  [
    "the deletion of an account with a wrong password",
    {
      as: "talent",
      sdk: ({ sdk }) => sdk.users.delete({ password: "Wrong-horse-7!" }),
      rest: ({ rest }) => rest.delete("/users/me", { password: "Wrong-horse-7!" }),
    },
  ],
  [
    "the deletion of an account without a password",
    {
      as: "talent",
      sdk: ({ sdk }) => sdk.users.delete(bad({})),
      rest: ({ rest }) => rest.delete("/users/me", {}),
    },
  ],
  [
    "a change of the password without the current one and to a weak one",
    {
      as: "talent",
      sdk: ({ sdk }) => sdk.auth.changePassword(bad({ newPassword: "weak" })),
      rest: ({ rest }) => rest.post("/auth/change-password", { newPassword: "weak" }),
    },
  ],
  [
    "a change of the email address to a malformed one, without a password",
    {
      as: "talent",
      sdk: ({ sdk }) => sdk.auth.changeEmail(bad({ newEmail: "ada@" })),
      rest: ({ rest }) => rest.post("/auth/change-email", { newEmail: "ada@" }),
    },
  ],
  [
    "the end of a session with an id that is not a UUID",
    {
      as: "talent",
      sdk: ({ sdk }) => sdk.auth.sessions.revoke("nonsense"),
      rest: ({ rest }) => rest.delete("/auth/sessions/nonsense"),
    },
  ],
  [
    "the end of an unknown session",
    {
      as: "talent",
      sdk: ({ sdk }) => sdk.auth.sessions.revoke(unknownId),
      rest: ({ rest }) => rest.delete(`/auth/sessions/${unknownId}`),
    },
  ],
  [
    "a notification id that is not a UUID",
    {
      as: "talent",
      sdk: ({ sdk }) => sdk.notifications.markRead("nonsense"),
      rest: ({ rest }) => rest.put("/notifications/nonsense/read", {}),
    },
  ],
  [
    "an unknown notification preference",
    {
      as: "talent",
      sdk: ({ sdk }) => sdk.notifications.updatePreferences(bad({ pigeon: true })),
      rest: ({ rest }) => rest.put("/notifications/preferences", { pigeon: true }),
    },
  ],
];

describe("profiles, messages and notifications", () => {
  let world: World;
  beforeAll(async () => {
    world = await buildWorld();
  });

  test.each(cases)("%s gets the same error through SDK and REST", async (_what, attempt) => {
    await expectSameError(world, attempt);
  });
});
