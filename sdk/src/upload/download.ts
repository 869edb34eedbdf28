import { unreachable } from "../core/auth-error.ts";
import type { Backend } from "../core/backend.ts";
import type { Deadline } from "../core/deadline.ts";
import { OnSwiftError } from "../core/errors.ts";
import { requestIdOf } from "../core/rest-error.ts";
import { sizeQuery } from "../images.ts";
import type { CleanFile, Download, DownloadOptions, ImageSize } from "../types/files.ts";
import { encodePath } from "./path.ts";
import { statusOf, storageError } from "./storage-error.ts";

/** Finds a file and starts to download it. */
export async function download(
  backend: Backend,
  fileId: string,
  deadline: Deadline,
  { image, ...options }: DownloadOptions,
): Promise<Download> {
  const operation = { name: "get_download", args: { fileId }, kind: "read" } as const;
  const file: CleanFile = await backend.runWithin(deadline, operation, options);
  const response = await openFile(backend, deadline, file, image);
  return {
    ...file,
    get body() {
      return streamOf(response);
    },
    blob: () => response.blob(),
  };
}

function streamOf({ body }: Response): ReadableStream<Uint8Array> {
  if (body) return body;
  throw new OnSwiftError({
    code: "INTERNAL_ERROR",
    message: "This runtime cannot stream downloads. Use blob() instead of body.",
  });
}

/** Starts to download a file. The deadline applies until the response starts, not to its body. */
async function openFile(
  backend: Backend,
  deadline: Deadline,
  { bucket, path, mimeType }: CleanFile,
  image: ImageSize = {},
): Promise<Response> {
  const { connection, tokens } = backend;
  const token = await deadline.race(tokens.required());
  const headers = { ...connection.headers, authorization: `Bearer ${token}` };
  const open = (route: string, query = "") => {
    const url = `${connection.url}/storage/v1/${route}/authenticated/${bucket}/${encodePath(path)}${query}`;
    const request = connection.fetch(url, { headers, signal: deadline.signal });
    return deadline.race(
      request.catch((cause) => {
        throw unreachable(cause);
      }),
    );
  };

  const refused = async (response: Response) => ({
    status: response.status,
    text: await deadline.race(response.text()),
    requestId: requestIdOf(response.headers),
  });

  const size = sizeQuery(image);
  if (size !== "" && mimeType.startsWith("image/")) {
    const response = await open("render/image", `?${size}`);
    if (response.ok) return response;
    const { status, text, requestId } = await refused(response);
    // Not every plan transforms images, and not every image can be transformed: then the original follows.
    if (![403, 404, 422].includes(statusOf(status, text))) {
      throw storageError(status, text, requestId);
    }
  }
  const response = await open("object");
  if (response.ok) return response;
  const { status, text, requestId } = await refused(response);
  throw storageError(status, text, requestId);
}
