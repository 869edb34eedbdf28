/** Images on the fly: storage-js's `transform`, negotiation of formats, limits, and what a signed URL allows. */
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import sharp from "sharp";
import { beforeAll, describe, expect, test } from "vitest";
import type { Storage } from "../../src/storage/context.ts";
import { ImageRenderer } from "../../src/storage/images/renderer.ts";
import { renderRoutes } from "../../src/storage/routes/render.ts";
import { signRoutes } from "../../src/storage/routes/sign.ts";
import { UrlSigner } from "../../src/storage/signing.ts";
import { admin, newUser, type Person, secretKey } from "../contract/target.ts";
import { failure, fetchObject, noBucket, notFound, storageUrl } from "./support.ts";

const folder = randomUUID();
const open = admin.storage.from("open");

/** A picture of 200 × 100 in two colours. */
const picture = () =>
  sharp({ create: { width: 200, height: 100, channels: 3, background: "#c03030" } }).composite([
    {
      input: { create: { width: 50, height: 100, channels: 3, background: "#3030c0" } },
      left: 0,
      top: 0,
    },
  ]);

async function animation(frames: number): Promise<Buffer> {
  const pixels = Buffer.alloc(20 * 10 * frames * 3);
  for (let at = 0; at < pixels.length; at += 1) pixels[at] = (Math.floor(at / 600) * 97) % 256;
  const raw = { width: 20, height: 10 * frames, channels: 3, pageHeight: 10 } as const;
  return sharp(pixels, { raw })
    .gif({ delay: Array(frames).fill(50) })
    .toBuffer();
}

async function put(name: string, bytes: Buffer | string, contentType: string): Promise<string> {
  const path = `${folder}/${name}`;
  const { error } = await open.upload(path, bytes, {
    contentType,
    cacheControl: "77",
    upsert: true,
  });
  if (error !== null) throw error;
  return path;
}

const look = async (answer: Response) =>
  sharp(Buffer.from(await answer.arrayBuffer()), { pages: -1 }).metadata();
const get = (path: string, query: string, headers: Record<string, string> = {}) =>
  fetch(`${storageUrl}/render/image/public/open/${path}?${query}`, { headers });

let jpeg: string;
let person: Person;
beforeAll(async () => {
  jpeg = await put("a.jpg", await picture().jpeg().toBuffer(), "image/jpeg");
  person = await newUser();
});

describe("storage-js", () => {
  test("downloads an image in another size", async () => {
    const path = `${person.user.id}/a.png`;
    const own = person.client.storage.from("own");
    await own.upload(path, await picture().png().toBuffer(), { contentType: "image/png" });
    const { data, error } = await own.download(path, { transform: { width: 40 } });
    expect(error).toBeNull();
    expect(await look(new Response(data))).toMatchObject({ width: 40, height: 20, format: "png" });
  });

  test("makes public and signed URLs of an image in another size", async () => {
    const transform = { width: 40, height: 40, resize: "contain" } as const;
    const { publicUrl } = open.getPublicUrl(jpeg, { transform }).data;
    expect(await look(await fetch(publicUrl))).toMatchObject({ width: 40, height: 20 });
    const { data } = await open.createSignedUrl(jpeg, 60, { transform });
    expect(data?.signedUrl).toContain("/render/image/sign/open/");
    const signed = await fetch(data?.signedUrl ?? "");
    expect(signed.headers.get("expires")).not.toBeNull();
    expect(signed.headers.get("x-transformations")).toBe("height:40,width:40,resizing_type:fit");
    expect(await look(signed)).toMatchObject({ width: 40, height: 20 });
  });
});

