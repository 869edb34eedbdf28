import { randomBytes } from "node:crypto";

type Payload = Readonly<Record<string, unknown>>;
export type Meta = Payload & { readonly phx_ref: string };
export type State = Readonly<Record<string, { readonly metas: readonly Meta[] }>>;

export interface Diff {
  readonly joins: State;
  readonly leaves: State;
}

/** The presence of one topic: for each key, the state that each channel with this key tracks. */
export class Presence {
  readonly #byChannel = new Map<
    object,
    { readonly key: string; readonly meta: Meta; readonly serialized: string }
  >();

  state(): State {
    const state: Record<string, { metas: Meta[] }> = {};
    for (const { key, meta } of this.#byChannel.values()) {
      const entry = Object.hasOwn(state, key) ? state[key] : undefined;
      if (entry === undefined) setKey(state, key, { metas: [meta] });
      else entry.metas.push(meta);
    }
    return state;
  }

  /** Sets a channel's state. Returns the change, or undefined if the state is the same as before. */
  track(channel: object, key: string, payload: Payload): Diff | undefined {
    const before = this.#byChannel.get(channel);
    const serialized = JSON.stringify(payload);
    if (before?.serialized === serialized) return undefined;
    const phx_ref = randomBytes(9).toString("base64url");
    const meta: Meta = {
      ...payload,
      phx_ref,
      ...(before === undefined ? {} : { phx_ref_prev: before.meta.phx_ref }),
    };
    this.#byChannel.set(channel, { key, meta, serialized });
    return {
      joins: singleEntry(key, meta),
      leaves: before === undefined ? {} : singleEntry(key, before.meta),
    };
  }

  untrack(channel: object): Diff | undefined {
    const before = this.#byChannel.get(channel);
    if (before === undefined) return undefined;
    this.#byChannel.delete(channel);
    return { joins: {}, leaves: singleEntry(before.key, before.meta) };
  }
}

const singleEntry = (key: string, meta: Meta): State => setKey({}, key, { metas: [meta] });

/** Sets a key that a client chose. An assignment would not work for the key `__proto__`. */
function setKey<T>(state: Record<string, T>, key: string, value: T): Record<string, T> {
  return Object.defineProperty(state, key, {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}
