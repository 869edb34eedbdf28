import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { png } from "../../supabase/functions/files/test/pictures.ts";
import { upload, verdict } from "../files/support.ts";
import { aProject, aTask } from "../world/projects.ts";
import {
  anonymousClient,
  call,
  type Person,
  signUp,
  supabaseEntrance,
} from "../world/through-supabase-js.ts";
import { someWord } from "../world/words.ts";
import { one, sql } from "./world.ts";

afterAll(() => sql.end());

/** From a search to a rating in the next search, with plain supabase-js. */
describe("hiring a talent with supabase-js", () => {
  const word = someWord();
  let creator: Person;
  let talent: Person;
  let projectId: string;
  let taskId: string;
  let deliverableId: string;

  const search = (as: Person, args: object = {}) =>
    call(as, "search_talent", { q: `editor ${word}`, ...args });

  beforeAll(async () => {
    [creator, talent] = await Promise.all([signUp("creator", "Cleo"), signUp("talent", "Tara")]);
  });

  test("a talent who describes themselves is found at once", async () => {
    expect((await search(creator)).data.users).toEqual([]);
    await one(
      talent.client
        .from("profiles")
        .update({
          professional_title: "Video Editor",
          bio: `Cuts ${word} films.`,
          skills: ["Video Editing"],
          hourly_rate: 60,
        })
        .eq("id", talent.id)
        .select()
        .single(),
    );
    const { data } = await search(creator, { skills: ["Video Editing"], maxRate: 60 });
    expect(data.pagination.total).toBe(1);
    expect(data.users).toEqual([
      {
        id: talent.id,
        name: "Tara",
        professionalTitle: "Video Editor",
        avatarUrl: null,
        skills: ["Video Editing"],
        hourlyRate: 60,
        currency: "USD",
        availability: null,
        averageRating: null,
        totalReviews: 0,
      },
    ]);
  });

  test("only creators can search, and only through the function", async () => {
    expect((await search(talent)).code).toBe("CREATOR_ONLY");
    const { error } = await anonymousClient().schema("api").rpc("search_talent", { q: word });
    expect(error?.code).toBe("42501");
    for (const table of ["searchable_talents", "search_bits", "search_words"]) {
      const { error: hidden } = await creator.client.schema("private").from(table).select();
      expect(hidden?.code).toBe("PGRST106");
    }
  });

  test("the creator hires the talent, who delivers; the creator approves", async () => {
    const [found] = (await search(creator)).data.users;
    ({ id: projectId } = await supabaseEntrance.createProject(creator, aProject()));
    await supabaseEntrance.addMember(creator, projectId, found.id);
    ({ id: taskId } = await supabaseEntrance.createTask(creator, projectId, aTask(found.id)));

    const target = { uploadType: "deliverable", projectId, taskId } as const;
    const place = await upload(talent, target, "cut.png", "image/png", png(64, 64));
    expect(await verdict(place)).toBe("clean");
    const files = [{ fileId: place.fileId }];
    const submitted = await call(talent, "submit_deliverable", {
      projectId,
      taskId,
      title: "Rough cut",
      files,
    });
    deliverableId = submitted.data.id;
    const approved = await call(creator, "approve_deliverable", { deliverableId });
    expect(approved.data.status).toBe("approved");
  });

  test("the creator completes the project and reviews the talent", async () => {
    await one(
      creator.client
        .from("projects")
        .update({ status: "completed" })
        .eq("id", projectId)
        .select()
        .single(),
    );
    const review = { talentId: talent.id, projectId, rating: 5, text: "Great work" };
    expect((await call(creator, "create_review", review)).code).toBeUndefined();
  });

  test("the next search shows the rating", async () => {
    const { data } = await search(await signUp("creator"), { minRating: 5 });
    expect(data.users).toMatchObject([{ id: talent.id, averageRating: 5, totalReviews: 1 }]);
  });
});
