import { invalidRequest } from "./errors.ts";

/** Reads and validates the fields of a request body or query string, with upstream's error messages. */
export class Fields {
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #where: string;

  constructor(values: unknown, where: string) {
    if (values === null || typeof values !== "object" || Array.isArray(values)) {
      throw invalidRequest(`${where} must be object`);
    }
    this.#values = values as Record<string, unknown>;
    this.#where = where;
  }

  get isEmpty(): boolean {
    return Object.keys(this.#values).length === 0;
  }

  string(name: string): string {
    return this.optionalString(name) ?? this.#missing(name);
  }

  optionalString(name: string): string | undefined {
    const value = this.value(name);
    return value === undefined || typeof value === "string"
      ? value
      : this.#wrongType(name, "string");
  }

  boolean(name: string): boolean | undefined {
    const value = this.value(name);
    return value === undefined || typeof value === "boolean"
      ? value
      : this.#wrongType(name, "boolean");
  }

  /** Reads an integer. Query strings contain it as text. */
  integer(name: string, atLeast: number, fallback?: number): number {
    const value = this.value(name) ?? fallback ?? this.#missing(name);
    const number = typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
    if (!Number.isSafeInteger(number)) return this.#wrongType(name, "integer");
    if ((number as number) < atLeast) {
      throw invalidRequest(`${this.#where}/${name} must be >= ${atLeast}`);
    }
    return number as number;
  }

  /** Reads an integer that may be absent. */
  optionalInteger(name: string, atLeast: number, atMost?: number): number | undefined {
    if (this.value(name) === undefined) return undefined;
    const number = this.integer(name, atLeast);
    if (atMost !== undefined && number > atMost) {
      throw invalidRequest(`${this.#where}/${name} must be <= ${atMost}`);
    }
    return number;
  }

  /** Reads one of the choices; undefined if it is absent. */
  oneOf<T extends string>(name: string, choices: readonly [T, ...T[]]): T | undefined {
    return this.value(name) === undefined ? undefined : this.choice(name, choices);
  }

  choice<T extends string>(name: string, choices: readonly [T, ...T[]]): T {
    const value = this.value(name) ?? choices[0];
    const found = choices.find((choice) => choice === value);
    return found ?? this.#wrongType(name, `one of ${choices.join(", ")}`);
  }

  /** Reads an array of 1 to `atMost` strings. */
  strings(name: string, atMost: number): readonly string[] {
    const value = this.value(name) ?? this.#missing(name);
    if (!isStringArray(value)) return this.#wrongType(name, "array of strings");
    if (value.length === 0 || value.length > atMost) {
      return this.#wrongType(name, `array of 1 to ${atMost} strings`);
    }
    return value;
  }

  /** Reads a nested object; empty if it is absent. */
  object(name: string): Fields {
    return new Fields(this.value(name) ?? {}, `${this.#where}/${name}`);
  }

  /** Reads a field that can be `null` (set to nothing) or absent (`undefined`). */
  nullable<T>(
    name: string,
    read: (value: unknown) => value is T,
    kind: string,
  ): T | null | undefined {
    const value = this.#values[name];
    return value === undefined || value === null || read(value)
      ? value
      : this.#wrongType(name, kind);
  }

  value(name: string): unknown {
    return this.#values[name] ?? undefined;
  }

  #missing(name: string): never {
    throw invalidRequest(`${this.#where} must have required property '${name}'`);
  }

  #wrongType(name: string, kind: string): never {
    throw invalidRequest(`${this.#where}/${name} must be ${kind}`);
  }
}

export const isStringArray = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((item) => typeof item === "string");

export const isSize = (value: unknown): value is number | string =>
  typeof value === "string" || (Number.isSafeInteger(value) && (value as number) >= 0);
