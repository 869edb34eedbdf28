import { expect } from "vitest";
import type { OnSwift, OnSwiftError } from "../../../sdk/src/index.ts";
import { Caller, type Reply } from "../../rest/support.ts";
import { person, type Team, team, visitor } from "../support.ts";

export interface World extends Team {
  readonly conversationId: string;
  readonly outsider: Team["creator"];
}

/** A project with a team and a task, a conversation of creator and talent, and another creator. */
export async function buildWorld(): Promise<World> {
  const [made, outsider] = await Promise.all([team(), person("creator")]);
  const { id } = await made.creator.onswift.conversations.open(made.talent.id).orThrow();
  return { ...made, outsider, conversationId: id };
}

type Attempt<Result> = (
  through: { readonly sdk: OnSwift; readonly rest: Caller },
  world: World,
) => Result;

/** One input, sent through both. Without `as`, a visitor sends it. */
export interface Case {
  readonly sdk: Attempt<PromiseLike<{ readonly error: OnSwiftError | null }>>;
  readonly rest: Attempt<Promise<Reply>>;
  readonly as?: "creator" | "talent" | "outsider";
}

export type NamedCase = readonly [what: string, attempt: Case];

export const errorOfSdk = (error: OnSwiftError | null) =>
  error === null
    ? null
    : { status: error.status, code: error.code, message: error.message, details: error.details };

export const errorOfRest = ({ status, body }: Reply) =>
  status < 400
    ? null
    : {
        status,
        code: body.error.code,
        message: body.error.message,
        details: body.error.details ?? null,
      };

/** Both must refuse, with the same status, code, message and fields. */
export async function expectSameError(world: World, { sdk, rest, as }: Case): Promise<void> {
  const caller = new Caller();
  caller.token = as && world[as].token;
  const onswift = as === undefined ? visitor() : world[as].onswift;
  const through = { sdk: onswift, rest: caller };
  const expected = errorOfRest(await rest(through, world));
  expect(expected).not.toBeNull();
  expect(errorOfSdk((await sdk(through, world)).error)).toEqual(expected);
}

/** Input that does not compile. */
export const bad = <Input>(input: unknown): Input => input as Input;

export const unknownId = "00000000-0000-4000-8000-000000000000";
