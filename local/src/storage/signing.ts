import { errors, jwtVerify, SignJWT } from "jose";
import { invalidField, invalidJwt, invalidSignature, StorageError } from "./errors.ts";
import { fromText, type Transformation, toText } from "./images/transformation.ts";
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

  forImage(place: Place, seconds: number, transformation: Transformation): Promise<string> {
    const transformations = toText(transformation);
    return this.#sign({ url: urlOf(place), scope: "download", transformations }, seconds);
  }

  forUpload(place: Place, { owner, upsert }: UploadGrant): Promise<string> {
    const claims = { url: urlOf(place), upsert, scope: "upload" };
    return this.#sign(owner === undefined ? claims : { ...claims, owner }, uploadSeconds);
  }

  /** Verifies a download token and returns when it expires. */
  async verifyDownload(token: string | undefined, place: Place): Promise<Date> {
    const { exp, transformations } = await this.#verify(token, place, "download");
    // Who may see a small image must not get the large one with the same token.
    if (transformations !== undefined) throw invalidSignature();
    return new Date((exp ?? 0) * 1000);
  }

  /** Verifies the token of an image. How it is changed comes from the token, not from the request. */
  async verifyImage(
    token: string | undefined,
    place: Place,
  ): Promise<{ readonly transformation: Transformation; readonly expires: Date }> {
    const { exp, transformations } = await this.#verify(token, place, "download");
    if (typeof transformations !== "string") throw invalidSignature();
    return {
      transformation: fromText(transformations),
      expires: new Date((exp ?? 0) * 1000),
    };
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
    if (token === undefined) {
      throw invalidField("querystring must have required property 'token'");
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
