import { invalidField } from "./errors.ts";

/** Reads and validates the fields of a request body or query string, with upstream's error messages. */
export class Fields {
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #where: string;

  constructor(values: unknown, where: string) {
    if (values === null || typeof values !== "object" || Array.isArray(values)) {
      throw invalidField(`${where} must be object`);
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
      throw invalidField(`${this.#where}/${name} must be >= ${atLeast}`);
    }
    return number as number;
  }

  /** Reads an integer that may be absent. */
  optionalInteger(name: string, atLeast: number, atMost?: number): number | undefined {
    if (this.value(name) === undefined) return undefined;
    const number = this.integer(name, atLeast);
    if (atMost !== undefined && number > atMost) {
      throw invalidField(`${this.#where}/${name} must be <= ${atMost}`);
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
    return found ?? this.#wrongType(name, "equal to one of the allowed values");
  }

  /** Reads an array of 1 to `atMost` strings. */
  strings(name: string, atMost: number): readonly string[] {
    const value = this.#array(name, this.value(name) ?? this.#missing(name));
    const field = `${this.#where}/${name}`;
    if (value.length === 0) throw invalidField(`${field} must NOT have fewer than 1 items`);
    if (value.length > atMost) {
      throw invalidField(`${field} must NOT have more than ${atMost} items`);
    }
    return value;
  }

  /** Reads an array of strings that can be `null` (set to nothing) or absent (`undefined`). */
  nullableStrings(name: string): readonly string[] | null | undefined {
    const value = this.#values[name];
    return value === undefined || value === null ? value : this.#array(name, value);
  }

  #array(name: string, value: unknown): readonly string[] {
    if (!Array.isArray(value)) return this.#wrongType(name, "array");
    const wrong = value.findIndex((item) => typeof item !== "string");
    return wrong < 0 ? value : this.#wrongType(`${name}/${wrong}`, "string");
  }

  /** Reads a nested object; empty if it is absent. */
  object(name: string): Fields {
    return new Fields(this.value(name) ?? {}, `${this.#where}/${name}`);
  }

  /** Reads a size that can be `null` (no limit) or absent (`undefined`). */
  nullableSize(name: string): number | string | null | undefined {
    const value = this.#values[name];
    if (value === undefined || value === null) return value;
    if (typeof value === "number" || typeof value === "string") return value;
    const field = `${this.#where}/${name}`;
    throw invalidField(
      `${field} must be integer, ${field} must be string, ${field} must match a schema in anyOf`,
    );
  }

  value(name: string): unknown {
    return this.#values[name] ?? undefined;
  }

  #missing(name: string): never {
    throw invalidField(`${this.#where} must have required property '${name}'`);
  }

  #wrongType(name: string, kind: string): never {
    throw invalidField(`${this.#where}/${name} must be ${kind}`);
  }
}
