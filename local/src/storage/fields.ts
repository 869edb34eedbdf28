import { invalidRequest } from "./errors.ts";

/** The fields of a body or a query, read one by one as what they have to be. */
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

  text(name: string): string {
    return this.optionalText(name) ?? this.#missing(name);
  }

  optionalText(name: string): string | undefined {
    const value = this.value(name);
    return value === undefined || typeof value === "string" ? value : this.#not(name, "string");
  }

  flag(name: string): boolean | undefined {
    const value = this.value(name);
    return value === undefined || typeof value === "boolean" ? value : this.#not(name, "boolean");
  }

  /** A whole number; queries write it as text. */
  whole(name: string, atLeast: number, otherwise?: number): number {
    const value = this.value(name) ?? otherwise ?? this.#missing(name);
    const number = typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
    if (!Number.isSafeInteger(number)) return this.#not(name, "integer");
    if ((number as number) < atLeast) {
      throw invalidRequest(`${this.#where}/${name} must be >= ${atLeast}`);
    }
    return number as number;
  }

  choice<T extends string>(name: string, choices: readonly [T, ...T[]]): T {
    const value = this.value(name) ?? choices[0];
    const found = choices.find((choice) => choice === value);
    return found ?? this.#not(name, `one of ${choices.join(", ")}`);
  }

  /** At least one text and no more than `atMost`. */
  texts(name: string, atMost: number): readonly string[] {
    const value = this.value(name) ?? this.#missing(name);
    if (!isTexts(value)) return this.#not(name, "array of strings");
    if (value.length === 0 || value.length > atMost) {
      return this.#not(name, `array of 1 to ${atMost} strings`);
    }
    return value;
  }

  /** Fields in a field. */
  group(name: string): Fields {
    return new Fields(this.value(name) ?? {}, `${this.#where}/${name}`);
  }

  /** `null` where it is set to nothing, `undefined` where it is not spoken of. */
  nullable<T>(
    name: string,
    read: (value: unknown) => value is T,
    kind: string,
  ): T | null | undefined {
    const value = this.#values[name];
    return value === undefined || value === null || read(value) ? value : this.#not(name, kind);
  }

  value(name: string): unknown {
    return this.#values[name] ?? undefined;
  }

  #missing(name: string): never {
    throw invalidRequest(`${this.#where} must have required property '${name}'`);
  }

  #not(name: string, kind: string): never {
    throw invalidRequest(`${this.#where}/${name} must be ${kind}`);
  }
}

export const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((item) => typeof item === "string");

export const isSize = (value: unknown): value is number | string =>
  typeof value === "string" || (Number.isSafeInteger(value) && (value as number) >= 0);
