/** A key for one intended change that no other will have. */
export const someKey = (): string => crypto.getRandomValues(new Uint32Array(4)).join("-");
