import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { gif, phonePhoto, png } from "../../supabase/functions/files/test/pictures.ts";
import { one, sql } from "../supabase-js/world.ts";
import { type Person, signUp } from "../world/through-supabase-js.ts";
import { eicar } from "./archives.ts";
import { buckets, bucketsInTheEnd, call, type Place, upload, verdict } from "./support.ts";

afterAll(() => sql.end());

describe("an avatar", () => {
  let talent: Person;
  let photo: Place;

  beforeAll(async () => {
    talent = await signUp("talent", "Ada");
  });

  const sent = (fileName: string, mimeType: string, bytes: Uint8Array) =>
    upload(talent, { uploadType: "avatar" }, fileName, mimeType, bytes);

  const publicly = async ({ path }: Place): Promise<Buffer> => {
    const { data } = talent.client.storage.from("avatars").getPublicUrl(path);
    const response = await fetch(data.publicUrl);
    expect(response.status).toBe(200);
    return Buffer.from(await response.arrayBuffer());
  };

  test("is rotated, stripped of metadata and then public", async () => {
    const original = Buffer.from(phonePhoto());
    expect(original.includes("Exif")).toBe(true);
    photo = await sent("me.jpg", "image/jpeg", original);
    expect(photo.bucket).toBe("avatar-uploads");
    expect(await verdict(photo)).toBe("clean");

    const published = await publicly(photo);
    expect(published.includes("Exif")).toBe(false);
    expect(published.includes("Taken at home")).toBe(false);
    // The frame header of a JPEG: height, then width.
    const frame = published.indexOf(Buffer.from([0xff, 0xc0]));
    expect([published.readUInt16BE(frame + 7), published.readUInt16BE(frame + 5)]).toEqual([
      64, 96,
    ]);
    expect(await bucketsInTheEnd(photo, ["avatars"])).toEqual(["avatars"]);
  });

  test("becomes the profile's picture, and the previous one is removed", async () => {
    await call(talent, "update_me", { patch: { avatarFileId: photo.fileId } });
    const next = await sent("next.gif", "image/gif", gif(64, 64, 3));
    expect(await verdict(next)).toBe("clean");
    expect((await publicly(next)).includes("Somebody")).toBe(false);

    await call(talent, "update_me", { patch: { avatarFileId: next.fileId } });
    const profile = await one(
      talent.client.from("profiles").select("avatar_url").eq("id", talent.id).single(),
    );
    expect(profile.avatar_url).toContain(next.path);
    expect(await bucketsInTheEnd(photo, [])).toEqual([]);
    expect(await bucketsInTheEnd(next, ["avatars"])).toEqual(["avatars"]);
  });

  const refused = {
    "too small": ["a.png", png(63, 64), "failed dimensions"],
    "a bomb": ["b.png", png(10_000, 10_000), "failed dimensions"],
    damaged: ["c.png", png(64, 64).subarray(0, 60), "failed unreadable"],
    "a drawing called PNG": ["d.png", Buffer.from('<svg width="64" height="64"/>'), "failed type"],
    "malware behind a picture": ["e.png", Buffer.concat([png(64, 64), eicar]), "infected"],
  } as const;

  for (const [how, [fileName, bytes, expected]] of Object.entries(refused)) {
    test(`that is ${how} never becomes public or a profile's picture`, async () => {
      const file = await sent(fileName, "image/png", bytes);
      expect(await verdict(file)).toBe(expected);
      expect(await call(talent, "update_me", { patch: { avatarFileId: file.fileId } })).toEqual({
        code: expected === "infected" ? "FILE_INFECTED" : "FILE_MISMATCH",
      });
      expect(await buckets(file)).not.toContain("avatars");
      const kept = expected === "infected" ? ["avatar-uploads"] : [];
      expect(await bucketsInTheEnd(file, kept)).toEqual(kept);
    });
  }

  test("of 4096 pixels a side is accepted and scaled down", async () => {
    const file = await sent("large.png", "image/png", png(4096, 4096));
    expect(await verdict(file)).toBe("clean");
    const published = await publicly(file);
    expect([published.readUInt32BE(16), published.readUInt32BE(20)]).toEqual([1024, 1024]);
  });
});
