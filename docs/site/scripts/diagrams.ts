import { renderMermaidSVG } from "beautiful-mermaid";

/** The site's colours, so that a diagram follows the theme. */
const colours = {
  bg: "var(--sl-color-bg)",
  fg: "var(--sl-color-text)",
  accent: "var(--sl-color-text-accent)",
  transparent: true,
} as const;

/** Replaces the Mermaid blocks of a page by drawings. */
export const drawn = (markdown: string): string =>
  markdown.replace(/^```mermaid\n([\s\S]*?)^```$/gm, (_, code: string) => {
    const svg = renderMermaidSVG(code, colours)
      // The fonts are the reader's own.
      .replace(/^\s*@import[^\n]*\n/gm, "")
      // A blank line would end the HTML in Markdown.
      .replace(/\n\s*\n/g, "\n");
    const kind = code.trim().split("\n")[0] ?? "";
    return `<figure class="diagram not-content" role="img" aria-label="Diagram (${names[kind] ?? kind}); its text is in the source of this page.">\n${svg}\n</figure>`;
  });

const names: Readonly<Record<string, string>> = {
  erDiagram: "tables and their relations",
  "stateDiagram-v2": "states",
  sequenceDiagram: "sequence",
};
