import { errors, jwtVerify, SignJWT } from "jose";
import { invalidJwt, invalidSignature, StorageError } from "./errors.ts";
import type { Place } from "./names.ts";

export interface UploadGrant {
  readonly owner: string | undefined;
  readonly upsert: boolean;
}

const uploadSeconds = 7200;

/** Signs URLs that give access to one object for a limited time. */
export class UrlSigner {
  readonly #secret: Uint8Array;

  constructor(secret: string) {
    this.#secret = new TextEncoder().encode(secret);
  }

  forDownload(place: Place, seconds: number): Promise<string> {
    return this.#sign({ url: urlOf(place), scope: "download" }, seconds);
  }

  forUpload(place: Place, { owner, upsert }: UploadGrant): Promise<string> {
    const claims = { url: urlOf(place), upsert, scope: "upload" };
    return this.#sign(owner === undefined ? claims : { ...claims, owner }, uploadSeconds);
  }

  /** Verifies a download token and returns when it expires. */
  async verifyDownload(token: string | undefined, place: Place): Promise<Date> {
    const { exp } = await this.#verify(token, place, "download");
    return new Date((exp ?? 0) * 1000);
  }

  /** Verifies an upload token. Owner and upsert come from the token, not from the request. */
  async verifyUpload(token: string | undefined, place: Place): Promise<UploadGrant> {
    const { owner, upsert } = await this.#verify(token, place, "upload");
    return { owner: typeof owner === "string" ? owner : undefined, upsert: upsert === true };
  }

  #sign(claims: Record<string, unknown>, seconds: number): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    return new SignJWT(claims)
      .setProtectedHeader({ alg: "HS256", typ: "JWT" })
      .setIssuedAt(now)
      .setExpirationTime(now + seconds)
      .sign(this.#secret);
  }

  async #verify(token: string | undefined, place: Place, scope: string) {
    if (token === undefined || token === "") {
      throw invalidJwt("querystring must have required property 'token'");
    }
    const { payload } = await jwtVerify(token, this.#secret, {
      algorithms: ["HS256"],
      requiredClaims: ["exp"],
    }).catch((error) => {
      throw error instanceof errors.JWTExpired ? expired(error) : invalidJwt(error.message);
    });
    if (payload.scope !== scope || payload.url !== urlOf(place)) throw invalidSignature();
    return payload;
  }
}

const urlOf = ({ bucket, name }: Place): string => `${bucket}/${name}`;

const expired = (cause: Error): StorageError =>
  new StorageError({
    code: "InvalidJWT",
    status: 400,
    message: '"exp" claim timestamp check failed',
    cause,
  });
