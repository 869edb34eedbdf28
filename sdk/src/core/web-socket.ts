/** A WebSocket class, for example the one of the `ws` package. */
export type WebSocketConstructor = new (...args: never[]) => object;

/**
 * Returns the WebSocket class to give supabase-js; `undefined` lets it use the runtime's own.
 *
 * @internal
 */
export function socketFor(given: WebSocketConstructor | undefined) {
  if (given) return given;
  // supabase-js throws at start without a WebSocket class, although only realtime needs one.
  return typeof WebSocket === "undefined" ? MissingWebSocket : undefined;
}

class MissingWebSocket {
  constructor() {
    throw new Error(
      "Realtime needs a WebSocket class, and this runtime has none. Pass one: createClient({ …, webSocket }).",
    );
  }
}
