const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&#34;",
  "'": "&#39;",
};

/** Writes the characters as Go does, and so as Supabase's Auth. */
export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (sign) => entities[sign] ?? sign);

/** HTML that is safe by construction: only `html` makes it, and `html` escapes every text that it is given. */
class SafeHtml {
  readonly #markup: string;

  constructor(markup: string) {
    this.#markup = markup;
  }

  toString(): string {
    return this.#markup;
  }
}

/** The class stays in this file, so that no other text can pass for HTML. */
export type Html = SafeHtml;

/** What a slot of a template takes: a text, which is escaped, or HTML that `html` made. */
export type Slot = string | Html;

export function html(
  parts: TemplateStringsArray,
  ...values: readonly (Slot | readonly Html[])[]
): Html {
  const [first = "", ...rest] = parts;
  return new SafeHtml(
    rest.reduce((whole, part, index) => whole + markupOf(values[index] ?? "") + part, first),
  );
}

function markupOf(value: Slot | readonly Html[]): string {
  if (typeof value === "string") return escapeHtml(value);
  return value instanceof SafeHtml ? value.toString() : value.map(String).join("");
}
