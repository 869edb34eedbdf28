import { unreachable } from "../core/auth-error.ts";
import type { Backend } from "../core/backend.ts";
import type { Deadline } from "../core/deadline.ts";
import { requestIdOf } from "../core/rest-error.ts";
import { sizeQuery } from "../images.ts";
import type { CleanFile, ImageSize } from "../types/files.ts";
import { statusOf, storageError } from "./storage-error.ts";

/** Encodes a path in Storage for a URL. */
export const encodePath = (path: string): string =>
  path.split("/").map(encodeURIComponent).join("/");

/** Starts to download a file. The deadline applies until the response starts, not to its body. */
export async function openFile(
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
