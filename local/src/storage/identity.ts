import { decodeJwt, type JWTPayload } from "jose";
import { createSigner, type Signer } from "../auth/signer.ts";
import type { Settings } from "../settings.ts";
import { accessDenied, invalidField } from "./errors.ts";

/** The identity a statement runs with, as policies see it. */
export interface Identity {
  readonly role: string;
  /** The user's id; undefined for API keys. */
  readonly sub: string | undefined;
  readonly token: string;
  readonly claims: JWTPayload;
}

/** Verifies tokens and returns the identity they stand for. */
export class Identities {
  /** The service's identity: bypasses all policies and belongs to no user. */
  readonly service: Identity;
  readonly #signer: Signer;

  private constructor(signer: Signer, serviceToken: string) {
    this.#signer = signer;
    this.service = identityOf(serviceToken, decodeJwt(serviceToken));
  }

  static async create(settings: Settings): Promise<Identities> {
    return new Identities(await createSigner(settings), settings.keys.serviceRoleJwt);
  }

  /** Returns the caller of an `Authorization` header. Legacy API keys come without the `Bearer` scheme. */
  async require(authorization: string | undefined): Promise<Identity> {
    if (authorization === undefined) {
      throw invalidField("headers must have required property 'authorization'");
    }
    const token = authorization.replace(/^Bearer\s+/i, "");
    if (token === "") throw accessDenied("Invalid Compact JWS");
    try {
      return identityOf(token, await this.#signer.verify(token));
    } catch (error) {
      const [, reason] = /^invalid JWT: [^,]*, (.*)$/.exec((error as Error).message) ?? [];
      throw accessDenied(reason ?? "Invalid JWT", error);
    }
  }
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The two owner columns. The deprecated `owner` only takes UUIDs. */
export const ownerColumns = (owner: string | undefined) => ({
  owner: owner !== undefined && uuid.test(owner) ? owner : null,
  owner_id: owner ?? null,
});

function identityOf(token: string, claims: JWTPayload): Identity {
  const role = typeof claims.role === "string" && claims.role !== "" ? claims.role : "anon";
  return { token, claims, role, sub: claims.sub };
}
