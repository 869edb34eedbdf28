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

/** The colour that a declaration sets; the last one, as in a browser. */
const property = (style: string, name: string) =>
  [...style.matchAll(new RegExp(`(?:^|[;{])\\s*${name}:\\s*(#[\\da-f]{6})`, "g"))].at(-1)?.[1];

interface Element {
  readonly tag: string;
  readonly classes: readonly string[];
}

interface Rule {
  /** Elements from the outside to the inside, each a tag or a class. */
  readonly path: readonly string[];
  readonly declarations: string;
}

function rulesOf(sheet: string): readonly Rule[] {
  return [...sheet.matchAll(/([^{}]+)\{([^}]*)\}/g)].flatMap(
    ([, selectors = "", declarations = ""]) =>
      selectors.split(",").map((one) => ({ path: one.trim().split(/\s+/), declarations })),
  );
}

/** Whether the last element of the branch is the one that the rule selects. */
function selects({ path }: Rule, branch: readonly Element[]): boolean {
  const fits = ({ tag, classes }: Element, step = "") =>
    step.startsWith(".") ? classes.includes(step.slice(1)) : tag === step;
  const own = branch.at(-1);
  if (own === undefined || !fits(own, path.at(-1))) return false;
  let next = path.length - 2;
  for (const element of branch.slice(0, -1).reverse()) {
    if (next >= 0 && fits(element, path[next])) next -= 1;
  }
  return next < 0;
}

/** Every text with its contrast; with `dark`, as the style sheet for dark mode shows it. */
export function contrasts(html: string, dark: boolean): readonly Measured[] {
  const sheet = /prefers-color-scheme:dark\)\s*\{([\s\S]*?\})\s*\}<\/style>/.exec(html)?.[1] ?? "";
  const rules = dark ? rulesOf(sheet) : [];
  const stack: (Shown & Element)[] = [
    { tag: "", classes: [], color: "#000000", background: "#ffffff", hidden: false },
  ];
  const measured: Measured[] = [];
  // What is in a conditional comment is for Outlook, which knows no dark style sheet.
  for (const [part, close, tag, attributes = ""] of html
    .replace(/<!--[\s\S]*?-->/g, "")
    .matchAll(/<(\/?)([!\w]+)([^>]*)>|[^<]+/g)) {
    const above = stack.at(-1);
    if (above === undefined) throw new Error("The mail closes an element too many.");
    if (tag === undefined) {
      const text = part.trim();
      const ratio = ratioOf(above.color, above.background);
      if (text !== "" && !above.hidden) measured.push({ text, ratio });
    } else if (close === "/") stack.pop();
    else if (!untouched.has(tag)) {
      const style = /\sstyle="([^"]*)"/.exec(attributes)?.[1] ?? "";
      const classes = (/\sclass="([^"]*)"/.exec(attributes)?.[1] ?? "").split(" ");
      const branch = [...stack, { tag, classes }];
      const declared = rules.filter((rule) => selects(rule, branch));
      const find = (name: string) =>
        [style, ...declared.map(({ declarations }) => declarations)]
          .map((text) => property(text, name))
          .findLast((color) => color !== undefined);
      stack.push({
        tag,
        classes,
        color: find("color") ?? above.color,
        background: find("background(?:-color)?") ?? above.background,
        hidden: above.hidden || unseen.has(tag) || style.includes("display:none"),
      });
    }
  }
  return measured;
}