describe("an image", () => {
  test.each([
    ["width=50", 50, 25],
    ["height=50", 100, 50],
    ["width=40&height=40", 40, 40],
    ["width=40&height=40&resize=cover", 40, 40],
    ["width=40&height=40&resize=contain", 40, 20],
    ["width=40&height=40&resize=fill", 40, 40],
    ["width=5000", 200, 100],
    ["width=0", 200, 100],
    ["quality=20", 200, 100],
    ["", 200, 100],
  ])("with %j has %i × %i pixels", async (query, width, height) => {
    const answer = await get(jpeg, query);
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toBe("image/jpeg");
    expect(await look(answer)).toMatchObject({ width, height, format: "jpeg" });
  });

  test("is cut by cover and distorted by fill", async () => {
    const leftColour = async (resize: string) => {
      const bytes = await (await get(jpeg, `width=40&height=40&resize=${resize}`)).arrayBuffer();
      const { data } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
      return (data[0] ?? 0) > 128 ? "red" : "blue";
    };
    // The middle 100 pixels of the width are red alone.
    expect(await leftColour("cover")).toBe("red");
    expect(await leftColour("fill")).toBe("blue");
  });

  test("has the quality asked for", async () => {
    const noise = { create: { width: 300, height: 300, channels: 3, noise: { type: "gaussian" } } };
    const path = await put(
      "n.jpg",
      await sharp(noise as never)
        .jpeg()
        .toBuffer(),
      "image/jpeg",
    );
    const size = async (quality: number) =>
      (await (await get(path, `quality=${quality}`)).arrayBuffer()).byteLength;
    expect(await size(20)).toBeLessThan((await size(90)) / 2);
  });

  test("is WebP for clients that accept it, unless its own format is asked for", async () => {
    const accept = { accept: "image/avif,image/webp,*/*" };
    const negotiated = await get(jpeg, "width=20", accept);
    expect(negotiated.headers.get("content-type")).toBe("image/webp");
    expect(negotiated.headers.get("vary")).toContain("Accept");
    const kept = await get(jpeg, "width=20&format=origin", accept);
    expect(kept.headers.get("content-type")).toBe("image/jpeg");
    const avif = await get(jpeg, "width=20&format=avif");
    expect(avif.headers.get("content-type")).toBe("image/avif");
    expect(await look(avif)).toMatchObject({ width: 20, format: "heif" });
  });

  test("stands upright and has none of the camera's notes", async () => {
    const bytes = await picture()
      .withExif({ IFD0: { Copyright: "Ada" } })
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toBuffer();
    const path = await put("turned.jpg", bytes, "image/jpeg");
    const seen = await look(await get(path, "width=50"));
    expect(seen).toMatchObject({ width: 50, height: 100 });
    expect([seen.orientation, seen.exif]).toEqual([undefined, undefined]);
  });

  test("keeps moving, with at most 60 frames", async () => {
    const short = await put("short.gif", await animation(3), "image/gif");
    expect(await look(await get(short, "width=10"))).toMatchObject({
      format: "gif",
      pages: 3,
      width: 10,
    });
    const webp = await get(short, "width=10", { accept: "image/webp" });
    expect(await look(webp)).toMatchObject({ format: "webp", pages: 3 });
    const long = await put("long.gif", await animation(80), "image/gif");
    expect((await look(await get(long, "width=10"))).pages).toBe(60);
  });

  test("has headers of its own", async () => {
    const answer = await get(jpeg, "width=20");
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      "cache-control": "max-age=77",
      "x-content-type-options": "nosniff",
      "x-transformations": "width:20,resizing_type:fill",
    });
    const etag = answer.headers.get("etag") ?? "";
    const again = await get(jpeg, "width=20", { "if-none-match": etag });
    expect([again.status, await again.text()]).toEqual([304, ""]);
    expect((await get(jpeg, "width=21", { "if-none-match": etag })).status).toBe(200);
    const saved = await get(jpeg, "width=20&download=small.jpg");
    expect(saved.headers.get("content-disposition")).toContain("filename=small.jpg");
  });

  test("that is a drawing is delivered as it is", async () => {
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>';
    const answer = await get(await put("a.svg", svg, "image/svg+xml"), "width=3");
    expect([answer.status, await answer.text()]).toEqual([200, svg]);
  });
});

describe("refused", () => {
  const refusal = async (answer: Response) => {
    const { statusCode, message } = (await answer.json()) as Record<string, string>;
    return [answer.status, statusCode, message];
  };

  test.each([
    ["quality=19", "querystring/quality must be >= 20"],
    ["quality=101", "querystring/quality must be <= 100"],
    ["width=-1", "querystring/width must be integer"],
    ["width=ten", "querystring/width must be integer"],
    ["resize=stretch", expect.stringContaining("querystring/resize must be")],
    ["format=bmp", expect.stringContaining("querystring/format must be")],
  ])("are the options %s", async (query, message) => {
    expect(await refusal(await get(jpeg, query))).toEqual([400, "400", message]);
  });

  test("is what is no image, has too many pixels or too many bytes", async () => {
    const invalid = [400, "422", "Invalid source image"];
    const text = await put("a.png", "no image", "image/png");
    expect(await refusal(await get(text, "width=10"))).toEqual(invalid);
    // 164 KB that become 168 MB.
    const bomb = {
      create: { width: 8000, height: 7000, channels: 3, background: "black" },
    } as const;
    const large = await put("bomb.png", await sharp(bomb).png().toBuffer(), "image/png");
    expect(await refusal(await get(large, "width=10"))).toEqual(invalid);
    const whole = await picture().jpeg().toBuffer();
    const heavy = Buffer.concat([whole, Buffer.alloc(25_000_001 - whole.length)]);
    const path = await put("heavy.jpg", heavy, "image/jpeg");
    expect(await refusal(await get(path, "width=10"))).toEqual(invalid);
  });

  test("is an image that the caller cannot download", async () => {
    const path = `${person.user.id}/secret.jpg`;
    const bytes = await picture().jpeg().toBuffer();
    await person.client.storage.from("own").upload(path, bytes, { contentType: "image/jpeg" });
    const stranger = await newUser();
    const transform = { width: 10 };
    const own = stranger.client.storage.from("own");
    expect(failure(await own.createSignedUrl(path, 60, { transform }))).toEqual(notFound);
    const url = `/render/image/authenticated/own/${path}?width=10`;
    expect(await refusal(await fetchObject(url, stranger.session.access_token))).toEqual([
      400,
      "404",
      "Object not found",
    ]);
    expect((await fetch(storageUrl + url)).status).toBe(400);
    const asPublic = await fetch(`${storageUrl}/render/image/public/own/${path}?width=10`);
    expect(await refusal(asPublic)).toEqual([400, "404", noBucket.message]);
  });
});

