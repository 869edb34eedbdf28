/** What a file is uploaded for. */
export type UploadType = "deliverable" | "sample" | "avatar";

/** `pending` until it was scanned; only a `clean` file can be downloaded. */
export type ScanStatus = "pending" | "clean" | "infected" | "failed";

/** A file as part of a deliverable or a sample. */
export interface StoredFile {
  readonly id: string;
  readonly fileName: string;
  /** An address comes from `files.downloadUrl(id)`: signing one is a request of its own. */
  readonly fileUrl: string | null;
  /** Bytes. */
  readonly fileSize: number;
  readonly mimeType: string;
  readonly scanStatus: ScanStatus;
  readonly uploadedAt: string | null;
}

/** What an upload is for. */
export type UploadTarget =
  | {
      readonly uploadType: "deliverable";
      /** A task of one's own, in this project. */
      readonly projectId: string;
      readonly taskId: string;
      readonly deliverableId?: undefined;
    }
  | {
      readonly uploadType: "deliverable";
      /** One's own deliverable in revision. */
      readonly deliverableId: string;
      readonly projectId?: string | undefined;
      readonly taskId?: string | undefined;
    }
  | { readonly uploadType: "sample"; readonly projectId: string }
  | { readonly uploadType: "avatar" };

/** A file to come, as it is announced. */
export type NewUpload = UploadTarget & {
  /** 1 to 255 characters, with the extension of its type. */
  readonly fileName: string;
  /** Bytes. */
  readonly fileSize: number;
  readonly mimeType: string;
};

/** A place reserved for a file, and what has become of it. */
export interface Upload {
  readonly fileId: string;
  readonly uploadType: UploadType;
  readonly projectId: string | null;
  readonly taskId: string | null;
  /** The id that the deliverable has, or will have. */
  readonly deliverableId: string | null;
  /** Where in Storage the bytes belong. */
  readonly bucket: string;
  readonly path: string;
  readonly fileName: string;
  readonly fileSize: number;
  readonly mimeType: string;
  readonly state: "reserved" | "uploaded" | "clean" | "infected" | "failed";
  readonly scanStatus: ScanStatus;
  /** Until when something can be uploaded: 24 hours from the reservation. */
  readonly expiresAt: string;
}

/** Files that were uploaded and confirmed, in the order they were given. */
export interface UploadList {
  readonly files: readonly UploadedFile[];
}

/** An address to download a file from, for everybody who has it and as long as it lasts. */
export interface DownloadUrl {
  readonly downloadUrl: string;
  /** Seconds. */
  readonly expiresIn: number;
}

/** Where a clean file lies. */
export interface CleanFile {
  readonly fileId: string;
  readonly bucket: string;
  readonly path: string;
  readonly fileName: string;
  readonly fileSize: number;
  readonly mimeType: string;
  /** Seconds that an address from `files.downloadUrl` would last. */
  readonly expiresIn: number;
}

/** A download under way. Read `body` piece by piece, or `blob()` for all of it at once. */
export interface Download extends CleanFile {
  readonly body: ReadableStream<Uint8Array>;
  blob(): Promise<Blob>;
}

/** Something to upload: a `File` or another source that is read slice by slice, or a named piece of data. */
export type FileInput = FileSource | NamedData;

/**
 * Anything that has a name and a size and can be read in slices; a `File` is one, and so is what
 * `fileFromPath` of `@onswift/sdk/node` gives. No more than a slice of it is in memory at a time.
 */
export interface FileSource {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** The MIME type; the name's extension tells it where it is empty. */
  readonly type?: string | undefined;
  slice(start: number, end: number): Slice | Promise<Slice>;
}

/** A piece of a file. */
export type Slice = Blob | Uint8Array;

/** Data with the name it lacks by itself. */
export interface NamedData {
  readonly name: string;
  readonly data: Blob | Uint8Array | ArrayBuffer;
  /** The MIME type; where it is left out the Blob or the name's extension tells it. */
  readonly type?: string | undefined;
}

/** A file uploaded before, with `files.upload`. */
export interface UploadedFile {
  readonly fileId: string;
}
