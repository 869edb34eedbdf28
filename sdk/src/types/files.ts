import type { CallOptions } from "../core/options.ts";

/** The purpose of an upload. */
export type UploadType = "deliverable" | "sample" | "avatar";

/** The result of the malware scan, `pending` until it finishes. Only `clean` files can be downloaded. */
export type ScanStatus = "pending" | "clean" | "infected" | "failed";

/** A file of a deliverable or a sample. */
export interface StoredFile {
  readonly id: string;
  readonly fileName: string;
  /** `null` in the SDK: call `files.downloadUrl(id)` for a URL. The REST API sets it. */
  readonly fileUrl: string | null;
  /** Bytes. */
  readonly fileSize: number;
  readonly mimeType: string;
  readonly scanStatus: ScanStatus;
  readonly uploadedAt: string | null;
}

/** The deliverable, sample or avatar that an upload is for. */
export type UploadTarget =
  | {
      readonly uploadType: "deliverable";
      readonly projectId: string;
      /** A task of the project, assigned to the signed-in talent. */
      readonly taskId: string;
      readonly deliverableId?: undefined;
    }
  | {
      readonly uploadType: "deliverable";
      /** The signed-in talent's own deliverable, in revision or with a rejected file. */
      readonly deliverableId: string;
      readonly projectId?: string | undefined;
      readonly taskId?: string | undefined;
    }
  | { readonly uploadType: "sample"; readonly projectId: string }
  | { readonly uploadType: "avatar" };

/** The input of `files.createUpload`. */
export type NewUpload = UploadTarget & {
  /** 1 to 255 characters, with the extension of the file type. */
  readonly fileName: string;
  /** Bytes. */
  readonly fileSize: number;
  readonly mimeType: string;
};

/** A reserved upload and its current state. */
export interface Upload {
  readonly fileId: string;
  readonly uploadType: UploadType;
  readonly projectId: string | null;
  readonly taskId: string | null;
  /** The id of the deliverable, also before it is submitted. */
  readonly deliverableId: string | null;
  /** Where to upload the bytes in Supabase Storage. */
  readonly bucket: string;
  readonly path: string;
  readonly fileName: string;
  readonly fileSize: number;
  readonly mimeType: string;
  readonly state: "reserved" | "uploaded" | "clean" | "infected" | "failed";
  readonly scanStatus: ScanStatus;
  /** The end of the reservation, 24 hours after it was made. */
  readonly expiresAt: string;
}

/** Uploaded and confirmed files, in the order of the input. */
export interface UploadList {
  readonly files: readonly UploadedFile[];
}

/** A URL to download a file. Everyone who has it can use it until it expires. */
export interface DownloadUrl {
  readonly downloadUrl: string;
  /** Seconds. */
  readonly expiresIn: number;
}

/**
 * The size of an image. With width and height, `resize` decides: `cover` cuts the image (default), `contain` keeps all of
 * it, `fill` distorts it. It is never larger than the original.
 */
export interface ImageSize {
  /** 1 to 2500 pixels. */
  readonly width?: number | undefined;
  /** 1 to 2500 pixels. */
  readonly height?: number | undefined;
  readonly resize?: "cover" | "contain" | "fill" | undefined;
}

/** Options of `files.downloadUrl` and `files.download`. */
export interface DownloadOptions extends CallOptions {
  /** For a smaller image. The original, where Storage transforms no images and for other files. */
  readonly image?: ImageSize | undefined;
}

/** A file without malware, and where it is in Supabase Storage. */
export interface CleanFile {
  readonly fileId: string;
  readonly bucket: string;
  readonly path: string;
  readonly fileName: string;
  readonly fileSize: number;
  readonly mimeType: string;
  /** How many seconds a URL from `files.downloadUrl` works. */
  readonly expiresIn: number;
}

/**
 * A running download. Read `body` as a stream, or call `blob()` for all of it at once. React Native cannot stream:
 * reading `body` throws there.
 */
export interface Download extends CleanFile {
  readonly body: ReadableStream<Uint8Array>;
  blob(): Promise<Blob>;
}

/** A file to upload: a `File`, another source that is read in slices, or data with a name. */
export type FileInput = FileSource | NamedData;

/**
 * A file that can be read in slices, such as a `File` or the result of `fileFromPath` from
 * `@onswift/sdk/node`. Only one slice is in memory at a time.
 */
export interface FileSource {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** The MIME type. If it is empty, the file name's extension decides. */
  readonly type?: string | undefined;
  slice(start: number, end: number): Slice | Promise<Slice>;
}

/** A part of a file. */
export type Slice = Blob | Uint8Array;

/** Data with a file name. */
export interface NamedData {
  readonly name: string;
  readonly data: Blob | Uint8Array | ArrayBuffer;
  /** The MIME type. If it is left out, the Blob's type or the file name's extension decides. */
  readonly type?: string | undefined;
}

/** A file that was already uploaded with `files.upload`. */
export interface UploadedFile {
  readonly fileId: string;
}
