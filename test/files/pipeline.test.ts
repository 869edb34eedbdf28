import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { png } from "../../supabase/functions/files/test/pictures.ts";
import { buildWorld, sql, type World } from "../supabase-js/world.ts";
import { apiUrl } from "../world/stack.ts";
import { type Person, signUp } from "../world/through-supabase-js.ts";
import { eicar, zip } from "./archives.ts";
import {
  buckets,
  bucketsInTheEnd,
  call,
  type Place,
  put,
  reserve,
  type Target,
  upload,
  verdict,
  waysToGet,
} from "./support.ts";

afterAll(() => sql.end());

describe("the file pipeline", () => {
  let world: World;
  let talent: Person;
  let target: Target;

  beforeAll(async () => {
    world = await buildWorld();
    talent = world.assignee;
    const { projectId, taskId } = world;
    target = { uploadType: "deliverable", projectId, taskId };
  });

  const sent = (fileName: string, mimeType: string, bytes: Uint8Array) =>
    upload(talent, target, fileName, mimeType, bytes);

  /** A reservation that must succeed. */
  async function place(fileName: string, mimeType: string, size: number): Promise<Place> {
    const answer = await reserve(talent, target, fileName, mimeType, size);
    expect(answer).toHaveProperty("path");
    return answer as Place;
  }

  test("delivers a file that matches its announcement byte for byte", async () => {
    const bytes = png(64, 64);
    const file = await sent("Über uns.png", "image/png", bytes);
    expect(await verdict(file)).toBe("clean");
    const { data } = await talent.client.storage.from(file.bucket).download(file.path);
    expect(Buffer.from((await data?.arrayBuffer()) ?? new ArrayBuffer()).equals(bytes)).toBe(true);
    expect(await waysToGet(talent, file)).toEqual(["download", "address"]);
    expect(await waysToGet(world.stranger, file)).toEqual([]);
    expect(await waysToGet(world.member, file)).toEqual([]);
  });

  describe("malware", () => {
    const samples = {
      "as a file": ["tool.zip", "application/zip", eicar],
      "renamed to a picture": ["picture.png", "image/png", eicar],
      "behind a picture": ["real.png", "image/png", Buffer.concat([png(64, 64), eicar])],
      "inside an archive": ["work.zip", "application/zip", zip("readme.txt", eicar)],
    } as const;

    for (const [how, [fileName, mimeType, bytes]] of Object.entries(samples)) {
      test(`${how} is quarantined and served to no user`, async () => {
        const file = await sent(fileName, mimeType, bytes);
        expect(await verdict(file)).toBe("infected");
        expect(await call(talent, "get_download", { fileId: file.fileId })).toEqual({
          code: "FILE_INFECTED",
        });
        for (const who of [talent, world.creator, world.stranger]) {
          expect(await waysToGet(who, file)).toEqual([]);
        }
        expect(await buckets(file)).toEqual(["deliverables"]);
      });
    }
  });

  describe("a file that differs from its announcement", () => {
    const text = (words: string) => Buffer.from(words);
    const samples = {
      "an SVG called PNG": ["a.png", "image/png", text('<svg onload="alert(1)"/>')],
      "a page called PDF": ["a.pdf", "application/pdf", text("<html><script>1</script></html>")],
      "a PNG called JPEG": ["a.jpg", "image/jpeg", png(64, 64)],
      "a picture that is a page, too": ["a.gif", "image/gif", text("GIF89a/*<script>alert(1)//*/")],
      "a program called video": ["a.mp4", "video/mp4", text("MZ\x90\0\x03\0\0\0\x04")],
    } as const;

    for (const [how, [fileName, mimeType, bytes]] of Object.entries(samples)) {
      test(`${how} is refused and removed`, async () => {
        const file = await sent(fileName, mimeType, bytes);
        expect(await verdict(file)).toBe("failed type");
        expect(await call(talent, "get_download", { fileId: file.fileId })).toEqual({
          code: "FILE_MISMATCH",
        });
        expect(await bucketsInTheEnd(file, [])).toEqual([]);
      });
    }
  });

  describe("a file before its scan", () => {
    test("is refused and removed when its size differs from the announcement", async () => {
      const wrong = [
        [await place("small.png", "image/png", 1024), Buffer.alloc(60 * 1024 * 1024)],
        [await place("empty.png", "image/png", 1024), Buffer.alloc(0)],
      ] as const;
      for (const [file, bytes] of wrong) {
        await put(talent, file, bytes);
        const answer = await call(talent, "confirm_upload", { fileId: file.fileId });
        expect(answer).toEqual({ code: "FILE_MISMATCH" });
        expect(await bucketsInTheEnd(file, [])).toEqual([]);
      }
    });

    test("is refused when it exceeds the limit of the bucket", async () => {
      const file = await place("huge.mp4", "video/mp4", 100 * 1024 * 1024);
      const { error } = await talent.client.storage
        .from(file.bucket)
        .upload(file.path, Buffer.alloc(100 * 1024 * 1024 + 1), { contentType: "video/mp4" });
      expect(error).toMatchObject({ statusCode: "413" });
      expect(await buckets(file)).toEqual([]);
    });

    test("gets no further parts once its reservation has ended", async () => {
      const size = 4096;
      const file = await place("late.mp4", "video/mp4", size);
      const { data } = await talent.client.auth.getSession();
      const headers = {
        authorization: `Bearer ${data.session?.access_token}`,
        "tus-resumable": "1.0.0",
      };
      const encoded = (text: string) => Buffer.from(text).toString("base64");
      const names = { bucketName: file.bucket, objectName: file.path, contentType: "video/mp4" };
      const created = await fetch(`${apiUrl}/storage/v1/upload/resumable`, {
        method: "POST",
        headers: {
          ...headers,
          "upload-length": String(size),
          "upload-metadata": Object.entries(names)
            .map(([name, value]) => `${name} ${encoded(value)}`)
            .join(),
        },
      });
      expect(created.status).toBe(201);
      const sendPart = async (offset: number) => {
        const { status } = await fetch(created.headers.get("location") ?? "", {
          method: "PATCH",
          headers: {
            ...headers,
            "upload-offset": String(offset),
            "content-type": "application/offset+octet-stream",
          },
          body: Buffer.alloc(size / 2),
        });
        return status;
      };
      expect(await sendPart(0)).toBe(204);
      await sql`update public.files set expires_at = now() where id = ${file.fileId}`;
      expect(await sendPart(size / 2)).toBe(403);
      expect(await buckets(file)).toEqual([]);
    });

    test("cannot be reserved with an invalid name, size or type", async () => {
      const refusals = [
        ["../../etc/passwd.png", "image/png", 10],
        ["..\\a.png", "image/png", 10],
        [".png", "image/png", 10],
        ["a.svg", "image/svg+xml", 10],
        ["a.exe", "image/png", 10],
        ["a.png", "image/png", 0],
      ] as const;
      for (const [fileName, mimeType, size] of refusals) {
        expect(await reserve(talent, target, fileName, mimeType, size), fileName).toEqual({
          code: "VALIDATION_ERROR",
        });
      }
      expect(await reserve(talent, target, "a.png", "image/png", 51 * 1024 * 1024)).toEqual({
        code: "FILE_TOO_LARGE",
      });
    });

    test("can be written by its uploader only, and only to its reserved path", async () => {
      const other = await signUp("talent");
      const file = await place("mine.png", "image/png", 10);
      expect(await call(other, "confirm_upload", { fileId: file.fileId })).toEqual({
        code: "FORBIDDEN",
      });
      const paths = [file.path, `${file.path}/../x.png`, "x.png", `${talent.id}/x.png`];
      for (const path of paths) {
        const { error } = await other.client.storage
          .from(file.bucket)
          .upload(path, Buffer.alloc(10), { contentType: "image/png" });
        expect(error, path).not.toBeNull();
      }
      expect(await buckets(file)).toEqual([]);
    });
  });
});
