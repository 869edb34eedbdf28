import { type Json, nameIn } from "./schemas.ts";

type Schemas = Readonly<Record<string, Json>>;

/** Values for fields whose schema alone would give a dull example. */
const byField: Readonly<Record<string, unknown>> = {
  accessToken: "eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCJ9.…",
  bucket: "deliverables",
  companyName: "Northlight Films",
  content: "The first cut is ready.",
  description: "Sixty seconds for cinemas",
  entityType: "deliverable",
  feedback: "Warmer colours, please.",
  fileName: "logo.png",
  fileSize: 48_213,
  message: "Mia submitted Rough cut.",
  mimeType: "image/png",
  name: "Mia Novak",
  newPassword: "Correct-horse-7!",
  path: "3f6c1f0e/logo.png",
  professionalTitle: "Editor",
  projectName: "Trailer",
  rating: 5,
  refreshToken: "v1.M2EtN2Y",
  role: "Editor",
  taskName: "Rough cut",
  text: "Great work, on time.",
  timeZone: "Europe/Berlin",
  title: "Rough cut",
  token: "r8Jc0wXq",
};

const byFormat: Readonly<Record<string, unknown>> = {
  "date-time": "2030-01-15T10:00:00.000Z",
  date: "2030-06-30",
  email: "ada@example.com",
  uri: "https://example.com/file.png",
};

/** An example of a request: its required fields, unless the schema has an example of its own. */
export const exampleRequest = (schema: Json, schemas: Schemas): unknown =>
  new Examples(schemas, "required").of(schema);

/** An example of a response, with every field. */
export const exampleResponse = (schema: Json, schemas: Schemas): unknown =>
  new Examples(schemas, "all").of(schema);

class Examples {
  readonly #schemas: Schemas;
  readonly #fields: "required" | "all";

  constructor(schemas: Schemas, fields: "required" | "all") {
    this.#schemas = schemas;
    this.#fields = fields;
  }

  of(schema: Json, field = ""): unknown {
    const name = nameIn(schema);
    if (name !== undefined) return this.of(this.#schemas[name] ?? {}, field);
    const { examples, enum: values, anyOf, oneOf } = schema as Record<string, Json[]>;
    if (examples !== undefined) return examples[0];
    if ("const" in schema) return schema.const;
    if (values !== undefined) return values[0];
    const [first] = anyOf ?? oneOf ?? [];
    if (first !== undefined) return this.of(first, field);
    if (schema.type === "object") return this.#object(schema);
    // The items have the name of the list without its s: skills, files.
    if (schema.type === "array") return [this.of(schema.items as Json, field.replace(/s$/, ""))];
    return scalar(schema, field);
  }

  #object({ properties, propertyNames, additionalProperties, required = [] }: Json): Json {
    const names = Object.keys((properties ?? {}) as Json);
    const wanted =
      this.#fields === "all"
        ? names
        : names.filter((name) => (required as string[]).includes(name));
    const keys = (propertyNames as { enum?: readonly string[] } | undefined)?.enum ?? [];
    return Object.fromEntries([
      ...wanted.map((name) => [
        name,
        this.of((properties as Record<string, Json>)[name] ?? {}, name),
      ]),
      ...keys.map((key) => [key, this.of(additionalProperties as Json)]),
    ]);
  }
}

function scalar({ type: types, format, minimum = 0 }: Json, field: string): unknown {
  const [type] = [types].flat();
  if (type === "null") return null;
  if (type === "boolean") return true;
  if (typeof format === "string" && format in byFormat) return byFormat[format];
  const known = byField[field];
  if (type === "string") return known ?? "Text";
  return typeof known === "number" ? known : minimum;
}
