import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { mailHtmlFiles, moduleOf, renderMjml } from "./mail-html.ts";

const mail = (body: string) =>
  `<mjml><mj-body><mj-section><mj-column>${body}</mj-column></mj-section></mj-body></mjml>`;

test("the rendered layouts are those of the MJML files", async () => {
  for (const { path, content } of await mailHtmlFiles()) {
    expect(await readFile(path, "utf8"), path).toBe(content);
  }
});

test("a layout becomes a function whose slots are typed", () => {
  const module = moduleOf(
    "<b>{{name}}</b>{{#items}}<i>{{label}}</i>{{/items}}{{ .Token }}",
    "./h.ts",
  );
  expect(module).toContain("readonly name: Slot;");
  expect(module).toContain("readonly items: readonly {\n    readonly label: Slot;\n  }[];");
  expect(module).toContain(
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the code of a template
    "<b>${slots.name}</b>${slots.items.map((item) => html`<i>${item.label}</i>`)}",
  );
  expect(module).toContain("{{ .Token }}");
});

test("text of a layout cannot end the template that it becomes", () => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the code of a template
  expect(moduleOf("a`b${c}\\d", "./h.ts")).toContain("html`a\\`b\\${c}\\\\d`");
});

test.each([
  ["a style sheet", "<style>p{color:{{c}}}</style>"],
  ["a style", '<p style="color:{{c}}">x</p>'],
  ["a script", "<script>{{c}}</script>"],
  ["an event", '<p onclick="{{c}}">x</p>'],
  ["a comment", "<!--[if mso]>{{c}}<![endif]-->"],
  ["an attribute without quotes", "<a href={{c}}>x</a>"],
  ["the name of an attribute", "<a {{c}}>x</a>"],
])("a slot in %s is refused, because escaping does not protect it", (_, html) => {
  expect(() => moduleOf(html, "./h.ts")).toThrow("escaping does not protect");
});

test("a list that does not end, or ends another, is refused", () => {
  expect(() => moduleOf("{{#a}}x", "./h.ts")).toThrow("{{#a}} does not end");
  expect(() => moduleOf("{{#a}}x{{/b}}", "./h.ts")).toThrow("{{/b}} ends {{#a}}");
});

test("a layout loads no fonts, and an element that does not end is an error", () => {
  const text = '<mj-text font-family="Roboto, sans-serif">Hello</mj-text>';
  expect(renderMjml(mail(text))).not.toContain("fonts.googleapis.com");
  expect(() => renderMjml(mail("<mj-text>"))).toThrow("MJML");
});
