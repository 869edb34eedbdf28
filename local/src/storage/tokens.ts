import { type JWTPayload, jwtVerify, SignJWT } from "jose";
import { createSigner } from "../auth/signer.ts";
import type { Settings } from "../settings.ts";
import { StorageError } from "./errors.ts";

/** What an address that carries its own permission allows. */
export interface DownloadTicket {
  readonly url: string;
}

export interface UploadTicket {
  readonly url: string;
  readonly owner: string | undefined;
  readonly upsert: boolean;
}

/** Verifies whoever asks, and signs addresses that need nobody. */
export interface Tokens {
  claims(token: string): Promise<JWTPayload>;
  signDownload(url: string, expiresIn: number): Promise<string>;
  signUpload(ticket: UploadTicket): Promise<string>;
  readDownload(token: string): Promise<DownloadTicket>;
  readUpload(token: string): Promise<UploadTicket>;
}

const uploadLifetime = 7200;
const invalidJwt = (message: string) => new StorageError(400, "InvalidJWT", message, "InvalidJWT");

export async function createTokens(settings: Settings): Promise<Tokens> {
  const secret = new TextEncoder().encode(settings.keys.jwtSecret);
  const signer = await createSigner(settings);

  const sign = (claims: JWTPayload, lifetime: number) =>
    new SignJWT(claims)
      .setProtectedHeader({ alg: "HS256", typ: "JWT" })
      .setIssuedAt()
      .setExpirationTime(Math.floor(Date.now() / 1000) + lifetime)
      .sign(secret);

  const read = async (token: string, scope: string) => {
    const { payload } = await jwtVerify(token, secret, { algorithms: ["HS256"] }).catch(
      (error: Error & { code?: string }) => {
        throw invalidJwt(error.code === "ERR_JWT_EXPIRED" ? "jwt expired" : "invalid signature");
      },
    );
    // An address to read from is none to write to, and an access token is neither.
    if (payload.scope !== scope || typeof payload.url !== "string") {
      throw invalidJwt("The token is not for this");
    }
    return { url: payload.url, payload };
  };

  return {
    claims: (token) =>
      signer.verify(token).catch((error: Error) => {
        throw new StorageError(403, "AccessDenied", error.message, "Unauthorized");
      }),
    signDownload: (url, expiresIn) => sign({ url, scope: "download" }, expiresIn),
    signUpload: ({ url, owner, upsert }) =>
      sign({ url, upsert, scope: "upload", ...(owner ? { owner } : {}) }, uploadLifetime),
    readDownload: async (token) => ({ url: (await read(token, "download")).url }),
    async readUpload(token) {
      const { url, payload } = await read(token, "upload");
      const owner = typeof payload.owner === "string" ? payload.owner : undefined;
      return { url, owner, upsert: payload.upsert === true };
    },
  };
}
