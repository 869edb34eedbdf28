import { crc32, deflateRawSync } from "node:zlib";

/** The EICAR test file. In parts, so that scanners do not report this file. */
export const eicar = Buffer.from(
  ["X5O!P%@AP[4\\PZX54(P^)7CC)7}", "$EICAR-STANDARD-", "ANTIVIRUS-TEST-FILE!", "$H+H*"].join(""),
);

/** A ZIP archive with one deflated entry. */
export function zip(name: string, content: Uint8Array): Buffer {
  const packed = deflateRawSync(content);
  const entryName = Buffer.from(name);
  const about = Buffer.alloc(26);
  about.writeUInt16LE(20, 0);
  about.writeUInt16LE(8, 4);
  about.writeUInt32LE(crc32(content), 10);
  about.writeUInt32LE(packed.length, 14);
  about.writeUInt32LE(content.length, 18);
  about.writeUInt16LE(entryName.length, 22);
  const local = Buffer.concat([Buffer.from("PK\x03\x04"), about, entryName, packed]);
  const central = Buffer.concat([
    Buffer.from("PK\x01\x02\x14\0"),
    about,
    Buffer.alloc(14),
    entryName,
  ]);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06");
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(local.length, 16);
  return Buffer.concat([local, central, end]);
}
