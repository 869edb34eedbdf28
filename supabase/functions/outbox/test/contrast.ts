/** Measures the contrast of each text of a mail, as WCAG 2 defines it. */

interface Shown {
  readonly color: string;
  readonly background: string;
  readonly hidden: boolean;
}

interface Measured {
  readonly text: string;
  readonly ratio: number;
}

const untouched = new Set(["meta", "br", "!doctype"]);
const unseen = new Set(["head", "style", "title"]);

const channel = (value: number) =>
  value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;

function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = (
    /^#([\da-f]{6})$/.exec(color)?.[1]?.match(/../g) ?? []
  ).map((part) => channel(Number.parseInt(part, 16) / 255));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function ratioOf(one: string, other: string): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

const property = (style: string, name: string) =>
  new RegExp(`(?:^|[;{])${name}:(#[\\da-f]{6})`).exec(style)?.[1];

/** Every text with its contrast; with `dark`, as the style sheet for dark mode shows it. */
export function contrasts(html: string, dark: boolean): readonly Measured[] {
  const sheet = /prefers-color-scheme:dark\)\{([\s\S]*?)\}<\/style>/.exec(html)?.[1] ?? "";
  const ofClass = (name: string) => new RegExp(`\\.${name}(\\{[^}]*\\})`).exec(sheet)?.[1] ?? "";
  const stack: Shown[] = [{ color: "#000000", background: "#ffffff", hidden: false }];
  const measured: Measured[] = [];
  for (const [part, close, tag, attributes = ""] of html.matchAll(
    /<(\/?)([!\w]+)([^>]*)>|[^<]+/g,
  )) {
    const above = stack.at(-1);
    if (above === undefined) throw new Error("The mail closes an element too many.");
    if (tag === undefined) {
      const text = part.trim();
      const ratio = ratioOf(above.color, above.background);
      if (text !== "" && !above.hidden) measured.push({ text, ratio });
    } else if (close === "/") stack.pop();
    else if (!untouched.has(tag)) {
      const style = /style="([^"]*)"/.exec(attributes)?.[1] ?? "";
      const rule = dark ? ofClass(/class="(\w+)"/.exec(attributes)?.[1] ?? "none") : "";
      const find = (name: string) => property(rule, name) ?? property(style, name);
      stack.push({
        color: find("color") ?? above.color,
        background: find("background") ?? above.background,
        hidden: above.hidden || unseen.has(tag) || style.includes("display:none"),
      });
    }
  }
  return measured;
}
