export interface TarFile {
  readonly name: string;
  readonly text: string;
}

const block = 512;

/** The regular files of an uncompressed ustar archive. */
export function untar(archive: Buffer): readonly TarFile[] {
  const files: TarFile[] = [];
  for (let at = 0; at + block <= archive.length; ) {
    const header = archive.subarray(at, at + block);
    const field = (from: number, length: number) =>
      header.toString("utf8", from, from + length).replace(/\0.*$/s, "");
    const name = field(0, 100);
    if (name === "") break;
    const size = Number.parseInt(field(124, 12), 8);
    const prefix = field(345, 155);
    const body = at + block;
    if (field(156, 1) === "0" || field(156, 1) === "") {
      files.push({
        name: prefix === "" ? name : `${prefix}/${name}`,
        text: archive.toString("utf8", body, body + size),
      });
    }
    at = body + Math.ceil(size / block) * block;
  }
  return files;
}
