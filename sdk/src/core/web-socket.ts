/** Any WebSocket class, for example that of the package `ws`. */
export type WebSocketConstructor = new (...args: never[]) => object;

/**
 * What supabase-js is given as its socket; `undefined` lets it use the runtime's.
 *
 * @internal
 */
export function socketFor(given: WebSocketConstructor | undefined) {
  if (given) return given;
  // supabase-js refuses to start without a WebSocket class, though everything but realtime works.
  return typeof WebSocket === "undefined" ? MissingWebSocket : undefined;
}

class MissingWebSocket {
  constructor() {
    throw new Error(
      "This runtime has no WebSocket: realtime needs one handed in, createClient({ …, webSocket }).",
    );
  }
}
