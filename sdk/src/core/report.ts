/** Reports an error of the app's own code as an uncaught error, without stopping the SDK. */
export function report(error: unknown): void {
  if (typeof reportError === "function") reportError(error);
  else console.error(error);
}

/** Calls every listener, even if one of them throws. */
export function notifyAll<Args extends readonly unknown[]>(
  listeners: Iterable<(...args: Args) => unknown>,
  ...args: Args
): void {
  // Copied first: a listener may remove itself or another one.
  for (const listener of [...listeners]) {
    try {
      // A rejection of an async listener is reported like an error that a listener throws.
      Promise.resolve(listener(...args)).catch(report);
    } catch (error) {
      report(error);
    }
  }
}
