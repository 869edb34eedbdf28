import { accessToken, standIn } from "./stand-in.ts";

export const fileId = (n: number) => `22222222-2222-4222-8222-${String(n).padStart(12, "0")}`;

interface Described {
  readonly fileName: string;
  readonly fileSize: number;
  readonly mimeType: string;
}

/** The response of the database to a reservation, in the order of the files. */
export const reserving =
  (state = "reserved") =>
  ({ uploadType, files }: Record<string, unknown>) => ({
    uploads: (files as Described[]).map((file, index) => ({
      ...file,
      fileId: fileId(index),
      uploadType,
      bucket: "deliverables",
      path: `p/${index} ${file.fileName}`,
      state,
    })),
  });

interface StorageRequest {
  readonly method: string;
  readonly path: string;
  readonly bearer: string;
  readonly apikey: string;
  readonly type: string;
  readonly body: Uint8Array;
}

/** The REST API with a database that reserves files and a Storage whose responses depend on the path. */
export function uploading(
  answers: Parameters<typeof standIn>[0] = {},
  answer: (path: string) => Response | Promise<Response> = () => Response.json({}),
) {
  const asked: StorageRequest[] = [];
  const background: Promise<unknown>[] = [];
  const storage = {
    supabaseUrl: "http://storage.test",
    publicUrl: "https://files.example",
    publishableKey: "sb_publishable_test",
    secretKey: "sb_secret_test",
    fetch: async (input: string | URL | Request, init?: RequestInit) => {
      const request = new Request(input, init);
      const path = new URL(request.url).pathname.replace("/storage/v1", "");
      const { headers, method } = request;
      asked.push({
        method,
        path,
        bearer: (headers.get("authorization") ?? "").replace("Bearer ", ""),
        apikey: headers.get("apikey") ?? "",
        type: headers.get("content-type") ?? "",
        body: new Uint8Array(await request.arrayBuffer()),
      });
      return answer(path);
    },
  };
  const surface = standIn(
    { create_uploads: reserving(), ...answers },
    { storage, background: (work) => background.push(work.catch(() => undefined)) },
  );
  const submit = async (path: string, body: BodyInit, headers: Record<string, string> = {}) => {
    const authorization = `Bearer ${await accessToken()}`;
    const response = await surface.send("POST", path, {
      headers: { authorization, ...headers },
      body,
    });
    const { status } = response;
    const answered = status === 204 ? undefined : await response.json();
    await Promise.all(background);
    return { status, body: answered };
  };
  const called = (name: string) => surface.calls.filter((call) => call.name === name);
  return { ...surface, asked, submit, called };
}

/** An error of Storage. Most of them have the status 400. */
export const storageError = (code: string, status = 400) =>
  Response.json({ statusCode: "4xx", code, error: code, message: "No." }, { status });
