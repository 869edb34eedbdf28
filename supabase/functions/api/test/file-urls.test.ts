import assert from "node:assert/strict";
import type { FileLocation } from "../database/client.ts";
import { withFileUrls } from "../storage/file-urls.ts";
import { fileId, storageError, uploading } from "./storage-stand-in.ts";

const fileOf = (n: number, scanStatus = "clean") => ({ id: fileId(n), fileUrl: null, scanStatus });
const place = (n: number, bucket = "deliverables"): FileLocation => ({
  fileId: fileId(n),
  bucket,
  path: `p/${n}`,
  fileName: `"${n}" & ä.png`,
});

const urlOf = (n: number, bucket = "deliverables") =>
  `https://files.example/${bucket}/p/${n}?token=t&download=%22${n}%22%20%26%20%C3%A4.png`;

/** A Storage that signs every path except the missing ones. */
function signing(locations: readonly FileLocation[], missing: readonly string[] = []) {
  const asked: [string, readonly string[]][] = [];
  const ids: string[][] = [];
  return {
    asked,
    ids,
    services: {
      database: {
        fileLocations: async (wanted: readonly string[]) => {
          ids.push([...wanted]);
          return locations;
        },
      },
      storage: {
        signDownloads: async (bucket: string, paths: readonly string[]) => {
          asked.push([bucket, paths]);
          const found = paths.filter((path) => !missing.includes(path));
          return new Map(
            found.map((path) => [path, `https://files.example/${bucket}/${path}?token=t`]),
          );
        },
      },
      background: (work: Promise<unknown>) => void work.catch(() => undefined),
    },
  };
}

Deno.test("each clean file gets a download URL with its name, with one request per bucket", async () => {
  const answer = {
    deliverables: [
      { files: [fileOf(1), fileOf(2, "pending")] },
      { files: [fileOf(3)], versions: [{ files: [fileOf(1), fileOf(4, "infected")] }] },
    ],
  };
  const { services, asked, ids } = signing([place(1), place(3), place(5, "project-samples")]);
  const { deliverables } = JSON.parse(await withFileUrls(JSON.stringify(answer), services));
  const [first, second] = deliverables;
  assert.deepEqual(
    [...first.files, ...second.files, ...second.versions[0].files].map(({ fileUrl }) => fileUrl),
    [urlOf(1), null, urlOf(3), urlOf(1), null],
  );
  assert.deepEqual(ids, [[fileId(1), fileId(3)]]);
  assert.deepEqual(asked, [
    ["deliverables", ["p/1", "p/3"]],
    ["project-samples", ["p/5"]],
  ]);
});

Deno.test("a sample that is a file has the URL of the file; a link keeps its own", async () => {
  const link = { url: "https://ref.example", file: null };
  const samples = [{ url: null, file: fileOf(1) }, link, { url: null, file: fileOf(2, "pending") }];
  const { services } = signing([place(1, "project-samples")]);
  const answer = JSON.parse(await withFileUrls(JSON.stringify({ samples }), services));
  assert.deepEqual(
    answer.samples.map(({ url }: { url: string }) => url),
    [urlOf(1, "project-samples"), "https://ref.example", null],
  );
});

Deno.test("a response without clean files is unchanged and causes no request", async () => {
  const json = '{"files": [], "title":"x"}';
  const { services, ids } = signing([]);
  assert.equal(await withFileUrls(json, services), json);
  assert.deepEqual(ids, []);
});

Deno.test("a URL stays null when the object is missing or Storage is unreachable", async () => {
  const json = JSON.stringify({ files: [fileOf(1)] });
  const { services } = signing([place(1)], ["p/1"]);
  assert.equal(JSON.parse(await withFileUrls(json, services)).files[0].fileUrl, null);
  const away = { ...services.storage, signDownloads: () => Promise.reject(new Error("away")) };
  const answer = await withFileUrls(json, { ...services, storage: away });
  assert.equal(JSON.parse(answer).files[0].fileUrl, null);
});

