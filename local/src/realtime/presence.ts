import { randomBytes } from "node:crypto";

type Payload = Readonly<Record<string, unknown>>;
export type Meta = Payload & { readonly phx_ref: string };
export type State = Readonly<Record<string, { readonly metas: readonly Meta[] }>>;

export interface Diff {
  readonly joins: State;
  readonly leaves: State;
}

/** Who is there on one topic: by key, and under each key whatever every channel tells of itself. */
export class Presence {
  readonly #byOwner = new Map<
    object,
    { readonly key: string; readonly meta: Meta; said: string }
  >();

  get isEmpty(): boolean {
    return this.#byOwner.size === 0;
  }

  state(): State {
    const state: Record<string, { metas: Meta[] }> = {};
    for (const { key, meta } of this.#byOwner.values()) {
      const entry = Object.hasOwn(state, key) ? state[key] : undefined;
      if (entry === undefined) define(state, key, { metas: [meta] });
      else entry.metas.push(meta);
    }
    return state;
  }

  /** Undefined when nothing is new. */
  track(owner: object, key: string, payload: Payload): Diff | undefined {
    const before = this.#byOwner.get(owner);
    const said = JSON.stringify(payload);
    if (before?.said === said) return undefined;
    const phx_ref = randomBytes(9).toString("base64url");
    const meta: Meta = {
      ...payload,
      phx_ref,
      ...(before === undefined ? {} : { phx_ref_prev: before.meta.phx_ref }),
    };
    this.#byOwner.set(owner, { key, meta, said });
    return { joins: one(key, meta), leaves: before === undefined ? {} : one(key, before.meta) };
  }

  untrack(owner: object): Diff | undefined {
    const before = this.#byOwner.get(owner);
    if (before === undefined) return undefined;
    this.#byOwner.delete(owner);
    return { joins: {}, leaves: one(before.key, before.meta) };
  }
}

const one = (key: string, meta: Meta): State => define({}, key, { metas: [meta] });

/** Keys are the clients' to choose: one called `__proto__` is a key like any other. */
function define<T>(state: Record<string, T>, key: string, value: T): Record<string, T> {
  return Object.defineProperty(state, key, {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}
