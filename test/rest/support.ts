import { expect } from "vitest";
import { type Account, anAccount, password, someAddress, type UserType } from "../world/people.ts";
import { aProject } from "../world/projects.ts";
import { buildWorld, type Entrance } from "../world/world.ts";
import { documentedFetch } from "./document.ts";

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests read any field, and the OpenAPI document verifies their types.
  readonly body: any;
}

export interface Sent {
  /** JSON, or a form. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A caller of the REST API with an IP address, and a token once signed in. */
export class Caller {
  readonly address = someAddress();
  token: string | undefined;

  async send(method: string, path: string, { body, headers = {} }: Sent = {}): Promise<Reply> {
    const response = await documentedFetch(path, {
      method,
      headers: {
        "x-forwarded-for": this.address,
        ...(this.token === undefined ? {} : { authorization: `Bearer ${this.token}` }),
        // fetch sets the boundary of a form.
        ...(body === undefined || body instanceof FormData
          ? {}
          : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined
        ? {}
        : { body: body instanceof FormData ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.startsWith("application/json");
    const answer = text === "" ? undefined : isJson ? JSON.parse(text) : text;
    return { status: response.status, headers: response.headers, body: answer };
  }

  readonly get = (path: string, sent?: Sent) => this.send("GET", path, sent);
  readonly post = (path: string, body?: unknown) => this.send("POST", path, { body });
  readonly put = (path: string, body: unknown) => this.send("PUT", path, { body });
  readonly delete = (path: string, body?: unknown) => this.send("DELETE", path, { body });
}

export interface Person extends Caller {
  readonly id: string;
  readonly email: string;
  readonly refreshToken: string;
}

async function signUpAs(account: Account): Promise<Person> {
  const caller = new Caller();
  const { user, accessToken, refreshToken } = await made(caller.post("/auth/signup", account));
  const { email } = account;
  return Object.assign(caller, { id: user.id, email, refreshToken, token: accessToken });
}

/** A new user, signed in through the REST API. */
export const person = (userType: UserType, name?: string): Promise<Person> =>
  signUpAs(anAccount(userType, name));

/** The same person on another device. */
export async function anotherSession({
  email,
}: Person): Promise<Caller & { refreshToken: string }> {
  const caller = new Caller();
  const { body } = await caller.post("/auth/login", { email, password });
  return Object.assign(caller, { token: body.accessToken, refreshToken: body.refreshToken });
}

export { aProject };

const entrance: Entrance<Person, Reply["body"], Reply["body"]> = {
  signUp: signUpAs,
  createProject: (creator, fields) => made(creator.post("/projects", fields)),
  addMember: (creator, projectId, userId) =>
    made(creator.post(`/projects/${projectId}/team`, { userId, role: "Editor" })),
  createTask: (creator, projectId, fields) =>
    made(creator.post(`/projects/${projectId}/tasks`, fields)),
};

/** A creator with a project, a talent on its team with a task, and one of each type outside. */
export async function world() {
  const built = await buildWorld(entrance, "otherCreator", "stranger");
  const { creator, assignee: talent, otherCreator, stranger: otherTalent, project, task } = built;
  return { creator, talent, otherCreator, otherTalent, project, task };
}

export type World = Awaited<ReturnType<typeof world>>;

export async function made(reply: Promise<Reply>): Promise<Reply["body"]> {
  const { status, body } = await reply;
  expect(status, JSON.stringify(body)).toBe(201);
  return body;
}

/** The parts of a refusal that tests compare: its status, its code, and the fields it names. */
export const refusal = ({ status, body }: Reply) => ({
  status,
  code: body?.error?.code,
  ...(body?.error?.details === undefined
    ? {}
    : {
        fields: [
          ...new Set(body.error.details.map(({ field }: { field: string }) => field)),
        ].sort(),
      }),
});

export const refused = (status: number, code: string, ...fields: readonly string[]) => ({
  status,
  code,
  ...(fields.length === 0 ? {} : { fields: [...fields].sort() }),
});

export const invalid = (...fields: readonly string[]) =>
  refused(400, "VALIDATION_ERROR", ...fields);

export const unknownId = "00000000-0000-4000-8000-000000000000";
