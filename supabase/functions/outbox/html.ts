import { escape as escapeHtml } from "@std/html/entities.js";

/** HTML that is safe by construction: every value in the template is escaped. */
export class Html {
  readonly markup: string;

  constructor(markup: string) {
    this.markup = markup;
  }
}

export function html(parts: TemplateStringsArray, ...values: readonly (string | Html)[]): Html {
  const markup = parts.reduce((whole, part, index) => {
    const value = values[index - 1] ?? "";
    return whole + (value instanceof Html ? value.markup : escapeHtml(value)) + part;
  });
  return new Html(markup);
}
