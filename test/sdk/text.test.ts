import { describe, expect, test } from "vitest";
import { aProject } from "../world/projects.ts";
import { rest } from "../world/stack.ts";
import { signUp } from "../world/through-supabase-js.ts";
import { person } from "./support.ts";

interface Outcome {
  readonly stored?: string;
  readonly refused?: unknown;
}

/** A creator who creates projects with a name through each entry point. */
async function doors() {
  const viaSdk = await person("creator");
  const direct = await signUp("creator");
  const through = {
    sdk: async (name: string): Promise<Outcome> => {
      const { data, error } = await viaSdk.onswift.projects.create({ ...aProject(), name });
      return data === null ? { refused: error.details } : { stored: data.name };
    },
    rest: async (name: string): Promise<Outcome> => {
      const response = await fetch(`${rest}/projects`, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${viaSdk.token}` },
        body: JSON.stringify({ ...aProject(), name }),
      });
      const body = await response.json();
      return response.ok ? { stored: body.name } : { refused: body.error.details };
    },
    "supabase-js": async (name: string): Promise<Outcome> => {
      const api = direct.client.schema("api");
      const { data, error } = await api.rpc("create_project", { ...aProject(), name });
      return error ? { refused: JSON.parse(error.details) } : { stored: data.name };
    },
  };
  return through;
}

describe("a name is the same text through every entry point", () => {
  const kept = {
    "an override that would turn a sentence": ["Mary \u202enhoj", "Mary nhoj"],
    "isolates and embeddings": ["a\u2066b\u2069c\u202ad\u202c", "abcd"],
    "direction marks": ["a\u200eb\u200fc", "a\u200eb\u200fc"],
    "line breaks of all kinds": ["a\u000bb\u000cc\u2028d\u2029e\r\nf", "a b c d e f"],
    "control characters": ["a\u0007b\u0085c", "abc"],
    "a decomposed letter": ["U\u0308ber", "\u00dcber"],
    "a family and a flag": ["👨‍👩‍👧 🏴󠁧󠁢󠁥󠁮󠁧󠁿 ❤️", "👨‍👩‍👧 🏴󠁧󠁢󠁥󠁮󠁧󠁿 ❤️"],
    "a Persian joiner": ["می\u200cخواهم", "می\u200cخواهم"],
    "surrounding space": ["\u3000 a \u00a0", "a"],
  } as const;
  const empty = [
    "\u3164",
    "\u2800",
    "\u200b\u200d",
    "\u00ad",
    "\u202e\u2069",
    " \n\t",
    "\u{e0041}",
  ];
  /** PostgREST cannot pass these on, so plain supabase-js has to send text without them. */
  const unstorable = {
    NUL: ["a\0b", "ab"],
    "unpaired surrogates": ["a\ud800b\udfff", "ab"],
  } as const;

  test("what can be seen is kept, what cannot is removed", async () => {
    const through = await doors();
    for (const [what, [name, stored]] of Object.entries(kept)) {
      for (const [door, create] of Object.entries(through)) {
        expect(await create(name), `${what} through ${door}`).toEqual({ stored });
      }
    }
    for (const [what, [name, stored]] of Object.entries(unstorable)) {
      for (const door of ["sdk", "rest"] as const) {
        expect(await through[door](name), `${what} through ${door}`).toEqual({ stored });
      }
    }
  });

  test("a name of which nothing can be seen is missing, in the same words", async () => {
    const words = [{ field: "name", message: "Name is required." }];
    const through = await doors();
    for (const name of empty) {
      for (const [door, create] of Object.entries(through)) {
        const which = `${JSON.stringify(name)} through ${door}`;
        expect(await create(name), which).toEqual({ refused: words });
      }
    }
  });
});
