import { beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { png } from "../rest/images.ts";
import { me, pagination, sample } from "./responses.ts";
import { type Team, team } from "./support.ts";

let world: Team;
beforeAll(async () => {
  world = await team();
});

describe("samples", () => {
  const link = { type: "link", name: "Look", url: "https://example.com/look" } as const;

  test("the team can read links and files", async () => {
    const { creator, talent, projectId } = world;
    const { samples } = creator.onswift;
    const first = sample.parse(await samples.add(projectId, link).orThrow());
    expect(first).toMatchObject({ ...link, projectId, file: null, description: null });
    const bytes = png();
    const file = { name: "guide.png", data: new Uint8Array(bytes) };
    const guide = { type: "file", name: "Guide", description: "Colours", file } as const;
    const second = sample.parse(await samples.add(projectId, guide).orThrow());
    expect(second).toMatchObject({ type: "file", name: "Guide", file: { fileName: "guide.png" } });

    const page = z.strictObject({ samples: z.array(sample), pagination });
    const seen = page.parse(await talent.onswift.samples.list(projectId).orThrow());
    expect(seen.samples.map(({ name }) => name)).toEqual(["Look", "Guide"]);
    const byName: string[] = [];
    for await (const { name } of samples.list(projectId, { sort: "name", limit: 1 }))
      byName.push(name);
    expect(byName).toEqual(["Guide", "Look"]);

    const fileId = second.file?.id ?? "";
    await talent.onswift.files.waitUntilClean(fileId).orThrow();
    const download = await talent.onswift.files.download(fileId).orThrow();
    expect(Buffer.from(await (await download.blob()).arrayBuffer()).equals(bytes)).toBe(true);

    expect(await samples.delete(projectId, second.id)).toEqual({ data: null, error: null });
    expect((await samples.delete(projectId, second.id)).error?.code).toBe("NOT_FOUND");
    expect((await talent.onswift.files.download(fileId)).error?.code).toBe("NOT_FOUND");
  });

  test("only the creator can add and delete samples", async () => {
    const { creator, talent, projectId } = world;
    const { id } = await creator.onswift.samples.add(projectId, link).orThrow();
    const { samples } = talent.onswift;
    const file = { name: "a.png", data: new Uint8Array(png()) };
    const refusals = await Promise.all([
      samples.add(projectId, link),
      samples.add(projectId, { type: "file", name: "A", file }),
      samples.delete(projectId, id),
    ]);
    expect(refusals.map(({ error }) => error?.code)).toEqual(Array(3).fill("FORBIDDEN"));
    const wrong = await creator.onswift.samples.add(projectId, { ...link, url: "look" });
    expect(wrong.error?.details?.map(({ field }) => field)).toEqual(["url"]);
  });
});

describe("an avatar", () => {
  test("an avatar can be uploaded, replaced and removed, and is public", async () => {
    const { users } = world.talent.onswift;
    const picture = () => new File([png(80)], "me.png");
    const first = me.parse(await users.setAvatar(picture()).orThrow());
    const answer = await fetch(first.avatarUrl ?? "");
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toBe("image/png");
    await answer.body?.cancel();
    const { avatarUrl } = await users.avatarUrl(first.avatarUrl ?? "", { width: 16 }).orThrow();
    const small = Buffer.from(await (await fetch(avatarUrl)).arrayBuffer());
    // A PNG's width is in its header.
    expect(small.readUInt32BE(16)).toBe(16);
    const second = await users.setAvatar(picture()).orThrow();
    expect(second.avatarUrl).not.toBe(first.avatarUrl);
    expect((await users.update({ avatarFileId: null }).orThrow()).avatarUrl).toBeNull();
  });

  test("a picture that is too small, too large or not an image is refused", async () => {
    const { users } = world.creator.onswift;
    const small = await users.setAvatar(new File([png(20)], "me.png"));
    expect(small.error?.code).toBe("FILE_MISMATCH");
    const pdf = await users.setAvatar(new File(["%PDF-1.7"], "me.pdf"));
    expect(pdf.error).toMatchObject({ code: "VALIDATION_ERROR" });
    const large = { name: "me.png", size: 6_000_000, slice: () => new Uint8Array() };
    expect((await users.setAvatar(large)).error?.details?.[0]?.field).toBe("files[0].fileSize");
  });
});
