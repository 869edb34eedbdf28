import { expect, test } from "vitest";
import { jpeg, withFillBytes } from "../../supabase/functions/files/test/pictures.ts";
import { made, person, world } from "./support.ts";
import { fetched, formOf, presign, put, scanned } from "./uploads.ts";

type Bytes = Uint8Array<ArrayBuffer>;

const text = (words: string): Bytes => Uint8Array.from(Buffer.from(words, "latin1"));
const together = (...parts: readonly Uint8Array[]): Bytes => Uint8Array.from(Buffer.concat(parts));
const atom = (type: string, body: Uint8Array = new Uint8Array(64)): Bytes => {
  const size = Buffer.alloc(4);
  size.writeUInt32BE(8 + body.length);
  return together(size, text(type), body);
};
const brands = (...names: string[]) =>
  atom("ftyp", text(`${names[0]}\0\0\0\0${names.slice(1).join("")}`));
const movie = (...start: readonly Uint8Array[]) => together(...start, atom("mdat"), atom("moov"));

/** Files as phones, cameras, printers and browsers make them, with the type that they send. */
const files: readonly { name: string; type: string; bytes: Bytes; stored: string }[] = [
  {
    name: "a phone.mp4",
    type: "video/mp4",
    bytes: movie(brands("3gp5", "3gp4")),
    stored: "video/mp4",
  },
  {
    name: "IMG_1.MOV",
    type: "video/mp4",
    bytes: movie(brands("qt  ", "qt  ")),
    stored: "video/quicktime",
  },
  {
    name: "camera.mov",
    type: "video/quicktime",
    bytes: movie(atom("skip")),
    stored: "video/quicktime",
  },
  { name: "old.mov", type: "", bytes: movie(atom("wide", text(""))), stored: "video/quicktime" },
  {
    name: "print.pdf",
    type: "application/x-pdf",
    bytes: text("\x1b%-12345X@PJL\r\n%PDF-1.4\n"),
    stored: "application/pdf",
  },
  { name: "saved.jfif", type: "image/jpeg", bytes: Uint8Array.from(jpeg), stored: "image/jpeg" },
  {
    name: 'a "picked" one.jpg',
    type: "image/jpg",
    bytes: Uint8Array.from(withFillBytes(jpeg, 3)),
    stored: "image/jpeg",
  },
  {
    name: "cut..jpg",
    type: "application/octet-stream",
    bytes: Uint8Array.from(jpeg),
    stored: "image/jpeg",
  },
];

const nameIn = (response: Response) =>
  decodeURIComponent(
    /filename\*=UTF-8''([^;]+)/.exec(response.headers.get("content-disposition") ?? "")?.[1] ?? "",
  );

test("files as devices make them are delivered under their own names", async () => {
  const { talent, creator, project, task } = await world();
  const sent = formOf({ projectId: project.id, taskId: task.id, title: "Everything", files });
  const { id, files: stored } = await made(talent.post("/deliverables", sent));
  expect(
    stored.map(({ fileName, mimeType }: Record<string, string>) => [fileName, mimeType]),
  ).toEqual(files.map(({ name, stored: type }) => [name, type]));
  for (const [index, { name, bytes }] of files.entries()) {
    const { status, body } = await scanned(creator, stored[index].id);
    expect(status, `${name}: ${JSON.stringify(body)}`).toBe(200);
    const response = await fetch(body.downloadUrl);
    expect(nameIn(response)).toBe(name);
    expect(Buffer.from(await response.arrayBuffer()).equals(bytes)).toBe(true);
  }
  // The URLs in documents carry the names, too.
  const { body } = await creator.get(`/deliverables/${id}`);
  for (const [index, { name }] of files.entries()) {
    expect(nameIn(await fetch(body.files[index].fileUrl))).toBe(name);
  }
});

test("an upload URL accepts the type that the device has for the file", async () => {
  const { talent, project, task } = await world();
  const target = { uploadType: "deliverable", projectId: project.id, taskId: task.id };
  const bytes = Uint8Array.from(jpeg);
  const described = { fileName: "cut.jpg ", mimeType: "image/jpg", fileSize: bytes.length };
  const { status, body } = await presign(talent, target, described);
  expect([status, body.fileName, body.mimeType]).toEqual([201, "cut.jpg", "image/jpeg"]);
  expect((await put(body.uploadUrl, bytes, "image/pjpeg")).status).toBe(200);
  const work = {
    projectId: project.id,
    taskId: task.id,
    title: "Cut",
    files: [{ fileId: body.fileId }],
  };
  await made(talent.post("/deliverables", work));
  expect((await scanned(talent, body.fileId)).status).toBe(200);
});

test("a JPEG with fill bytes becomes an avatar", async () => {
  const talent = await person("talent");
  const avatar = {
    name: "me.jfif",
    type: "image/pjpeg",
    bytes: Uint8Array.from(withFillBytes(jpeg, 2)),
  };
  const { status, body } = await talent.post("/users/me/avatar", formOf({ avatar }));
  expect(status, JSON.stringify(body)).toBe(200);
  expect((await fetched(body.avatarUrl)).subarray(0, 2).toString("hex")).toBe("ffd8");
});
