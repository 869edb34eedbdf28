import type { IncomingHttpHeaders } from "node:http";
import type { Authorization, Extension, PolicyContext, Rights } from "./authorization.ts";
import type { TopicName } from "./hub.ts";
import { type Claims, expiredSince, TokenError, type Verify } from "./tokens.ts";

/** The user has no right to read from the topic. */
export class ReadDenied extends Error {}

/** The credentials of a socket, which its channels use when they have no token of their own. */
export interface SocketCredentials {
  readonly claims: Claims;
  readonly headers: IncomingHttpHeaders;
}

const everything: Rights = { broadcast: true, presence: true };

/** The token of one channel and the rights it gives. Public topics give every right. */
export class ChannelAccess {
  readonly #services: { readonly verify: Verify; readonly authorization: Authorization };
  readonly #socket: SocketCredentials;
  readonly #topic: TopicName;
  readonly #withPresence: boolean;
  #claims: Claims;
  #token: string | undefined;
  #reads: Rights = { broadcast: false, presence: false };
  #writes: Partial<Record<Extension, Promise<boolean>>> = {};

  constructor(
    services: { readonly verify: Verify; readonly authorization: Authorization },
    socket: SocketCredentials,
    topic: TopicName,
    withPresence: boolean,
  ) {
    this.#services = services;
    this.#socket = socket;
    this.#topic = topic;
    this.#withPresence = withPresence;
    this.#claims = socket.claims;
  }

  get claims(): Claims {
    return this.#claims;
  }

  /** Whether the token is the one in use, so that sending it again changes nothing. */
  isCurrent(token: string): boolean {
    return token === this.#token;
  }

  /**
   * Uses a token from now on and evaluates the rights again. Without a token, or with an API key, the
   * socket's own claims apply. Throws `TokenError` or `ReadDenied`.
   */
  async use(token: string | undefined): Promise<void> {
    const isUserToken = token !== undefined && token !== "" && !token.startsWith("sb_");
    this.#claims = isUserToken ? await this.#services.verify(token) : this.#socket.claims;
    this.#token = isUserToken ? token : undefined;
    const { exp } = this.#claims;
    if (exp * 1000 <= Date.now()) throw new TokenError(expiredSince(exp));
    this.#writes = {};
    await this.#requireRead();
  }

  mayRead(extension: Extension): boolean {
    return this.#reads[extension];
  }

  /** Evaluated at the first write, then cached until the token changes. */
  mayWrite(extension: Extension): Promise<boolean> {
    if (!this.#topic.isPrivate) return Promise.resolve(true);
    this.#writes[extension] ??= this.#services.authorization.mayWrite(this.#context(), extension);
    return this.#writes[extension];
  }

  async #requireRead(): Promise<void> {
    if (!this.#topic.isPrivate) {
      this.#reads = everything;
      return;
    }
    const { authorization } = this.#services;
    this.#reads = await authorization.mayRead(this.#context(), this.#withPresence);
    if (!this.#reads.broadcast && !this.#reads.presence) throw new ReadDenied(this.#topic.name);
  }

  #context(): PolicyContext {
    return { claims: this.#claims, topic: this.#topic.name, headers: this.#socket.headers };
  }
}
