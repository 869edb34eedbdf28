import { beforeAll, describe, expect, test } from "vitest";
import { password, someEmail } from "../world/people.ts";
import { Caller, invalid, refusal, type World, world } from "./support.ts";
import { formOf, picture } from "./uploads.ts";

let w: World;
beforeAll(async () => {
  w = await world();
});

/** The messages of an error by their fields. */
const messages = ({
  body,
}: {
  body: { error: { details: { field: string; message: string }[] } };
}) => Object.fromEntries(body.error.details.map(({ field, message }) => [field, message]));

describe("sign-up", () => {
  const signUp = (fields: object) =>
    new Caller().post("/auth/signup", {
      ...{ email: someEmail(), password, name: "Ada", userType: "talent" },
      ...fields,
    });

  test("names an invalid email address, an empty name and a weak password in one response", async () => {
    const reply = await signUp({ email: "not an address", name: "", password: "weak" });
    expect(refusal(reply)).toEqual(invalid("email", "name", "password"));
    expect(messages(reply)).toMatchObject({
      email: expect.stringMatching(/^Email address must /),
      name: "Name is required.",
      password: expect.stringMatching(/^Password must /),
    });
  });

  test("names unknown fields and wrong types beside invalid values", async () => {
    const reply = await signUp({ email: 7, name: [], companyName: "Acme", isAdmin: true });
    expect(refusal(reply)).toEqual(invalid("email", "name", "companyName", "isAdmin"));
  });

  test.each(["ada@localhost", "o'brien+films@sub.example.co"])("accepts %s", async (address) => {
    const reply = await new Caller().post("/auth/forgot-password", { email: address });
    expect(reply.status).toBe(200);
  });
});

describe("an id that is not a UUID", () => {
  test("is named in the path, in the query and in the body", async () => {
    const { creator } = w;
    for (const [reply, field] of [
      [await creator.get("/projects/nonsense"), "projectId"],
      [await creator.get(`/projects/${w.project.id}/tasks/nonsense`), "taskId"],
      [await creator.get("/users/nonsense"), "userId"],
      [await creator.get("/files/nonsense/download-url"), "fileId"],
      [await creator.delete("/deliverables/nonsense"), "deliverableId"],
      [await creator.get("/deliverables?projectId=nonsense"), "projectId"],
      [await creator.post("/conversations", { participantId: "nonsense" }), "participantId"],
      [await creator.put("/users/me", { avatarFileId: "nonsense" }), "avatarFileId"],
    ] as const) {
      expect(refusal(reply), field).toEqual(invalid(field));
      expect(messages(reply)[field], field).toMatch(/must be a UUID\.$/);
    }
  });

  test("is named together with the other ids of the path", async () => {
    expect(refusal(await w.creator.get("/projects/x/tasks/y"))).toEqual(
      invalid("projectId", "taskId"),
    );
  });
});

describe("a request with several errors", () => {
  test("is answered with one list: unknown fields, wrong types and invalid values", async () => {
    const body = { name: 7, description: "", dueDate: "yesterday", creatorId: w.creator.id };
    const reply = await w.creator.post("/projects", body);
    expect(refusal(reply)).toEqual(invalid("name", "description", "dueDate", "creatorId"));
    expect(messages(reply)).toMatchObject({
      name: "Name must be text.",
      description: "Description is required.",
    });
  });

  test("names the entries of lists by their place", async () => {
    const reply = await w.talent.put("/users/me", {
      skills: ["Figma", 7],
      portfolioLinks: ["https://a.example", "ftp://b.example"],
      email: "a@b.example",
    });
    expect(refusal(reply)).toEqual(invalid("skills[1]", "portfolioLinks[1]", "email"));
  });

  test("refuses an id of the path in the body", async () => {
    const body = {
      ...{ projectId: w.project.id, name: "Cut", assigneeId: w.talent.id, dueDate: "2030-01-31" },
    };
    const reply = await w.creator.post(`/projects/${w.project.id}/tasks`, body);
    expect(refusal(reply)).toEqual(invalid("projectId"));
  });

  test("is answered with 403 when the caller lacks the right, whatever the fields", async () => {
    const bad = { name: 7, status: "done" };
    expect(refusal(await w.talent.post("/projects", bad)).code).toBe("CREATOR_ONLY");
    expect(refusal(await w.otherCreator.put(`/projects/${w.project.id}`, bad)).code).toBe(
      "FORBIDDEN",
    );
    expect(refusal(await w.talent.put(`/projects/${w.project.id}`, bad)).code).toBe("FORBIDDEN");
    expect(refusal(await w.creator.post("/deliverables", bad)).code).toBe("TALENT_ONLY");
    const samples = `/projects/${w.project.id}/samples`;
    expect(refusal(await w.otherCreator.post(samples, formOf({ name: "" }))).code).toBe(
      "FORBIDDEN",
    );
  });
});

describe("an invalid form", () => {
  const submission = (fields: object) =>
    formOf({ projectId: w.project.id, taskId: w.task.id, title: "Logo", ...fields });

  test.each<[string, () => FormData, string[]]>([
    ["no files", () => submission({}), ["files"]],
    ["text in place of a file", () => submission({ files: "logo.png" }), ["files[0]"]],
    [
      "a file in place of text",
      () => submission({ title: picture(), files: picture() }),
      ["title"],
    ],
    ["an unknown field", () => submission({ status: "approved", files: picture() }), ["status"]],
    ["an unknown list", () => submission({ "titles[]": "x", files: picture() }), ["titles[]"]],
    [
      "missing and invalid fields beside a bad file",
      () => formOf({ projectId: "1", "files[]": picture("logo.jpg") }),
      ["projectId", "taskId", "title", "files[0]"],
    ],
  ])("with %s is refused before anything is uploaded", async (_what, form, fields) => {
    expect(refusal(await w.talent.post("/deliverables", form()))).toEqual(invalid(...fields));
  });

  test("for a sample or an avatar names the fields of that form", async () => {
    const samples = `/projects/${w.project.id}/samples`;
    const link = formOf({ name: "x", type: "link", url: "https://x.example" });
    expect(refusal(await w.creator.post(samples, link))).toEqual(invalid("type", "file", "url"));
    const wrongField = formOf({ picture: picture() });
    expect(refusal(await w.creator.post("/users/me/avatar", wrongField))).toEqual(
      invalid("avatar", "picture"),
    );
  });
});
