import { onlyKeys, throwIfInvalid } from "../core/arguments.ts";
import { invalid, type Kind } from "../core/auth-error.ts";
import type { Backend } from "../core/backend.ts";
import type { MfaView } from "../core/connection.ts";
import type { Deadline } from "../core/deadline.ts";
import type { CallOptions } from "../core/options.ts";
import { dataOrThrow, tokenPair } from "../core/session.ts";
import type { TokenPair } from "../types/auth.ts";
import type {
  AssuranceLevels,
  Challenge,
  EnrolFactor,
  EnrolledFactor,
  FactorCode,
  FactorList,
} from "../types/mfa.ts";
import * as messages from "./messages.ts";

const noFactors = ["FORBIDDEN", 403, messages.factorsDisabled] as const;
const unusableChallenge = ["INVALID_STATE", 409, messages.challengeUnusable] as const;

/** By the Auth service's code: what it refuses only about second factors. */
const kinds: Readonly<Record<string, Kind>> = {
  mfa_factor_name_conflict: invalid,
  mfa_factor_not_found: ["NOT_FOUND", 404, messages.factorNotFound],
  mfa_verification_failed: ["WRONG_CODE", 403, messages.wrongCode],
  mfa_challenge_expired: unusableChallenge,
  mfa_ip_address_mismatch: unusableChallenge,
  too_many_enrolled_mfa_factors: ["INVALID_STATE", 409, messages.tooManyFactors],
  mfa_totp_enroll_not_enabled: noFactors,
  mfa_totp_verify_not_enabled: noFactors,
};
const ofName = {
  kinds,
  refusedField: { field: "friendlyName", message: messages.factorNameTaken },
} as const;
const ofCode = {
  kinds,
  refusedField: { field: "code", message: messages.codeRequired },
  limitMessage: messages.codesLimited,
  forbiddenMessage: messages.confirmationMissing,
} as const;

/** The operations of `Mfa`, within the time limit of one call. */
export class Factors {
  readonly #backend: Backend;
  readonly #deadline: Deadline;
  readonly #mfa: MfaView;

  constructor(backend: Backend, deadline: Deadline) {
    this.#backend = backend;
    this.#deadline = deadline;
    this.#mfa = backend.connection.auth.mfa;
  }

  async enroll(factor: EnrolFactor, options?: CallOptions): Promise<EnrolledFactor> {
    const { password, factorType, friendlyName, issuer } = onlyKeys(
      factor,
      "password",
      "factorType",
      "friendlyName",
      "issuer",
    );
    if (factorType !== undefined && factorType !== "totp") {
      throwIfInvalid([{ field: "factorType", message: messages.onlyTotp }]);
    }
    if (password !== undefined) {
      const confirm = { name: "confirm_password", args: { password }, kind: "write" } as const;
      await this.#backend.runWithin(this.#deadline, confirm, options);
    }
    const { id, friendly_name, totp } = dataOrThrow(
      await this.#mfa.enroll({
        factorType: "totp",
        ...(friendlyName === undefined ? {} : { friendlyName }),
        ...(issuer === undefined ? {} : { issuer }),
      }),
      ofName,
    );
    return {
      factorId: id,
      friendlyName: friendly_name || null,
      qrCode: totp.qr_code,
      secret: totp.secret,
      uri: totp.uri,
    };
  }

  async challenge(factor: { readonly factorId: string }): Promise<Challenge> {
    const { factorId } = onlyKeys(factor, "factorId");
    const { id, expires_at } = dataOrThrow(await this.#mfa.challenge({ factorId }), { kinds });
    return { challengeId: id, expiresAt: new Date(expires_at * 1000).toISOString() };
  }

  async verify(code: FactorCode & { readonly challengeId: string }): Promise<TokenPair> {
    const args = onlyKeys(code, "factorId", "challengeId", "code");
    return tokenPair(dataOrThrow(await this.#mfa.verify(args), ofCode));
  }

  async challengeAndVerify(code: FactorCode): Promise<TokenPair> {
    const args = onlyKeys(code, "factorId", "code");
    return tokenPair(dataOrThrow(await this.#mfa.challengeAndVerify(args), ofCode));
  }

  async unenroll(factor: { readonly factorId: string }): Promise<null> {
    dataOrThrow(await this.#mfa.unenroll(onlyKeys(factor, "factorId")), { kinds });
    return null;
  }

  async list(): Promise<FactorList> {
    const { all } = dataOrThrow(await this.#mfa.listFactors(), { kinds });
    return {
      factors: all
        .filter(({ factor_type }) => factor_type === "totp")
        .map(({ id, friendly_name, status, created_at }) => ({
          id,
          friendlyName: friendly_name || null,
          status,
          createdAt: new Date(created_at).toISOString(),
        })),
    };
  }

  async levels(): Promise<AssuranceLevels> {
    const { currentLevel, nextLevel } = dataOrThrow(
      await this.#mfa.getAuthenticatorAssuranceLevel(),
      { kinds },
    );
    return { currentLevel: levelOf(currentLevel), nextLevel: levelOf(nextLevel) };
  }
}

const levelOf = (level: string | null): "aal1" | "aal2" => (level === "aal2" ? "aal2" : "aal1");
