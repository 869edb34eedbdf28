import { expect, test } from "vitest";
import { draftOf } from "./draft.ts";

const body = "  returns int\n  language sql\nas $$\n  select 2;\n$$;";
const rooms = `create table public.tasks (id int);\n\ncreate function api.two(\n  n int\n)\n${body}\n`;

test("the same schema needs nothing", () => {
  const same = new Map([["function api.two(integer)", "CREATE OR REPLACE FUNCTION …"]]);
  expect(draftOf(same, same, rooms)).toBe("");
});

test("a changed function comes as the rooms have it", () => {
  const present = new Map([["function api.two(integer)", "select 1"]]);
  const wanted = new Map([["function api.two(integer)", "select 2"]]);
  const draft = draftOf(present, wanted, rooms);
  expect(draft).toBe(`create or replace function api.two(\n  n int\n)\n${body}\n`);
});

test("a function with two signatures comes as the database has it", () => {
  const wanted = new Map([
    ["function api.two(integer)", "CREATE OR REPLACE FUNCTION api.two(n integer)"],
  ]);
  expect(draftOf(new Map(), wanted, rooms + rooms)).toBe(
    "CREATE OR REPLACE FUNCTION api.two(n integer);\n",
  );
});

test("what a program cannot know is named in a comment", () => {
  const present = new Map([
    ["column public.tasks.name", "text"],
    ["index public.tasks_old_idx", "…"],
  ]);
  const wanted = new Map([
    ["column public.tasks.name", "text not null"],
    ["column public.tasks.color", "text"],
    ["function grant api.two(integer) authenticated", "EXECUTE"],
  ]);
  expect(draftOf(present, wanted, rooms)).toBe(
    [
      "-- To write, then to remove here:",
      "--   changed: column public.tasks.name",
      "--   gone: index public.tasks_old_idx",
      "--   new: column public.tasks.color",
      "--   new: function grant api.two(integer) authenticated",
      "",
    ].join("\n"),
  );
});
