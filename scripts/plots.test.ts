import { describe, expect, test } from "vitest";
import { plotFiles, themes } from "../bench/support/plots.ts";

const figure = { part: "tables", name: "tasks a page", unit: "×", p50: 1.2, goal: 2 } as const;
const [plot] = plotFiles([figure, { ...figure, p50: 3 }]);

/** The contrast of two colors, as WCAG 2 defines it. */
function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

describe.each(Object.entries(themes))("a plot in the %s theme", (_, theme) => {
  const { ground, text, tick, ...shapes } = theme;

  test("has words with a contrast of 4.5 and shapes with one of 3", () => {
    for (const color of [text, tick]) expect(contrast(color, ground)).toBeGreaterThan(4.5);
    for (const color of Object.values(shapes)) expect(contrast(color, ground)).toBeGreaterThan(3);
  });

  test("uses all of these colors", () => {
    for (const color of Object.values(theme)) expect(plot?.content).toContain(color);
  });
});

test("a plot has no color outside of the themes", () => {
  const known = Object.values(themes).flatMap((theme) => Object.values<string>(theme));
  const used = plot?.content.match(/#[0-9a-f]{3,8}\b/g) ?? [];
  expect(used.filter((color) => !known.includes(color))).toEqual([]);
});
