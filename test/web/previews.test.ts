import { expect, test } from "vitest";
import { team } from "../sdk/support.ts";
import { password } from "../world/people.ts";
import { appUrl, signInWith, takeProblems, useWebApp, visitor } from "./app.ts";
import { clip } from "./clip.ts";
import { picture } from "./picture.ts";

useWebApp();

test("a video plays, and versions are side by side, on a phone below each other", async () => {
  const { creator, talent, projectId, taskId } = await team();
  const { page, context } = await visitor();
  const film = { name: "teaser.mp4", data: await clip(context) };
  const { id } = await talent.onswift.deliverables
    .submit({ projectId, taskId, title: "Teaser", description: "One", files: [film] })
    .orThrow();
  for (const [description, seed] of [
    ["Two", 0],
    ["Three", 3],
  ] as const) {
    await creator.onswift.deliverables.requestRevision(id, `After ${description}`).orThrow();
    const files = [{ name: "still.png", data: picture(seed) }];
    await talent.onswift.deliverables.resubmit(id, { description, files }).orThrow();
  }

  await signInWith(page, creator.email, password);
  await page.goto(appUrl(`/deliverables/${id}`));
  const version = (number: number) => page.getByRole("region", { name: `Version ${number}` });
  await version(3).getByRole("img", { name: "still.png" }).waitFor();
  await version(2).getByRole("img", { name: "still.png" }).waitFor();
  expect(await version(1).count()).toBe(0);
  const [older, newest] = await Promise.all([version(2).boundingBox(), version(3).boundingBox()]);
  expect(older?.y).toBe(newest?.y);
  expect(older?.x ?? 0).toBeLessThan(newest?.x ?? 0);

  await page.getByLabel("Version to compare with").selectOption("1");
  const video = version(1).getByLabel("teaser.mp4", { exact: true });
  await video.waitFor();
  const played = await video.evaluate(async (element) => {
    const film = element as HTMLVideoElement;
    film.muted = true;
    await film.play();
    await new Promise((resolve) => film.addEventListener("ended", resolve));
    return { width: film.videoWidth, height: film.videoHeight, end: film.currentTime };
  });
  expect(played).toMatchObject({ width: 64, height: 36 });
  expect(played.end).toBeGreaterThan(0.5);

  await page.setViewportSize({ width: 390, height: 844 });
  const [above, below] = await Promise.all([version(3).boundingBox(), version(1).boundingBox()]);
  expect(above?.x).toBe(below?.x);
  expect(above?.y ?? 0).toBeLessThan(below?.y ?? 0);
  expect(takeProblems()).toEqual([]);
});
