import { expect } from "vitest";
import { inDays, password, rest, someAddress, someEmail } from "../support/http.ts";
import { expectDocumented } from "./document.ts";

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers, and the document types them.
  readonly body: any;
}

export interface Sent {
  /** JSON, or a form. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One caller of the REST surface: an address, and a token once signed in. */
export class Caller {
  readonly address = someAddress();
  token: string | undefined;

  async send(method: string, path: string, { body, headers = {} }: Sent = {}): Promise<Reply> {
    const response = await fetch(`${rest}${path}`, {
      method,
      headers: {
        "x-forwarded-for": this.address,
        ...(this.token === undefined ? {} : { authorization: `Bearer ${this.token}` }),
        // A form's boundary is fetch's to say.
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
    const answer = text === "" ? undefined : JSON.parse(text);
    if (headers.prefer === undefined) {
      await expectDocumented(method, path, response.status, answer);
    }
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

/** Somebody new, signed in over the REST surface. */
export async function person(userType: "creator" | "talent", name = "Somebody"): Promise<Person> {
  const caller = new Caller();
  const email = someEmail();
  const { status, body } = await caller.post("/auth/signup", { email, password, name, userType });
  expect(status, JSON.stringify(body)).toBe(201);
  const { user, accessToken, refreshToken } = body;
  return Object.assign(caller, { id: user.id, email, refreshToken, token: accessToken });
}

/** The same person on another device. */
export async function anotherSession({
  email,
}: Person): Promise<Caller & { refreshToken: string }> {
  const caller = new Caller();
  const { body } = await caller.post("/auth/login", { email, password });
  return Object.assign(caller, { token: body.accessToken, refreshToken: body.refreshToken });
}

export const aProject = (fields: object = {}) => ({
  name: "Trailer",
  description: "Sixty seconds",
  dueDate: inDays(30),
  ...fields,
});

/** A creator with a project, a talent on its team with a task, and somebody of each kind outside. */
export async function world() {
  const [creator, talent, otherCreator, otherTalent] = await Promise.all([
    person("creator", "Cleo"),
    person("talent", "Tam"),
    person("creator", "Olga"),
    person("talent", "Otto"),
  ]);
  const project = await made(creator.post("/projects", aProject()));
  await made(creator.post(`/projects/${project.id}/team`, { userId: talent.id, role: "Editor" }));
  const task = await made(
    creator.post(`/projects/${project.id}/tasks`, {
      name: "Rough cut",
      description: "First pass",
      assigneeId: talent.id,
      dueDate: inDays(7),
    }),
  );
  return { creator, talent, otherCreator, otherTalent, project, task };
}

export type World = Awaited<ReturnType<typeof world>>;

export async function made(reply: Promise<Reply>): Promise<Reply["body"]> {
  const { status, body } = await reply;
  expect(status, JSON.stringify(body)).toBe(201);
  return body;
}

/** What a refusal says: its status, its code, and the fields it names. */
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

export const nobody = "00000000-0000-4000-8000-000000000000";
