import { decodeJwt, type JWTPayload } from "jose";
import { createSigner, type Signer } from "../auth/signer.ts";
import type { Settings } from "../settings.ts";
import { accessDenied } from "./errors.ts";

/** In whose name a statement runs, as policies see it. */
export interface Identity {
  readonly role: string;
  /** The account, or nobody: for API keys. */
  readonly sub: string | undefined;
  readonly token: string;
  readonly claims: JWTPayload;
}

/** Knows who holds a token. */
export class Identities {
  /** The service itself: past all policies, and nobody's account. */
  readonly service: Identity;
  readonly #signer: Signer;

  private constructor(signer: Signer, serviceToken: string) {
    this.#signer = signer;
    this.service = identityOf(serviceToken, decodeJwt(serviceToken));
  }

  static async of(settings: Settings): Promise<Identities> {
    return new Identities(await createSigner(settings), settings.keys.serviceRoleJwt);
  }

  /** The caller behind `Authorization`; with or without the scheme, which a legacy key comes without. */
  async require(authorization: string | undefined): Promise<Identity> {
    const token = (authorization ?? "").replace(/^Bearer\s+/i, "");
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

/** Both columns of an owner; the older one only holds what is a UUID. */
export const owners = (owner: string | undefined) => ({
  owner: owner !== undefined && uuid.test(owner) ? owner : null,
  owner_id: owner ?? null,
});

function identityOf(token: string, claims: JWTPayload): Identity {
  const role = typeof claims.role === "string" && claims.role !== "" ? claims.role : "anon";
  return { token, claims, role, sub: claims.sub };
}
