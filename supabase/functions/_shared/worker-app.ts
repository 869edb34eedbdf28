import { hasSecretKey } from "./secret.ts";

type Method = "GET" | "POST";

interface WorkerApp {
  /** The database sends one of these when it wakes a worker. They are not given to anyone else. */
  readonly secretKeys: readonly string[];
  readonly handlers: Readonly<Partial<Record<Method, () => Response | Promise<Response>>>>;
}

/** The HTTP side of a worker: only the project itself may call it. */
export const createWorkerApp =
  ({ secretKeys, handlers }: WorkerApp) =>
  async (request: Request): Promise<Response> => {
    const handle = handlers[request.method as Method];
    if (handle === undefined) {
      const allow = Object.keys(handlers).join(", ");
      const message = `Method not allowed. Allowed: ${allow}.`;
      return refuse(405, "METHOD_NOT_ALLOWED", message, { allow });
    }
    if (!(await hasSecretKey(request.headers, secretKeys))) {
      return refuse(401, "NOT_AUTHENTICATED", "Send a secret key of the project as bearer token.");
    }
    return handle();
  };

/** The response of a worker that continues in the background. */
export const accepted = (): Response =>
  Response.json({ accepted: true }, { status: 202, headers: security });

const security = { "cache-control": "no-store", "x-content-type-options": "nosniff" };

function refuse(
  status: number,
  code: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
) {
  return Response.json(
    { error: { code, message } },
    { status, headers: { ...security, ...headers } },
  );
}
