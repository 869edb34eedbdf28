import { beforeAll, describe, expect, test } from "vitest";
import type { FieldError, OnSwiftError } from "../../sdk/src/index.ts";
import { password, someEmail } from "../world/people.ts";
import { inDays } from "../world/projects.ts";
import { aProject, person, type Team, team, visitor } from "./support.ts";

const fields = (details: readonly FieldError[] | null | undefined) =>
  details?.map(({ field }) => field).sort();
const unknownId = "00000000-0000-4000-8000-000000000000";

/** Every error code as the SDK returns it. */
describe("error codes", () => {
  let world: Team;
  beforeAll(async () => {
    world = await team();
  });

  type Attempt = (world: Team) => PromiseLike<{ readonly error: OnSwiftError | null }>;
  const attempts: readonly (readonly [string, string, number, Attempt])[] = [
    [
      "a talent who creates a project",
      "CREATOR_ONLY",
      403,
      ({ talent }) => talent.onswift.projects.create(aProject()),
    ],
    [
      "a talent who updates a project of their team",
      "FORBIDDEN",
      403,
      ({ talent, projectId }) => talent.onswift.projects.update(projectId, { name: "Mine" }),
    ],
    [
      "a talent who deletes a project of their team",
      "FORBIDDEN",
      403,
      ({ talent, projectId }) => talent.onswift.projects.delete(projectId),
    ],
    [
      "a request for an unknown project",
      "NOT_FOUND",
      404,
      ({ creator }) => creator.onswift.projects.get(unknownId),
    ],
    [
      "an id that is not a UUID",
      "VALIDATION_ERROR",
      400,
      ({ creator }) => creator.onswift.projects.get("42"),
    ],
    [
      "a list with an unknown status",
      "VALIDATION_ERROR",
      400,
      ({ creator }) => creator.onswift.projects.list({ status: "active" as never }),
    ],
    [
      "a list with an unknown sort",
      "VALIDATION_ERROR",
      400,
      ({ creator }) => creator.onswift.projects.list({ sort: "deletedAt" as never }),
    ],
    [
      "a list with the limit 0",
      "VALIDATION_ERROR",
      400,
      ({ creator }) => creator.onswift.tasks.list({ limit: 0 }),
    ],
    [
      "a member who is added again",
      "ALREADY_MEMBER",
      400,
      ({ creator, talent, projectId }) =>
        creator.onswift.team.add(projectId, { userId: talent.id }),
    ],
    [
      "a creator who is added to a team",
      "NOT_TALENT",
      400,
      ({ creator, projectId }) => creator.onswift.team.add(projectId, { userId: creator.id }),
    ],
    [
      "a talent who adds a member",
      "FORBIDDEN",
      403,
      ({ talent, projectId }) => talent.onswift.team.add(projectId, { userId: unknownId }),
    ],
    [
      "the removal of a user who is not on the team",
      "NOT_FOUND",
      404,
      ({ creator, projectId }) => creator.onswift.team.remove(projectId, unknownId),
    ],
    [
      "an assignee who is not on the team",
      "ASSIGNEE_NOT_MEMBER",
      400,
      ({ creator, projectId }) =>
        creator.onswift.tasks.create(projectId, {
          name: "A",
          assigneeId: creator.id,
          dueDate: inDays(3),
        }),
    ],
    [
      "a talent who creates a task",
      "FORBIDDEN",
      403,
      ({ talent, projectId }) =>
        talent.onswift.tasks.create(projectId, {
          name: "A",
          assigneeId: talent.id,
          dueDate: inDays(3),
        }),
    ],
    [
      "an assignee who renames a task",
      "STATUS_ONLY",
      403,
      ({ talent, projectId, taskId }) =>
        talent.onswift.tasks.update(projectId, taskId, { status: "completed", name: "Mine" }),
    ],
    [
      "a request for an unknown task",
      "NOT_FOUND",
      404,
      ({ creator, projectId }) => creator.onswift.tasks.get(projectId, unknownId),
    ],
    [
      "a talent who reads the profile of a creator",
      "PROFILE_PRIVATE",
      403,
      ({ talent, creator }) => talent.onswift.users.get(creator.id),
    ],
    [
      "a request for an unknown user",
      "NOT_FOUND",
      404,
      ({ creator }) => creator.onswift.users.get(unknownId),
    ],
    [
      "a sign-up with an address that has an account",
      "EMAIL_EXISTS",
      409,
      ({ creator: { email } }) =>
        visitor().auth.signUp({ email, password, name: "Twin", userType: "talent" }),
    ],
    [
      "a sign-up with a weak password",
      "WEAK_PASSWORD",
      400,
      () =>
        visitor().auth.signUp({
          email: someEmail(),
          password: "weak",
          name: "Weak",
          userType: "talent",
        }),
    ],
    [
      "a sign-up with an unknown user type",
      "VALIDATION_ERROR",
      400,
      () =>
        visitor().auth.signUp({
          email: someEmail(),
          password,
          name: "Admin",
          userType: "admin" as never,
        }),
    ],
    [
      "a sign-up with a malformed address",
      "VALIDATION_ERROR",
      400,
      () => visitor().auth.signUp({ email: "nothing", password, name: "No", userType: "talent" }),
    ],
    [
      "a sign-in with a wrong password",
      "INVALID_CREDENTIALS",
      401,
      ({ creator: { email } }) => visitor().auth.signIn({ email, password: "Wrong-horse-7!" }),
    ],
    [
      "a sign-in with an unknown address",
      "INVALID_CREDENTIALS",
      401,
      () => visitor().auth.signIn({ email: someEmail(), password }),
    ],
    [
      "a refresh with an unknown token",
      "INVALID_REFRESH_TOKEN",
      401,
      () => visitor().auth.refresh({ refreshToken: "unknown" }),
    ],
    [
      "a password reset with an unknown token",
      "INVALID_RESET_TOKEN",
      400,
      () => visitor().auth.resetPassword({ token: "unknown", newPassword: password }),
    ],
    ["a call without a session", "NOT_AUTHENTICATED", 401, () => visitor().users.me()],
  ];

  test.each(attempts)("%s gets %s", async (_, code, status, attempt) => {
    const { error } = await attempt(world);
    expect(error).toMatchObject({ code, status, retryable: false });
    expect(error?.message).toMatch(/^\S.*\S$/);
  });

  test("VALIDATION_ERROR names every invalid field at once", async () => {
    const { creator, talent, projectId, taskId } = world;
    const project = await creator.onswift.projects.create({
      name: " ",
      description: "x".repeat(10_001),
      dueDate: inDays(0),
    });
    expect(fields(project.error?.details)).toEqual(["description", "dueDate", "name"]);
    const read = await creator.onswift.projects.update(projectId, {
      creatorId: talent.id,
      taskCount: 9,
    } as never);
    expect(fields(read.error?.details)).toEqual(["creatorId", "taskCount"]);
    const task = await creator.onswift.tasks.update(projectId, taskId, {
      status: "done" as never,
      dueDate: "2027-02-30",
    });
    expect(fields(task.error?.details)).toEqual(["dueDate", "status"]);
    const profile = await talent.onswift.users.update({
      companyName: "None",
      hourlyRate: 4,
      email: "new@example.com",
    } as never);
    expect(fields(profile.error?.details)).toEqual(["companyName", "email", "hourlyRate"]);
  });

  test("after five wrong passwords within 15 minutes, sign-in returns RATE_LIMITED even with the right one", async () => {
    const { email } = await person("talent");
    const attempt = (tried: string) => visitor().auth.signIn({ email, password: tried });
    for (let failures = 0; failures < 5; failures++) {
      expect((await attempt("Wrong-horse-7!")).error?.code).toBe("INVALID_CREDENTIALS");
    }
    for (const tried of ["Wrong-horse-7!", password]) {
      expect((await attempt(tried)).error).toMatchObject({ code: "RATE_LIMITED", status: 429 });
    }
  });
});