Deno.test("a download URL is signed with the project's key, for one hour and the name of the file", async () => {
  const location = { bucket: "deliverables", path: "p/1 a.png", fileName: "Ä logo.png" };
  const signed = [{ error: null, path: location.path, signedURL: "/object/sign/x?token=t" }];
  const { signedIn, asked } = uploading({ get_download: location }, () => Response.json(signed));
  const response = await signedIn("GET", `/files/${fileId(1)}/download-url`);
  assert.deepEqual(await response.json(), {
    downloadUrl:
      "https://files.example/storage/v1/object/sign/x?token=t&download=%C3%84%20logo.png",
    expiresIn: 3600,
  });
  const { path, bearer, apikey, body } = asked[0] ?? {};
  assert.deepEqual(
    [path, bearer, apikey],
    ["/object/sign/deliverables", "sb_secret_test", "sb_secret_test"],
  );
  assert.deepEqual(JSON.parse(new TextDecoder().decode(body)), {
    expiresIn: 3600,
    paths: ["p/1 a.png"],
  });

  const gone = [{ error: "Either…", path: location.path, signedURL: null }];
  const missing = uploading({ get_download: location }, () => Response.json(gone));
  assert.equal((await missing.signedIn("GET", `/files/${fileId(1)}/download-url`)).status, 404);
});

Deno.test("the URL of an image in another size is signed with that size, and names no file", async () => {
  const image = { width: 40, resize: "cover" };
  const location = { bucket: "deliverables", path: "p/1 a.png", fileName: "a.png", image };
  const answer = { signedURL: "/render/image/sign/x?token=t" };
  const { signedIn, asked } = uploading({ get_download: location }, () => Response.json(answer));
  const response = await signedIn("GET", `/files/${fileId(1)}/download-url?width=40`);
  assert.deepEqual(await response.json(), {
    downloadUrl: "https://files.example/storage/v1/render/image/sign/x?token=t",
    expiresIn: 3600,
  });
  assert.equal(asked[0]?.path, "/object/sign/deliverables/p/1%20a.png");
  assert.deepEqual(JSON.parse(new TextDecoder().decode(asked[0]?.body)), {
    expiresIn: 3600,
    transform: image,
  });

  const gone = () => Response.json({ code: "NoSuchKey" }, { status: 400 });
  const missing = uploading({ get_download: location }, gone);
  const refused = await missing.signedIn("GET", `/files/${fileId(1)}/download-url?width=40`);
  assert.equal(refused.status, 404);
});

Deno.test("an upload URL is requested with the caller's token and returned with its expiry", async () => {
  const expires = 1_800_000_000;
  const token = `h.${btoa(JSON.stringify({ exp: expires })).replaceAll("=", "")}.s`;
  const reserved = {
    ...{ fileId: fileId(1), uploadType: "deliverable", bucket: "deliverables", path: "p/a b.png" },
    ...{ projectId: fileId(2), taskId: fileId(3), deliverableId: fileId(4), state: "reserved" },
    ...{ fileName: "a b.png", fileSize: 3, mimeType: "image/png", scanStatus: "pending" },
  };
  const sign = () => Response.json({ url: `/object/upload/sign/x?token=${token}`, token });
  const request = {
    fileName: "a b.png",
    fileSize: 3,
    mimeType: "image/png",
    uploadType: "deliverable",
  };

  const { signedIn, asked } = uploading({ create_upload: reserved }, sign);
  const response = await signedIn("POST", "/upload/presigned-url", request);
  const body = await response.json();
  assert.equal(response.status, 201);
  assert.equal(
    body.uploadUrl,
    `https://files.example/storage/v1/object/upload/sign/x?token=${token}`,
  );
  assert.equal(
    body.fileUrl,
    "https://files.example/storage/v1/object/authenticated/deliverables/p/a%20b.png",
  );
  assert.equal(body.expiresAt, new Date(expires * 1000).toISOString());
  assert.equal("state" in body, false);
  assert.equal(asked[0]?.path, "/object/upload/sign/deliverables/p/a%20b.png");
  assert.match(asked[0]?.bearer ?? "", /^ey/);

  const avatar = { ...reserved, uploadType: "avatar", bucket: "avatar-uploads", path: "u/f.png" };
  const picture = uploading({ create_upload: avatar }, sign);
  const answer = await picture.signedIn("POST", "/upload/presigned-url", request);
  assert.match((await answer.json()).fileUrl, /\/object\/public\/avatars\/u\/f\.png$/);
});

Deno.test("no upload URL is returned for an uploaded file, or while Storage is unreachable", async () => {
  const reserved = { fileId: fileId(1), bucket: "deliverables", path: "p/1" };
  const request = { fileName: "a.png", fileSize: 3, mimeType: "image/png", uploadType: "avatar" };
  for (const [refusal, status, discarded] of [
    [storageError("KeyAlreadyExists"), 409, 0],
    [storageError("AccessDenied"), 409, 0],
    [storageError("DatabaseTimeout", 544), 503, 1],
  ] as const) {
    const { signedIn, called } = uploading({ create_upload: reserved }, () => refusal);
    assert.equal((await signedIn("POST", "/upload/presigned-url", request)).status, status);
    assert.equal(called("discard_uploads").length, discarded);
  }
});