describe("a signed URL", () => {
  const sign = async (options?: { transform: { width: number } }) =>
    new URL((await open.createSignedUrl(jpeg, 60, options)).data?.signedUrl ?? "");

  test("gives one form of one image", async () => {
    const small = await sign({ transform: { width: 10 } });
    const other = await put("b.jpg", await picture().jpeg().toBuffer(), "image/jpeg");
    for (const path of [
      `/object/sign/open/${jpeg}`,
      `/render/image/sign/open/${other}`,
      `/object/sign/open/${other}`,
    ]) {
      const answer = await fetch(`${storageUrl}${path}${small.search}`);
      expect(await answer.json(), path).toMatchObject({ code: "InvalidSignature" });
    }
    // What the request asks for has no effect.
    expect((await look(await fetch(`${small.href}&width=150&height=150`))).width).toBe(10);
    const forged = small.href.replace(/token=.{30}/, "token=eyJhbGciOiJub25lIiwidHlwIjoiSl");
    expect(await (await fetch(forged)).json()).toMatchObject({ code: "InvalidJWT" });
  });

  test("of an object gives no image", async () => {
    const plain = await sign();
    const answer = await fetch(
      `${storageUrl}/render/image/sign/open/${jpeg}${plain.search}&width=10`,
    );
    expect(await answer.json()).toMatchObject({ code: "InvalidSignature" });
  });

  test("with options that change nothing leads to the object", async () => {
    const body = JSON.stringify({ expiresIn: 60, transform: { width: 0, format: "origin" } });
    const headers = { apikey: secretKey, "content-type": "application/json" };
    const answer = await fetch(`${storageUrl}/object/sign/open/${jpeg}`, {
      method: "POST",
      headers,
      body,
    });
    expect(((await answer.json()) as { signedURL: string }).signedURL).toMatch(
      /^\/object\/sign\/open\//,
    );
  });
});

test("an image that takes too long is given up, and the next one is rendered", async () => {
  const path = new URL("../fixtures/none.png", import.meta.url).pathname;
  const job = { path, transformation: {}, acceptsWebp: false };
  const hasty = new ImageRenderer({ timeout: 1 });
  await expect(hasty.render(job)).rejects.toMatchObject({ status: 503, message: "Timeout" });
  const renderer = new ImageRenderer({ idle: 50 });
  expect(await renderer.render(job)).toEqual({ problem: "missing" });
  expect(await renderer.render(job)).toEqual({ problem: "missing" });
});

test("images wait for their turn, and only so many of them", async () => {
  const job = { path: "/none", transformation: {}, acceptsWebp: false };
  const narrow = new ImageRenderer({ processes: 1, waiting: 1, idle: 50 });
  const outcomes = await Promise.allSettled([1, 2, 3].map(() => narrow.render(job)));
  expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "rejected"]);
  expect(outcomes[2]).toMatchObject({ reason: { status: 429 } });
});

test("where transformation is off, its routes do not exist and signed URLs lead to the original", async () => {
  const rows = [{ name: "a.png" }];
  const storage = {
    settings: { config: { storage: { image_transformation: { enabled: false } } } },
    signer: new UrlSigner("a secret of at least thirty-two letters"),
    identities: { require: async () => ({ role: "anon", claims: {}, token: "" }), service: {} },
    sql: { begin: async (work: (tx: unknown) => unknown) => work(async () => rows) },
  } as unknown as Storage;
  const image = await renderRoutes(storage).request("/render/image/public/open/a.png?width=1");
  expect([image.status, await image.json()]).toEqual([
    404,
    {
      message: "Route GET:/render/image/public/open/a.png?width=1 not found",
      error: "Not Found",
      statusCode: 404,
    },
  ]);
  const server = serve({ fetch: signRoutes(storage).fetch, port: 0, hostname: "127.0.0.1" });
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const signed = await fetch(`http://127.0.0.1:${port}/object/sign/open/a.png`, {
    method: "POST",
    headers: { authorization: "Bearer x" },
    body: JSON.stringify({ expiresIn: 60, transform: { width: 10 } }),
  });
  expect(await signed.json()).toEqual({
    signedURL: expect.stringMatching(/^\/object\/sign\/open\/a\.png\?token=/),
  });
  server.close();
});
