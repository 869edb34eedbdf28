/** Objects in Storage, accessed with the project's secret key, to which policies do not apply. */
export interface Objects {
  /** Streams the bytes of an object; undefined when there is no such object. */
  open(
    bucket: string,
    path: string,
    signal: AbortSignal,
  ): Promise<ReadableStream<Uint8Array> | undefined>;
  /** Writes an object, replacing that of an earlier attempt. */
  put(
    bucket: string,
    path: string,
    bytes: Uint8Array<ArrayBuffer>,
    mimeType: string,
  ): Promise<void>;
  /** Removes objects. Objects that do not exist are no error. */
  remove(bucket: string, paths: readonly string[]): Promise<void>;
}

const timeoutMs = 30_000;

export function storageObjects(
  url: string,
  secretKey: string,
  send: typeof fetch = fetch,
): Objects {
  const base = `${url.replace(/\/$/, "")}/storage/v1/object`;
  const headers = { apikey: secretKey, authorization: `Bearer ${secretKey}` };
  return {
    open: async (bucket, path, signal) => {
      const address = `${base}/authenticated/${bucket}/${encodedPath(path)}`;
      const response = await send(address, { headers, signal });
      if (response.ok && response.body !== null) return response.body;
      const problem = await problemOf(response);
      if (problem.isMissing) return undefined;
      throw new Error(problem.message);
    },
    put: async (bucket, path, bytes, mimeType) => {
      const response = await send(`${base}/${bucket}/${encodedPath(path)}`, {
        method: "POST",
        headers: {
          ...headers,
          "content-type": mimeType,
          "cache-control": "max-age=3600",
          "x-upsert": "true",
        },
        body: bytes,
        signal: AbortSignal.timeout(timeoutMs),
      });
      await expectSuccess(response);
    },
    remove: async (bucket, paths) => {
      const response = await send(`${base}/${bucket}`, {
        method: "DELETE",
        headers: { ...headers, "content-type": "application/json" },
        body: JSON.stringify({ prefixes: paths }),
        signal: AbortSignal.timeout(timeoutMs),
      });
      await expectSuccess(response);
    },
  };
}

const encodedPath = (path: string): string => path.split("/").map(encodeURIComponent).join("/");

async function expectSuccess(response: Response): Promise<void> {
  if (!response.ok) throw new Error((await problemOf(response)).message);
  await response.body?.cancel();
}

/** Storage's errors have their real status in the body; that of the response is mostly 400. */
async function problemOf(response: Response): Promise<{ isMissing: boolean; message: string }> {
  const text = await response.text();
  const { statusCode, code, message } = parseError(text);
  return {
    // Only the object itself. A missing bucket is a configuration error.
    isMissing: code === undefined ? message === "Object not found" : code === "NoSuchKey",
    message: `Storage answered ${statusCode ?? response.status}: ${message ?? text.slice(0, 200)}`,
  };
}

function parseError(text: string): { statusCode?: string; code?: string; message?: string } {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}
